package pattern

import (
	"unicode/utf8"
)

// HasWildcard reports whether pattern has a wildcard, * or ?.
func HasWildcard(pattern string) bool {
	for i := range len(pattern) {
		if pattern[i] == '*' || pattern[i] == '?' {
			return true
		}
	}
	return false
}

// Wildcard returns a Matcher for a pattern in which * stands for any run of
// code points, also none, and ? for exactly one; both may stand for newlines,
// and nothing escapes them. With fold, case does not matter.
func Wildcard(pattern string, fold bool) Matcher {
	return Wildcards([]string{pattern}, fold)
}

// Wildcards returns a Matcher for texts that one of the patterns, as for
// Wildcard, matches. It does not keep the slice.
func Wildcards(patterns []string, fold bool) Matcher {
	var room [fewGlobs]glob
	gs := room[:0]
	if len(patterns) > fewGlobs {
		gs = make([]glob, 0, len(patterns))
	}
	for _, p := range patterns {
		gs = append(gs, wildcardGlob(p, fold))
	}
	return matchGlobs(gs, fold)
}

// fewGlobs is how many globs are told apart without memory of the heap.
const fewGlobs = 8

// EscapedWildcard is Wildcard for a pattern in which a backslash makes the code
// point behind it stand for itself, as in a wildcard query of Elasticsearch. One
// at the end stands for itself.
func EscapedWildcard(pattern string, fold bool) Matcher {
	return matchGlobs([]glob{newGlob(symbolsOf(pattern, fold, true))}, fold)
}

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
// which with fold expect folded texts. It does not keep the slice.
func matchGlobs(gs []glob, fold bool) Matcher {
	var literals []string
	for i := range gs {
		g := &gs[i]
		if g.all() {
			return everything{}
		}
		if text, ok := g.literal(); ok {
			literals = append(literals, text)
		}
	}
	switch {
	case len(literals) == len(gs):
		return Set(literals, fold)
	case !fold:
		return exactGlobs(gs)
	case len(gs) == 1 && len(gs[0].middle) == 0:
		g := gs[0]
		return foldedEnds{&g}
	default:
		m := newGlobs(gs)
		return &foldedGlobs{m, m.simplest()}
	}
}

// exactGlobs returns the cheapest Matcher for texts as they are.
func exactGlobs(gs []glob) Matcher { return newGlobs(gs).simplest() }

// behindOne matches the text behind the first symbol.
type behindOne struct{ m Matcher }

func (m *behindOne) Match(s string) bool {
	if len(s) > 0 && s[0] < utf8.RuneSelf {
		return m.m.Match(s[1:])
	}
	_, n := firstSymbol(s)
	return n > 0 && m.m.Match(s[n:])
}

// everything matches every text.
type everything struct{}

func (everything) Match(string) bool { return true }

// globs matches what one of several globs matches. They are sorted by what they
// ask, for many of a kind to take little more than one.
type globs struct {
	texts     *textSet // nil if there are none
	prefixes  prefixes
	suffixes  suffixes
	behindOne *globs // of the text behind the first symbol, whatever it is; may be nil
	parts     parts
	rest      globList
}

// parts matches texts that contain one of its needles.
type parts []needle

// globList matches what one of its globs matches.
type globList []glob

// newGlobs returns the globs for gs.
func newGlobs(gs []glob) *globs {
	m := &globs{}
	var literals []string
	var behind []glob
	for i := range gs {
		g := &gs[i]
		if text, ok := g.literal(); ok {
			literals = append(literals, text)
		} else if text, ok := g.prefix(); ok {
			m.prefixes.add(text)
		} else if text, ok := g.suffix(); ok {
			m.suffixes.add(text)
		} else if n, ok := g.part(); ok {
			m.parts = append(m.parts, n)
		} else if inner, ok := g.behindOne(); ok {
			behind = append(behind, inner)
		} else {
			m.rest = append(m.rest, *g)
		}
	}
	if len(literals) > 0 {
		m.texts = newTextSet(literals)
	}
	if len(behind) > 0 {
		m.behindOne = newGlobs(behind)
	}
	return m
}

// Match implements Matcher.
func (m *globs) Match(s string) bool {
	if m.texts != nil && m.texts.Match(s) ||
		len(m.prefixes) > 0 && m.prefixes.Match(s) ||
		len(m.suffixes) > 0 && m.suffixes.Match(s) {
		return true
	}
	if m.behindOne != nil {
		if _, n := firstSymbol(s); n > 0 && m.behindOne.Match(s[n:]) {
			return true
		}
	}
	return len(m.parts) > 0 && m.parts.Match(s) || len(m.rest) > 0 && m.rest.Match(s)
}

func (m parts) Match(s string) bool {
	for i := range m {
		if m[i].index(s) >= 0 {
			return true
		}
	}
	return false
}

func (m globList) Match(s string) bool {
	for i := range m {
		if m[i].match(s) {
			return true
		}
	}
	return false
}

// simplest returns a Matcher for the same texts that goes through nothing that m
// has none of.
func (m *globs) simplest() Matcher {
	var all []Matcher
	if m.texts != nil {
		all = append(all, m.texts.simplest())
	}
	if len(m.prefixes) > 0 {
		all = append(all, m.prefixes.simplest())
	}
	if len(m.suffixes) > 0 {
		all = append(all, m.suffixes.simplest())
	}
	if m.behindOne != nil {
		all = append(all, &behindOne{m.behindOne.simplest()})
	}
	if len(m.parts) > 0 {
		all = append(all, m.parts.simplest())
	}
	if len(m.rest) > 0 {
		all = append(all, m.rest.simplest())
	}
	switch len(all) {
	case 1:
		return all[0]
	case 2:
		return &eitherOf{all[0], all[1]}
	default:
		return m
	}
}

// eitherOf matches what one of two Matchers matches.
type eitherOf [2]Matcher

func (m *eitherOf) Match(s string) bool { return m[0].Match(s) || m[1].Match(s) }

func (m *textSet) simplest() Matcher {
	if len(m.texts) == 1 {
		t := NewText(m.texts[0].text)
		return &t
	}
	return m
}

func (m prefixes) simplest() Matcher {
	if len(m) == 1 {
		return prefix(m[0].text)
	}
	return m
}

func (m suffixes) simplest() Matcher {
	if len(m) == 1 {
		return suffix(m[0].text)
	}
	return m
}

func (m parts) simplest() Matcher {
	if len(m) == 1 {
		return &m[0]
	}
	return m
}

func (m globList) simplest() Matcher {
	if len(m) == 1 {
		return &m[0]
	}
	return m
}

// foldedGlobs is globs for any case: it folds the text once for all of them.
type foldedGlobs struct {
	globs *globs
	exact Matcher // the same, for folded texts
}

func (m *foldedGlobs) Match(s string) bool {
	var space [foldSpace]byte
	return m.globs.Match(folded(space[:0], s))
}

// Folded implements Folding.
func (m *foldedGlobs) Folded() Matcher { return m.exact }

// foldedEnds matches without a copy of the text.
type foldedEnds struct{ *glob }

func (m foldedEnds) Match(s string) bool { return m.matchEndsFold(s) }

// Folded implements Folding.
func (m foldedEnds) Folded() Matcher { return exactGlobs([]glob{*m.glob}) }
