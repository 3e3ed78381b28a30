package op

import (
	"container/heap"
	"slices"
)

// marks are the times of the latest leading missing events of a key: the newest,
// and the newest of an earlier millisecond, since a missing event in the same
// millisecond as the sequence's first event does not count.
type marks struct{ newest, earlier int64 }

var noMarks = marks{never, never}

func (k *marks) add(t int64) {
	if k.newest != never && millis(k.newest) != millis(t) {
		k.earlier = k.newest
	}
	k.newest = t
}

// before returns the latest mark before the millisecond of t, or never.
func (k marks) before(t int64) int64 {
	if k.newest != never && millis(k.newest) < millis(t) {
		return k.newest
	}
	return k.earlier
}

// forget drops marks that are too old to refute anything.
func (k *marks) forget(now, span int64) {
	if k.earlier != never && beyond(now, k.earlier, span) {
		k.earlier = never
	}
	if k.newest != never && beyond(now, k.newest, span) {
		*k = noMarks
	}
}

// A candidate is a complete sequence that a trailing missing event can refute.
type candidate struct {
	row     *row
	result  Result
	since   int64 // the time from which maxspan counts
	decided bool
	refuted bool
	seq     int // order of completion
	index   int // in candidates.byTime
}

// candidates are waiting candidates by the time they are decided, and in
// result order for a machine that has to keep it.
type candidates struct {
	byTime candidateHeap
	fifo   []*candidate
	next   int
}

func (c *candidates) len() int { return len(c.byTime) }

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
func (m *sequence) complete(r *row, p *partial) {
	if p.doomed {
		m.note(Refuted, r, p, nil)
		return
	}
	s := m.spec
	quiet := p.lead == never // nothing before that could be too near
	switch {
	case s.leading && !quiet && !s.trailing && !beyond(p.ev.Time, p.lead, s.maxSpan):
		m.note(Refuted, r, p, nil)
		return
	case !s.trailing, s.leading && quiet, s.leading && p.ev.Time-p.lead >= s.maxSpan:
		m.settle(r, p)
		return
	}
	c := &candidate{row: r, result: m.result(r, p), since: p.first, seq: m.waits.next}
	if s.leading {
		c.since = p.lead
	}
	m.waits.next++
	heap.Push(&m.waits.byTime, c)
	r.waits = append(r.waits, c)
	if s.ordered {
		m.waits.fifo = append(m.waits.fifo, c)
	}
}

// settle accepts a complete sequence.
func (m *sequence) settle(r *row, p *partial) {
	if !m.spec.ordered {
		m.done = append(m.done, m.result(r, p))
		return
	}
	m.waits.fifo = append(m.waits.fifo, &candidate{result: m.result(r, p), decided: true})
}

// miss takes note of an event that matches a missing step.
func (m *sequence) miss(ev *Held, h Hit) {
	r := m.rows[string(h.Key)]
	switch m.spec.absent[h.Step] {
	case leading:
		if r == nil {
			r = m.newRow(h)
		}
		r.marks.add(ev.Time)
		m.plan(r)
	case middle:
		if r == nil {
			return
		}
		if p := r.slots[m.spec.after[h.Step]]; p != nil && p.gapAt == never && millis(ev.Time) > millis(p.ev.Time) {
			p.gapAt = millis(ev.Time)
		}
	case trailing:
		if r != nil {
			m.refute(r, ev)
		}
	}
}

// refute ends the waiting of the candidates before ev: those that maxspan has
// not yet decided have now seen what must not follow.
func (m *sequence) refute(r *row, ev *Held) {
	r.waits = slices.DeleteFunc(r.waits, func(c *candidate) bool {
		if millis(ev.Time) <= millis(c.result.Last.Time) {
			return false
		}
		c.decided, c.refuted = true, true
		m.noteRefuted(c, ev)
		heap.Remove(&m.waits.byTime, c.index)
		return true
	})
	m.release(r)
}

// accept decides the candidates whose maxspan is over before w.
func (m *sequence) accept(w int64) {
	for len(m.waits.byTime) > 0 {
		c := m.waits.byTime[0]
		if !beyond(w, c.since, m.spec.maxSpan) {
			return
		}
		heap.Pop(&m.waits.byTime)
		m.admit(c)
	}
}

// acceptAll decides all candidates.
func (m *sequence) acceptAll() {
	for len(m.waits.byTime) > 0 {
		m.admit(heap.Pop(&m.waits.byTime).(*candidate))
	}
}

func (m *sequence) admit(c *candidate) {
	c.decided = true
	c.row.waits = slices.DeleteFunc(c.row.waits, func(o *candidate) bool { return o == c })
	m.release(c.row)
	if !m.spec.ordered {
		m.done = append(m.done, c.result)
	}
}

// release appends to done the decided candidates that no undecided one precedes.
func (c *candidates) release(done []Result) []Result {
	for len(c.fifo) > 0 && c.fifo[0].decided {
		if first := c.fifo[0]; !first.refuted {
			done = append(done, first.result)
		}
		c.fifo[0] = nil
		c.fifo = c.fifo[1:]
	}
	return done
}

// sortFrom orders the candidates that one event completed by their keys.
func (c *candidates) sortFrom(i int) {
	slices.SortStableFunc(c.fifo[i:], func(a, b *candidate) int {
		return compareTuples(a.result.Keys, b.result.Keys)
	})
}
