package pattern

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Limits bounds regular expressions. A field that is not positive stands for
// its default.
type Limits struct {
	// MaxRegexLen is how many code points a pattern may have, by default 1000.
	MaxRegexLen int
	// MaxStates is how many states the automaton of a pattern may have, by
	// default 10,000 and never more than 1,000,000; the time to compile is
	// bounded in proportion. A pattern that needs more as a deterministic
	// automaton is still accepted if a nondeterministic one will do with at
	// most 512 of them.
	MaxStates int
}

const (
	defaultRegexLen = 1000
	defaultStates   = 10_000
	maxMaxStates    = 1_000_000
	// quickStates is how large a dfa is tried before an nfa: building a larger
	// one takes longer than it is likely to save.
	quickStates = 1000
)

// A RegexError says what is wrong with one of the patterns given to Regex.
type RegexError struct {
	Pattern int    // which one, from 0
	Offset  int    // where in it, in bytes; -1 if it is the pattern as a whole
	Msg     string // one clause
}

func (e *RegexError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("regular expression %d: %s", e.Pattern, e.Msg)
	}
	return fmt.Sprintf("regular expression %d, offset %d: %s", e.Pattern, e.Offset, e.Msg)
}

// Regex returns a Matcher for texts that one of the patterns, regular
// expressions of Lucene with all optional operators, matches as a whole. With
// fold, characters that stand for themselves match in any case, but not those
// of ranges and of escapes in classes. The error is a *RegexError. It does not
// keep the slice.
func Regex(patterns []string, fold bool, lim Limits) (Matcher, error) {
	if lim.MaxRegexLen <= 0 {
		lim.MaxRegexLen = defaultRegexLen
	}
	if lim.MaxStates <= 0 {
		lim.MaxStates = defaultStates
	}
	lim.MaxStates = min(lim.MaxStates, maxMaxStates)

	var simple []glob
	var ms anyOf
	for i, p := range patterns {
		g, m, err := compileRegex(p, fold, lim)
		switch {
		case err != nil:
			return nil, &RegexError{Pattern: i, Offset: err.offset, Msg: err.msg}
		case g != nil:
			simple = append(simple, *g)
		default:
			ms = append(ms, m)
		}
	}
	if len(simple) > 0 {
		ms = append(anyOf{matchGlobs(simple, fold)}, ms...)
	}
	if len(ms) == 1 {
		return ms[0], nil
	}
	return ms, nil
}

// compileRegex returns a glob for a pattern that needs no more, otherwise an
// automaton: the fastest kind that stays within the limits, and guarded if possible.
func compileRegex(pattern string, fold bool, lim Limits) (*glob, Matcher, *parseError) {
	if utf8.RuneCountInString(pattern) > lim.MaxRegexLen {
		return nil, nil, &parseError{offset: -1, msg: fmt.Sprintf("the pattern has more than %d characters", lim.MaxRegexLen)}
	}
	table := newTermTable()
	p := regexParser{termTable: table, text: pattern, fold: fold}
	t, err := p.parse()
	if err != nil {
		return nil, nil, err
	}
	if symbols, ok := table.globSymbols(t, fold); ok {
		g := newGlob(symbols)
		return &g, nil, nil
	}
	guard := guardOf(table, t, fold)
	m, ok := automatonOf(table, t, lim.MaxStates)
	switch {
	case !ok:
		return nil, nil, &parseError{offset: -1, msg: fmt.Sprintf("the pattern is too complex: it needs more than %d states", lim.MaxStates)}
	case guard != nil:
		m = &guarded{guard, m}
	}
	return nil, m, nil
}

// automatonOf returns an automaton for t, and false if none stays within the limit.
func automatonOf(b *termTable, t *term, maxStates int) (Matcher, bool) {
	var ok bool
	if b.classes, ok = newAlphabet(b.sets); !ok {
		return nil, false
	}
	if m, ok := newDFA(b, t, min(maxStates, quickStates)); ok {
		return m, true
	}
	if m, ok := newNFA(b, t, maxStates); ok {
		return m, true
	}
	if m, ok := newDFA(b, t, maxStates); ok {
		return m, true
	}
	return nil, false
}

// maxGlobSymbols bounds what repetitions are written out to.
const maxGlobSymbols = 4096

// globSymbols returns t as the symbols of a glob if it is no more than a
// sequence of characters, of "." and of ".*".
func (b *termTable) globSymbols(t *term, fold bool) ([]symbol, bool) {
	var symbols []symbol
	for t != b.empty {
		x, rest := t, b.empty
		if t.op == opCat {
			x, rest = t.subs[0], t.subs[1]
		}
		least, most := int32(1), int32(1)
		if x.op == opRepeat {
			least, most, x = x.min, x.max, x.subs[0]
		}
		s, ok := b.soleSymbol(x, fold)
		open := most == many && s == anyOne
		if !ok || most != least && !open || len(symbols)+int(least) > maxGlobSymbols {
			return nil, false
		}
		for range least {
			symbols = append(symbols, s)
		}
		if open {
			symbols = append(symbols, anyMany)
		}
		t = rest
	}
	return symbols, true
}

// soleSymbol returns the symbol, folded if need be, or the wildcard that
// matches what t matches.
func (b *termTable) soleSymbol(t *term, fold bool) (symbol, bool) {
	if t.op != opSet {
		return 0, false
	}
	set := b.sets[t.set]
	first := set[0].lo
	switch {
	case slices.Equal(set, anySymbol):
		return anyOne, true
	case !slices.Equal(set, literalSet(first, fold)):
		return 0, false
	case fold:
		return foldSymbol(first), true
	default:
		return first, true
	}
}
