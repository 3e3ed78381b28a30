package input

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// A Position says how far an input has been read, such that another Reader can
// go on there, in another process and though the file has been rotated
// meanwhile. It can be stored as JSON.
type Position struct {
	// File is the absolute path of the input.
	File string `json:"file"`
	// Offset is the number of bytes of text, after decompression, before the
	// next document, Line its line, and Column how many characters precede it
	// there. If the
	// document is an element of an array, Array is the line in which that begins
	// and Element the number of the element before. Lines tells that only lines
	// can follow.
	Offset  int64 `json:"offset"`
	Line    int   `json:"line"`
	Column  int   `json:"column,omitempty"`
	Array   int   `json:"array,omitempty"`
	Element int   `json:"element,omitempty"`
	Lines   bool  `json:"lines,omitempty"`
	// Device and Inode are those of the file, where there are such.
	Device uint64 `json:"device,omitempty"`
	Inode  uint64 `json:"inode,omitempty"`
	// Head is the beginning of its text, and Modified when it was written last.
	Head     Head      `json:"head"`
	Modified time.Time `json:"modified"`
	// Past are the files that were at this path before and have been read.
	Past []Head `json:"past,omitempty"`
}

// A Head identifies a file by the beginning of its text, so that it can be
// found again under another name, copied or compressed.
type Head struct {
	Len int    `json:"len"`
	Sum string `json:"sum"` // of so many bytes
}

// headSize is how many bytes of text a Head covers at most, and pasts how many
// files of the past are remembered.
const (
	headSize = 1 << 10
	pasts    = 16
)

func headOf(text []byte) Head {
	sum := sha256.Sum256(text)
	return Head{Len: len(text), Sum: hex.EncodeToString(sum[:16])}
}

// begins reports whether text begins as h says.
func (h Head) begins(text []byte) bool {
	return len(text) >= h.Len && headOf(text[:h.Len]) == h
}

// A trail is what is known about the file that is being read, and about those
// that were read before it at the same path. It is never changed, but replaced.
type trail struct {
	path     string // absolute
	regular  bool   // whether it is one that has positions
	id       fileID
	modified time.Time
	head     []byte // the first bytes of its text, as far as they have been read
	past     []Head
}

// known reports whether there has been a file.
func (t trail) known() bool { return !t.modified.IsZero() }

// finished returns the trail of a path whose file has been read.
func (t trail) finished() trail {
	if len(t.head) > 0 {
		t.past = append(t.past[:len(t.past):len(t.past)], headOf(t.head))
		t.past = t.past[max(0, len(t.past)-pasts):]
	}
	return t
}

// position returns where reading goes on behind m.
func (t trail) position(m mark) Position {
	return Position{
		File:   t.path,
		Offset: m.offset, Line: m.line, Column: m.col, Array: m.begun, Element: m.element, Lines: m.lines,
		Device: t.id.device, Inode: t.id.inode,
		Head: headOf(t.head), Modified: t.modified.UTC(),
		Past: t.past,
	}
}

// mark returns the place that p names.
func (p Position) mark() mark {
	return mark{offset: p.Offset, line: p.Line, col: p.Column, begun: p.Array, element: p.Element, lines: p.Lines}
}

// is reports whether f is the file that p is about: it begins alike and is not
// shorter than what was read of it.
func (p Position) is(f *openFile) bool {
	return p.Head.begins(f.head) && (f.packed || f.info.Size() >= p.Offset)
}

// wasRead reports whether f is the file of p or one of its past.
func (p Position) wasRead(f *openFile) bool {
	for _, h := range p.Past {
		if h.begins(f.head) {
			return true
		}
	}
	return p.Head.Len > 0 && p.Head.begins(f.head)
}
