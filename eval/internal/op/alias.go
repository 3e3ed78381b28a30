package op

import (
	"errors"

	"github.com/eqlkit/eqlkit/eval/value"
)

// ErrTooManyPartials is reported when a partial sequence is forgotten to make
// room for a newer one.
var ErrTooManyPartials = errors.New("too many partial sequences of one key; the oldest is forgotten")

// An aliasSequence assembles sequences whose steps have names. Whether an event
// fits depends on the events before it, so that the newest partial need not be
// the right one: several wait for each key and stage, and an event goes to the
// newest that it fits, which alone is used up.
//
// What a later step reads of an event is kept as values beside it.
type aliasSequence struct {
	spec  *sequenceSpec
	steps []Step
	env   *Env
	ctx   Ctx
	rows  map[string]*aliasRow
	open  int

	began  chainList  // all that maxspan can outlive, in the order of their first events
	marked []leadMark // leading missing events, in order

	waits   candidates
	waiting map[*candidate]*chain // what waits are about
	done    []Result              // completed by the current event
}

// An aliasRow is the state of one key.
type aliasRow struct {
	key     string
	vals    []value.Value
	waiting []chainList // by stage; the last stage is never occupied
	used    int         // chains waiting
	marks   marks       // of leading missing steps
	waits   []*candidate
}

// A chain is a partial sequence. It moves from stage to stage as events fit.
type chain struct {
	row    *aliasRow
	stage  int // the last one that has an event; where the chain waits
	events []*Held
	kept   [][]value.Value // by stage: what later steps read of the event
	first  int64           // time of the first event
	lead   int64           // time of the latest leading missing event; never if there is none
	gapAt  int64           // millisecond of the first missing event behind the last event; never if there is none

	links [2]chainLink // by chainOrder
}

func newAliasSequence(q *Query, env *Env) *aliasSequence {
	return &aliasSequence{
		spec: q.seq, steps: q.Steps, env: env,
		ctx:  Ctx{OnError: env.OnError},
		rows: make(map[string]*aliasRow), waiting: make(map[*candidate]*chain),
		began: chainList{order: byBeginning},
	}
}

// Timed implements Machine.
func (m *aliasSequence) Timed() bool { return m.spec.trailing }

// Open implements Machine.
func (m *aliasSequence) Open() int { return m.open + m.waits.len() }

// Push implements Machine, in the order of sequence.Push.
func (m *aliasSequence) Push(ev *Held, hits *Hits, emit func(Result)) {
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
			m.clear(h)
		}
	}
	m.finish(emit)
}

// step lets ev try to be the event of a stage.
func (m *aliasSequence) step(ev *Held, h Hit, stage int) {
	r := m.rows[string(h.Key)]
	if stage == 0 {
		if r == nil {
			r = m.newRow(h)
		}
		m.begin(ev, h, r)
		return
	}
	if r == nil {
		return
	}
	c := r.waiting[stage-1].newest
	for c != nil && !m.fits(ev, h, stage, c) {
		c = c.links[byArrival].older
	}
	if c == nil {
		return
	}
	m.leave(c)
	c.events = append(c.events, ev)
	c.kept = append(c.kept, cloneTuple(h.Kept))
	c.gapAt = never
	m.arrive(c, stage)
	m.release(r)
}

// begin starts a chain.
func (m *aliasSequence) begin(ev *Held, h Hit, r *aliasRow) {
	c := &chain{
		row: r, events: make([]*Held, 1, m.spec.last+1), kept: make([][]value.Value, 1, m.spec.last+1),
		first: ev.Time, lead: r.marks.before(ev.Time), gapAt: never,
	}
	c.events[0], c.kept[0] = ev, cloneTuple(h.Kept)
	if m.spec.last == 0 && m.tooNear(c, ev) {
		m.release(r)
		return
	}
	if m.spec.maxSpan > 0 {
		m.began.add(c)
	}
	m.arrive(c, 0)
	m.release(r)
}

// fits reports whether ev may be the next event of c.
func (m *aliasSequence) fits(ev *Held, h Hit, stage int, c *chain) bool {
	s := m.spec
	switch {
	case s.maxSpan > 0 && ev.Time-c.first > s.maxSpan,
		s.gap[stage] && c.gapAt != never && c.gapAt < millis(ev.Time),
		stage == s.last && m.tooNear(c, ev):
		return false
	}
	return m.satisfies(h, c)
}

