package op

import (
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/value"
)

// Copies are copies of values in memory that is used again. The zero Copies is ready.
type Copies struct {
	stable []byte // see Spare
	texts  []byte
	elems  []value.Value
}

// Spare says that texts in mem need not be copied, until Reset.
func (c *Copies) Spare(mem []byte) { c.stable = mem }

// What Copies may hold on to, in bytes and elements.
const (
	mostCopiedText  = 1 << 14
	mostCopiedElems = 1 << 10
)

// Reset gives the memory of all copies free.
func (c *Copies) Reset() {
	clear(c.elems)
	c.stable, c.texts, c.elems = nil, c.texts[:0], c.elems[:0]
	if cap(c.texts) > mostCopiedText {
		c.texts = nil
	}
	if cap(c.elems) > mostCopiedElems {
		c.elems = nil
	}
}

// Of returns a copy of v, good until Reset.
func (c *Copies) Of(v value.Value) value.Value {
	switch k := v.Kind(); {
	case k.IsText():
		return v.WithText(c.text(v.Str()))
	case k == value.List:
		from := len(c.elems)
		c.elems = append(c.elems, v.Elems()...)
		elems := c.elems[from:len(c.elems):len(c.elems)]
		for i := range elems {
			elems[i] = c.Of(elems[i])
		}
		return value.OfList(elems)
	default:
		return v.Clone()
	}
}

// text returns a copy of s. Where texts moves to make room, the copies that there are
// stay where they are.
func (c *Copies) text(s string) string {
	if contains(c.stable, s) {
		return s
	}
	from := len(c.texts)
	c.texts = append(c.texts, s...)
	return unsafe.String(unsafe.SliceData(c.texts[from:]), len(s))
}

// contains reports whether s lies in the memory of b.
func contains(b []byte, s string) bool {
	at := uintptr(unsafe.Pointer(unsafe.StringData(s))) - uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return at < uintptr(len(b))
}
