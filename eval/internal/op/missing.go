package op

import (
	"container/heap"
	"slices"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A completion is a sequence that has all its events.
type completion struct {
	key    string
	events []*Held
	first  int64           // time of the first event
	lead   int64           // time of the latest leading missing event; never if there is none
	doomed bool            // by a missing event in the middle
	kept   [][]value.Value // see chain
}

// A candidate is a complete sequence that a trailing missing event can refute,
// or one that waits for its turn.
type candidate struct {
	key     string
	events  []*Held         // of the result
	kept    [][]value.Value // see chain; nil for a plain sequence
	since   int64           // the time from which maxspan counts
	seq     uint64          // order of completion
	decided bool
	refuted bool
	due     int64 // the time that decided; NoTime if an event did
	index   int   // in candidates.byTime

	before, after *candidate // those of the same key
}

// candidates are the completed sequences of a machine: those that wait by the
// time they are decided and by key, and those that are done, in result order if
// the machine has to keep it.
type candidates struct {
	spec    *sequenceSpec
	byTime  candidateHeap
	byKey   map[string]*queue
	fifo    []*candidate // of an ordered sequence
	fresh   []*candidate // completed by the current event, to be enlisted
	done    []Result
	next    uint64
	account *Account
}

func newCandidates(spec *sequenceSpec, a *Account) candidates {
	return candidates{spec: spec, byKey: make(map[string]*queue), account: a}
}

// A queue is the waiting candidates of a key in order of completion.
type queue struct{ first, last *candidate }

// due returns when the first candidate is decided.
func (c *candidates) due(span int64) int64 {
	if len(c.byTime) == 0 {
		return NotDue
	}
	return over(c.byTime[0].since, span)
}

// abandon gives up the candidate that is to be decided first, which it returns,
// or nil if none waits.
func (c *candidates) abandon() *candidate {
	if len(c.byTime) == 0 {
		return nil
	}
	w := c.byTime[0]
	c.refute(w)
	return w
}

type candidateHeap []*candidate

func (h candidateHeap) Len() int { return len(h) }
func (h candidateHeap) Less(i, j int) bool {
	if h[i].since != h[j].since {
		return h[i].since < h[j].since
	}
	return h[i].seq < h[j].seq
}

func (h candidateHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *candidateHeap) Push(x any) {
	c := x.(*candidate)
	c.index = len(*h)
	*h = append(*h, c)
}

func (h *candidateHeap) Pop() any {
	old := *h
	n := len(old) - 1
	x := old[n]
	old[n] = nil
	*h = old[:n]
	return x
}

// complete decides about a complete sequence, or lets it wait for the absence
// of what must not follow. It reports false if the sequence is refuted.
func (c *candidates) complete(done completion, span int64) bool {
	s := c.spec
	quiet := done.lead == never // nothing before that could be too near
	last := done.events[len(done.events)-1].Time
	since, decided := done.first, false
	switch {
	case done.doomed, s.leading && !quiet && !s.trailing && !Beyond(last, done.lead, span):
		return false
	case !s.trailing, s.leading && quiet, s.leading && last-done.lead >= span:
		if !s.ordered {
			c.done = append(c.done, s.result(done.key, done.events))
			return true
		}
		decided = true
	case s.leading:
		since = done.lead
	}
	w := &candidate{key: done.key, events: done.events, kept: done.kept, since: since, decided: decided, due: NoTime}
	if c.account.admit(c.cost(w), done.events[len(done.events)-1]) {
		c.fresh = append(c.fresh, w)
	}
	return true
}

// enlist lets the candidates that one event completed wait, in order of their keys.
func (c *candidates) enlist() {
	if len(c.fresh) > 1 {
		slices.SortStableFunc(c.fresh, func(a, b *candidate) int { return compareTuples(c.spec.tuple(a.key), c.spec.tuple(b.key)) })
	}
	for i, w := range c.fresh {
		c.enter(w)
		c.fresh[i] = nil
	}
	c.fresh = c.fresh[:0]
}

// candidateCost is what a candidate costs beside its key and events.
const candidateCost = 112 + 80

func (c *candidates) cost(w *candidate) int64 {
	return int64(candidateCost+len(w.key)+8*len(w.events)) + costOfKept(w.kept)
}

// enter adds a candidate that is the latest one.
func (c *candidates) enter(w *candidate) {
	w.seq = c.next
	c.next++
	if c.spec.ordered {
		c.fifo = append(c.fifo, w)
	}
	for _, ev := range w.events {
		c.account.budget.Retain(ev)
	}
	if w.decided {
		c.account.add(&c.account.Other, 1, c.cost(w))
		return
	}
	c.account.add(&c.account.Pending, 1, c.cost(w))
	heap.Push(&c.byTime, w)
	q := c.byKey[w.key]
	if q == nil {
		c.byKey[w.key] = &queue{w, w}
		return
	}
	w.before, q.last.after = q.last, w
	q.last = w
}

// leave takes a candidate out of the queue of its key.
func (c *candidates) leave(w *candidate) {
	q := c.byKey[w.key]
	if w.before == nil {
		q.first = w.after
	} else {
		w.before.after = w.after
	}
	if w.after == nil {
		q.last = w.before
	} else {
		w.after.before = w.before
	}
	w.before, w.after = nil, nil
	if q.first == nil {
		delete(c.byKey, w.key)
	}
}

// decide ends the waiting of a candidate. It goes on to hold its place among
// the results of a machine that keeps these in order.
func (c *candidates) decide(w *candidate) {
	heap.Remove(&c.byTime, w.index)
	c.leave(w)
	w.decided = true
	c.account.add(&c.account.Pending, -1, -c.cost(w))
	c.account.add(&c.account.Other, 1, c.cost(w))
	if !c.spec.ordered {
		c.forget(w)
	}
}

// release takes the decided candidates that no undecided one precedes. What had
// to wait for one is due when that is.
func (c *candidates) release() {
	due := int64(NoTime)
	for len(c.fifo) > 0 && c.fifo[0].decided {
		first := c.fifo[0]
		due = max(due, first.due)
		first.due = due
		if !first.refuted {
			c.done = append(c.done, c.settled(first))
		}
		c.forget(first)
		c.fifo[0] = nil
		c.fifo = c.fifo[1:]
	}
}

// settled makes the match of a candidate.
func (c *candidates) settled(w *candidate) Result {
	r := c.spec.result(w.key, w.events)
	r.Due = w.due
	return r
}

// emit emits what the current event or the passing of time has completed.
func (c *candidates) emit(emit func(Result)) {
	if c.spec.ordered {
		c.release()
	}
	if len(c.done) == 0 {
		return
	}
	done := c.done
	c.done = nil
	if len(done) > 1 && !c.spec.ordered && done[0].Due == NoTime {
		sortResults(done)
	}
	for _, r := range done {
		emit(r)
	}
	clear(done)
	c.done = done[:0]
}

// accept decides the candidates whose maxspan is over before w.
func (c *candidates) accept(w, span int64) {
	for len(c.byTime) > 0 {
		first := c.byTime[0]
		if w != NotDue && !Beyond(w, first.since, span) {
			return
		}
		first.due = over(first.since, span)
		c.decide(first)
		if !c.spec.ordered {
			c.done = append(c.done, c.settled(first))
		}
	}
}

// refute decides against a candidate.
func (c *candidates) refute(w *candidate) {
	w.refuted = true
	c.decide(w)
}

// forget drops a decided candidate.
func (c *candidates) forget(w *candidate) {
	for _, ev := range w.events {
		c.account.budget.Release(ev)
	}
	c.account.add(&c.account.Other, -1, -c.cost(w))
}

// miss takes note of an event that matches a missing step.
func (m *sequence) miss(ev *Held, h Hit) {
	switch m.spec.absent[h.Step] {
	case leading:
		m.marks.add(h.Key, ev.Time)
	case middle:
		i := m.find(m.place(h.Key), m.spec.after[h.Step])
		if i == 0 {
			return
		}
		if g := m.gaps.at(i); g.at == never && millis(ev.Time) > millis(m.latest(m.at(i)).Time) {
			g.at = millis(ev.Time)
		}
	case trailing:
		m.refute(ev, h)
	}
}

// refute ends the waiting of the candidates before ev: those that maxspan has
// not yet decided have now seen what must not follow.
func (m *sequence) refute(ev *Held, h Hit) {
	for q := m.waits.byKey[string(h.Key)]; q != nil && q.first != nil; {
		c := q.first
		if !c.precedes(ev) {
			return
		}
		m.note(Refuted, c.key, c.events, ev)
		m.waits.refute(c)
	}
}

// precedes reports whether the candidate ends before the millisecond of ev.
func (w *candidate) precedes(ev *Held) bool {
	return millis(w.events[len(w.events)-1].Time) < millis(ev.Time)
}

// complete takes a sequence that has all its events.
func (m *sequence) complete(c completion) {
	if !m.waits.complete(c, m.span) {
		m.note(Refuted, c.key, c.events, nil)
	}
}
