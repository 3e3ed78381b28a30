package pattern

import (
	"slices"
	"strings"
	"unicode/utf8"
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
	middle []searched // none is empty
	tail   segment
	closed bool // no anyMany: head must be the whole text, and there is no more
}

// wildcardGlob returns the glob for a pattern of Wildcard; with fold it is for folded
// texts.
func wildcardGlob(p string, fold bool) glob {
	from := 0
	if strings.HasPrefix(p, "?") {
		from = 1
	}
	if strings.IndexByte(p[from:], '?') >= 0 || !utf8.ValidString(p) {
		return newGlob(symbolsOf(p, fold, false))
	}
	if fold {
		p = Fold(p)
	}
	head, rest, many := strings.Cut(p[from:], "*")
	g := glob{head: segment{leadingOne[:from], head}, closed: !many}
	for many {
		if head, rest, many = strings.Cut(rest, "*"); !many {
			g.tail = segment{text: head}
		} else if head != "" {
			g.middle = append(g.middle, searched{segment: segment{text: head}, needle: newNeedle(head)})
		}
	}
	return g
}

// leadingOne are the open symbols of what begins with one wildcard.
var leadingOne = []symbol{anyOne}

// newGlob returns the glob for the given symbols, which are folded if it is to
// be used on folded texts.
func newGlob(symbols []symbol) glob {
	i := slices.Index(symbols, anyMany)
	if i < 0 {
		return glob{head: newSegment(symbols), closed: true}
	}
	g := glob{head: newSegment(symbols[:i])}
	for {
		symbols = symbols[i+1:]
		if i = slices.Index(symbols, anyMany); i < 0 {
			g.tail = newSegment(symbols)
			return g
		}
		if i > 0 {
			g.middle = append(g.middle, newSearched(symbols[:i]))
		}
	}
}

// all reports whether g matches every text.
func (g *glob) all() bool {
	return !g.closed && g.head.empty() && g.tail.empty() && len(g.middle) == 0
}

// literal returns the only text that g matches, if it is so simple.
func (g *glob) literal() (string, bool) {
	return g.head.text, g.closed && len(g.head.open) == 0
}

// prefix returns the text that g asks texts to begin with, if that is all.
func (g *glob) prefix() (string, bool) {
	return g.head.text, !g.closed && len(g.head.open) == 0 && len(g.middle) == 0 && g.tail.empty()
}

// suffix returns the text that g asks texts to end with, if that is all.
func (g *glob) suffix() (string, bool) {
	return g.tail.text, !g.closed && g.head.empty() && len(g.middle) == 0 && len(g.tail.open) == 0
}

// part returns what g asks texts to contain, if that is all.
func (g *glob) part() (needle, bool) {
	if g.closed || !g.head.empty() || !g.tail.empty() || len(g.middle) != 1 || g.middle[0].finder != nil {
		return needle{}, false
	}
	return g.middle[0].needle, true
}

// behindOne returns what g asks of the text behind the first symbol, if it asks
// nothing of that one and text of what follows it.
func (g *glob) behindOne() (glob, bool) {
	if len(g.head.open) != 1 || g.head.open[0] != anyOne {
		return glob{}, false
	}
	rest := *g
	rest.head.open = nil
	return rest, !rest.all()
}

// Match implements Matcher.
func (g *glob) Match(s string) bool { return g.match(s) }

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

// A segment is a part of a glob without anyMany. Its text is compared as a
// whole; symbols that are open or no valid code points, and those before them,
// one by one.
type segment struct {
	open []symbol
	text string // after open
}

// A searched is a segment that is searched for.
type searched struct {
	segment
	finder *shiftAnd // for segments that are not just text
	needle needle    // for the other ones
}

func newSegment(symbols []symbol) segment {
	open := len(symbols)
	for open > 0 && symbols[open-1] >= 0 && symbols[open-1] < invalidByte {
		open--
	}
	var text []byte
	for _, x := range symbols[open:] {
		text = appendSymbol(text, x)
	}
	return segment{open: symbols[:open], text: string(text)}
}

func newSearched(symbols []symbol) searched {
	g := searched{segment: newSegment(symbols)}
	if len(g.open) > 0 {
		g.finder = newShiftAnd(symbols)
	} else {
		g.needle = newNeedle(g.text)
	}
	return g
}

func (g *segment) empty() bool { return g.text == "" && len(g.open) == 0 }

// prefix returns how many bytes at the beginning of s the segment takes.
func (g *segment) prefix(s string) (int, bool) {
	n, ok := g.openPrefix(s, false)
	return n + len(g.text), ok && strings.HasPrefix(s[n:], g.text)
}

// prefixFold is prefix for a text yet to be folded.
func (g *segment) prefixFold(s string) (int, bool) {
	n, ok := g.openPrefix(s, true)
	if !ok {
		return 0, false
	}
	m, ok := prefixFold(s[n:], g.text)
	return n + m, ok
}

func (g *segment) openPrefix(s string, fold bool) (int, bool) {
	i := 0
	for _, want := range g.open {
		x, n := firstSymbol(s[i:])
		if fold {
			x = foldSymbol(x)
		}
		if n == 0 || x != want && want != anyOne {
			return 0, false
		}
		i += n
	}
	return i, true
}

// suffix returns how many bytes at the end of s the segment takes.
func (g *segment) suffix(s string) (int, bool) {
	if !strings.HasSuffix(s, g.text) {
		return 0, false
	}
	n, ok := g.openSuffix(s[:len(s)-len(g.text)], false)
	return len(g.text) + n, ok
}

// suffixFold is suffix for a text yet to be folded.
func (g *segment) suffixFold(s string) (int, bool) {
	n, ok := suffixFold(s, g.text)
	if !ok {
		return 0, false
	}
	m, ok := g.openSuffix(s[:len(s)-n], true)
	return n + m, ok
}

func (g *segment) openSuffix(s string, fold bool) (int, bool) {
	i := len(s)
	for _, want := range slices.Backward(g.open) {
		x, n := lastSymbol(s[:i])
		if fold {
			x = foldSymbol(x)
		}
		if n == 0 || x != want && want != anyOne {
			return 0, false
		}
		i -= n
	}
	return len(s) - i, true
}

// find returns where the first occurrence of the segment in s ends.
func (g *searched) find(s string) (end int, ok bool) {
	if g.finder != nil {
		return g.finder.find(s)
	}
	i := g.needle.index(s)
	return i + len(g.text), i >= 0
}
