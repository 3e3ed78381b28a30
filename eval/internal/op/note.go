package op

import "github.com/eqlkit/eqlkit/eval/value"

// A Note is one thing that happened to a partial match.
type Note struct {
	Kind NoteKind
	Keys []value.Value
	// Chain is the events of the partial, the oldest first; for Advanced and
	// Completed with the event that did it.
	Chain []*Held
	// By is the event that did it to the partial; nil for the passing of time.
	By *Held
}

// A NoteKind is what happened to a partial match.
type NoteKind uint8

// The kinds of notes.
const (
	Advanced  NoteKind = iota // it began, or took its next event
	Completed                 // it took its last event
	Replaced                  // a newer one of its key took its place
	Expired                   // maxspan was over
	Cancelled                 // until ended it
	Refuted                   // an event that had to be missing was there
	Evicted                   // it was dropped to make room
	Ended                     // the stream was closed
)

// A tracer tells those who want to know.
type tracer struct {
	f     func(Note)
	kinds uint // a set of bits
}

// wants reports whether notes of a kind are to be made.
func (t *tracer) wants(k NoteKind) bool { return t.kinds>>k&1 != 0 }

func (t *tracer) set(f func(Note), kinds []NoteKind) {
	t.f, t.kinds = f, 0
	for _, k := range kinds {
		t.kinds |= 1 << k
	}
	if len(kinds) == 0 && f != nil {
		t.kinds = ^uint(0)
	}
}
