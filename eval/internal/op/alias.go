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
	span  int64 // the maxspan; 0 if there is none
	steps []Step
	env   *Env
	ctx   Ctx
	keyShape
	tracer
	account *Account

	rows    map[string]*aliasRow
	began   chainList // all, in the order of their first events
	arrived uint64    // chains that have begun to wait somewhere
	marks   *marks    // of leading missing steps
	waits   candidates
	watch
}

// An aliasRow is the chains of one key.
type aliasRow struct {
	key     string
	waiting []chainList // by stage; the last stage is never occupied
	used    int         // chains waiting
}

// A chain is a partial sequence. It moves from stage to stage as events fit.
type chain struct {
	row     *aliasRow
	stage   int    // the last one that has an event; where the chain waits
	arrived uint64 // there: aliasSequence.arrived
	events  []*Held
	kept    [][]value.Value // by stage: what later steps read of the event
	lead    int64           // time of the latest leading missing event; never if there is none
	gapAt   int64           // millisecond of the first missing event behind the last event; never if there is none
	cost    int64

	links [2]chainLink // by chainOrder
}

// What a row and a chain cost beside what they hold.
const (
	aliasRowCost = 120
	chainCost    = 160
)

func newAliasSequence(q *Query, env *Env, a *Account) *aliasSequence {
	return &aliasSequence{
		spec: q.seq, span: q.seq.span(env), steps: q.Steps, env: env, keyShape: q.seq.keyShape, account: a,
		ctx:   Ctx{OnError: env.OnError},
		rows:  make(map[string]*aliasRow),
		began: chainList{order: byBeginning},
		marks: newMarks(a),
		waits: newCandidates(q.seq, a),
		watch: newWatch(&q.seq.wakers),
	}
}

// Account implements Machine.
func (m *aliasSequence) Account() *Account { return m.account }

// Trace implements Machine.
func (m *aliasSequence) Trace(f func(Note), kinds ...NoteKind) { m.set(f, kinds) }

// Push implements Machine, in the order of sequence.Push.
func (m *aliasSequence) Push(ev *Held, hits *Hits, emit func(Result)) {
	m.Advance(ev.Time, emit)
	for i := range hits.Len() {
		if h := hits.At(i); h.Step != m.spec.until && m.spec.absent[h.Step] != present {
			m.miss(ev, h)
		}
	}
	for i := hits.Len() - 1; i >= 0; i-- {
		h := hits.At(i)
		for _, stage := range m.spec.stages[h.Step] {
			m.step(ev, h, stage)
		}
	}
	m.waits.enlist()
	for i := range hits.Len() {
		if h := hits.At(i); h.Step == m.spec.until {
			m.cancel(ev, h)
		}
	}
	m.waits.emit(emit)
}

// step lets ev try to be the event of a stage.
func (m *aliasSequence) step(ev *Held, h Hit, stage int) {
	if stage == 0 {
		m.begin(ev, h)
		return
	}
	r := m.rows[string(h.Key)]
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
	if stage == m.spec.last {
		done := m.completion(c, ev, h)
		m.end(c)
		m.complete(done, ev)
		return
	}
	kept := value.CloneAll(h.Kept)
	if !m.account.affords(8+costOfKept([][]value.Value{kept}), ev) {
		m.note(Evicted, c, nil)
		m.end(c)
		m.account.Evicted++
		return
	}
	m.leave(c)
	c.gapAt = never
	m.extend(c, ev, kept)
	m.arrive(c, stage)
	m.note(Advanced, c, ev)
	m.bound(r, stage)
}

// begin starts a chain.
func (m *aliasSequence) begin(ev *Held, h Hit) {
	c := &chain{lead: m.marks.before(h.Key, ev.Time), gapAt: never}
	if m.spec.last == 0 {
		done := completion{key: string(h.Key), events: []*Held{ev}, kept: [][]value.Value{value.CloneAll(h.Kept)}, first: ev.Time, lead: c.lead}
		m.complete(done, ev)
		return
	}
	kept := value.CloneAll(h.Kept)
	if !m.account.admit(aliasRowCost+chainCost+8+costOfKept([][]value.Value{kept}), ev) {
		return
	}
	m.enter(string(h.Key), c)
	m.extend(c, ev, kept)
	m.arrive(c, 0)
	m.note(Advanced, c, ev)
	m.bound(c.row, 0)
}

// enter adds a chain without events, in the row of a key.
func (m *aliasSequence) enter(key string, c *chain) {
	r := m.rows[key]
	if r == nil {
		r = &aliasRow{key: key, waiting: make([]chainList, m.spec.last)}
		m.rows[key] = r
		m.account.add(&m.account.Open, 0, m.rowCost(r))
	}
	c.row = r
	m.began.add(c)
	c.cost = chainCost
	m.account.add(&m.account.Open, 1, c.cost)
}

func (m *aliasSequence) rowCost(r *aliasRow) int64 {
	return int64(aliasRowCost + len(r.key) + 32*m.spec.last)
}

// extend appends an event to a chain.
func (m *aliasSequence) extend(c *chain, ev *Held, kept []value.Value) {
	c.events = append(c.events, ev)
	c.kept = append(c.kept, kept)
	m.account.budget.Retain(ev)
	cost := 8 + costOfKept(c.kept[len(c.kept)-1:])
	c.cost += cost
	m.account.add(&m.account.Open, 0, cost)
}

