package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Held is an event that a machine keeps. One Held serves all machines.
type Held struct {
	Event event.Event
	Time  int64 // nanoseconds since 1970
	Tie   value.Value
	Seq   uint64 // order of arrival
}

// compare orders events by time, tiebreaker (none last) and arrival.
func (h *Held) compare(o *Held) int {
	switch {
	case h.Time != o.Time:
		return order(h.Time, o.Time)
	case h.Tie.IsNull() != o.Tie.IsNull():
		if h.Tie.IsNull() {
			return 1
		}
		return -1
	}
	if c := value.Order(h.Tie, o.Tie); c != 0 {
		return c
	}
	return order(h.Seq, o.Seq)
}

// Less reports whether h comes before o.
func (h *Held) Less(o *Held) bool { return h.compare(o) < 0 }

func order[T int64 | uint64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// A Result is one match of a query.
type Result struct {
	Keys   []value.Value // nil without join keys
	Events []*Held       // in the order of the steps, runs expanded; nil for a missing event
	Last   *Held         // the event that completed it; nil for a sample
}

// sortResults brings results into the order of the search API: by the last
// event, then by key.
func sortResults(rs []Result) {
	slices.SortStableFunc(rs, func(a, b Result) int {
		if a.Last != nil && b.Last != nil {
			if c := a.Last.compare(b.Last); c != 0 {
				return c
			}
		}
		return compareTuples(a.Keys, b.Keys)
	})
}

// A Machine assembles matches of one query from hits. Events come in order of
// time. It belongs to one goroutine.
type Machine interface {
	// Push takes the hits of one event.
	Push(ev *Held, hits *Hits, emit func(Result))
	// Advance says that no later event is before the time w.
	Advance(w int64, emit func(Result))
	// Close says that no event follows.
	Close(emit func(Result))
	// Timed reports whether Advance may complete matches.
	Timed() bool
	// Open returns the number of partial matches that are waiting.
	Open() int
}
