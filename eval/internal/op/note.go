package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Note is one thing that happened to a partial sequence.
type Note struct {
	Kind NoteKind
	Keys []value.Value
	// Chain is the events of the partial, the oldest first; for Began and
	// Advanced with the event that did it.
	Chain []*Held
	// By is the event that did it to the partial; nil for the passing of time.
	By *Held
}

// A NoteKind is what happened to a partial sequence.
type NoteKind uint8

// The kinds of notes.
const (
	Advanced  NoteKind = iota // it began, or took its next event
	Completed                 // it took its last event
	Replaced                  // a newer one of its key took its place
	Expired                   // maxspan was over
	Cancelled                 // until ended it
	Refuted                   // an event that had to be missing was there
)

// A Traced machine tells what happens to its partial sequences.
type Traced interface{ Trace(f func(Note)) }

// Trace implements Traced.
func (m *sequence) Trace(f func(Note)) { m.trace = f }

// note tells the tracer, if there is one.
func (m *sequence) note(kind NoteKind, r *row, p *partial, by *Held) {
	if m.trace != nil && p != nil {
		m.tell(kind, r, p, by)
	}
}

func (m *sequence) tell(kind NoteKind, r *row, p *partial, by *Held) {
	n := Note{Kind: kind, Keys: r.vals, By: by}
	for ; p != nil; p = p.prev {
		n.Chain = append(n.Chain, p.ev)
	}
	slices.Reverse(n.Chain)
	m.trace(n)
}

// noteCancelled tells which partials an until is about to end.
func (m *sequence) noteCancelled(by *Held, h Hit) {
	if r := m.rows[string(h.Key)]; r != nil && m.trace != nil {
		for _, p := range r.slots {
			m.note(Cancelled, r, p, by)
		}
	}
}

// noteRefuted tells that what must not follow a candidate has followed it.
func (m *sequence) noteRefuted(c *candidate, by *Held) {
	if m.trace == nil {
		return
	}
	n := Note{Kind: Refuted, Keys: c.result.Keys, By: by}
	for _, ev := range c.result.Events {
		if ev != nil {
			n.Chain = append(n.Chain, ev)
		}
	}
	m.trace(n)
}

// Trace implements Traced.
func (m *aliasSequence) Trace(f func(Note)) { m.trace = f }

// note tells the tracer, if there is one.
func (m *aliasSequence) note(kind NoteKind, c *chain, by *Held) {
	if m.trace != nil {
		m.trace(Note{Kind: kind, Keys: c.row.vals, Chain: slices.Clone(c.events), By: by})
	}
}

// Trace implements Traced.
func (m *lineageMachine) Trace(f func(Note)) {
	if t, ok := m.inner.(Traced); ok {
		t.Trace(f)
	}
}

func advancedTo(stage, last int) NoteKind {
	if stage == last {
		return Completed
	}
	return Advanced
}

// noteCancelled tells which chains an until is about to end.
func (m *aliasSequence) noteCancelled(by *Held, h Hit) {
	r := m.rows[string(h.Key)]
	if r == nil || m.trace == nil {
		return
	}
	for i := range r.waiting {
		for c := r.waiting[i].newest; c != nil; c = c.links[byArrival].older {
			m.note(Cancelled, c, by)
		}
	}
}
