package event

import (
	"encoding/json"
	"strings"
	"sync"
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Document is an Event in the form of a JSON object. It means the same as the
// Map that Decode returns for it, but reads the values of a Layout without
// decoding the rest: in one pass over the text, which checks all of it.
//
// Text values alias the document where they can. A Document is immutable, but for
// Reset, and safe for concurrent use. The zero Document is no JSON object.
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

func aliasBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Reset makes d the event that doc is, for a program that uses one Document again
// and again. It must not be in use any more, nor may values of it, but for their
// clones and what Field has returned.
func (d *Document) Reset(doc []byte) { *d = Document{text: aliasString(doc)} }

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
func (d *Document) Bytes() []byte { return aliasBytes(d.text) }

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
	x := extractor{doc: d.Bytes(), rec: r}
	if x.document() {
		return nil
	}
	m, err := d.decoded()
	if err != nil {
		return err
	}
	r.Reset()
	return m.Extract(l, r)
}

// decodeValue returns a valid JSON value as Map takes it.
func decodeValue(text string) any {
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&v) // the scanner has read it
	return v
}
