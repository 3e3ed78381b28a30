// Package event is the boundary between EQL and the events of an embedder:
// where values come from, and the slots that rules read them out of.
//
// A field path names its value whichever way the event nests it: "a.b.c" is
// found in {"a": {"b": {"c": 1}}} as well as in {"a.b": {"c": 1}} and
// {"a.b.c": 1}. If several are there all contribute, those of shorter keys
// first. Arrays are flattened, arrays of objects too: {"o": [{"a": 1}, {"a": 2}]}
// gives o.a the values 1 and 2. A missing field, null and an empty array are
// all no value.
package event

import "github.com/eqlkit/eqlkit/eval/value"

// An Event answers field look-ups. It is all that an embedder has to implement
// to feed an own type; decoded JSON and raw JSON have adapters here: Map and JSON.
//
// The engine keeps an Event for as long as it may become part of a match and
// hands it back in the match, so the answers must not change after Push.
type Event interface {
	// Field returns the value at a dotted path such as "process.name", a list
	// (value.OfList) if it has several, and the null Value if it has none.
	//
	// For queries that search an array of objects (_arraysearch) the objects at
	// the array's path are to be values too: value.OfObject of an Object each.
	// An Event that leaves them out has no such arrays.
	Field(path string) value.Value
}

// An Extractor is an Event that can fill all the slots of a Layout in one go,
// which is faster than one look-up for each.
type Extractor interface {
	Event
	// Extract stores the value at the path l.Source(s) into slot s of r, for
	// every slot of l, and the elements at each of l.Lists with r.SetElements. The
	// record is for l and has been Reset; conversions are not the Extractor's task. An error means that the event cannot be read;
	// r is then undefined.
	Extract(l *Layout, r *Record) error
}

// An Object is the payload of a value of kind Object: a JSON object as it
// stands at the end of a path. It is immutable and safe for concurrent use.
type Object interface {
	// Field returns the value at a path relative to the object, as Event does.
	Field(path string) value.Value
}
