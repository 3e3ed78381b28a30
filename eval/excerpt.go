package eval

import (
	"encoding/json"
	"iter"
	"slices"

	"github.com/eqlkit/eqlkit/eval/value"
)

// An Excerpt is an Event reduced to some of its fields. It keeps nothing else of
// the event alive, and stands for it in Match.ID. It is immutable and safe for
// concurrent use.
type Excerpt struct {
	shape  *shape
	vals   []value.Value
	digest string // of the event; "" if its fields have to do
}

// A shape is the fields of many excerpts.
type shape struct {
	paths []string // sorted
}

// RetainFields keeps of an event the fields at the given paths; see WithRetain.
// An event that is neither an Identifier nor JSON counts in Match.ID by these
// fields alone.
func RetainFields(paths ...string) func(Event) Event {
	return newShape(paths).excerpt
}

func newShape(paths []string) *shape {
	sorted := slices.Sorted(slices.Values(paths))
	return &shape{slices.Compact(sorted)}
}

func (s *shape) excerpt(ev Event) Event {
	x := &Excerpt{shape: s, vals: make([]value.Value, len(s.paths))}
	for i, path := range s.paths {
		x.vals[i] = cloneValue(ev.Field(path))
	}
	digest, _ := digestOf(ev)
	x.digest = string(digest)
	return x
}

// cloneValue returns v with text of its own, in lists, too. Objects, which have
// no value, become null.
func cloneValue(v value.Value) value.Value {
	switch v.Kind() {
	case value.Object:
		return value.Value{}
	case value.List:
		out := make([]value.Value, len(v.Elems()))
		for i, e := range v.Elems() {
			out[i] = cloneValue(e)
		}
		return value.OfList(out)
	default:
		return v.Clone()
	}
}

// Field implements Event. A field that is not in the excerpt is null.
func (x *Excerpt) Field(path string) value.Value {
	if i, ok := slices.BinarySearch(x.shape.paths, path); ok {
		return x.vals[i]
	}
	return value.Value{}
}

// All yields the fields that have a value, in order of their paths.
func (x *Excerpt) All() iter.Seq2[string, value.Value] {
	return func(yield func(string, value.Value) bool) {
		for i, path := range x.shape.paths {
			if !x.vals[i].IsNull() && !yield(path, x.vals[i]) {
				return
			}
		}
	}
}

// MarshalJSON implements json.Marshaler: an object with the dotted paths as keys.
func (x *Excerpt) MarshalJSON() ([]byte, error) {
	doc := make(map[string]any)
	for path, v := range x.All() {
		doc[path] = v.Any()
	}
	return json.Marshal(doc)
}

// Size implements Sizer.
func (x *Excerpt) Size() int {
	size := 64 + len(x.digest)
	for _, v := range x.vals {
		size += sizeOfValue(v)
	}
	return size
}

func sizeOfValue(v value.Value) int {
	size := value.Size + len(v.Str())
	for _, e := range v.Elems() {
		size += sizeOfValue(e)
	}
	return size
}

// A Reference is an Event of which nothing but its id is known; it has no fields.
type Reference string

// RetainReference keeps the id of an event; see WithRetain. The id is what the
// given function returns or, if it is nil, what the event says as Identifier.
// An event without an id is kept itself.
func RetainReference(id func(Event) string) func(Event) Event {
	return func(ev Event) Event {
		var name string
		if id != nil {
			name = id(ev)
		} else if x, ok := ev.(Identifier); ok {
			name = x.EventID()
		}
		if name == "" {
			return ev
		}
		return Reference(name)
	}
}

// Field implements Event.
func (r Reference) Field(string) value.Value { return value.Value{} }

// EventID implements Identifier.
func (r Reference) EventID() string { return string(r) }

// Size implements Sizer.
func (r Reference) Size() int { return 16 + len(r) }
