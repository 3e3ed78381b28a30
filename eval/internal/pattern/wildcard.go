package pattern

import (
	"strings"
)

// HasWildcard reports whether pattern has a wildcard, * or ?.
func HasWildcard(pattern string) bool { return strings.ContainsAny(pattern, "*?") }

// Wildcard returns a Matcher for a pattern in which * stands for any run of
// code points, also none, and ? for exactly one; both may stand for newlines,
// and nothing escapes them. With fold, case does not matter.
func Wildcard(pattern string, fold bool) Matcher {
	return Wildcards([]string{pattern}, fold)
}

// Wildcards returns a Matcher for texts that one of the patterns, as for
// Wildcard, matches. It does not keep the slice.
func Wildcards(patterns []string, fold bool) Matcher {
	gs := make([]*glob, len(patterns))
	for i, p := range patterns {
		gs[i] = newGlob(wildcardSymbols(p, fold))
	}
	return matchGlobs(gs, fold)
}

// EscapedWildcard is Wildcard for a pattern in which a backslash makes the code
// point behind it stand for itself, as in a wildcard query of Elasticsearch. One
// at the end stands for itself.
func EscapedWildcard(pattern string, fold bool) Matcher {
	return matchGlobs([]*glob{newGlob(symbolsOf(pattern, fold, true))}, fold)
}

func wildcardSymbols(pattern string, fold bool) []symbol { return symbolsOf(pattern, fold, false) }

func symbolsOf(pattern string, fold, escapes bool) []symbol {
	symbols := make([]symbol, 0, len(pattern))
	for pattern != "" {
		x, n := firstSymbol(pattern)
		literal := escapes && x == '\\' && n < len(pattern)
		if literal {
			pattern = pattern[n:]
			x, n = firstSymbol(pattern)
		}
		switch {
		case literal && fold:
			x = foldSymbol(x)
		case literal:
		case x == '*':
			x = anyMany
		case x == '?':
			x = anyOne
		case fold:
			x = foldSymbol(x)
		}
		symbols = append(symbols, x)
		pattern = pattern[n:]
	}
	return symbols
}

// matchGlobs returns the cheapest Matcher for texts that one of gs matches,
// which with fold expect folded texts.
func matchGlobs(gs []*glob, fold bool) Matcher {
	var literals []string
	var rest []*glob
	for _, g := range gs {
		if g.all() {
			return everything{}
		}
		if text, ok := g.literal(); ok {
			literals = append(literals, text)
		} else {
			rest = append(rest, g)
		}
	}
	switch {
	case len(rest) == 0:
		return Set(literals, fold)
	case !fold:
		return &globs{newTextSet(literals), rest}
	case len(gs) == 1 && len(rest[0].middle) == 0:
		return foldedEnds{rest[0]}
	default:
		return &foldedGlobs{globs{newTextSet(literals), rest}}
	}
}

// everything matches every text.
type everything struct{}

func (everything) Match(string) bool { return true }

// globs matches what a text in its set or one of its globs matches.
type globs struct {
	texts textSet
	rest  []*glob
}

func (m *globs) Match(s string) bool {
	if m.texts.has(s) {
		return true
	}
	for _, g := range m.rest {
		if g.match(s) {
			return true
		}
	}
	return false
}

// foldedGlobs is globs for any case: it folds the text once for all of them.
type foldedGlobs struct{ globs }

func (m *foldedGlobs) Match(s string) bool {
	var space [foldSpace]byte
	return m.globs.Match(folded(space[:0], s))
}

// foldedEnds matches without a copy of the text.
type foldedEnds struct{ *glob }

func (m foldedEnds) Match(s string) bool { return m.matchEndsFold(s) }