// completion is what a chain becomes with its last event.
func (m *aliasSequence) completion(c *chain, ev *Held, h Hit) completion {
	return completion{
		key: c.row.key, first: c.events[0].Time, lead: c.lead,
		events: append(c.events[:len(c.events):len(c.events)], ev),
		kept:   append(c.kept[:len(c.kept):len(c.kept)], value.CloneAll(h.Kept)),
	}
}

// complete takes a sequence that has all its events.
func (m *aliasSequence) complete(c completion, by *Held) {
	m.tell(Completed, c.key, c.events, by)
	if !m.waits.complete(c, m.span) {
		m.tell(Refuted, c.key, c.events, nil)
	}
}

// fits reports whether ev may be the next event of c.
func (m *aliasSequence) fits(ev *Held, h Hit, stage int, c *chain) bool {
	s := m.spec
	switch {
	case m.span > 0 && ev.Time-c.events[0].Time > m.span,
		s.gap[stage] && c.gapAt != never && c.gapAt < millis(ev.Time),
		stage == s.last && s.leading && !s.trailing && c.lead != never && !Beyond(ev.Time, c.lead, m.span):
		return false
	}
	return m.satisfies(h, c.kept)
}

// satisfies reports whether a hit fits events of which the given values are kept.
func (m *aliasSequence) satisfies(h Hit, kept [][]value.Value) bool {
	s := &m.steps[h.Step]
	if s.byAlias == nil {
		return true
	}
	m.ctx.frames = append(m.ctx.frames[:0], frame{vals: h.Tuple})
	for _, step := range s.aliases {
		// The name of a step that is repeated means its latest event.
		m.ctx.frames = append(m.ctx.frames, frame{vals: kept[m.spec.stages[step][0]]})
	}
	return s.byAlias.Test(&m.ctx)
}

// arrive lets a chain wait at a stage.
func (m *aliasSequence) arrive(c *chain, stage int) {
	m.arrived++
	c.stage, c.arrived = stage, m.arrived
	c.row.waiting[stage].add(c)
	c.row.used++
	m.occupy(stage)
}

// bound ends the oldest chain at a stage if there are too many.
func (m *aliasSequence) bound(r *aliasRow, stage int) {
	for l := &r.waiting[stage]; l.n > m.env.MaxPartials; { // more than one after a restart with a lower limit
		m.ctx.report(ErrTooManyPartials)
		m.note(Evicted, l.oldest, nil)
		m.account.Evicted++
		m.end(l.oldest)
	}
}

// leave takes a chain from where it waits.
func (m *aliasSequence) leave(c *chain) {
	c.row.waiting[c.stage].remove(c)
	c.row.used--
	m.vacate(c.stage)
}

// end forgets a chain that waits.
func (m *aliasSequence) end(c *chain) {
	m.leave(c)
	m.began.remove(c)
	for _, ev := range c.events {
		m.account.budget.Release(ev)
	}
	m.account.add(&m.account.Open, -1, -c.cost)
	if r := c.row; r.used == 0 {
		delete(m.rows, r.key)
		m.account.add(&m.account.Open, 0, -m.rowCost(r))
	}
}

// cancel ends all chains of a key.
func (m *aliasSequence) cancel(by *Held, h Hit) {
	for r := m.rows[string(h.Key)]; r != nil; r = m.rows[string(h.Key)] {
		for i := range r.waiting {
			for c := r.waiting[i].oldest; c != nil; c = r.waiting[i].oldest {
				m.note(Cancelled, c, by)
				m.end(c)
			}
		}
	}
}

// Advance implements Machine.
func (m *aliasSequence) Advance(w int64, emit func(Result)) {
	m.waits.accept(w, m.span)
	m.expire(w)
	m.waits.emit(emit)
}

// expire forgets what maxspan has outlived.
func (m *aliasSequence) expire(w int64) {
	if m.span == 0 {
		return
	}
	for c := m.began.oldest; c != nil && Beyond(w, c.events[0].Time, m.span); c = m.began.oldest {
		m.note(Expired, c, nil)
		m.account.Expired++
		m.end(c)
	}
	m.marks.expire(w, m.span)
}

// Due implements Machine.
func (m *aliasSequence) Due() int64 {
	if m.span == 0 {
		return NotDue
	}
	due := min(m.waits.due(m.span), m.marks.due(m.span))
	if c := m.began.oldest; c != nil {
		due = min(due, over(c.events[0].Time, m.span))
	}
	return due
}

// Close implements Machine.
func (m *aliasSequence) Close(emit func(Result)) {
	m.waits.accept(NotDue, m.span)
	m.waits.emit(emit)
	for c := m.began.oldest; c != nil; c = m.began.oldest {
		m.note(Ended, c, nil)
		m.end(c)
	}
	m.marks.expire(NotDue, 0)
}

// evict implements Machine.
func (m *aliasSequence) evict() bool {
	if c := m.began.oldest; c != nil {
		if !m.marks.olderThan(c.events[0].Time) {
			m.note(Evicted, c, nil)
			m.end(c)
			return true
		}
	} else if w := m.waits.abandon(); w != nil {
		m.tell(Evicted, w.key, w.events, nil)
		return true
	}
	key, ok := m.marks.evict()
	if ok {
		m.tell(Evicted, key, nil, nil)
	}
	return ok
}

// note makes a note of a chain, if anybody wants it.
func (m *aliasSequence) note(kind NoteKind, c *chain, by *Held) {
	m.tell(kind, c.row.key, c.events, by)
}

func (m *aliasSequence) tell(kind NoteKind, key string, events []*Held, by *Held) {
	if m.wants(kind) {
		m.f(Note{Kind: kind, Keys: m.tuple(key), Chain: append([]*Held(nil), events...), By: by})
	}
}
