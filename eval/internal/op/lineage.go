package op

import (
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// The category, and the types and actions, of events that start a process.
const processCategory = "process"

var startTypes, startActions = []string{"start"}, []string{"start", "fork", "exec"}

// Places in the tuples of the steps that feed lineages. Those of the sources
// end before the parent.
const (
	feedHost = iota
	feedEntity
	feedParent
	feedAncestry
)

// feeds adds the steps that tell of sources and of starts.
func (n *binding) feeds() {
	q := n.query
	q.feed = len(q.Steps)
	reads := q.lineages[0].Reads
	field := func(f *plan.Field) source { return slotSource{n.b.Slot(n.b.Layout, f)} }
	process := []source{hostSource{n.hosts}, field(reads[plan.Entity])}
	for _, l := range q.lineages {
		s := n.feed(l.Step.Cond, process)
		s.Any, s.Category = l.Step.Any, l.Step.Category
		q.Steps = append(q.Steps, s)
	}
	s := n.feed(startCondition(), append(process[:len(process):len(process)], field(reads[plan.Parent]), field(reads[plan.Ancestry])))
	s.Category = processCategory
	q.Steps = append(q.Steps, s)
}

// feed returns a step that tells of processes.
func (n *binding) feed(x plan.Expr, tuple []source) Step {
	p := n.b.Condition(x)
	return Step{Cond: p, Conds: []plan.Expr{x}, split: plan.Split{Now: x}, now: p, tuple: tuple}
}

// startCondition holds for events that start a process.
func startCondition() plan.Expr {
	oneOf := func(path string, words []string) plan.Expr {
		in := &plan.In{X: &plan.Field{Path: path, T: fn.Any}}
		for _, w := range words {
			in.Values = append(in.Values, value.OfString(w))
		}
		return in
	}
	return &plan.Logic{Or: true, Xs: []plan.Expr{oneOf("event.type", startTypes), oneOf("event.action", startActions)}}
}

// A lineageMachine answers what steps ask about processes, keeps hits back that
// the answers refute, and hands the others to the machine of the query. It is
// fed with the same events as that and in the same order.
type lineageMachine struct {
	query *Query
	inner Machine // nil for an event query; it shares the account
	env   *Env
	ctx   Ctx
	tracer
	account *Account
	curious StepSet // the steps that have to do with processes
	idle    StepSet // those that do not matter as long as no process is known
	table   processTable
	now     int64
	keys    []byte
}

func newLineageMachine(q *Query, env *Env, inner Machine, a *Account) *lineageMachine {
	return &lineageMachine{
		query: q, inner: inner, env: env, account: a, curious: q.curious(), idle: q.idle(),
		ctx:   Ctx{OnError: env.OnError, frames: make([]frame, 0, 1)},
		table: newProcessTable(env.MaxProcesses, a),
		now:   never,
	}
}

// Account implements Machine.
func (m *lineageMachine) Account() *Account { return m.account }

// Trace implements Machine.
func (m *lineageMachine) Trace(f func(Note), kinds ...NoteKind) {
	m.set(f, kinds)
	if m.inner != nil {
		m.inner.Trace(f, kinds...)
	}
}

// Due implements Machine.
func (m *lineageMachine) Due() int64 {
	due := m.table.due(m.env.ProcessIdle)
	if m.inner != nil {
		due = min(due, m.inner.Due())
	}
	return due
}

// Advance implements Machine.
func (m *lineageMachine) Advance(w int64, emit func(Result)) {
	m.pass(w)
	if m.inner != nil {
		m.inner.Advance(w, emit)
	}
}

func (m *lineageMachine) pass(t int64) {
	m.now = max(m.now, t)
	m.table.forget(m.now, m.env.ProcessIdle)
}

// Close implements Machine.
func (m *lineageMachine) Close(emit func(Result)) {
	if m.inner != nil {
		m.inner.Close(emit)
	}
	for m.table.evict() {
		continue
	}
}

// evict implements Machine: what there is more of goes.
func (m *lineageMachine) evict() bool {
	if m.inner != nil && 2*m.account.items() > 3*len(m.table.byKey) && m.inner.evict() {
		return true
	}
	if m.table.evict() {
		if m.wants(Evicted) {
			m.f(Note{Kind: Evicted})
		}
		return true
	}
	return m.inner != nil && m.inner.evict()
}

// Push implements Machine. The event first becomes part of what is known of
// processes, and then the steps ask.
func (m *lineageMachine) Push(ev *Held, hits *Hits, emit func(Result)) {
	m.pass(ev.Time)
	for i := range hits.Len() {
		if h := hits.At(i); h.Step >= m.query.feed {
			m.learn(h)
		}
	}
	hits.Keep(func(h Hit) bool { return h.Step < m.query.feed && m.admits(ev, h) })
	switch {
	case hits.Len() == 0:
	case m.inner == nil:
		emit(Result{Events: []*Held{ev}, Last: ev, Due: NoTime})
	default:
		m.inner.Push(ev, hits, emit)
	}
}

// learn takes note of a source, or of a process that was started.
func (m *lineageMachine) learn(h Hit) {
	host, entity := h.Tuple[feedHost], first(h.Tuple[feedEntity])
	if entity.IsNull() {
		return
	}
	if h.Step < m.query.feed+len(m.query.lineages) {
		m.note(host, entity, 1<<(h.Step-m.query.feed), 0)
		return
	}
	under := m.above(host, entity, h.Tuple[feedParent]) | m.above(host, entity, h.Tuple[feedAncestry])
	if under != 0 {
		m.note(host, entity, 0, under)
	}
}

func (m *lineageMachine) note(host, entity value.Value, source, under uint64) {
	if m.table.note(m.key(host, entity), source, under, m.now) {
		m.ctx.report(ErrTooManyProcesses)
	}
}

// above returns the lineages that the processes with the given ids belong to,
// as sources or as descendants. A process is not its own ancestor.
func (m *lineageMachine) above(host, entity, ids value.Value) uint64 {
	switch {
	case ids.IsNull() || value.Equal(ids, entity):
		return 0
	case ids.Kind() != value.List:
		source, under := m.table.find(m.key(host, ids), m.now)
		return source | under
	}
	var all uint64
	for _, id := range ids.Elems() {
		all |= m.above(host, entity, id)
	}
	return all
}

// admits answers what the step of a hit asks, and reports whether the answers
// satisfy it.
func (m *lineageMachine) admits(ev *Held, h Hit) bool {
	s := &m.query.Steps[h.Step]
	for i := range s.asks {
		yes := m.descends(ev, h, &s.asks[i])
		h.Tuple[s.asks[i].answer] = value.OfBool(yes)
		m.env.answer(ev, m.query.lineages[s.asks[i].lineage], yes)
	}
	if s.byLineage == nil {
		return true
	}
	m.ctx.frames = append(m.ctx.frames[:0], frame{vals: h.Tuple})
	return s.byLineage.Test(&m.ctx)
}

func (m *lineageMachine) descends(ev *Held, h Hit, a *ask) bool {
	if len(m.table.byKey) == 0 {
		return false // nothing is known that it could descend from
	}
	host, entity := h.Tuple[a.host], first(h.Tuple[a.entity])
	bit := uint64(1) << a.lineage
	if !entity.IsNull() {
		if _, under := m.table.find(m.key(host, entity), m.now); under&bit != 0 {
			return true
		}
	}
	if m.above(host, entity, h.Tuple[a.ancestry])&bit != 0 {
		return true
	}
	found := false
	if m.env.Ancestors != nil {
		m.env.Ancestors(ev.Event, func(id string) bool {
			found = m.above(host, entity, value.OfString(id))&bit != 0
			return !found
		})
	}
	return found
}

// key returns the key of a process in the table, valid until the next call.
func (m *lineageMachine) key(host, entity value.Value) []byte {
	m.keys = appendKey(appendKey(m.keys[:0], host), entity)
	return m.keys
}

// first returns the first value of a field.
func first(v value.Value) value.Value {
	if v.Kind() == value.List {
		return v.Elems()[0]
	}
	return v
}
