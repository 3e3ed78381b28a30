package pattern

import (
	"slices"
	"strings"
)

// The wildcards among the symbols of a glob.
const (
	anyOne  symbol = -1 // exactly one symbol
	anyMany symbol = -2 // any number of symbols, also none
)

// A glob is a sequence of symbols and wildcards, cut at the runs of anyMany
// into segments. The first and the last segment are tied to the ends of the
// text; each of the others is taken at its first occurrence after the one
// before, which leaves the most room for the rest, so there is no going back.
type glob struct {
	head   segment
	middle []segment // none is empty
	tail   segment
	closed bool // no anyMany: head must be the whole text, and there is no more
}

// newGlob returns the glob for the given symbols, which are folded if it is to
// be used on folded texts.
func newGlob(symbols []symbol) *glob {
	i := slices.Index(symbols, anyMany)
	if i < 0 {
		return &glob{head: newSegment(symbols), closed: true}
	}
	g := &glob{head: newSegment(symbols[:i])}
	for {
		symbols = symbols[i+1:]
		if i = slices.Index(symbols, anyMany); i < 0 {
			g.tail = newSegment(symbols)
			return g
		}
		if i > 0 {
			g.middle = append(g.middle, newSearchedSegment(symbols[:i]))
		}
	}
}

// all reports whether g matches every text.
func (g *glob) all() bool {
	return !g.closed && g.head.empty() && g.tail.empty() && len(g.middle) == 0
}

// literal returns the only text that g matches, if it is so simple.
func (g *glob) literal() (string, bool) {
	return g.head.text, g.closed && g.head.open == nil
}

func (g *glob) match(s string) bool {
	n, ok := g.head.prefix(s)
	if !ok || g.closed {
		return ok && n == len(s)
	}
	s = s[n:]
	if n, ok = g.tail.suffix(s); !ok {
		return false
	}
	s = s[:len(s)-n]
	for i := range g.middle {
		if n, ok = g.middle[i].find(s); !ok {
			return false
		}
		s = s[n:]
	}
	return true
}

// matchEndsFold is match for globs without middle and texts yet to be folded.
func (g *glob) matchEndsFold(s string) bool {
	n, ok := g.head.prefixFold(s)
	if !ok || g.closed {
		return ok && n == len(s)
	}
	_, ok = g.tail.suffixFold(s[n:])
	return ok
}

// A segment is a part of a glob without anyMany: a text, or symbols of which
// some are open or are no valid code points. Only these need to be looked at
// one by one, since valid encodings do not overlap.
type segment struct {
	text   string
	open   []symbol  // instead of text
	finder *shiftAnd // for open segments that are searched for
}

func newSegment(symbols []symbol) segment {
	var text []byte
	for _, x := range symbols {
		if x == anyOne || x >= invalidByte {
			return segment{open: symbols}
		}
		text = appendSymbol(text, x)
	}
	return segment{text: string(text)}
}

func newSearchedSegment(symbols []symbol) segment {
	g := newSegment(symbols)
	if g.open != nil {
		g.finder = newShiftAnd(g.open)
	}
	return g
}

func (g *segment) empty() bool { return g.text == "" && g.open == nil }

// prefix returns how many bytes at the beginning of s the segment takes.
func (g *segment) prefix(s string) (int, bool) {
	if g.open == nil {
		return len(g.text), strings.HasPrefix(s, g.text)
	}
	i := 0
	for _, want := range g.open {
		x, n := firstSymbol(s[i:])
		if n == 0 || x != want && want != anyOne {
			return 0, false
		}
		i += n
	}
	return i, true
}

// prefixFold is prefix for a text yet to be folded.
func (g *segment) prefixFold(s string) (int, bool) {
	if g.open == nil {
		return prefixFold(s, g.text)
	}
	i := 0
	for _, want := range g.open {
		x, n := firstSymbol(s[i:])
		if n == 0 || foldSymbol(x) != want && want != anyOne {
			return 0, false
		}
		i += n
	}
	return i, true
}

// suffix returns how many bytes at the end of s the segment takes.
func (g *segment) suffix(s string) (int, bool) {
	if g.open == nil {
		return len(g.text), strings.HasSuffix(s, g.text)
	}
	i := len(s)
	for _, want := range slices.Backward(g.open) {
		x, n := lastSymbol(s[:i])
		if n == 0 || x != want && want != anyOne {
			return 0, false
		}
		i -= n
	}
	return len(s) - i, true
}

// suffixFold is suffix for a text yet to be folded.
func (g *segment) suffixFold(s string) (int, bool) {
	if g.open == nil {
		return suffixFold(s, g.text)
	}
	i := len(s)
	for _, want := range slices.Backward(g.open) {
		x, n := lastSymbol(s[:i])
		if n == 0 || foldSymbol(x) != want && want != anyOne {
			return 0, false
		}
		i -= n
	}
	return len(s) - i, true
}

// find returns where the first occurrence of the segment in s ends.
func (g *segment) find(s string) (end int, ok bool) {
	if g.finder != nil {
		return g.finder.find(s)
	}
	i := strings.Index(s, g.text)
	return i + len(g.text), i >= 0
}
