package op

import (
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A Query is a plan bound to a layout: predicates and keys for each step, and
// the specification of its machine. It is immutable and safe for concurrent use.
type Query struct {
	Plan  *plan.Query
	Steps []Step // those of the plan, and until behind them
	seq   *sequenceSpec
}

// A Step is a bound step.
type Step struct {
	Any      bool
	Category string
	Cond     Pred
	Keys     []Key
}

// Bind binds q.
func (b *Builder) Bind(q *plan.Query) *Query {
	out := &Query{Plan: q}
	for i := range q.Steps {
		out.Steps = append(out.Steps, b.step(&q.Steps[i]))
	}
	if q.Until != nil {
		out.Steps = append(out.Steps, b.step(q.Until))
	}
	if q.Kind == plan.Sequence {
		out.seq = newSequenceSpec(q)
	}
	return out
}

func (b *Builder) step(s *plan.Step) Step {
	out := Step{Any: s.Any, Category: s.Category, Cond: b.Condition(s.Cond)}
	for _, k := range s.Keys {
		out.Keys = append(out.Keys, Key{b.Slot(&plan.Field{Path: k.Path, T: k.T}), k.Optional})
	}
	return out
}

// NewMachine returns a new machine for the query within a budget; nil for an
// event query, which needs none. A sequence without maxspan has that of span
// nanoseconds, unless this is 0.
func (q *Query) NewMachine(span int64, b *Budget) Machine {
	switch q.Plan.Kind {
	case plan.Sequence:
		return newSequence(q.seq, span, b)
	case plan.Sample:
		return newSample(q.Plan, b)
	default:
		return nil
	}
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
