package op

import (
	"container/heap"
	"math"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A sequenceSpec is the shape of a sequence; it is immutable.
type sequenceSpec struct {
	maxSpan int64 // 0 if there is none
	last    int   // the last stage; stages count positive steps, runs expanded
	// stages lists the stages of each step, the last first; empty for a missing step.
	stages [][]int
	// absent says for each step what kind of missing event it is.
	absent []absence
	// after is, for a missing step in the middle, the stage before it.
	after []int
	// gap says for each stage whether a missing step stands before it.
	gap []bool
	// output has one entry for each place of a result: the stage, or -1.
	output            []int
	leading, trailing bool
	until             int // the pseudo step of until; -1 if there is none
	// ordered keeps completed sequences back until they are in result order.
	ordered bool
}

// An absence is the place of a missing step.
type absence uint8

const (
	present absence = iota
	leading
	middle
	trailing
)

func newSequenceSpec(q *plan.Query) *sequenceSpec {
	s := &sequenceSpec{
		maxSpan: int64(q.MaxSpan),
		last:    -1,
		stages:  make([][]int, len(q.Steps)+1),
		absent:  make([]absence, len(q.Steps)+1),
		after:   make([]int, len(q.Steps)+1),
		until:   -1,
		ordered: q.Ordered,
	}
	if q.Until != nil {
		s.until = len(q.Steps)
	}
	total := 0
	for _, step := range q.Stages {
		if !q.Steps[step].Missing {
			total++
		}
	}
	gap := false
	for _, step := range q.Stages {
		if !q.Steps[step].Missing {
			s.last++
			s.stages[step] = append([]int{s.last}, s.stages[step]...)
			s.output = append(s.output, s.last)
			s.gap = append(s.gap, gap)
			gap = false
			continue
		}
		s.output = append(s.output, -1)
		s.after[step] = s.last
		switch {
		case s.last < 0:
			s.absent[step], s.leading = leading, true
		case s.last == total-1:
			s.absent[step], s.trailing = trailing, true
		default:
			s.absent[step], gap = middle, true
		}
	}
	return s
}

// A sequence assembles sequences. For every key and stage at most one partial
// sequence waits: a newer one replaces it, because it began later and so
// outlives it. This is the single-pass form of the search API's matcher.
type sequence struct {
	spec  *sequenceSpec
	rows  map[string]*row
	open  int
	dues  dueHeap    // rows by the time from which they have something to forget
	waits candidates // completed sequences that a trailing missing event can still refute
	done  []Result   // completed by the current event
	trace func(Note) // told what happens; nil for nobody
}

// A row is the state of one key.
type row struct {
	key   string
	vals  []value.Value
	slots []*partial // by stage; the last stage is never occupied
	used  int        // occupied slots
	marks marks      // of leading missing steps
	waits []*candidate

	due   int   // index in sequence.dues, or unplanned
	since int64 // what the row is planned for
}

// A partial is a sequence up to one of its stages.
type partial struct {
	ev    *Held
	prev  *partial
	first int64 // time of the first event
	lead  int64 // time of the latest leading missing event; never if there is none
	gapAt int64 // millisecond of the first missing event behind ev; never if there is none
	// doomed says that a missing event was there after all. A doomed partial
	// stays, because it takes the place of others.
	doomed bool
}

const never = math.MinInt64

// millis is the resolution at which missing events are looked up.
func millis(ns int64) int64 {
	ms := ns / 1e6
	if ns%1e6 < 0 {
		ms--
	}
	return ms
}

func newSequence(spec *sequenceSpec) *sequence {
	return &sequence{spec: spec, rows: make(map[string]*row)}
}

// Timed implements Machine.
func (m *sequence) Timed() bool { return m.spec.trailing }

// Open implements Machine.
func (m *sequence) Open() int { return m.open + m.waits.len() }

// Push implements Machine. Missing events come first, so that they do not
// refute what ends with this event; then the stages from the last to the first,
// so that the event is not used twice in one sequence; then until.
func (m *sequence) Push(ev *Held, hits *Hits, emit func(Result)) {
	m.Advance(ev.Time, emit)
	for i := range hits.Len() {
		if h := hits.At(i); h.Step != m.spec.until && m.spec.absent[h.Step] != present {
			m.miss(ev, h)
		}
	}
	completed := len(m.waits.fifo)
	for i := hits.Len() - 1; i >= 0; i-- {
		h := hits.At(i)
		for _, stage := range m.spec.stages[h.Step] {
			m.step(ev, h, stage)
		}
	}
	m.waits.sortFrom(completed)
	for i := range hits.Len() {
		if h := hits.At(i); h.Step == m.spec.until {
			m.noteCancelled(ev, h)
			m.clear(h)
		}
	}
	m.finish(emit)
}

// step lets ev try to be the event of a stage.
func (m *sequence) step(ev *Held, h Hit, stage int) {
	r := m.rows[string(h.Key)]
	var p *partial
	if stage == 0 {
		if r == nil {
			r = m.newRow(h)
		}
		p = &partial{ev: ev, first: ev.Time, lead: r.marks.before(ev.Time), gapAt: never}
	} else {
		if r == nil || r.slots[stage-1] == nil {
			return
		}
		from := r.slots[stage-1]
		m.drop(r, stage-1)
		if m.spec.maxSpan > 0 && ev.Time-from.first > m.spec.maxSpan {
			m.note(Expired, r, from, nil)
			m.release(r)
			return
		}
		p = &partial{
			ev: ev, prev: from, first: from.first, lead: from.lead, gapAt: never,
			doomed: from.doomed || m.spec.gap[stage] && from.gapAt != never && from.gapAt < millis(ev.Time),
		}
	}
	if stage == m.spec.last {
		m.note(Completed, r, p, ev)
		m.complete(r, p)
		m.release(r)
		return
	}
	if r.slots[stage] == nil {
		r.used++
		m.open++
	}
	m.note(Replaced, r, r.slots[stage], ev)
	m.note(Advanced, r, p, ev)
	r.slots[stage] = p
	m.plan(r)
}

func (m *sequence) newRow(h Hit) *row {
	r := &row{key: string(h.Key), vals: cloneTuple(h.Vals), marks: noMarks, due: unplanned}
	r.slots = make([]*partial, m.spec.last)
	m.rows[r.key] = r
	return r
}

func (m *sequence) drop(r *row, stage int) {
	r.slots[stage] = nil
	r.used--
	m.open--
}

// release forgets a row that holds nothing.
func (m *sequence) release(r *row) {
	if r.used == 0 && len(r.waits) == 0 && r.marks == noMarks && m.rows[r.key] == r {
		delete(m.rows, r.key)
		if r.due != unplanned {
			heap.Remove(&m.dues, r.due)
		}
	}
}

// clear ends all partials of a key.
func (m *sequence) clear(h Hit) {
	r := m.rows[string(h.Key)]
	if r == nil {
		return
	}
	for stage, p := range r.slots {
		if p != nil {
			m.drop(r, stage)
		}
	}
	m.release(r)
}

// Advance implements Machine.
func (m *sequence) Advance(w int64, emit func(Result)) {
	m.accept(w)
	m.expire(w)
	m.finish(emit)
}

// expire forgets what maxspan has outlived: it could only be taken and refused.
func (m *sequence) expire(w int64) {
	for len(m.dues) > 0 && beyond(w, m.dues[0].since, m.spec.maxSpan) {
		r := heap.Pop(&m.dues).(*row)
		for stage, p := range r.slots {
			if p != nil && beyond(w, p.first, m.spec.maxSpan) {
				m.note(Expired, r, p, nil)
				m.drop(r, stage)
			}
		}
		r.marks.forget(w, m.spec.maxSpan)
		m.plan(r)
		m.release(r)
	}
}

// beyond reports whether now is more than span after since, without overflow.
func beyond(now, since, span int64) bool {
	return now > since && uint64(now)-uint64(since) > uint64(span)
}

// Close implements Machine: what waits for an absence has waited long enough.
func (m *sequence) Close(emit func(Result)) {
	m.acceptAll()
	m.finish(emit)
	clear(m.rows)
	m.dues, m.open = nil, 0
}

// finish emits what the current event or the passing of time has completed.
func (m *sequence) finish(emit func(Result)) {
	if m.spec.ordered {
		m.done = m.waits.release(m.done)
	}
	if len(m.done) == 0 {
		return
	}
	done := m.done
	m.done = nil
	if len(done) > 1 {
		sortResults(done)
	}
	for _, r := range done {
		emit(r)
	}
	clear(done)
	m.done = done[:0]
}

// result makes the match of a complete partial.
func (m *sequence) result(r *row, p *partial) Result {
	out := Result{Keys: r.vals, Last: p.ev, Events: make([]*Held, len(m.spec.output))}
	for i := len(m.spec.output) - 1; i >= 0; i-- {
		if m.spec.output[i] >= 0 {
			out.Events[i] = p.ev
			p = p.prev
		}
	}
	return out
}
