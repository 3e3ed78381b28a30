package eval

import (
	"math"
	"strings"
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
	query  *Query
	bound  *bound
	group  *group
	clock  *clockField
	forest *op.Forest
	rec    *event.Record
	other  *event.Record // for events of earlier steps
	ev     Event
	ask    op.Question
	prior  []Event // of the earlier steps, as Given
	steps  []Step
	first  []int // by step: the number of its first predicate
	preds  []Predicate
	reads  [][]op.Reader // by predicate
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
	Step int
	// Text is the predicate as it is written, in Span of the query's file. The
	// operating systems of a rule are a predicate without a place in the text:
	// Span is empty.
	Text   string
	Span   source.Span
	Fields []string // that it reads, in order, each once
	// Waits says that more than the event decides: the events of earlier steps,
	// or what a process descends from. See Probe.Given.
	Waits bool
}

// A Finding is what a predicate says of an event.
type Finding struct {
	Predicate int // index into Probe.Predicates
	Held      bool
	Values    []value.Value // of the predicate's fields
}

// Given is what a condition may depend on besides the event. The zero Given is
// nothing.
type Given struct {
	// Steps has the event of each earlier step, by index; nil where there is none.
	Steps []Event
	// Descends answers "descendant of" by the place of the question in the
	// query; nil if the answers are unknown.
	Descends func(at source.Span) bool
}

// NewProbe returns a Probe for q.
func (q *Query) NewProbe() *Probe {
	e := NewEngine(q)
	b := &op.Builder{Layout: e.layout, Slot: func(l *event.Layout, f *plan.Field) event.Slot { return q.slot(l, f) }}
	p := &Probe{
		query: q, bound: e.queries[0], group: e.groups[0], clock: &e.clocks[e.queries[0].clock],
		forest: op.NewForest(b, q.plan),
	}
	spans := stepSpans(q.plan.AST)
	for i := range p.forest.Trees {
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
		p.first = append(p.first, len(p.preds))
		for _, leaf := range p.forest.Leaves[i] {
			p.add(i, leaf)
		}
	}
	p.rec, p.other = event.NewRecord(e.layout), event.NewRecord(e.layout)
	p.ask.Ctx = &op.Ctx{Rec: p.rec}
	return p
}

// add adds a leaf of a step to the predicates.
func (p *Probe) add(step int, leaf *op.Tree) {
	pred := Predicate{Step: step, Span: leaf.Expr.Span(), Waits: leaf.Waits()}
	pred.Text = p.query.plan.AST.File.Slice(pred.Span)
	if s, ok := leaf.Expr.(*plan.System); ok {
		pred.Text = "the operating system is " + strings.Join(s.Names, " or ")
		pred.Span.Start, pred.Span.End = p.steps[step].Span.Start, p.steps[step].Span.Start
	}
	reads := p.forest.Readers(leaf)
	for _, r := range reads {
		pred.Fields = append(pred.Fields, r.Path)
	}
	p.preds = append(p.preds, pred)
	p.reads = append(p.reads, reads)
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
// which says that the event cannot be read, they must not be called. Nothing is
// given for it until Given is called.
func (p *Probe) Fill(ev Event) error {
	p.ev, p.prior, p.ask.Given = ev, nil, op.Given{}
	return p.rec.Fill(ev)
}

// Given says what conditions depend on besides the event. Predicates that need
// what is not given do not count: they are taken for what makes the condition
// hold, and are not among findings. An earlier event that cannot be read is not
// given.
func (p *Probe) Given(g Given) {
	p.prior, p.ask.Given = g.Steps, op.Given{}
	for i, ev := range g.Steps {
		var kept []value.Value
		if ev != nil && p.other.Fill(ev) == nil {
			kept = p.forest.Keep(&op.Ctx{Rec: p.other}, i)
		}
		p.ask.Given.Kept = append(p.ask.Given.Kept, kept)
	}
	if g.Descends != nil {
		p.ask.Given.Descends = func(x *plan.Lineage) bool { return g.Descends(x.Span()) }
	}
}

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
	p.ask.Found = nil
	if found != nil {
		p.ask.Found = func(leaf int, held bool) { found(p.first[step]+leaf, held) }
	}
	return p.ask.Test(p.forest.Trees[step])
}

// Nearness says how much of a step's condition holds, from 0 to 1; it is 1
// exactly if the condition holds.
func (p *Probe) Nearness(step int) float64 { return p.ask.Nearness(p.forest.Trees[step]) }

// Reasons returns the findings that decide whether a step's condition holds: of
// several that had to hold the first that did not, of alternatives all.
func (p *Probe) Reasons(step int) []Finding {
	var out []Finding
	p.ask.Reasons(p.forest.Trees[step], func(leaf int, held bool) {
		i := p.first[step] + leaf
		f := Finding{Predicate: i, Held: held}
		for _, r := range p.reads[i] {
			f.Values = append(f.Values, r.Read(p.ask.Ctx, p.ev, p.prior).Clone())
		}
		out = append(out, f)
	})
	return out
}

// Refers reports whether a step depends on the events of earlier steps.
func (p *Probe) Refers(step int) bool { return p.forest.Refers(step) }

// Host returns the host of the event, and whether the query tells hosts apart,
// as those of the endpoint dialect do.
func (p *Probe) Host() (host value.Value, apart bool) { return p.forest.Host(p.ask.Ctx) }

// Keys returns the tuples of join keys that the event has for a step, one
// without keys for a step that has none. If a key that is not optional has no
// value there are none.
func (p *Probe) Keys(step int) [][]value.Value {
	return op.KeyTuples(p.ask.Ctx, p.bound.Steps[step].Keys)
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

// HostField returns the field that tells hosts apart, if the query does.
func (p *Probe) HostField() string {
	if fields := p.bound.Plan.Partition; len(fields) > 0 {
		return fields[0]
	}
	return ""
}
