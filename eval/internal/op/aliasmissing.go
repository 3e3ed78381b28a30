package op

import (
	"container/heap"
	"slices"
)

// A leadMark is a leading missing event, until maxspan has outlived it.
type leadMark struct {
	row *aliasRow
	at  int64
}

// miss takes note of an event that matches a missing step.
func (m *aliasSequence) miss(ev *Held, h Hit) {
	r := m.rows[string(h.Key)]
	switch m.spec.absent[h.Step] {
	case leading:
		if r == nil {
			r = m.newRow(h)
		}
		r.marks.add(ev.Time)
		m.marked = append(m.marked, leadMark{r, ev.Time})
	case middle:
		if r == nil {
			return
		}
		stage := m.spec.after[h.Step]
		for c := r.waiting[stage].newest; c != nil; c = c.links[byArrival].older {
			if c.gapAt == never && millis(ev.Time) > millis(c.events[stage].Time) && m.satisfies(h, c) {
				c.gapAt = millis(ev.Time)
			}
		}
	case trailing:
		if r != nil {
			m.refute(r, ev, h)
		}
	}
}

// forgetMarks drops leading missing events that are too old to refute anything.
func (m *aliasSequence) forgetMarks(w int64) {
	n := 0
	for n < len(m.marked) && beyond(w, m.marked[n].at, m.spec.maxSpan) {
		r := m.marked[n].row
		r.marks.forget(w, m.spec.maxSpan)
		m.release(r)
		n++
	}
	m.marked = slices.Delete(m.marked, 0, n)
}

// complete takes a chain that has all its events, and lets it wait for the
// absence of what must not follow if there is such a thing.
func (m *aliasSequence) complete(c *chain) {
	m.retire(c)
	s := m.spec
	last := c.events[len(c.events)-1]
	quiet := c.lead == never // nothing before that could be too near
	w := &candidate{result: m.result(c), since: c.first, seq: m.waits.next}
	if !s.trailing || s.leading && (quiet || last.Time-c.lead >= s.maxSpan) {
		if !s.ordered {
			m.done = append(m.done, w.result)
			return
		}
		w.decided = true
		m.waits.fifo = append(m.waits.fifo, w)
		return
	}
	if s.leading {
		w.since = c.lead
	}
	m.waits.next++
	heap.Push(&m.waits.byTime, w)
	m.waiting[w] = c
	c.row.waits = append(c.row.waits, w)
	if s.ordered {
		m.waits.fifo = append(m.waits.fifo, w)
	}
}

// refute ends the waiting of complete chains that ev is not missing from.
func (m *aliasSequence) refute(r *aliasRow, ev *Held, h Hit) {
	r.waits = slices.DeleteFunc(r.waits, func(w *candidate) bool {
		if millis(ev.Time) <= millis(w.result.Last.Time) || !m.satisfies(h, m.waiting[w]) {
			return false
		}
		w.decided, w.refuted = true, true
		heap.Remove(&m.waits.byTime, w.index)
		delete(m.waiting, w)
		return true
	})
	m.release(r)
}

// accept decides the chains whose maxspan is over before w.
func (m *aliasSequence) accept(w int64) {
	for m.waits.len() > 0 && beyond(w, m.waits.byTime[0].since, m.spec.maxSpan) {
		m.admit(heap.Pop(&m.waits.byTime).(*candidate))
	}
}

// acceptAll decides all chains.
func (m *aliasSequence) acceptAll() {
	for m.waits.len() > 0 {
		m.admit(heap.Pop(&m.waits.byTime).(*candidate))
	}
}

func (m *aliasSequence) admit(w *candidate) {
	w.decided = true
	r := m.waiting[w].row
	delete(m.waiting, w)
	r.waits = slices.DeleteFunc(r.waits, func(o *candidate) bool { return o == w })
	m.release(r)
	if !m.spec.ordered {
		m.done = append(m.done, w.result)
	}
}
