package pattern

import (
	"encoding/binary"
	"unsafe"
)

// A Text matches one text. It compares words where it can, which takes less than
// a call. The zero Text matches the empty text.
type Text struct {
	text        string
	first, last uint64 // the outermost eight bytes, or four; they may overlap
}

// NewText returns the Text for s.
func NewText(s string) Text {
	t := Text{text: s}
	if b := bytesOf(s); len(b) >= 8 {
		t.first, t.last = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[len(b)-8:])
	} else if len(b) >= 4 {
		t.first, t.last = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[len(b)-4:]))
	}
	return t
}

// Len returns the length of the text in bytes.
func (t *Text) Len() int { return len(t.text) }

// Match implements Matcher.
func (t *Text) Match(s string) bool { return len(s) == len(t.text) && t.Same(s) }

// Same is Match for a text of length Len.
func (t *Text) Same(s string) bool {
	switch b := bytesOf(s); {
	case len(b) >= 8:
		return binary.LittleEndian.Uint64(b) == t.first && binary.LittleEndian.Uint64(b[len(b)-8:]) == t.last &&
			(len(b) <= 16 || s == t.text)
	case len(b) >= 4:
		return uint64(binary.LittleEndian.Uint32(b)) == t.first && uint64(binary.LittleEndian.Uint32(b[len(b)-4:])) == t.last
	default:
		return s == t.text
	}
}

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