// tooNear reports whether a leading missing event forbids ev to complete c. With
// a trailing one there is more to decide; see complete.
func (m *aliasSequence) tooNear(c *chain, ev *Held) bool {
	return m.spec.leading && !m.spec.trailing && c.lead != never && !beyond(ev.Time, c.lead, m.spec.maxSpan)
}

// satisfies reports whether a hit fits the events of a chain.
func (m *aliasSequence) satisfies(h Hit, c *chain) bool {
	s := &m.steps[h.Step]
	if s.byAlias == nil {
		return true
	}
	m.ctx.frames = append(m.ctx.frames[:0], frame{vals: h.Tuple})
	for _, step := range s.aliases {
		// The name of a step that is repeated means its latest event.
		m.ctx.frames = append(m.ctx.frames, frame{vals: c.kept[m.spec.stages[step][0]]})
	}
	return s.byAlias.Test(&m.ctx)
}

// arrive puts a chain where it waits now, or completes it.
func (m *aliasSequence) arrive(c *chain, stage int) {
	if stage == m.spec.last {
		m.complete(c)
		return
	}
	c.stage = stage
	l := &c.row.waiting[stage]
	l.add(c)
	c.row.used++
	m.open++
	if l.n > m.env.MaxPartials {
		m.ctx.report(ErrTooManyPartials)
		m.end(l.oldest)
	}
}

// leave takes a chain from where it waits.
func (m *aliasSequence) leave(c *chain) {
	c.row.waiting[c.stage].remove(c)
	c.row.used--
	m.open--
}

// end forgets a chain that waits.
func (m *aliasSequence) end(c *chain) {
	m.leave(c)
	m.retire(c)
}

// retire takes a chain from among those that maxspan can outlive.
func (m *aliasSequence) retire(c *chain) {
	if m.spec.maxSpan > 0 {
		m.began.remove(c)
	}
}

func (m *aliasSequence) newRow(h Hit) *aliasRow {
	r := &aliasRow{key: string(h.Key), vals: cloneTuple(h.Vals), waiting: make([]chainList, m.spec.last), marks: noMarks}
	m.rows[r.key] = r
	return r
}

// release forgets a row that holds nothing.
func (m *aliasSequence) release(r *aliasRow) {
	if r.used == 0 && len(r.waits) == 0 && r.marks == noMarks && m.rows[r.key] == r {
		delete(m.rows, r.key)
	}
}

// clear ends all partials of a key.
func (m *aliasSequence) clear(h Hit) {
	r := m.rows[string(h.Key)]
	if r == nil {
		return
	}
	for i := range r.waiting {
		for r.waiting[i].oldest != nil {
			m.end(r.waiting[i].oldest)
		}
	}
	m.release(r)
}

// Advance implements Machine.
func (m *aliasSequence) Advance(w int64, emit func(Result)) {
	m.accept(w)
	m.expire(w)
	m.finish(emit)
}

// expire forgets what maxspan has outlived.
func (m *aliasSequence) expire(w int64) {
	for c := m.began.oldest; c != nil && beyond(w, c.first, m.spec.maxSpan); c = m.began.oldest {
		m.end(c)
		m.release(c.row)
	}
	m.forgetMarks(w)
}

// Close implements Machine.
func (m *aliasSequence) Close(emit func(Result)) {
	m.acceptAll()
	m.finish(emit)
	clear(m.rows)
	m.began, m.marked, m.open = chainList{order: byBeginning}, nil, 0
}

// finish emits what the current event or the passing of time has completed.
func (m *aliasSequence) finish(emit func(Result)) {
	if m.spec.ordered {
		m.done = m.waits.release(m.done)
	}
	done := m.done
	m.done = nil
	if len(done) > 1 {
		sortResults(done)
	}
	for _, r := range done {
		emit(r)
	}
}

// result makes the match of a complete chain.
func (m *aliasSequence) result(c *chain) Result {
	out := Result{Keys: c.row.vals, Last: c.events[len(c.events)-1], Events: make([]*Held, len(m.spec.output))}
	for i, stage := range m.spec.output {
		if stage >= 0 {
			out.Events[i] = c.events[stage]
		}
	}
	return out
}
