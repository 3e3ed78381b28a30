package eval

import (
	"container/heap"
	"math"
	"time"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A clock is one timestamp field of a stream's engine: a timeline, and the
// events that are kept back while others may still have to go before them: as
// long as the watermark has not passed them, and among equal times until the
// tiebreaker is certain. They are kept only if a step needs them.
type clock struct {
	timeline
	field *clockField

	state  timeliness // of the current event
	direct bool       // whether the current event need not be kept back
	moment            // of the current event
	held   *op.Held   // the current event, once a query asks for it
	kept   *kept      // the current event, once it is kept back
	judged *judgement // about events before, and the current one
	repeat answer     // whether the current event is one

	queue  keptHeap
	doubts []*kept // ahead of time
	dues   dueHeap // the runs of this clock

	// The steps of its sequences, and of what else has a machine, as bits of the
	// engine's index; and those that some have while they know no process.
	sequences, machines, cold []uint64

	seen   distinct
	spares spares

	restored map[*op.Held]*kept // while a snapshot is read: the queue and doubts
}

// kept is an event that is kept back, with what its queries found in it.
type kept struct {
	ev     *op.Held
	source string // of one that is ahead of time
	told   *bool  // whether that has been counted; shared by the clocks; nil after a restart
	parts  []keptPart
}

type keptPart struct {
	run  *run
	hits *op.Hits
	size int64 // of hits, when they were kept
}

func newClock(f *clockField, o *streamOptions) *clock {
	c := &clock{timeline: newTimeline(o.time, o.sources), field: f}
	c.spares.giveHeld(&op.Held{})
	return c
}

// A moment is what a clock tells of an event.
type moment struct {
	time int64 // noTime if it has none
	tie  value.Value
}

// read takes the moment of an event.
func (f *clockField) read(r *event.Record) moment {
	m := moment{time: noTime}
	if f.hasTiebreaker {
		m.tie = single(r.Get(f.tieSlot))
	}
	if t, ok := event.ParseTime(single(r.Get(f.timeSlot))); ok {
		m.time = t
	}
	return m
}

// begin makes an event of a source the current one.
func (c *clock) begin(m moment, source string) {
	c.reset(m)
	if m.time == noTime {
		c.state = untimed
	} else {
		c.state, c.judged = c.observe(source, m.time)
	}
	c.direct = c.state == onTime && c.needsNoQueue()
}

// needsNoQueue reports whether no event that is on time is ever kept back.
func (c *clock) needsNoQueue() bool { return c.inOrder() && !c.field.hasTiebreaker }

// reset forgets the event before.
func (c *clock) reset(m moment) {
	c.letGo()
	c.moment, c.repeat = m, unknown
}

// letGo lets go of the current event.
func (c *clock) letGo() {
	if c.held != nil && c.kept == nil {
		c.spares.giveHeld(c.held)
	}
	c.held, c.kept, c.judged = nil, nil, nil
}

// hold returns the current event, which is ev, for queries to keep.
func (c *clock) hold(ev Event, seq uint64) *op.Held {
	if c.held == nil {
		c.held = c.spares.takeHeld()
		c.held.Event, c.held.Time, c.held.Seq, c.held.Size = ev, c.time, seq, sizeOf(ev)
		if !c.tie.IsNull() {
			tie := c.tie.Clone()
			c.held.Tie = &tie
		}
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

// keep keeps the current event back for a query.
func (c *clock) keep(r *run, ev *op.Held, hits *op.Hits, b *op.Budget) {
	if c.kept == nil {
		c.kept = c.spares.takeKept()
		c.kept.ev = ev
		b.Wait(ev.Bytes())
		heap.Push(&c.queue, c.kept)
	}
	own := c.spares.takeHits()
	own.Copy(hits)
	c.kept.add(r, own, b)
}

// push puts an event into the queue.
func (c *clock) push(k *kept) { heap.Push(&c.queue, k) }

// rekeep keeps an event back for a query as it was before a restart.
func (c *clock) rekeep(r *run, ev *op.Held, hits *op.Hits, b *op.Budget) {
	k := c.restored[ev]
	if k == nil {
		k = &kept{ev: ev}
		b.Wait(ev.Bytes())
		c.push(k)
		c.restore(k)
	}
	k.add(r, hits, b)
}

// restore notes an event that was read from a snapshot.
func (c *clock) restore(k *kept) {
	if c.restored == nil {
		c.restored = make(map[*op.Held]*kept)
	}
	c.restored[k.ev] = k
}

// doubt keeps the current event back because it is ahead of time.
func (c *clock) doubt(ev *op.Held, source string, b *op.Budget) {
	c.kept = &kept{ev: ev, source: source}
	b.Wait(ev.Bytes())
	c.doubts = append(c.doubts, c.kept)
}

// add adds what a query found.
func (k *kept) add(r *run, hits *op.Hits, b *op.Budget) {
	size := hits.Size()
	b.Wait(size)
	k.parts = append(k.parts, keptPart{r, hits, size})
}

// free gives back what an event cost that is not kept back any more.
func (k *kept) free(b *op.Budget) {
	b.Wait(-k.ev.Bytes())
	for _, p := range k.parts {
		b.Wait(-p.size)
	}
}

// resolve does with the events that were ahead as judged. It calls doubted for
// those that are not believed.
func (c *clock) resolve(j judgement, doubted func(*clock, *kept, timeliness)) {
	rest := c.doubts[:0]
	for _, k := range c.doubts {
		switch t := k.ev.Time; {
		case k.source != j.source:
			rest = append(rest, k)
		case j.lo <= t && t <= j.hi:
			k.source = ""
			heap.Push(&c.queue, k)
		case j.lo != math.MaxInt64 && t < j.lo:
			doubted(c, k, late)
		default:
			doubted(c, k, ahead)
		}
	}
	clear(c.doubts[len(rest):])
	c.doubts = rest
}

// done lets go of an event that has been kept back and that its queries have seen.
func (c *clock) done(k *kept) {
	if c.kept == k { // then letGo sees to the event
		c.kept = nil
	} else {
		c.spares.giveHeld(k.ev)
	}
	c.spares.giveKept(k)
}

// passed reports whether an event of a time need not be kept back any more.
func (c *clock) passed(at int64) bool {
	// Equal times may still be ordered by the tiebreaker.
	return at < c.now || at == c.now && (!c.field.hasTiebreaker || c.now == math.MaxInt64)
}

// next takes the first event that need not be kept back any more, or nil.
func (c *clock) next() *kept {
	if len(c.queue) == 0 || !c.passed(c.queue[0].ev.Time) {
		return nil
	}
	return heap.Pop(&c.queue).(*kept)
}

// A keptHeap holds events in order.
type keptHeap []*kept

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h keptHeap) Len() int           { return len(h) }
func (h keptHeap) Less(i, j int) bool { return h[i].ev.Less(h[j].ev) }
func (h keptHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push adds an event.
func (h *keptHeap) Push(x any) { *h = append(*h, x.(*kept)) }

// Pop takes the last event.
func (h *keptHeap) Pop() any {
	old := *h
	n := len(old) - 1
	x := old[n]
	old[n] = nil
	*h = old[:n]
	return x
}

// plan notes that the machine of a run has changed. Only what is due earlier than
// before is put in its place at once; pass sees to the rest.
func (c *clock) plan(r *run) {
	r.wake()
	if due := r.machine.Due(); due < r.due {
		r.due = due
		c.dues.up(r.place)
	}
}

// pass lets time pass up to w for the runs of the clock, in order of what is due.
func (c *clock) pass(w int64) {
	for len(c.dues) > 0 && c.dues[0].due <= w && c.dues[0].due != op.NotDue {
		r := c.dues[0]
		if due := r.machine.Due(); due == r.due {
			r.machine.Advance(due, r.emit)
			r.wake()
		}
		r.due = r.machine.Due()
		c.dues.down(0)
		r.stream.accounts.lap(&r.state)
	}
}
