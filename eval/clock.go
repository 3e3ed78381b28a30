package eval

import (
	"container/heap"
	"math"
	"time"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A clock is the event time of a stream, as told by one timestamp field. It
// keeps events back while others may still have to go before them: for as long
// as the allowed lateness, and among equal times until the tiebreaker is certain.
type clock struct {
	field    *clockField
	lateness int64
	direct   bool // nothing ever has to be kept back

	state timeliness  // of the current event
	time  int64       // of the current event; noTime if it has none
	tie   value.Value // of the current event
	held  *op.Held    // the current event, once a query keeps it

	newest int64 // the greatest time seen
	now    int64 // no event that is not late is before it
	queue  keptHeap
}

// A timeliness says where an event stands in time.
type timeliness uint8

const (
	onTime timeliness = iota
	late
	untimed
)

const noTime = math.MinInt64

// kept is what a query hit with an event that is kept back.
type kept struct {
	run  *run
	ev   *op.Held
	hits *op.Hits
}

func newClock(f *clockField, lateness time.Duration) *clock {
	return &clock{
		field:    f,
		lateness: int64(lateness),
		direct:   lateness == 0 && !f.hasTiebreaker,
		newest:   noTime,
		now:      noTime,
	}
}

// read takes the time of the current event.
func (c *clock) read(r *event.Record) timeliness {
	c.state, c.time, c.tie, c.held = onTime, noTime, value.Value{}, nil
	if c.field.hasTiebreaker {
		c.tie = single(r.Get(c.field.tieSlot))
	}
	t, ok := event.ParseTime(single(r.Get(c.field.timeSlot)))
	if !ok {
		c.state = untimed
		return c.state
	}
	c.time = t
	if t < c.now {
		c.state = late
		return c.state
	}
	if t > c.newest {
		c.newest = t
		c.now = max(c.now, saturatingSub(t, c.lateness))
	}
	return c.state
}

// hold returns the current event, which is ev, for queries to keep.
func (c *clock) hold(ev Event, seq uint64) *op.Held {
	if c.held == nil {
		c.held = &op.Held{Event: ev, Time: c.time, Tie: c.tie, Seq: seq}
	}
	return c.held
}

// single returns the first value of a field.
func single(v value.Value) value.Value {
	if v.Kind() == value.List {
		return v.Elems()[0]
	}
	return v
}

// nanos returns t in nanoseconds since 1970, or the nearest that there is.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64+1)):
		return math.MinInt64 + 1
	case t.After(time.Unix(0, math.MaxInt64-1)):
		return math.MaxInt64 - 1
	default:
		return t.UnixNano()
	}
}

func saturatingSub(a, b int64) int64 {
	if d := a - b; d <= a {
		return d
	}
	return math.MinInt64 + 1
}

// advance lets time pass up to t.
func (c *clock) advance(t int64) { c.now = max(c.now, t) }

// keep puts hits into the queue.
func (c *clock) keep(r *run, ev *op.Held, hits *op.Hits) {
	heap.Push(&c.queue, &kept{r, ev, hits.Clone()})
}

// release calls deliver for what need not be kept back any more, in order.
func (c *clock) release(deliver func(*kept)) {
	for len(c.queue) > 0 {
		first := c.queue[0].ev.Time
		// Equal times may still be ordered by the tiebreaker.
		if first > c.now || first == c.now && c.field.hasTiebreaker && c.now != math.MaxInt64 {
			return
		}
		deliver(heap.Pop(&c.queue).(*kept))
	}
}

type keptHeap []*kept

func (h keptHeap) Len() int { return len(h) }
func (h keptHeap) Less(i, j int) bool {
	if h[i].ev != h[j].ev {
		return h[i].ev.Less(h[j].ev)
	}
	return h[i].run.index < h[j].run.index
}
func (h keptHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *keptHeap) Push(x any)   { *h = append(*h, x.(*kept)) }
func (h *keptHeap) Pop() any {
	old := *h
	n := len(old) - 1
	x := old[n]
	old[n] = nil
	*h = old[:n]
	return x
}
