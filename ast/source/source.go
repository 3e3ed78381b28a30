// Package source says where a piece of query text came from and reports
// problems at their place. It is a leaf: every other package of the module may
// import it, and it imports none of them.
package source

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// A Pos is a place in the text of one File: its byte offset plus one. The zero
// Pos is "no position".
type Pos int32

// NoPos is the zero Pos.
const NoPos Pos = 0

// PosAt returns the Pos of a byte offset.
func PosAt(offset int) Pos { return Pos(offset) + 1 }

// IsValid reports whether p is a place.
func (p Pos) IsValid() bool { return p > 0 }

// Offset returns the byte offset of p; it is -1 for NoPos.
func (p Pos) Offset() int { return int(p) - 1 }

// A Span is the half-open range of text from Start to End.
type Span struct{ Start, End Pos }

// SpanAt returns the span of the bytes from start to end.
func SpanAt(start, end int) Span { return Span{PosAt(start), PosAt(end)} }

// IsValid reports whether s has a beginning.
func (s Span) IsValid() bool { return s.Start.IsValid() }

// A Position is a Pos made readable: line and column count from 1, columns
// count runes.
type Position struct{ Line, Column int }

// An Anchor ties a byte offset of a File's text to its place in the file that
// the text was taken from. From Offset on, text and file run in step until the
// next Anchor.
type Anchor struct {
	Offset int
	Position
}

// A File is a query's text together with the name and place it was taken from.
// It is immutable after its first use and safe for concurrent use.
type File struct {
	// Name is shown before the position; empty for text without a home.
	Name string
	// Text is the query.
	Text string
	// Anchors, in order of Offset, say where pieces of Text stand in the file
	// called Name, for text that is embedded in another format. Without
	// anchors the text begins at line 1, column 1.
	Anchors []Anchor
}

// Position resolves p. The zero Pos, and one beyond the text, give the nearest
// end of the text.
func (f *File) Position(p Pos) Position {
	off := min(max(p.Offset(), 0), len(f.Text))
	from := Anchor{Position: Position{1, 1}}
	if i := sort.Search(len(f.Anchors), func(i int) bool { return f.Anchors[i].Offset > off }); i > 0 {
		from = f.Anchors[i-1]
	}
	piece := f.Text[min(from.Offset, off):off]
	if n := strings.Count(piece, "\n"); n > 0 {
		last := piece[strings.LastIndexByte(piece, '\n')+1:]
		return Position{from.Line + n, utf8.RuneCountInString(last) + 1}
	}
	return Position{from.Line, from.Column + utf8.RuneCountInString(piece)}
}

// Slice returns the text of s.
func (f *File) Slice(s Span) string {
	start := min(max(s.Start.Offset(), 0), len(f.Text))
	end := min(max(s.End.Offset(), start), len(f.Text))
	return f.Text[start:end]
}

// line returns the line of text that holds p and the offset of its first byte.
func (f *File) line(p Pos) (text string, start int) {
	off := min(max(p.Offset(), 0), len(f.Text))
	start = strings.LastIndexByte(f.Text[:off], '\n') + 1
	end := len(f.Text)
	if i := strings.IndexByte(f.Text[off:], '\n'); i >= 0 {
		end = off + i
	}
	return strings.TrimSuffix(f.Text[start:end], "\r"), start
}
