package event

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Document is an Event in the form of a JSON object. It means the same as the
// Map that Decode returns for it, but reads the values of a Layout without
// decoding the rest: in one pass over the text, which checks all of it.
//
// Text values alias the document where they can. A Document is immutable and
// safe for concurrent use.
type Document struct {
	text string
	once sync.Once
	m    Map // by decoded
	err  error
}

// JSON returns the event that doc is. The caller must not change doc afterwards:
// neither the Document nor matches make a copy. A doc that is not a JSON object
// is found out by Extract; it has no fields.
func JSON(doc []byte) *Document { return &Document{text: aliasString(doc)} }

func aliasString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Decode returns the JSON object doc with its numbers as json.Number, fit to be
// a Map. Of a key that occurs twice the last one counts. The error is a
// *SyntaxError.
func Decode(doc []byte) (map[string]any, error) { return decode(aliasString(doc)) }

func decode(text string) (map[string]any, error) {
	s := scanner{text: text}
	if err := s.document(); err != nil {
		return nil, err
	}
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		return nil, &SyntaxError{d.InputOffset(), err.Error()}
	}
	return m, nil
}

// Bytes returns the document as it was given to JSON. The caller must not
// change it.
func (d *Document) Bytes() []byte { return unsafe.Slice(unsafe.StringData(d.text), len(d.text)) }

// decoded returns the whole document.
func (d *Document) decoded() (Map, error) {
	d.once.Do(func() {
		var m map[string]any
		m, d.err = decode(d.text)
		d.m = m
	})
	return d.m, d.err
}

// Field implements Event. The first call decodes the whole document; Extract is
// the way to read several fields.
func (d *Document) Field(path string) value.Value {
	m, _ := d.decoded() // nil has no fields
	return m.Field(path)
}

// Extract implements Extractor. The error is a *SyntaxError.
func (d *Document) Extract(l *Layout, r *Record) error {
	x := extractor{scanner: scanner{text: d.text}, rec: r}
	err := x.document(l.nodes[0])
	if errors.Is(err, errAmbiguous) {
		m, err := d.decoded()
		if err != nil {
			return err
		}
		r.Reset()
		return m.Extract(l, r)
	}
	r.finish()
	return err
}

// errAmbiguous says that several keys of an object lead to one field, so that
// their values do not count in the order in which they are written, if at all.
var errAmbiguous = errors.New("several keys for a field")

// An extractor reads the fields of a layout on the way through a document.
type extractor struct {
	scanner
	rec *Record
}

func (x *extractor) document(root *node) error {
	if x.space() != '{' {
		return x.expected("an object")
	}
	if err := x.object(root, 1); err != nil {
		return err
	}
	return x.end()
}

// value reads the fields at and below n from the value at pos.
func (x *extractor) value(n *node, depth int) error {
	from := x.pos
	switch x.peek() {
	case '{':
		if err := x.object(n, depth+1); err != nil {
			return err
		}
		x.rec.putText(n, x.text[from:x.pos])
		if len(n.slots) > 0 {
			x.rec.putRawObject(n, x.text[from:x.pos])
		}
		return nil
	case '[':
		return x.array(n, depth+1)
	case '"':
		s, err := x.rawString()
		if err != nil {
			return err
		}
		x.rec.putText(n, x.text[from:x.pos])
		if len(n.slots) > 0 {
			x.rec.put(n, value.OfString(s.String()))
		}
		return nil
	}
	if err := x.scalar(); err != nil || len(n.slots) == 0 && len(n.lists) == 0 {
		return err
	}
	literal := x.text[from:x.pos]
	if literal[0] != 'n' {
		x.rec.putText(n, literal)
	}
	switch literal[0] {
	case 'n':
		x.rec.putNull(n)
	case 't', 'f':
		x.rec.put(n, value.OfBool(literal[0] == 't'))
	default:
		x.rec.putNumber(n, literal)
	}
	return nil
}

func (x *extractor) array(n *node, depth int) error {
	more, err := x.open(']', depth)
	for more && err == nil {
		if err = x.value(n, depth); err != nil {
			return err
		}
		more, err = x.next(']')
	}
	return err
}

func (x *extractor) object(n *node, depth int) error {
	if len(n.children) == 0 {
		return x.skipObject(depth)
	}
	id := x.rec.nextObject()
	more, err := x.open('}', depth)
	for more && err == nil {
		if err = x.member(n, id, depth); err != nil {
			return err
		}
		more, err = x.next('}')
	}
	return err
}

// member reads one key of the object id and its value.
func (x *extractor) member(n *node, id uint64, depth int) error {
	key, err := x.rawKey()
	if err != nil {
		return err
	}
	child, ok := x.rec.child(n, key.String(), id)
	switch {
	case !ok:
		return errAmbiguous
	case child != nil:
		return x.value(child, depth)
	default:
		return x.skip(depth)
	}
}

// putRawObject adds an object to the fields that end at n and may be objects.
func (r *Record) putRawObject(n *node, text string) {
	for _, s := range n.slots {
		if !r.layout.options[s].Scalars {
			r.add(s, value.OfObject(&rawObject{text: text}))
		}
	}
}

// decodeValue returns a valid JSON value as Map takes it.
func decodeValue(text string) any {
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&v) // the scanner has read it
	return v
}

// A rawObject is the Object of a Document, decoded when it is asked.
type rawObject struct {
	text string // valid
	once sync.Once
	m    Map
}

// Field implements Object.
func (o *rawObject) Field(path string) value.Value {
	o.once.Do(func() {
		m, _ := decode(o.text)
		o.m = m
	})
	return o.m.Field(path)
}
