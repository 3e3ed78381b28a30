package op

import (
	"container/heap"
	"slices"
)

// A completion is a sequence that has all its events.
type completion struct {
	key    string
	events []*Held
	first  int64 // time of the first event
	lead   int64 // time of the latest leading missing event; never if there is none
	doomed bool  // by a missing event in the middle
}

// A candidate is a complete sequence that a trailing missing event can refute,
// or one that waits for its turn.
type candidate struct {
	key     string
	events  []*Held // of the result
	since   int64   // the time from which maxspan counts
	seq     uint64  // order of completion
	decided bool
	refuted bool
	due     int64 // the time that decided; NoTime if an event did
	index   int   // in candidates.byTime

	before, after *candidate // those of the same key
}

// candidates are waiting candidates by the time they are decided, by key, and
// in result order for a machine that has to keep it.
type candidates struct {
	byTime  candidateHeap
	byKey   map[string]*queue
	ordered bool
	fifo    []*candidate
	fresh   []*candidate // completed by the current event, to be enlisted
	next    uint64
	account *Account
}

// A queue is the waiting candidates of a key in order of completion.
type queue struct{ first, last *candidate }

// since returns that of the candidate to be decided first.
func (c *candidates) since() (int64, bool) {
	if len(c.byTime) == 0 {
		return 0, false
	}
	return c.byTime[0].since, true
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
// of what must not follow.
func (m *sequence) complete(c completion) {
	s := m.spec
	quiet := c.lead == never // nothing before that could be too near
	last := c.events[len(c.events)-1].Time
	switch {
	case c.doomed, s.leading && !quiet && !s.trailing && !beyond(last, c.lead, m.span):
		m.note(Refuted, c.key, c.events, nil)
		return
	case !s.trailing, s.leading && quiet, s.leading && last-c.lead >= m.span:
		m.settle(&c)
		return
	}
	w := &candidate{key: c.key, events: c.events, since: c.first, due: NoTime}
	if s.leading {
		w.since = c.lead
	}
	if m.account.admit(m.waits.cost(w), nil) {
		m.waits.fresh = append(m.waits.fresh, w)
	}
}

// settle accepts a complete sequence.
func (m *sequence) settle(c *completion) {
	if !m.spec.ordered {
		m.done = append(m.done, m.result(c))
		return
	}
	m.waits.fresh = append(m.waits.fresh, &candidate{key: c.key, events: c.events, decided: true, due: NoTime})
}

// enlist lets the candidates that one event completed wait, in order of their keys.
func (c *candidates) enlist() {
	if len(c.fresh) > 1 {
		slices.SortStableFunc(c.fresh, func(a, b *candidate) int { return compareTuples(tuple(a.key), tuple(b.key)) })
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
	return int64(candidateCost + len(w.key) + 8*len(w.events))
}

// enter adds a candidate that is the latest one.
func (c *candidates) enter(w *candidate) {
	w.seq = c.next
	c.next++
	if c.ordered {
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
	if !c.ordered {
		c.forget(w)
	}
}

// release appends to done the matches of the decided candidates that no
// undecided one precedes. What had to wait for one is due when that is.
func (m *sequence) release(done []Result) []Result {
	c := &m.waits
	due := int64(NoTime)
	for len(c.fifo) > 0 && c.fifo[0].decided {
		first := c.fifo[0]
		due = max(due, first.due)
		first.due = due
		if !first.refuted {
			done = append(done, m.settled(first))
		}
		c.forget(first)
		c.fifo[0] = nil
		c.fifo = c.fifo[1:]
	}
	return done
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
		if millis(ev.Time) <= millis(c.events[len(c.events)-1].Time) {
			return
		}
		m.note(Refuted, c.key, c.events, ev)
		c.refuted = true
		m.waits.decide(c)
	}
}

// accept decides the candidates whose maxspan is over before w.
func (m *sequence) accept(w int64) {
	for len(m.waits.byTime) > 0 {
		c := m.waits.byTime[0]
		if w != NotDue && !beyond(w, c.since, m.span) {
			return
		}
		c.due = over(c.since, m.span)
		m.waits.decide(c)
		if !m.spec.ordered {
			m.done = append(m.done, m.settled(c))
		}
	}
}

// settled makes the match of a candidate.
func (m *sequence) settled(c *candidate) Result {
	r := m.result(&completion{key: c.key, events: c.events})
	r.Due = c.due
	return r
}

// abandon gives up the candidate that was to be decided first and reports
// whether there was one.
func (m *sequence) abandon() bool {
	if len(m.waits.byTime) == 0 {
		return false
	}
	c := m.waits.byTime[0]
	m.note(Evicted, c.key, c.events, nil)
	c.refuted = true
	m.waits.decide(c)
	return true
}
