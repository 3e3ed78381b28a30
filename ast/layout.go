package ast

import (
	"strings"
	"unicode/utf8"
)

// A layout is a text with places where a line may end, after Oppen's
// "Prettyprinting": groups are written on one line when they fit and broken
// otherwise. It is filled from left to right and printed once.
type layout struct {
	items []item
}

// An item is one instruction to the printer.
type item struct {
	kind  itemKind
	text  string // of text and trailing
	width int64  // of the item on one line; huge if it cannot be on one line
	end   int    // of a break or group: where the text begins that need not fit
}

type itemKind uint8

const (
	textItem     itemKind = iota
	spaceItem             // a space, unless the line ends here
	lineItem              // a space or, in a broken group, the end of the line
	softItem              // nothing or, in a broken group, the end of the line
	hardItem              // the end of the line
	trailingItem          // a comment behind the line, and the end of the line
	groupItem             // begins a group: all of its breaks end the line, or none
	fillItem              // begins a group: each of its breaks ends the line when needed
	closeItem             // ends a group
	indentItem            // lines that begin from here are indented one step more
	dedentItem            // undoes indentItem
)

// isBreak reports whether a line may end at an item.
func (k itemKind) isBreak() bool { return k >= lineItem && k <= trailingItem }

const (
	indentStep = 2
	unbounded  = 1 << 20 // wider than any line
)

func (l *layout) add(kind itemKind) { l.items = append(l.items, item{kind: kind}) }

func (l *layout) text(kind itemKind, s string) {
	l.items = append(l.items, item{kind: kind, text: s})
}

// measure sets the width and end of every item.
func (l *layout) measure() {
	type level struct{ next, tail int } // where a line may end next: in the group, behind it
	next := len(l.items)                // the same at any level
	levels := []level{{next, next}}
	for i := len(l.items) - 1; i >= 0; i-- {
		it, top := &l.items[i], len(levels)-1
		switch it.kind {
		case textItem:
			it.width = int64(utf8.RuneCountInString(it.text))
			if strings.Contains(it.text, "\n") {
				it.width = unbounded
			}
		case spaceItem, lineItem:
			it.width = 1
		case hardItem, trailingItem:
			it.width = unbounded
		case closeItem:
			levels = append(levels, level{next, next})
		case groupItem, fillItem:
			it.end = levels[top].tail
			levels = levels[:top]
		}
		if it.kind.isBreak() {
			it.end = levels[top].next
			levels[top].next, next = i, i
		}
	}
}

// print writes the layout in lines of at most limit runes where it can.
func (l *layout) print(limit int64) string {
	l.measure()
	before := make([]int64, len(l.items)+1) // the width of all items before one
	for i, it := range l.items {
		before[i+1] = before[i] + it.width
	}
	p := printer{}
	modes := []itemKind{groupItem} // of the open groups; textItem keeps one on its line
	for i, it := range l.items {
		mode := modes[len(modes)-1]
		fits := func() bool { return p.column()+before[it.end]-before[i] <= limit }
		switch it.kind {
		case textItem:
			p.write(it.text)
		case spaceItem:
			p.space()
		case lineItem, softItem:
			switch {
			case mode == groupItem, mode == fillItem && !fits():
				p.newline()
			case it.kind == lineItem:
				p.space()
			}
		case hardItem:
			p.newline()
		case trailingItem:
			p.space()
			p.write(it.text)
			p.newline()
		case groupItem, fillItem:
			if mode == textItem || fits() {
				modes = append(modes, textItem)
			} else {
				modes = append(modes, it.kind)
			}
		case closeItem:
			modes = modes[:len(modes)-1]
		case indentItem:
			p.indent += indentStep
		case dedentItem:
			p.indent -= indentStep
		}
	}
	return p.out.String()
}

// A printer writes text, and blanks only once text follows them.
type printer struct {
	out     strings.Builder
	col     int64
	indent  int64
	pending blank
}

type blank uint8

const (
	noBlank blank = iota
	oneSpace
	lineEnd
)

func (p *printer) space()   { p.pending = max(p.pending, oneSpace) }
func (p *printer) newline() { p.pending = lineEnd }

// column is where the next text will begin.
func (p *printer) column() int64 {
	switch {
	case p.out.Len() == 0:
		return 0
	case p.pending == lineEnd:
		return p.indent
	case p.pending == oneSpace:
		return p.col + 1
	default:
		return p.col
	}
}

func (p *printer) write(s string) {
	if p.out.Len() > 0 {
		switch p.pending {
		case oneSpace:
			p.out.WriteByte(' ')
			p.col++
		case lineEnd:
			p.out.WriteByte('\n')
			p.out.WriteString(strings.Repeat(" ", int(p.indent)))
			p.col = p.indent
		}
	}
	p.pending = noBlank
	p.out.WriteString(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		s, p.col = s[i+1:], 0
	}
	p.col += int64(utf8.RuneCountInString(s))
}
