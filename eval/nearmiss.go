package eval

import (
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A NearMiss is a partial match that will not become a match any more. It is
// the receiver's to keep.
type NearMiss struct {
	Query  *Query
	Reason Reason
	// Keys are the join keys as in Match.Keys.
	Keys []value.Value
	// Events are those that the partial match has, in the order of the steps;
	// missing events have no place among them. Of a sample it is the first
	// event of each filter that has one, and of an eviction of what a query
	// remembers besides, such as an event that must not precede a sequence, it
	// is none.
	Events []Event
	// Needed is how many events a match has.
	Needed int
	// By is the event that ended the partial match; nil if no event did.
	By Event
}

// A Reason is why a partial match has ended.
type Reason uint8

// The reasons.
const (
	TimedOut  Reason = iota // maxspan was over
	Cancelled               // an until event came
	Refuted                 // an event came, or had come, that must be missing
	Evicted                 // the limits left no room for it
	Ended                   // the stream was closed
)

// String returns the reason in words.
func (r Reason) String() string {
	return [...]string{"timed out", "cancelled by until", "refuted by an event that must be missing", "evicted", "ended with the stream"}[r]
}

var reasons = map[op.NoteKind]Reason{
	op.Expired:   TimedOut,
	op.Cancelled: Cancelled,
	op.Refuted:   Refuted,
	op.Evicted:   Evicted,
	op.Ended:     Ended,
}

// watch has those who want to know told what happens to a run's partial matches.
func (r *run) watch(o *streamOptions) {
	var kinds []op.NoteKind
	if o.trace != nil {
		kinds = append(kinds, traceable...)
	}
	if o.onNearMiss != nil {
		kinds = append(kinds, op.Expired, op.Cancelled, op.Refuted, op.Ended)
	}
	if o.onEvict != nil {
		kinds = append(kinds, op.Evicted)
	}
	if len(kinds) == 0 {
		return
	}
	r.machine.Trace(func(n op.Note) {
		if o.trace != nil && slices.Contains(traceable, n.Kind) {
			r.traceNote(o, n)
		}
		reason, ended := reasons[n.Kind]
		tell := o.onNearMiss
		if reason == Evicted {
			tell = o.onEvict
		}
		if ended && tell != nil {
			tell(r.nearMiss(reason, n))
		}
	}, kinds...)
}

func (r *run) nearMiss(reason Reason, n op.Note) NearMiss {
	m := NearMiss{Query: r.query, Reason: reason, Keys: n.Keys, Needed: r.Needed()}
	for _, h := range n.Chain {
		m.Events = append(m.Events, h.Event)
	}
	if n.By != nil {
		m.By = n.By.Event
	}
	return m
}

// A LimitError says that a partial match was not begun because of the limits of
// the stream, by the policy FailNew. The event was evaluated otherwise.
type LimitError struct {
	Query *Query // the first one concerned
	holds string
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("no room for another partial match of query %q, which holds %s", e.Query.identity(), e.holds)
}

// refused notes that a machine had no room.
func (s *Stream) refused(a *op.Account) {
	if s.full != nil {
		return
	}
	for _, r := range s.runs {
		if r.machine != nil && r.machine.Account() == a {
			s.full = &LimitError{r.query, a.String()}
		}
	}
}
