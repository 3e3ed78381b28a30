package eval

import (
	"cmp"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A matchOrder says when a stream that is divided among parts would have
// delivered a match if it were not.
type matchOrder struct {
	turn  uint64 // the call
	phase phase
	clock int
	at    int64    // the time that decided; of finalPhase NoTime if none did
	by    *op.Held // the event that decided, of those that were kept back; or nil
	rule  int
	last  *op.Held // the last event of the match; nil if it has no order
}

// A phase is a part of a call.
type phase uint8

const (
	duePhase     phase = iota // what time decides before an event that need not wait
	eventPhase                // what an event decides at once
	releasePhase              // what happens as time passes
	finalPhase                // what is certain when the stream is closed
	limitPhase                // what tail has kept until then
)

// CompareOrder compares two matches of parts of one stream: it is negative if
// the whole stream would have delivered a before b, and 0 if they come from the
// same part and have the order in which that delivered them.
func CompareOrder(a, b Match) int {
	x, y := a.order, b.order
	if c := cmp.Or(cmp.Compare(x.turn, y.turn), cmp.Compare(x.phase, y.phase)); c != 0 {
		return c
	}
	switch x.phase {
	case duePhase:
		if c := cmp.Or(cmp.Compare(x.clock, y.clock), cmp.Compare(x.at, y.at)); c != 0 {
			return c
		}
	case releasePhase:
		if c := cmp.Or(cmp.Compare(x.clock, y.clock), cmp.Compare(x.at, y.at), compareEvents(x.by, y.by)); c != 0 {
			return c
		}
	case finalPhase:
		if c := cmp.Compare(uint64(x.at-1), uint64(y.at-1)); c != 0 { // noTime comes last
			return c
		}
	}
	if c := cmp.Or(cmp.Compare(x.rule, y.rule), compareEvents(x.last, y.last)); c != 0 {
		return c
	}
	for i := range min(len(a.Keys), len(b.Keys)) {
		if c := value.Order(a.Keys[i], b.Keys[i]); c != 0 {
			return c
		}
	}
	return 0
}

// compareEvents orders events, nil first.
func compareEvents(a, b *op.Held) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	default:
		return a.Compare(b)
	}
}

// orderOf returns when a result is delivered.
func (s *Stream) orderOf(r *run, res op.Result) *matchOrder {
	o := &matchOrder{turn: s.part.turn, phase: s.part.phase, clock: r.clock, at: res.Due, rule: r.index, last: res.Last}
	if o.phase == releasePhase && res.Due == noTime {
		o.by, o.at = s.part.released, s.part.released.Time
	}
	return o
}
