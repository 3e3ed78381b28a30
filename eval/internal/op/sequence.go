package op

import (
	"math"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
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
	missing           bool // there are missing steps
	until             int  // the pseudo step of until; -1 if there is none
	// ordered keeps completed sequences back until they are in result order.
	ordered bool
	wakers  wakers
	keyShape
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

		keyShape: shapeOf(q),
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
		s.missing = true
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
	s.wakers = wakersOf(s)
	return s
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

// A sequence assembles sequences. For every key and stage at most one partial
// sequence waits: a newer one replaces it, because it began later and so
// outlives it. This is the single-pass form of the search API's matcher.
type sequence struct {
	spec *sequenceSpec
	span int64 // the maxspan; 0 if there is none
	keyShape
	tracer
	account *Account
	partials
	marks *marks     // of leading missing steps
	waits candidates // completed sequences
}

func newSequence(spec *sequenceSpec, env *Env, a *Account) *sequence {
	return &sequence{
		spec: spec, span: spec.span(env), keyShape: spec.keyShape, account: a,
		partials: newPartials(a, &spec.wakers, spec.leading || slices.Contains(spec.gap, true)),
		marks:    newMarks(a),
		waits:    newCandidates(spec, a),
	}
}

// span returns the maxspan, which may be given to those that have none.
func (s *sequenceSpec) span(env *Env) int64 {
	if s.maxSpan == 0 {
		return env.MaxSpan
	}
	return s.maxSpan
}

// Account implements Machine.
func (m *sequence) Account() *Account { return m.account }

// Trace implements Machine.
func (m *sequence) Trace(f func(Note), kinds ...NoteKind) { m.set(f, kinds) }

// Push implements Machine. Missing events come first, so that they do not
// refute what ends with this event; then the stages from the last to the first,
// so that the event is not used twice in one sequence; then until.
func (m *sequence) Push(ev *Held, hits *Hits, emit func(Result)) {
	m.Advance(ev.Time, emit)
	if m.spec.missing {
		for i := range hits.Len() {
			if h := hits.At(i); m.spec.absent[h.Step] != present {
				m.miss(ev, h)
			}
		}
	}
	for i := hits.Len() - 1; i >= 0; i-- {
		stages := m.spec.stages[hits.Step(i)]
		if len(stages) == 0 {
			continue
		}
		at := m.place(hits.Key(i))
		for _, stage := range stages {
			m.step(ev, at, stage)
		}
	}
	m.waits.enlist()
	if m.oldest != 0 && m.spec.until >= 0 {
		for i := range hits.Len() {
			if hits.Step(i) == m.spec.until {
				m.cancel(ev, m.place(hits.Key(i)))
			}
		}
	}
	m.waits.emit(emit)
}

// step lets ev try to be the event of a stage.
func (m *sequence) step(ev *Held, at place, stage int) {
	if stage == 0 {
		m.start(ev, at)
		return
	}
	i := m.find(at, stage-1)
	if i == 0 {
		return
	}
	p := m.at(i)
	g := m.gap(i)
	if m.spec.gap[stage] && g.at != never && g.at < millis(ev.Time) {
		p.doomed = true
	}
	if stage == m.spec.last {
		c := completion{key: p.key, first: p.head.Time, lead: g.lead, doomed: p.doomed}
		c.events = append(m.chain(make([]*Held, 0, stage+1), p), ev)
		m.drop(i)
		m.note(Completed, c.key, c.events, ev)
		m.complete(c)
		return
	}
	if !m.account.affords(linkCost, ev) {
		m.tell(Evicted, i, nil)
		m.drop(i)
		m.account.Evicted++
		return
	}
	m.replace(at, stage, ev)
	m.take(i, ev, stage)
	if m.gappy {
		m.gaps.at(i).at = never
	}
	m.tell(Advanced, i, ev)
}

// start lets ev be the first event of a sequence.
func (m *sequence) start(ev *Held, at place) {
	lead := m.marks.before(at.key, ev.Time)
	if m.spec.last == 0 {
		c := completion{key: string(at.key), first: ev.Time, lead: lead, events: []*Held{ev}}
		m.note(Completed, c.key, c.events, ev)
		m.complete(c)
		return
	}
	if i := m.find(at, 0); i != 0 {
		m.tell(Replaced, i, ev)
		if m.account.unlimited() {
			m.renew(i, ev, gap{lead, never})
			m.tell(Advanced, i, ev)
			return
		}
		m.drop(i)
	}
	if !m.account.admit(int64(partialCost+gapCost+len(at.key)), ev) {
		return
	}
	i := m.begin(at, m.account.budget.text(at.key), ev, gap{lead, never})
	m.tell(Advanced, i, ev)
}

// replace makes room for a newer partial.
func (m *sequence) replace(at place, stage int, by *Held) {
	if i := m.find(at, stage); i != 0 {
		m.tell(Replaced, i, by)
		m.drop(i)
	}
}

// cancel ends all partials of a key.
func (m *sequence) cancel(by *Held, at place) {
	for stage := range m.spec.last {
		if i := m.find(at, stage); i != 0 {
			m.tell(Cancelled, i, by)
			m.drop(i)
		}
	}
}

// Advance implements Machine.
func (m *sequence) Advance(w int64, emit func(Result)) {
	m.waits.accept(w, m.span)
	m.expire(w)
	m.waits.emit(emit)
}

// expire forgets what maxspan has outlived: it could only be taken and refused.
func (m *sequence) expire(w int64) {
	if m.span == 0 {
		return
	}
	gone := false
	for i := m.oldest; i != 0 && Beyond(w, m.at(i).head.Time, m.span); i = m.oldest {
		m.tell(Expired, i, nil)
		m.account.Expired++
		m.drop(i)
		gone = true
	}
	m.marks.expire(w, m.span)
	if gone {
		m.compact()
	}
}

// Due implements Machine.
func (m *sequence) Due() int64 {
	if m.span == 0 {
		return NotDue
	}
	due := min(m.waits.due(m.span), m.marks.due(m.span))
	if m.oldest != 0 {
		due = min(due, over(m.at(m.oldest).head.Time, m.span))
	}
	return due
}

// Close implements Machine: what waits for an absence has waited long enough.
func (m *sequence) Close(emit func(Result)) {
	m.waits.accept(NotDue, m.span)
	m.waits.emit(emit)
	for m.oldest != 0 {
		m.tell(Ended, m.oldest, nil)
		m.drop(m.oldest)
	}
	m.marks.expire(NotDue, 0)
	m.compact()
}

// evict implements Machine.
func (m *sequence) evict() bool {
	if i := m.oldest; i != 0 {
		if !m.marks.olderThan(m.at(i).head.Time) {
			m.tell(Evicted, i, nil)
			m.drop(i)
			return true
		}
	} else if w := m.waits.abandon(); w != nil {
		m.note(Evicted, w.key, w.events, nil)
		return true
	}
	key, ok := m.marks.evict()
	if ok {
		m.note(Evicted, key, nil, nil)
	}
	return ok
}

// result makes the match of a completed sequence, to which its events belong.
func (s *sequenceSpec) result(key string, events []*Held) Result {
	out := Result{Keys: s.tuple(key), Last: events[len(events)-1], Due: NoTime}
	if !s.missing {
		out.Events = events
		return out
	}
	out.Events = make([]*Held, len(s.output))
	for i, stage := range s.output {
		if stage >= 0 {
			out.Events[i] = events[stage]
		}
	}
	return out
}

// tell makes a note of partial i, if anybody wants it.
func (m *sequence) tell(kind NoteKind, i uint32, by *Held) {
	if m.wants(kind) {
		p := m.at(i)
		m.note(kind, p.key, m.chain(nil, p), by)
	}
}

// note makes a note, if anybody wants it.
func (m *sequence) note(kind NoteKind, key string, chain []*Held, by *Held) {
	if m.wants(kind) {
		m.f(Note{Kind: kind, Keys: m.tuple(key), Chain: chain, By: by})
	}
}
