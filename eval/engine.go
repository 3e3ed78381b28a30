package eval

import (
	"slices"
	"sync"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// An Engine is a set of queries made ready to run together: their fields share
// one record, equal conditions are one predicate, and an event only meets the
// steps that its category concerns. It is immutable and safe for concurrent
// use; every stream of events has a Stream of its own.
type Engine struct {
	layout  *event.Layout
	queries []*bound
	groups  []*group
	clocks  []clockField

	partition func() *PartitionPlan
}

// A bound query is a query of an engine.
type bound struct {
	*op.Query
	query *Query
	clock int // index of Engine.clocks
}

// A clockField is a pair of fields that order events in time; queries may
// differ in it.
type clockField struct {
	id                string // the fields and how they are read
	timeSlot, tieSlot event.Slot
	hasTiebreaker     bool
}

// A group is the steps of all queries that read the category from one field.
type group struct {
	field  string
	slot   event.Slot
	byName map[string][]stepRef
	any    []stepRef
}

// A stepRef names a step of a query.
type stepRef struct{ query, step int32 }

// NewEngine returns an Engine for the queries, none of them nil. Matches of one event come in the
// order of the queries.
func NewEngine(queries ...*Query) *Engine {
	e := &Engine{layout: event.NewLayout()}
	b := &op.Builder{Layout: e.layout}
	for i, q := range queries {
		b.Slot = func(l *event.Layout, f *plan.Field) event.Slot { return q.slot(l, f) }
		bq := &bound{Query: b.Bind(q.plan), query: q, clock: e.clock(q)}
		e.queries = append(e.queries, bq)
		g := e.group(q)
		for j := range bq.Steps {
			g.add(&bq.Steps[j], stepRef{int32(i), int32(j)})
		}
	}
	e.partition = sync.OnceValue(e.plan)
	return e
}

// Queries returns the engine's queries in order.
func (e *Engine) Queries() []*Query {
	out := make([]*Query, len(e.queries))
	for i, q := range e.queries {
		out[i] = q.query
	}
	return out
}

// slot returns the slot of a field in the layout of events or of the elements
// that it belongs to. Fields that a schema gives a type are converted when they
// are read, so that they have slots of their own.
func (q *Query) slot(l *event.Layout, f *plan.Field) event.Slot {
	o := q.slotOptions(f)
	if f.Var != nil {
		o.Source = "" // of the whole event
	}
	return l.AddTyped(f.Path, o)
}

// plain returns the slot of a field of q that is read as it is, from another
// place if a schema calls it an alias.
func (e *Engine) plain(q *Query, path string) event.Slot {
	o := event.SlotOptions{Scalars: true}
	if s := q.config.Schema; s != nil {
		if field, ok := s.Field(path); ok && field.Source != "" {
			o.Source, o.Name = field.Source, "at "+field.Source
		}
	}
	return e.layout.AddTyped(path, o)
}

// timestamp returns the slot of q's timestamp: read as it is, unless a schema
// says how dates are written.
func (e *Engine) timestamp(q *Query) event.Slot {
	path := q.plan.TimestampField
	if s := q.config.Schema; s != nil {
		if field, ok := s.Field(path); ok && field.Dates != nil {
			return q.slot(e.layout, &plan.Field{Path: path, T: fn.Date})
		}
	}
	return e.plain(q, path)
}

func (e *Engine) clock(q *Query) int {
	c := clockField{timeSlot: e.timestamp(q)}
	c.id = q.plan.TimestampField + "\n" + e.layout.Name(c.timeSlot)
	if tie := q.plan.TiebreakerField; tie != "" {
		c.hasTiebreaker = true
		c.tieSlot = e.plain(q, tie)
		c.id += "\n" + tie + "\n" + e.layout.Name(c.tieSlot)
	}
	if i := slices.Index(e.clocks, c); i >= 0 {
		return i
	}
	e.clocks = append(e.clocks, c)
	return len(e.clocks) - 1
}

func (e *Engine) group(q *Query) *group {
	slot := e.plain(q, q.plan.CategoryField)
	for _, g := range e.groups {
		if g.slot == slot {
			return g
		}
	}
	g := &group{field: q.plan.CategoryField, slot: slot, byName: make(map[string][]stepRef)}
	e.groups = append(e.groups, g)
	return g
}

func (g *group) add(s *op.Step, ref stepRef) {
	switch {
	case s.Never():
	case s.Any:
		g.any = append(g.any, ref)
	default:
		g.byName[s.Category] = append(g.byName[s.Category], ref)
	}
}

// route returns the steps that concern an event with the given categories, in
// the order of the queries and their steps.
func (g *group) route(categories []string) []stepRef {
	out := slices.Clone(g.any)
	for i, c := range categories {
		if !slices.Contains(categories[:i], c) {
			out = append(out, g.byName[c]...)
		}
	}
	sortRefs(out)
	return out
}

func sortRefs(refs []stepRef) {
	slices.SortFunc(refs, func(a, b stepRef) int {
		if a.query != b.query {
			return int(a.query - b.query)
		}
		return int(a.step - b.step)
	})
}
