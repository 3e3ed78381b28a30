package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A Query is a plan bound to a layout: predicates and keys for each step, and
// the specification of its machine. It is immutable and safe for concurrent use.
type Query struct {
	Plan  *plan.Query
	Steps []Step // those of the plan, until behind them, then those that feed lineages
	seq   *sequenceSpec
	// lineages are what the query asks "descendant of"; the steps from feed on
	// tell of their sources, in order, and the last of the processes started.
	lineages []*plan.Lineage
	feed     int
}

// A Step is a bound step.
type Step struct {
	Any      bool
	Category string
	Cond     Pred
	// Conds are the conjuncts of Cond. What computes the same in several steps is
	// one expression.
	Conds []plan.Expr
	// Cold are the conjuncts of what has to hold as long as the machine knows no
	// process: those of Cond and what else is needed then; nil if that is nothing, or
	// never holds. See Knower.
	Cold []plan.Expr
	Keys []Key
	// Hosts are the fields that tell the host, which is part of the key; nil if
	// there is but one.
	Hosts []event.Slot

	// What has to wait, and what hits take along for it; see later.go. The
	// parts are nil if there is nothing to wait for.
	tuple, kept []source
	asks        []ask
	byLineage   Pred
	byAlias     Pred
	aliases     []int // the steps whose tuples byAlias reads
	split       plan.Split
	now         Pred // of split.Now
}

// Bind binds q.
func (b *Builder) Bind(q *plan.Query) *Query {
	bind := &binding{b: b, query: &Query{Plan: q}}
	return bind.bind()
}

// A binding is the binding of one query.
type binding struct {
	b     *Builder
	query *Query
	hosts []event.Slot
	tuple []*tuple // by step
	kept  []*tuple // by step: what later steps read of it
}

func (n *binding) bind() *Query {
	q := n.query.Plan
	for _, path := range q.Partition {
		n.hosts = append(n.hosts, n.b.Slot(n.b.Layout, &plan.Field{Path: path}))
	}
	steps := len(q.Steps)
	if q.Until != nil {
		steps++
	}
	n.query.Steps = make([]Step, 0, steps)
	for i := range q.Steps {
		n.step(&q.Steps[i])
	}
	if q.Until != nil {
		n.step(q.Until)
	}
	for i := range n.query.Steps {
		n.query.Steps[i].tuple, n.query.Steps[i].kept = n.tuple[i].sources, n.kept[i].sources
	}
	if len(n.query.lineages) > 0 {
		n.feeds()
	}
	if q.Kind == plan.Sequence {
		n.query.seq = newSequenceSpec(q)
	}
	return n.query
}

func (n *binding) step(s *plan.Step) {
	out := Step{Any: s.Any, Category: s.Category, Hosts: n.hosts, split: plan.NewSplit(s.Cond)}
	t := &tuple{}
	n.tuple, n.kept = append(n.tuple, t), append(n.kept, &tuple{})
	if out.split.Now == nil {
		out.split.Now = plan.Certain()
	}
	out.now = n.b.Condition(out.split.Now)
	out.Conds = append(out.Conds, out.split.Now)
	// What has to wait may still say early that it will not hold.
	for _, part := range []plan.Expr{out.split.Lineage, out.split.Alias} {
		if x := plan.Relaxed(part, isOpen); x != nil {
			out.Conds = append(out.Conds, x)
		}
	}
	if x := plan.Undescended(out.split.Lineage, isOpen); x != nil && !plan.IsNever(x) {
		out.Cold = append(slices.Clone(out.Conds), x)
	}
	out.Cond = n.b.All(out.Conds)
	for _, k := range s.Keys {
		out.Keys = append(out.Keys, Key{n.b.Slot(n.b.Layout, &plan.Field{Path: k.Path, T: k.T}), k.Optional})
	}
	if out.split.Lineage != nil || out.split.Alias != nil {
		l := &later{bind: n, tuple: t, asks: &out.asks}
		out.byLineage = l.build(n.b, out.split.Lineage)
		out.byAlias = l.build(n.b, out.split.Alias)
		out.aliases = l.aliases
	}
	n.query.Steps = append(n.query.Steps, out)
}

// isOpen reports whether x is left out of what is asked early: if the event alone
// does not decide it, or if it may report an error, which is to happen once.
func isOpen(x plan.Expr) bool { return !plan.IsEventOnly(x) || mayReport(x) }

// lineage returns the number of a "descendant of" in the query.
func (n *binding) lineage(x *plan.Lineage) int {
	for i, l := range n.query.lineages {
		if l == x {
			return i
		}
	}
	n.query.lineages = append(n.query.lineages, x)
	return len(n.query.lineages) - 1
}

// NeedsMachine reports whether the query needs a machine: most event queries do
// not.
func (q *Query) NeedsMachine() bool { return q.Plan.Kind != plan.Event || len(q.lineages) > 0 }

// NewMachine returns a new machine for the query; nil if it needs none.
func (q *Query) NewMachine(env *Env) Machine {
	if !q.NeedsMachine() {
		return nil
	}
	var m Machine
	a := &Account{budget: env.Budget, most: env.Most}
	switch {
	case q.Plan.Kind == plan.Sample:
		m = newSample(q.Plan, env, a)
	case q.Plan.Kind == plan.Sequence && q.Plan.Aliases:
		m = newAliasSequence(q, env, a)
	case q.Plan.Kind == plan.Sequence:
		m = newSequence(q.seq, env, a)
	}
	if len(q.lineages) > 0 {
		m = newLineageMachine(q, env, m, a)
	}
	env.Budget.join(a, m)
	return m
}

// An Env is what the machine of a query works with.
type Env struct {
	// Budget bounds what all machines of the stream keep, Most the number of
	// partial matches of this one; 0 is no bound.
	Budget *Budget
	Most   int
	// MaxSpan, unless 0, is that of sequences which have none.
	MaxSpan int64
	// OnError is as in Ctx.
	OnError func(error)
	// EventID, if not nil, tells an event from others; "" does not.
	EventID func(event.Event) string
	// Ancestors, if not nil, gives the ids of the processes above that of an
	// event, in any order, until yield returns false.
	Ancestors func(ev event.Event, yield func(id string) bool)
	// Answered, if not nil, is told what an event was answered that asked
	// "descendant of".
	Answered func(ev *Held, x *plan.Lineage, yes bool)
	// MaxPartials is the number of partial sequences that wait at one step for
	// one key, of a sequence whose steps have names.
	MaxPartials int
	// MaxProcesses and ProcessIdle bound what is remembered of processes for
	// each query: their number, and the nanoseconds without an event of them.
	MaxProcesses int
	ProcessIdle  int64
}

// Needed returns how many events a match has.
func (q *Query) Needed() int {
	if q.seq != nil {
		return q.seq.last + 1
	}
	return len(q.Plan.Steps)
}

// Never reports whether a step can never be satisfied.
func (s *Step) Never() bool {
	c, ok := s.Cond.(constPred)
	return ok && !bool(c)
}
