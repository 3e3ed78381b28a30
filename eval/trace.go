package eval

import (
	"slices"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Note is one thing that happened to a partial sequence of a query. It is the
// receiver's to keep.
type Note struct {
	Kind NoteKind
	// Keys are the join keys of the partial sequence.
	Keys []value.Value
	// Events are the events of the partial sequence by number, the oldest first,
	// the event that did it included if it became part of it. Numbers count the
	// events that the stream has taken, from 1.
	Events []uint64
	// By is the number of the event that did it; 0 for the passing of time, and
	// where the event was seen before.
	By uint64
}

// A NoteKind is what happened to a partial sequence.
type NoteKind uint8

// The kinds of notes.
const (
	// NoteAdvanced: it began, or took its next event.
	NoteAdvanced = NoteKind(op.Advanced)
	// NoteCompleted: it took its last event. It becomes a match unless a missing
	// event refutes it or a limit leaves it out.
	NoteCompleted = NoteKind(op.Completed)
	// NoteReplaced: a newer one of the same key took its place.
	NoteReplaced = NoteKind(op.Replaced)
	// NoteExpired: maxspan was over.
	NoteExpired = NoteKind(op.Expired)
	// NoteCancelled: until ended it.
	NoteCancelled = NoteKind(op.Cancelled)
	// NoteRefuted: an event that had to be missing was there.
	NoteRefuted = NoteKind(op.Refuted)
)

// WithTrace has f called for everything that happens to partial sequences, for
// programs that explain what a query does; it costs time and memory for each
// note. f must not call the stream.
func WithTrace(f func(q *Query, n Note)) StreamOption {
	return func(o *streamOptions) { o.trace = f }
}

// traceable are the kinds of notes that WithTrace tells of.
var traceable = []op.NoteKind{op.Advanced, op.Completed, op.Replaced, op.Expired, op.Cancelled, op.Refuted}

// traceNote tells a note by the numbers of events.
func (r *run) traceNote(o *streamOptions, n op.Note) {
	out := Note{Kind: NoteKind(n.Kind), Keys: slices.Clone(n.Keys), Events: make([]uint64, len(n.Chain))}
	for i, h := range n.Chain {
		out.Events[i] = h.Seq
	}
	if n.By != nil {
		out.By = n.By.Seq
	}
	o.trace(r.query, out)
}

// WithAnswers has f called for every event that asked whether its process is a
// "descendant of" others, with the number of the event, the place of the
// question in the query, and the answer. f must not call the stream.
func WithAnswers(f func(q *Query, event uint64, at source.Span, yes bool)) StreamOption {
	return func(o *streamOptions) { o.answered = f }
}

// traced connects the environment of r to WithAnswers.
func (s *Stream) traced(r *run, e *op.Env) *op.Env {
	if f := s.opts.answered; f != nil {
		e.Answered = func(ev *op.Held, x *plan.Lineage, yes bool) {
			f(r.query, ev.Seq, x.Span(), yes)
		}
	}
	return e
}
