package eval

import (
	"math"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Probe tests single events against the steps of one query and tells what
// each predicate says. It uses the engine's own predicates, and keeps no state
// from event to event. It belongs to one goroutine.
type Probe struct {
	query *Query
	bound *bound
	group *group
	clock *clockField
	rec   *event.Record
	ctx   op.Ctx
	steps []Step
	trees []*op.Tree
	first []int // by step: the number of its first predicate
	preds []Predicate
	slots [][]event.Slot // by predicate: its fields
	hits  op.Hits
}

// A Step is one bracket of a query, or the whole condition of an event query;
// until stands behind the others.
type Step struct {
	// Category is the event category that the step asks for; Any if it takes all.
	Category string
	Any      bool
	Keys     []string // paths of the join keys
	Missing  bool     // a missing event: ![ ]
	Until    bool
	Runs     int // how often the step is to match, at least 1
	// Span is the step in the query's file, from its category to the end of its
	// condition.
	Span source.Span
}

// A Predicate is a part of a step's condition without and, or and parentheses.
type Predicate struct {
	Step   int
	Span   source.Span // in the query's file
	Fields []string    // that it reads, in order, each once
}

// A Finding is what a predicate says of an event.
type Finding struct {
	Predicate int // index into Probe.Predicates
	Held      bool
	Values    []value.Value // of the predicate's fields
}

// NewProbe returns a Probe for q.
func (q *Query) NewProbe() *Probe {
	e := NewEngine(q)
	p := &Probe{query: q, bound: e.queries[0], group: e.groups[0], clock: &e.clocks[e.queries[0].clock], rec: event.NewRecord(e.layout)}
	p.ctx.Rec = p.rec
	// Every field has its slot already: the layout does not grow.
	b := &op.Builder{Slot: func(f *plan.Field) event.Slot { return e.slot(q, f) }}
	spans := stepSpans(q.plan.AST)
	for i := range p.bound.Steps {
		planned := q.plan.Until
		if i < len(q.plan.Steps) {
			planned = &q.plan.Steps[i]
		}
		step := Step{
			Category: planned.Category, Any: planned.Any, Missing: planned.Missing, Runs: planned.Runs,
			Until: i == len(q.plan.Steps), Span: spans[i],
		}
		for _, k := range planned.Keys {
			step.Keys = append(step.Keys, k.Path)
		}
		p.steps = append(p.steps, step)
		p.add(b, planned.Cond)
	}
	return p
}

// add takes the condition of the next step apart.
func (p *Probe) add(b *op.Builder, cond plan.Expr) {
	tree, leaves := b.Tree(cond)
	p.trees = append(p.trees, tree)
	p.first = append(p.first, len(p.preds))
	for _, leaf := range leaves {
		pred := Predicate{Step: len(p.trees) - 1, Span: leaf.Expr.Span()}
		var slots []event.Slot
		seen := map[string]bool{}
		plan.Fields(leaf.Expr, func(f *plan.Field) {
			if !seen[f.Path] {
				seen[f.Path] = true
				pred.Fields = append(pred.Fields, f.Path)
				slots = append(slots, b.Slot(f))
			}
		})
		p.preds = append(p.preds, pred)
		p.slots = append(p.slots, slots)
	}
}

// Query returns the query that p is for.
func (p *Probe) Query() *Query { return p.query }

// Steps returns the steps of the query in order, until behind them. The slice is
// the probe's; do not change it.
func (p *Probe) Steps() []Step { return p.steps }

// Stages returns the steps that a result consists of, as indices into Steps:
// those of the query with runs repeated.
func (p *Probe) Stages() []int {
	if p.bound.Plan.Kind == plan.Sequence {
		return append([]int(nil), p.bound.Plan.Stages...)
	}
	out := make([]int, len(p.bound.Plan.Steps))
	for i := range out {
		out[i] = i
	}
	return out
}

// MaxSpan returns the maxspan of a sequence, 0 if there is none.
func (p *Probe) MaxSpan() time.Duration { return p.bound.Plan.MaxSpan }

// CategoryField returns the field that holds an event's category.
func (p *Probe) CategoryField() string { return p.group.field }

// Limited reports whether the query or an option limits the number of results.
func (p *Probe) Limited() bool { return len(p.bound.Plan.Limits) > 0 }

// Predicates returns the predicates of all steps in the order of the text. The
// slice is the probe's; do not change it.
func (p *Probe) Predicates() []Predicate { return p.preds }

// Fill takes an event; the other methods are about the latest. After an error,
// which says that the event cannot be read, they must not be called.
func (p *Probe) Fill(ev Event) error { return p.rec.Fill(ev) }

// Time returns the event's time; false if it has none.
func (p *Probe) Time() (time.Time, bool) {
	ns, ok := event.ParseTime(single(p.rec.Get(p.clock.timeSlot)))
	if !ok || ns == math.MinInt64 {
		return time.Time{}, false
	}
	return time.Unix(0, ns).UTC(), true
}

// Categories returns the event's categories: null, one value, or a list.
func (p *Probe) Categories() value.Value { return p.rec.Get(p.group.slot) }

// Concerns reports whether a step asks for the event's category.
func (p *Probe) Concerns(step int) bool {
	s := &p.steps[step]
	if s.Any {
		return true
	}
	v := p.rec.Get(p.group.slot)
	if v.Kind() == value.String && v.Str() == s.Category {
		return true
	}
	for _, e := range v.Elems() {
		if e.Kind() == value.String && e.Str() == s.Category {
			return true
		}
	}
	return false
}

// Holds reports whether the condition of a step holds, whatever the category.
// It calls found, unless that is nil, for each predicate that it had to ask.
func (p *Probe) Holds(step int, found func(predicate int, held bool)) bool {
	if found == nil {
		return p.trees[step].Test(&p.ctx, nil)
	}
	return p.trees[step].Test(&p.ctx, func(leaf int, held bool) { found(p.first[step]+leaf, held) })
}

// Nearness says how much of a step's condition holds, from 0 to 1; it is 1
// exactly if the condition holds.
func (p *Probe) Nearness(step int) float64 { return p.trees[step].Nearness(&p.ctx) }

// Reasons returns the findings that decide whether a step's condition holds: of
// several that had to hold the first that did not, of alternatives all.
func (p *Probe) Reasons(step int) []Finding {
	var out []Finding
	p.trees[step].Reasons(&p.ctx, func(leaf int, held bool) {
		i := p.first[step] + leaf
		f := Finding{Predicate: i, Held: held}
		for _, s := range p.slots[i] {
			f.Values = append(f.Values, p.rec.Get(s).Clone())
		}
		out = append(out, f)
	})
	return out
}

// Keys returns the tuples of join keys that the event has for a step, one
// without keys for a step that has none. If a key that is not optional has no
// value there are none.
func (p *Probe) Keys(step int) [][]value.Value {
	p.hits.Reset()
	p.hits.Add(&p.ctx, step, p.bound.Steps[step].Keys)
	out := make([][]value.Value, p.hits.Len())
	for i := range out {
		for _, v := range p.hits.At(i).Vals {
			out[i] = append(out[i], v.Clone())
		}
	}
	return out
}

// NullKeys returns the paths of join keys that a step needs and the event lacks.
func (p *Probe) NullKeys(step int) []string {
	var out []string
	for i, k := range p.bound.Steps[step].Keys {
		if !k.Optional && p.rec.Get(k.Slot).IsNull() {
			out = append(out, p.steps[step].Keys[i])
		}
	}
	return out
}

// TimestampField returns the field that holds an event's time.
func (p *Probe) TimestampField() string { return p.bound.Plan.TimestampField }
