package index

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A Builder collects conditions for an Index. It belongs to one goroutine.
type Builder struct {
	// Slot returns the slot of a field, List the list of an array, in the layout
	// of the events that the Index will see. They may differ from condition to
	// condition.
	Slot func(*plan.Field) event.Slot
	List func(*plan.Search) event.List

	conditions []condition
	sources    []*source
	fields     map[event.Slot]*source
	arrays     map[event.List]*source

	leaves   map[plan.Expr]*leaf
	mentions mentions
	tested   []testedLeaf // room for those of the next conditions
	census   census       // of the block under construction

	// Scratch.
	chosen   [][]term
	demanded []demand
	asked    []asked
}

// A condition is what Add was given.
type condition struct {
	block     int
	slot      func(*plan.Field) event.Slot
	list      func(*plan.Search) event.List
	conjuncts []plan.Expr
	decided   []bool // by the index, of conjuncts
	leaves    []testedLeaf
	bit       int
	likely    float64
}

// Add adds a condition, the conjunction of xs, to a block. Blocks are numbers of the
// caller's, from 0 on: an event is asked about all conditions of some blocks. Add
// returns the number of the condition, counted from 0.
func (b *Builder) Add(block int, xs []plan.Expr) int {
	c := condition{block: block, slot: b.Slot, list: b.List, conjuncts: conjuncts(nil, xs...)}
	c.decided = make([]bool, len(c.conjuncts))
	b.conditions = append(b.conditions, c)
	return len(b.conditions) - 1
}

// minTested is for how many leaves a condition finds room at least; those of most need
// less.
const minTested = 1 << 8

// Build returns the index. The Builder must not be used again.
func (b *Builder) Build() *Index {
	b.fields, b.arrays = make(map[event.Slot]*source), make(map[event.List]*source)
	b.leaves = make(map[plan.Expr]*leaf, 4*len(b.conditions))
	ix := &Index{}
	blocks := 0
	for i := range b.conditions {
		blocks = max(blocks, b.conditions[i].block+1)
	}
	members := make([][]int, blocks)
	for i := range b.conditions {
		members[b.conditions[i].block] = append(members[b.conditions[i].block], i)
	}
	for i := range b.conditions {
		b.at(i)
		c := &b.conditions[i]
		if cap(b.tested) < minTested {
			b.tested = make([]testedLeaf, 0, 16*minTested)
		}
		for _, x := range c.conjuncts {
			b.tested = b.leavesOf(b.tested, x, true)
		}
		n := len(b.tested)
		c.leaves, b.tested = b.tested[:n:n], b.tested[n:n]
		b.census.take(c.leaves)
	}
	for _, s := range b.sources {
		s.guessBeginnings()
	}
	for _, m := range members {
		b.block(ix, m)
	}
	ix.sources = b.sources
	for i, s := range b.sources {
		s.compile()
		if s.kind != fieldSource {
			ix.others = append(ix.others, int32(i))
			continue
		}
		for int(s.slots[0]) >= len(ix.bySlot) {
			ix.bySlot = append(ix.bySlot, -1)
		}
		ix.bySlot[s.slots[0]] = int32(i)
	}
	for _, blk := range ix.blocks {
		blk.extend(len(b.sources))
		blk.arrange()
	}
	return ix
}

// at makes a condition the one whose fields are meant.
func (b *Builder) at(condition int) {
	b.Slot, b.List = b.conditions[condition].slot, b.conditions[condition].list
}

// field returns the source of a field of the event; nil for other fields, and for nil.
func (b *Builder) field(f *plan.Field) *source {
	if f == nil || f.Var != nil || f.Alias != nil {
		return nil
	}
	slot := b.Slot(f)
	s := b.fields[slot]
	if s == nil {
		s = b.add(source{slots: []event.Slot{slot}})
		b.fields[slot] = s
	}
	return s
}

// array returns the source of the array of a search.
func (b *Builder) array(x *plan.Search) *source {
	list := b.List(x)
	s := b.arrays[list]
	if s == nil {
		s = b.add(source{kind: listSource, list: list})
		b.arrays[list] = s
	}
	return s
}

// systems returns the source of the operating system.
func (b *Builder) systems(x *plan.System) *source {
	var slots []event.Slot
	for _, f := range x.Fields {
		slots = append(slots, b.Slot(f))
	}
	for _, s := range b.sources {
		if s.kind == systemSource && slices.Equal(s.slots, slots) {
			return s
		}
	}
	return b.add(source{kind: systemSource, slots: slots})
}

func (b *Builder) add(s source) *source {
	s.index = len(b.sources)
	s.mentions = &b.mentions
	b.sources = append(b.sources, &s)
	s.mention(fact{}).number()
	return &s
}

// block builds the block of the given conditions.
func (b *Builder) block(ix *Index, members []int) {
	b.census.reset(len(ix.blocks) + 1)
	for _, i := range members {
		b.census.take(b.conditions[i].leaves)
	}
	blk := newBlock(len(ix.blocks), ix.bits, len(members))
	ix.bits = blk.to * 64
	ix.blocks = append(ix.blocks, blk)
	choices := int32(0)
	for m, i := range members {
		c := &b.conditions[i]
		c.bit, c.likely = blk.from*64+m, 1
		blk.choices = append(blk.choices, choices)
		demands := b.demands(i)
		for j := range demands {
			d := &demands[j]
			c.likely = min(c.likely, d.likely)
			c.decided[d.conjunct] = c.decided[d.conjunct] || d.exact
			switch {
			case len(d.also) > 0:
				id := len(blk.exceptions)
				blk.exceptions = append(blk.exceptions, blk.exception(&d.clause, m))
				for _, t := range d.terms {
					blk.use(t.source, m).triggers.add(t.number(), id)
				}
			case d.negative:
				for _, t := range d.terms {
					blk.use(t.source, m).bad.add(t.number(), m)
				}
			case d.only != nil && blk.use(d.only, m).ask(m, &d.clause):
			case d.spare:
			case d.unsaid:
				c.decided[d.conjunct] = false
			default:
				blk.choose(&d.clause, int(choices), m)
				choices++
			}
		}
	}
	blk.choices = append(blk.choices, choices)
}

// A demand is a clause of a condition.
type demand struct {
	clause
	conjunct int
	likely   float64
	only     *source // that all terms are about; nil if there are several
}

// demands returns what a condition asks for, the least likely first and spares last,
// until the next call.
func (b *Builder) demands(condition int) []demand {
	b.at(condition)
	out := b.demanded[:0]
	for j, x := range b.conditions[condition].conjuncts {
		for _, cl := range b.needs(x, true) {
			out = append(out, demand{clause: cl, conjunct: j, likely: b.guess(&cl), only: cl.only()})
		}
	}
	b.demanded = out
	slices.SortStableFunc(out, func(x, y demand) int {
		switch {
		case x.spare == y.spare:
			return cmp.Compare(x.likely, y.likely)
		case x.spare:
			return 1
		default:
			return -1
		}
	})
	return out
}

// Bit returns the number by which Find knows a condition.
func (b *Builder) Bit(condition int) int { return b.conditions[condition].bit }

// Likely returns which share of the events of its block make a condition a
// candidate, as far as that can be guessed from the conditions alone.
func (b *Builder) Likely(condition int) float64 { return b.conditions[condition].likely }

// Rest returns the conjuncts of a condition that a candidate still has to satisfy.
func (b *Builder) Rest(condition int) []plan.Expr {
	c := &b.conditions[condition]
	var out []plan.Expr
	for i, x := range c.conjuncts {
		if !c.decided[i] {
			out = append(out, x)
		}
	}
	return out
}
