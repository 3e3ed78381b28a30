package op

import (
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// Some conditions are not decided by an event alone: they refer to earlier
// steps, or to processes seen before. By the time they are decided, in order of
// events, the record may hold another event. So a hit takes along the values
// that such a condition reads: its tuple. Parts of the condition that the event
// decides are decided at once and taken along as booleans.

// A source gives one value of a tuple. It is good as long as the record of c and
// the row sets are.
type source interface {
	take(c *Ctx, rows *rowSets) value.Value
}

type (
	// slotSource is a field of the event.
	slotSource struct{ slot event.Slot }
	// hostSource is the first of several fields that has a value.
	hostSource struct{ slots []event.Slot }
	// condSource is a condition on the event.
	condSource struct{ cond Pred }
	// rowsSource is an array of the event, as rows with the columns that matter.
	rowsSource struct {
		list    event.List
		columns []column
	}
	// openSource is decided when the hit is delivered.
	openSource struct{}
)

// A column is a field of the elements, or an array within them.
type column struct {
	slot event.Slot
	rows *rowsSource // nil for a field
}

func (s slotSource) take(c *Ctx, _ *rowSets) value.Value { return c.Rec.Get(s.slot) }
func (s hostSource) take(c *Ctx, _ *rowSets) value.Value { return hostOf(c, s.slots) }
func (s condSource) take(c *Ctx, _ *rowSets) value.Value { return value.OfBool(s.cond.Test(c)) }
func (openSource) take(*Ctx, *rowSets) value.Value       { return value.Value{} }

func (s *rowsSource) take(c *Ctx, rows *rowSets) value.Value { return s.rows(c.Rec, rows) }

// rowSet is an array that was taken along: the values of its rows, one after
// the other. It is the payload of a value.
type rowSet struct {
	width, n int
	vals     []value.Value
}

// ClonePayload implements value.Cloner.
func (r *rowSet) ClonePayload() any {
	return &rowSet{width: r.width, n: r.n, vals: value.CloneAll(r.vals)}
}

// rowSets are arrays that live until the next reset. The zero rowSets is empty.
type rowSets struct {
	sets []*rowSet
	vals []value.Value // of the sets
	used int
}

// mostRowSets bounds the sets that wait for use, and mostRowVals the room in each.
const (
	mostRowSets = 64
	mostRowVals = 1 << 10
)

// next returns an empty set and the value whose payload it is.
func (s *rowSets) next() (*rowSet, value.Value) {
	if s.used == len(s.sets) {
		set := &rowSet{}
		s.sets, s.vals = append(s.sets, set), append(s.vals, value.OfObject(set))
	}
	s.used++
	return s.sets[s.used-1], s.vals[s.used-1]
}

func (s *rowSets) reset() {
	for _, set := range s.sets[:s.used] {
		clear(set.vals)
		if set.vals = set.vals[:0]; cap(set.vals) > mostRowVals {
			set.vals = nil
		}
	}
	s.used = 0
	if len(s.sets) > mostRowSets {
		s.sets, s.vals = nil, nil
	}
}

func (s *rowsSource) rows(rec *event.Record, rows *rowSets) value.Value {
	set, v := rows.next()
	set.width, set.n = len(s.columns), rec.Elements(s.list)
	for i := range set.n {
		e := rec.Element(s.list, i)
		for _, col := range s.columns {
			if col.rows != nil {
				set.vals = append(set.vals, col.rows.rows(e, rows))
			} else {
				set.vals = append(set.vals, e.Get(col.slot))
			}
		}
	}
	return v
}

// hostOf returns the host of the event in c, null if it does not say.
func hostOf(c *Ctx, slots []event.Slot) value.Value {
	for _, s := range slots {
		v := c.Rec.Get(s)
		if v.Kind() == value.List {
			v = v.Elems()[0]
		}
		if !v.IsNull() {
			return v
		}
	}
	return value.Value{}
}

// A later is a part of a condition that has to wait, while it is built. Its
// frames are the tuple of the hit, those of the earlier steps in the order of
// aliases, and above them elements.
type later struct {
	bind    *binding
	tuple   *tuple
	asks    *[]ask
	aliases []int         // steps
	rows    []*rowsSource // of the searches around the current place
}

// A tuple is the list of what a hit of a step takes along.
type tuple struct {
	sources []source
	index   map[string]event.Slot
}

// add returns the place in the tuple of what has the given identity.
func (t *tuple) add(identity string, s func() source) event.Slot {
	if i, ok := t.index[identity]; ok {
		return i
	}
	if t.index == nil {
		t.index = make(map[string]event.Slot)
	}
	i := event.Slot(len(t.sources))
	t.index[identity] = i
	t.sources = append(t.sources, s())
	return i
}

// field returns the place in the tuple of a field of the event.
func (t *tuple) field(b *Builder, f *plan.Field) event.Slot {
	slot := b.Slot(b.Layout, f)
	return t.add(fmt.Sprint("field ", slot), func() source { return slotSource{slot} })
}

// build builds a part of a condition; nil stays nil.
func (l *later) build(b *Builder, x plan.Expr) Pred {
	if x == nil {
		return nil
	}
	l.aliases = plan.AliasSteps(x)
	b.later = l
	defer func() { b.later = nil }()
	return b.pred(x)
}

// atOnce builds what does not have to wait.
func (l *later) atOnce(b *Builder, x plan.Expr) source {
	b.later = nil
	defer func() { b.later = l }()
	return condSource{b.Condition(x)}
}

// pred builds an operand of a condition.
func (l *later) pred(b *Builder, x plan.Expr) Pred {
	if !plan.IsEventOnly(x) || !plan.IsClosed(x) {
		return b.pred(x)
	}
	now := *b
	now.later = nil
	key := plan.AppendIdentity([]byte("cond "), x, &now)
	i := l.tuple.add(string(key), func() source { return l.atOnce(b, x) })
	return fieldPredOf(ref{1, i}, decided{"decided by the event alone, beforehand"})
}

// decided is the test of an answer that was taken along.
type decided struct{ note string }

func (decided) holds(v *value.Value) bool { return v.Bool() }
func (t decided) describe() string        { return t.note }

// ref returns where a field lies.
func (l *later) ref(b *Builder, f *plan.Field) ref {
	switch {
	case f.Alias != nil:
		for i, step := range l.aliases {
			if step == f.Alias.Step {
				own := plan.Field{Path: f.Path, T: f.T}
				return ref{int32(2 + i), l.bind.kept[step].field(b, &own)}
			}
		}
		panic("op: a step that is not among the aliases")
	case f.Var != nil:
		_, elements := b.elements(f.Var)
		slot := b.Slot(elements, f)
		return ref{l.elementFrame(f.Var), l.rows[f.Var.Depth].field(slot)}
	default:
		return ref{1, l.tuple.field(b, f)}
	}
}

func (l *later) elementFrame(v *plan.Var) int32 { return int32(2 + len(l.aliases) + v.Depth) }

// field returns the column of a field.
func (s *rowsSource) field(slot event.Slot) event.Slot {
	for i, col := range s.columns {
		if col.rows == nil && col.slot == slot {
			return event.Slot(i)
		}
	}
	s.columns = append(s.columns, column{slot: slot})
	return event.Slot(len(s.columns) - 1)
}

// search builds a search in an array that is taken along.
func (l *later) search(b *Builder, x *plan.Search) Pred {
	list, _ := b.elements(x.Var)
	src := &rowsSource{list: list}
	p := &rowsPred{frame: int(l.elementFrame(x.Var))}
	if outer := x.Array.Var; outer != nil {
		within := l.rows[outer.Depth]
		within.columns = append(within.columns, column{rows: src})
		p.array = ref{l.elementFrame(outer), event.Slot(len(within.columns) - 1)}
	} else {
		l.tuple.sources = append(l.tuple.sources, src)
		p.array = ref{1, event.Slot(len(l.tuple.sources) - 1)}
	}
	surrounding := l.rows
	l.rows = append(l.rows[:x.Var.Depth:x.Var.Depth], src)
	p.cond = b.Condition(x.Cond)
	l.rows = surrounding
	return p
}

// rowsPred is searchPred for an array that was taken along.
type rowsPred struct {
	array ref
	frame int // of the rows
	cond  Pred
}

func (p *rowsPred) Test(c *Ctx) bool {
	set, ok := c.get(p.array).Payload().(*rowSet)
	if !ok {
		return false
	}
	c.push(p.frame)
	for i := range set.n {
		c.frames[p.frame-1] = frame{vals: set.vals[i*set.width : (i+1)*set.width]}
		if p.cond.Test(c) {
			return true
		}
	}
	return false
}
func (p *rowsPred) describe() string { return "an element for which" }
func (p *rowsPred) inner() Pred      { return p.cond }

// An ask is a "descendant of" of a step, which is answered when a hit is
// delivered. The rest are places in the tuple.
type ask struct {
	lineage                        int // of the query
	answer, host, entity, ancestry event.Slot
}

// lineage returns the place of the answer.
func (l *later) lineage(b *Builder, x *plan.Lineage) ref {
	i := l.bind.lineage(x)
	a := ask{lineage: i}
	a.answer = l.tuple.add(fmt.Sprint("lineage ", i), func() source { return openSource{} })
	a.host = l.tuple.add("host", func() source { return hostSource{l.bind.hosts} })
	a.entity = l.tuple.field(b, x.Reads[plan.Entity])
	a.ancestry = l.tuple.field(b, x.Reads[plan.Ancestry])
	if !slices.Contains(*l.asks, a) {
		*l.asks = append(*l.asks, a)
	}
	return ref{1, a.answer}
}
