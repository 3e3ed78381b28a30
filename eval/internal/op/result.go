package op

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Held is an event that machines keep. One Held serves all machines.
type Held struct {
	Event event.Event
	Time  int64        // nanoseconds since 1970; NoTime if it has none
	Tie   *value.Value // nil without a tiebreaker
	Seq   uint64       // order of arrival
	Size  uint32       // bytes of the event, about

	refs int32 // how often machines keep it, see Budget; pinned besides
}

// pinned is the bit of Held.refs for what others than machines keep.
const pinned = 1 << 30

// Pin notes that something else than a machine keeps h, which may be nil, for
// good.
func (h *Held) Pin() {
	if h != nil {
		h.refs |= pinned
	}
}

// Free reports whether nothing keeps h.
func (h *Held) Free() bool { return h.refs == 0 }

// Bytes returns what the event takes, about.
func (h *Held) Bytes() int64 { return int64(h.Size) + heldCost }

// NoTime is the time of an event without one.
const NoTime = never

// Compare orders events by time (none last), tiebreaker (none last) and arrival.
func (h *Held) Compare(o *Held) int {
	switch {
	case h.Time != o.Time:
		// The least number stands for no time: one less is the greatest, so that
		// it comes last.
		return cmp.Compare(h.Time-1, o.Time-1)
	case (h.Tie == nil) != (o.Tie == nil):
		if h.Tie == nil {
			return 1
		}
		return -1
	case h.Tie != nil:
		if c := value.Order(*h.Tie, *o.Tie); c != 0 {
			return c
		}
	}
	return cmp.Compare(h.Seq, o.Seq)
}

// Less reports whether h comes before o.
func (h *Held) Less(o *Held) bool { return h.Compare(o) < 0 }

// A Result is one match of a query.
type Result struct {
	Keys   []value.Value // nil without join keys
	Events []*Held       // in the order of the steps, runs expanded; nil for a missing event
	Last   *Held         // the event that completed it; nil for a sample
	// Due is the time at which the passing of time decided about it; NoTime if
	// an event did.
	Due int64
}

// Pin notes that something else than a machine keeps the events of r, for good.
func (r *Result) Pin() {
	for _, h := range r.Events {
		h.Pin()
	}
	r.Last.Pin()
}

// sortResults brings results into the order of the search API: by the last
// event, then by key.
func sortResults(rs []Result) {
	slices.SortStableFunc(rs, func(a, b Result) int {
		if a.Last != nil && b.Last != nil {
			if c := a.Last.Compare(b.Last); c != 0 {
				return c
			}
		}
		return compareTuples(a.Keys, b.Keys)
	})
}
