package event

import (
	"bytes"
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/value"
)

// An extractor reads the fields of a layout on the way through a document, in one
// pass that checks all of the document. It gives up where the plain way has to
// say what is meant: at mistakes, and at objects in which several keys lead to one
// field, so that their values do not count in the order in which they are written,
// if at all.
//
// Its methods take the position of what they are to read and return the position
// behind it, or failed.
type extractor struct {
	doc []byte
	rec *Record
}

// failed is returned instead of a position.
const failed = -1

// document reads a whole document and reports whether it could.
func (x *extractor) document() bool {
	p := skipSpace(x.doc, 0)
	if p == len(x.doc) || x.doc[p] != '{' {
		return false
	}
	if p = x.object(&x.rec.places[0], p, 1); p == failed {
		return false
	}
	return skipSpace(x.doc, p) == len(x.doc)
}

// element reads a single value, which is known to be valid.
func (x *extractor) element() bool { return x.value(&x.rec.places[0], 0, 1) != failed }

// value reads the fields at and below a place from a value that lies in depth
// arrays and objects.
func (x *extractor) value(at *place, p, depth int) int {
	if p >= len(x.doc) {
		return failed
	}
	n := at.node
	var end int
	switch c := x.doc[p]; c {
	case '"':
		if len(n.slots) == 0 {
			end = skipString(x.doc, p+1)
		} else {
			var s string
			if s, end = x.text(p + 1); end == failed {
				return failed
			}
			x.rec.put(n, value.OfString(s))
		}
	case '{':
		if end = x.object(at, p, depth+1); end == failed {
			return failed
		}
		if n.takesObjects {
			x.rec.putRawObject(n, x.alias(p, end))
		}
	case '[':
		return x.array(at, p, depth+1)
	case 'n':
		if end = skipWord(x.doc, p, "null"); end != failed {
			x.rec.putNull(n)
		}
		return end
	case 't', 'f':
		if end = skipScalar(x.doc, p); end == failed {
			return failed
		}
		x.rec.put(n, value.OfBool(c == 't'))
	default:
		end = x.number(n, p)
	}
	if len(n.lists) > 0 && end != failed {
		x.rec.putText(n, x.alias(p, end))
	}
	return end
}

// alias returns a part of the document as text.
func (x *extractor) alias(from, to int) string {
	return unsafe.String(unsafe.SliceData(x.doc[from:to]), to-from)
}

// number reads a number.
func (x *extractor) number(n *node, p int) int {
	if !n.takesLiterals {
		if i, end := shortInteger(x.doc, p); end != failed {
			x.rec.put(n, value.OfInt(i))
			return end
		}
	}
	end := skipNumber(x.doc, p)
	if end != failed {
		x.rec.putNumber(n, x.alias(p, end))
	}
	return end
}

func (x *extractor) array(at *place, p, depth int) int {
	if depth > maxDepth {
		return failed
	}
	doc := x.doc
	p = skipSpace(doc, p+1)
	if p < len(doc) && doc[p] == ']' {
		return p + 1
	}
	for {
		if p = x.value(at, p, depth); p == failed {
			return failed
		}
		if p = skipSpace(doc, p); p == len(doc) {
			return failed
		}
		switch doc[p] {
		case ',':
			p = skipSpace(doc, p+1)
		case ']':
			return p + 1
		default:
			return failed
		}
	}
}

func (x *extractor) object(at *place, p, depth int) int {
	switch {
	case len(at.node.children) == 0:
		return skipObject(x.doc, p, depth)
	case depth > maxDepth:
		return failed
	}
	doc := x.doc
	p = skipSpace(doc, p+1)
	if p < len(doc) && doc[p] == '}' {
		return p + 1
	}
	x.rec.object++
	id := x.rec.object
	for k := &at.before; ; {
		if k, p = x.key(at, k, p); p == failed {
			return failed
		}
		p = skipSpace(doc, p)
		switch {
		case k.place == nil:
			p = skip(doc, p, depth)
		case !k.arrive(id):
			return failed
		default:
			p = x.value(k.place, p, depth)
		}
		if p == failed {
			return failed
		}
		if p = skipSpace(doc, p); p == len(doc) {
			return failed
		}
		switch doc[p] {
		case ',':
			p = skipSpace(doc, p+1)
		case '}':
			return p + 1
		default:
			return failed
		}
	}
}

// key reads a key of an object, which follows the key before, and the colon.
func (x *extractor) key(at *place, before *key, p int) (*key, int) {
	if k := before.next[0]; k != nil && k.standsAt(x.doc, p) {
		return k, p + len(k.text)
	}
	if k := before.next[1]; k != nil && k.standsAt(x.doc, p) {
		before.next[0], before.next[1] = k, before.next[0]
		return k, p + len(k.text)
	}
	return x.otherKey(at, before, p)
}

// otherKey reads a key that was not expected.
func (x *extractor) otherKey(at *place, before *key, p int) (*key, int) {
	doc := x.doc
	if p >= len(doc) || doc[p] != '"' {
		return nil, failed
	}
	end := skipString(doc, p+1)
	if end == failed {
		return nil, failed
	}
	colon := skipSpace(doc, end)
	if colon == len(doc) || doc[colon] != ':' {
		return nil, failed
	}
	k := x.rec.keys.find(at, x.alias(p+1, end-1))
	if k == nil {
		if bytes.IndexByte(doc[p+1:end-1], '\\') < 0 {
			k = x.rec.learn(at, x.alias(p+1, end-1))
		}
		if k == nil {
			s, _ := x.text(p + 1)
			k = &x.rec.odd
			k.place, k.via = nil, k.via[:0]
			x.rec.lead(k, at, s)
			return k, colon + 1
		}
	}
	if before != &x.rec.odd {
		before.next[0], before.next[1] = k, before.next[0]
	}
	return k, colon + 1
}

// putRawObject adds an object to the fields that end at n and may be objects.
func (r *Record) putRawObject(n *node, text string) {
	for _, s := range n.slots {
		if !r.layout.options[s].Scalars {
			r.add(s, r.objects.add(text))
		}
	}
}
