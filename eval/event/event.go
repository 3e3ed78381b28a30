// Package event is the boundary between EQL and the events of an embedder:
// where values come from, and the slots that rules read them out of.
package event

import "github.com/eqlkit/eqlkit/eval/value"

// An Event answers field look-ups. It is all that an embedder has to implement
// to feed an own type; decoded JSON and raw JSON have adapters here (Map, JSON).
//
// The engine keeps an Event for as long as it may become part of a match and
// hands it back in the match, so the answers must not change after Push.
type Event interface {
	// Field returns the value at a dotted path such as "process.name", a list
	// (value.OfList) if it has several, and the null Value if it has none.
	Field(path string) value.Value
}

// An Extractor is an Event that can fill all the slots of a Layout in one go,
// which is faster than one look-up for each.
type Extractor interface {
	Event
	// Extract stores the values of all paths of l into r, which has been Reset.
	// An error means that the event cannot be read; r is then undefined.
	Extract(l *Layout, r *Record) error
}

// A Slot is the index of a field in a Layout and in its Records.
type Slot int32

// A Layout maps the field paths that a set of rules reads to slots. Build it
// with Add; once a Record is made for it, it must not grow any more. From then
// on it is immutable and safe for concurrent use.
type Layout struct {
	paths []string
	index map[string]Slot
	root  *node // the trie of paths, built by the first use
}

// NewLayout returns an empty Layout.
func NewLayout() *Layout { return &Layout{index: make(map[string]Slot)} }

// Add returns the slot of path, making one if need be.
func (l *Layout) Add(path string) Slot {
	if s, ok := l.index[path]; ok {
		return s
	}
	s := Slot(len(l.paths))
	l.paths = append(l.paths, path)
	l.index[path] = s
	return s
}

// Len returns the number of slots.
func (l *Layout) Len() int { return len(l.paths) }

// Path returns the field path of s.
func (l *Layout) Path(s Slot) string { return l.paths[s] }

// Paths returns the field paths in slot order. The caller must not change it.
func (l *Layout) Paths() []string { return l.paths }

// A Record holds one event's values in the slots of a Layout. It belongs to one
// goroutine and is reused from event to event.
type Record struct {
	layout *Layout
	vals   []value.Value
}

// NewRecord returns an empty Record for l.
func NewRecord(l *Layout) *Record {
	return &Record{layout: l, vals: make([]value.Value, l.Len())}
}

// Layout returns the layout that r was made for.
func (r *Record) Layout() *Layout { return r.layout }

// Reset empties all slots.
func (r *Record) Reset() { clear(r.vals) }

// Get returns the value in slot s; a slot without value is null.
func (r *Record) Get(s Slot) value.Value { return r.vals[s] }

// Set stores v in slot s.
func (r *Record) Set(s Slot, v value.Value) { r.vals[s] = v }

// Fill reads all fields of ev into r, after emptying it.
func (r *Record) Fill(ev Event) error {
	r.Reset()
	if x, ok := ev.(Extractor); ok {
		return x.Extract(r.layout, r)
	}
	for s, path := range r.layout.paths {
		r.vals[s] = ev.Field(path)
	}
	return nil
}

type node struct{}
