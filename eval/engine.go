package eval

import (
	"slices"
	"sync"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/index"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// An Engine is a set of queries made ready to run together: their fields share
// one record, equal conditions are one predicate, and an index finds the steps
// whose conditions an event may satisfy. It is immutable and safe for concurrent
// use; every stream of events has a Stream of its own.
type Engine struct {
	layout     *event.Layout
	queries    []*bound
	groups     []*group
	clocks     []clockField
	index      *index.Index
	steps      [][]int32   // by block of the index: the bits of all steps, for streams without it
	candidates []candidate // by bit of the index
	verdicts   []int       // by slot: words of the verdicts about a value
	shares     []float32   // by bit: what part of the events of its category make it a candidate, as guessed

	partition func() *PartitionPlan
}

// A candidate is a step of a query that an event may satisfy.
type candidate struct {
	query, step int32
	until       int32   // the step of the query's until, or -1
	block       int32   // of the index
	cold        bool    // it is one only while the machine knows no process; see op.Knower
	rest        op.Pred // of its condition, what the index leaves open
	of          *op.Step
}

// A bound query is a query of an engine.
type bound struct {
	*op.Query
	query *Query
	clock int     // index of Engine.clocks
	bits  []int32 // by step: the bit of the index, or -1 for one that is never satisfied
	cold  []int32 // the same while the machine knows no process, or -1 if that is no other; nil if it is none of all
	until *until  // nil if there is none
}

// An until is the step of a query that ends its partial matches.
type until struct{ step, block int }

// A clockField is a pair of fields that order events in time; queries may
// differ in it.
type clockField struct {
	id                string // the fields and how they are read
	timeSlot, tieSlot event.Slot
	hasTiebreaker     bool
}

// A group is the steps of all queries that read the category from one field. Each
// category has a block of the index.
type group struct {
	field  string
	slot   event.Slot
	byName map[string]*block
	any    *block
}

// A block is the steps of a group for one category, or for any.
type block struct{ number, steps int }

// NewEngine returns an Engine for the queries, none of them nil. Matches of one event come in the
// order of the queries.
func NewEngine(queries ...*Query) *Engine {
	e := &Engine{layout: event.NewLayout()}
	x := &indexing{
		engine: e,
		preds:  &op.Builder{Layout: e.layout, Queries: len(queries)},
		index:  &index.Builder{},
		slots:  make(map[string]event.Slot),
	}
	x.index.List = x.preds.List
	for _, q := range queries {
		x.add(q)
	}
	x.build()
	e.partition = sync.OnceValue(e.plan)
	return e
}

// An indexing is the construction of an Engine.
type indexing struct {
	engine *Engine
	preds  *op.Builder
	index  *index.Builder
	steps  []candidate // by condition of the index
	blocks int
	slots  map[string]event.Slot // of fields of events of which nothing is known
}

func (x *indexing) add(q *Query) {
	x.use(q)
	e := x.engine
	bq := &bound{Query: x.preds.Bind(q.plan), query: q, clock: e.clock(q)}
	g := e.group(q)
	for i := range bq.Steps {
		s := &bq.Steps[i]
		isUntil := q.plan.Until != nil && i == len(q.plan.Steps)
		if s.Never() {
			bq.bits = append(bq.bits, -1)
			continue
		}
		b := x.block(g, s)
		if isUntil {
			bq.until = &until{step: i, block: b}
		}
		// The condition for now; its bit is known once all are there.
		c := candidate{query: int32(len(e.queries)), step: int32(i), block: int32(b)}
		bq.bits = append(bq.bits, x.condition(c, s.Conds))
		if s.Cold == nil || isUntil { // until is asked by its one bit; see askUntil
			continue
		}
		if bq.cold == nil {
			bq.cold = slices.Repeat([]int32{-1}, len(bq.Steps))
		}
		c.cold = true
		bq.cold[i] = x.condition(c, s.Cold)
	}
	e.queries = append(e.queries, bq)
}

// condition adds a condition to the index, and returns its number.
func (x *indexing) condition(c candidate, conds []plan.Expr) int32 {
	x.steps = append(x.steps, c)
	return int32(x.index.Add(int(c.block), conds))
}

// use makes the fields of q those that are meant.
func (x *indexing) use(q *Query) {
	l := x.engine.layout
	x.preds.Slot = func(l *event.Layout, f *plan.Field) event.Slot { return x.slot(q, l, f) }
	x.index.Slot = func(f *plan.Field) event.Slot { return x.slot(q, l, f) }
}

// slot returns the slot of a field of q in l.
func (x *indexing) slot(q *Query, l *event.Layout, f *plan.Field) event.Slot {
	if l != x.engine.layout || f.Var != nil || f.T == fn.Date || q.config.Schema != nil {
		return q.slot(l, f)
	}
	slot, ok := x.slots[f.Path]
	if !ok {
		slot = q.slot(l, f)
		x.slots[f.Path] = slot
	}
	return slot
}

// block returns the number of the block of a step, and counts the step.
func (x *indexing) block(g *group, s *op.Step) int {
	b := g.any
	if !s.Any {
		b = g.byName[s.Category]
	}
	if b == nil {
		b = &block{number: x.blocks}
		x.blocks++
		if s.Any {
			g.any = b
		} else {
			g.byName[s.Category] = b
		}
	}
	b.steps++
	return b.number
}

func (x *indexing) build() {
	e := x.engine
	e.index = x.index.Build()
	e.candidates = make([]candidate, e.index.Bits())
	e.shares = make([]float32, e.index.Bits())
	e.steps = make([][]int32, x.blocks)
	for _, q := range e.queries {
		x.use(q.query)
		x.place(q, q.bits)
		x.place(q, q.cold)
	}
	e.verdicts = make([]int, e.layout.Len())
	for s := range e.verdicts {
		e.verdicts[s] = x.preds.VerdictWords(event.Slot(s))
	}
}

// place makes bits of the numbers of conditions, one for each step of a query.
func (x *indexing) place(q *bound, conditions []int32) {
	e := x.engine
	for i, condition := range conditions {
		if condition < 0 {
			continue
		}
		c := x.steps[condition]
		c.of, c.until = &q.Steps[i], -1
		if q.until != nil {
			c.until = int32(q.until.step)
		}
		c.rest = x.preds.All(x.index.Rest(int(condition)))
		bit := int32(x.index.Bit(int(condition)))
		conditions[i] = bit
		e.candidates[bit] = c
		e.shares[bit] = float32(x.index.Likely(int(condition)))
		if !c.cold {
			e.steps[c.block] = append(e.steps[c.block], bit)
		}
	}
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
	g := &group{field: q.plan.CategoryField, slot: slot, byName: make(map[string]*block)}
	e.groups = append(e.groups, g)
	return g
}

// route appends the blocks that concern an event with the given categories, each once.
func (g *group) route(dst []int, categories []string) []int {
	from := len(dst)
	if g.any != nil {
		dst = append(dst, g.any.number)
	}
	for _, c := range categories {
		if b := g.byName[c]; b != nil && !slices.Contains(dst[from:], b.number) {
			dst = append(dst, b.number)
		}
	}
	return dst
}
