package eval

import (
	"encoding/json"
	"fmt"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/wire"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Codec writes and reads an embedder's events for snapshots. Without one a
// map comes back as a map, an Excerpt or Reference as such, what has a method
// Bytes() []byte for its document as a document, and every other event as an
// Excerpt of the fields that the engine reads. An Identifier keeps its id.
type Codec interface {
	// EncodeEvent returns bytes that DecodeEvent understands, or nil for an
	// event that is to be written as without a Codec.
	EncodeEvent(ev Event) ([]byte, error)
	// DecodeEvent returns an event that equals the one that was encoded. It may
	// keep data.
	DecodeEvent(data []byte) (Event, error)
}

// The forms of events in a snapshot.
const (
	formCodec = iota
	formDocument
	formMap
	formReference
	formExcerpt
	formNamed // a document with an id of its own
)

// A namedDocument is a document that knows its id.
type namedDocument struct {
	*event.Document
	id string
}

// EventID implements Identifier.
func (d namedDocument) EventID() string { return d.id }

// An eventWriter writes events. Excerpts of one shape share its paths.
type eventWriter struct {
	codec    Codec
	fallback *shape // of events of unknown types
	shapes   map[*shape]uint64
}

func (x *eventWriter) write(w *wire.Writer, h *op.Held) {
	w.Int(h.Time)
	w.Uint(h.Seq)
	w.Bool(h.Tie != nil)
	if h.Tie != nil {
		w.Value(*h.Tie)
	}
	if err := x.body(w, h.Event); err != nil {
		w.Fail(fmt.Errorf("event %d cannot be encoded: %w", h.Seq, err))
	}
}

func (x *eventWriter) body(w *wire.Writer, ev Event) error {
	if x.codec != nil {
		switch data, err := x.codec.EncodeEvent(ev); {
		case err != nil:
			return err
		case data != nil:
			w.Uint(formCodec)
			w.String(string(data))
			return nil
		}
	}
	switch ev := ev.(type) {
	case Reference:
		w.Uint(formReference)
		w.String(string(ev))
		return nil
	case *Excerpt:
		x.excerpt(w, ev)
		return nil
	case Identifier:
		if doc, ok := ev.(documented); ok {
			w.Uint(formNamed)
			w.String(ev.EventID())
			w.String(string(doc.Bytes()))
			return nil
		}
	case event.Map:
		if data, err := json.Marshal(map[string]any(ev)); err == nil {
			w.Uint(formMap)
			w.String(string(data))
			return nil
		}
	case documented:
		w.Uint(formDocument)
		w.String(string(ev.Bytes()))
		return nil
	}
	x.excerpt(w, x.fallback.excerpt(ev).(*Excerpt))
	return nil
}

func (x *eventWriter) excerpt(w *wire.Writer, ev *Excerpt) {
	w.Uint(formExcerpt)
	n, ok := x.shapes[ev.shape]
	if !ok {
		if x.shapes == nil {
			x.shapes = make(map[*shape]uint64)
		}
		n = uint64(len(x.shapes))
		x.shapes[ev.shape] = n
	}
	w.Uint(n)
	if !ok {
		w.Len(len(ev.shape.paths))
		for _, path := range ev.shape.paths {
			w.String(path)
		}
	}
	for _, v := range ev.vals {
		w.Value(v)
	}
	w.String(ev.digest)
}

// An eventReader reads what an eventWriter wrote.
type eventReader struct {
	codec  Codec
	shapes []*shape
}

func (x *eventReader) read(r *wire.Reader) *op.Held {
	h := &op.Held{Time: r.Int(), Seq: r.Uint()}
	if r.Bool() {
		tie := r.Value()
		h.Tie = &tie
	}
	h.Event = x.body(r)
	if r.Err() != nil {
		return nil
	}
	h.Size = sizeOf(h.Event)
	return h
}

func (x *eventReader) body(r *wire.Reader) Event {
	switch form := r.Uint(); form {
	case formCodec:
		data := r.String()
		if r.Err() != nil {
			return nil
		}
		if x.codec == nil {
			r.Fail("an event needs the codec that it was written with")
			return nil
		}
		ev, err := x.codec.DecodeEvent([]byte(data))
		if err != nil || ev == nil {
			r.Fail("an event cannot be decoded: %v", err)
		}
		return ev
	case formDocument:
		return event.JSON([]byte(r.String()))
	case formNamed:
		id := r.String()
		return namedDocument{event.JSON([]byte(r.String())), id}
	case formMap:
		m, err := event.Decode([]byte(r.String()))
		if err != nil {
			r.Fail("an event cannot be decoded: %v", err)
		}
		return event.Map(m)
	case formReference:
		return Reference(r.String())
	case formExcerpt:
		return x.excerpt(r)
	default:
		r.Fail("%d is no form of an event", form)
		return nil
	}
}

// maxPaths bounds the fields of an excerpt.
const maxPaths = 1 << 20

func (x *eventReader) excerpt(r *wire.Reader) Event {
	n := r.Len(len(x.shapes))
	if r.Err() != nil {
		return nil
	}
	if n == len(x.shapes) {
		s := &shape{}
		for range r.Len(maxPaths) {
			if r.Err() != nil {
				return nil
			}
			s.paths = append(s.paths, r.String())
		}
		x.shapes = append(x.shapes, s)
	}
	ev := &Excerpt{shape: x.shapes[n], vals: make([]value.Value, len(x.shapes[n].paths))}
	for i := range ev.vals {
		ev.vals[i] = r.Value()
	}
	ev.digest = r.String()
	return ev
}
