package index

import (
	"fmt"
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
	byKey      map[string]*source
}

// A condition is what Add was given.
type condition struct {
	block     int
	slot      func(*plan.Field) event.Slot
	list      func(*plan.Search) event.List
	conjuncts []plan.Expr
	decided   []bool // by the index, of conjuncts
	bit       int
	covered   bool
}

// Add adds a condition of a block, which is a number of the caller's, from 0 on:
// an event is asked about all conditions of some blocks. It returns the number of
// the condition, counted from 0.
func (b *Builder) Add(block int, x plan.Expr) int {
	c := condition{block: block, slot: b.Slot, list: b.List, conjuncts: conjuncts(nil, x)}
	c.decided = make([]bool, len(c.conjuncts))
	b.conditions = append(b.conditions, c)
	return len(b.conditions) - 1
}

// Build returns the index. The Builder must not be used again.
func (b *Builder) Build() *Index {
	for i := range b.conditions {
		b.at(i)
		seen := make(map[term]bool)
		for _, x := range b.conditions[i].conjuncts {
			b.count(x, seen)
		}
	}
	ix := &Index{}
	blocks := 0
	for i := range b.conditions {
		blocks = max(blocks, b.conditions[i].block+1)
	}
	members := make([][]int, blocks)
	for i := range b.conditions {
		members[b.conditions[i].block] = append(members[b.conditions[i].block], i)
	}
	for _, m := range members {
		b.block(ix, m)
	}
	for _, s := range b.sources {
		s.compile()
	}
	ix.sources = b.sources
	return ix
}

// at makes a condition the one whose fields are meant.
func (b *Builder) at(condition int) {
	b.Slot, b.List = b.conditions[condition].slot, b.conditions[condition].list
}

// count notes which facts a condition asks for, each once.
func (b *Builder) count(x plan.Expr, seen map[term]bool) {
	switch x := x.(type) {
	case *plan.Logic:
		for _, o := range x.Xs {
			b.count(o, seen)
		}
	case *plan.Not: // exceptions say little about what there is
	default:
		c, _ := b.atom(x)
		for _, t := range c.terms {
			if !seen[t] {
				seen[t] = true
				t.source.count(t.fact)
			}
		}
	}
}

// field returns the source of a field of the event; nil for other fields.
func (b *Builder) field(f *plan.Field) *source {
	if f.Var != nil || f.Alias != nil {
		return nil
	}
	slot := b.Slot(f)
	return b.source(fmt.Sprint("field ", slot), func() source { return source{slots: []event.Slot{slot}} })
}

func (b *Builder) list(x *plan.Search) *source {
	l := b.List(x)
	return b.source(fmt.Sprint("list ", l), func() source { return source{kind: listSource, list: l} })
}

func (b *Builder) systems(x *plan.System) *source {
	var slots []event.Slot
	for _, f := range x.Fields {
		slots = append(slots, b.Slot(f))
	}
	return b.source(fmt.Sprint("system ", slots), func() source { return source{kind: systemSource, slots: slots} })
}

func (b *Builder) source(key string, make_ func() source) *source {
	if s := b.byKey[key]; s != nil {
		return s
	}
	if b.byKey == nil {
		b.byKey = make(map[string]*source)
	}
	s := make_()
	s.index = len(b.sources)
	s.uses = make(map[fact]int)
	s.numbers = map[fact]int32{{}: 0}
	b.sources = append(b.sources, &s)
	b.byKey[key] = &s
	return &s
}

// A demand is a clause of a condition of a block.
type demand struct {
	clause
	member   int // of the block
	conjunct int
	likely   float64
	only     *source // that all terms are about; nil if there are several
}

// Which sources become filters of a block: those about which at least one in
// filterShare of the conditions has a clause, and at least filterLeast.
const (
	filterShare = 16
	filterLeast = 4
	filterMost  = 24
)

// block builds the block of the given conditions.
func (b *Builder) block(ix *Index, members []int) {
	blk := newBlock(ix.bits, len(members))
	ix.bits = blk.to * 64
	var demands []demand
	for m, i := range members {
		b.at(i)
		c := &b.conditions[i]
		c.bit = blk.from*64 + m
		for j, x := range c.conjuncts {
			for _, cl := range b.needs(x) {
				demands = append(demands, newDemand(cl, m, j))
			}
		}
	}
	// The best clause comes first among those of a condition.
	slices.SortStableFunc(demands, func(x, y demand) int {
		if x.member != y.member {
			return x.member - y.member
		}
		return cmpFloat(x.likely, y.likely)
	})
	enforced := make([]float64, len(members)) // the best clause that a filter enforces
	for i := range enforced {
		enforced[i] = 2
	}
	for _, s := range b.filterSources(demands, len(members)) {
		f := newFilter(s, blk, len(members))
		for _, d := range demands {
			if d.only == s && f.demand(d.member, d.terms) {
				enforced[d.member] = min(enforced[d.member], d.likely)
				b.settle(members[d.member], d)
			}
		}
		blk.filters = append(blk.filters, f)
	}
	posted := make([]bool, len(members))
	for _, d := range demands {
		if posted[d.member] || d.unsaid || enforced[d.member] <= d.likely {
			continue
		}
		posted[d.member] = true
		for _, t := range d.terms {
			blk.post(t.source, t.source.number(t.fact), d.member)
		}
		b.settle(members[d.member], d)
	}
	for m := range members {
		if !posted[m] {
			set(blk.base, m)
		}
		b.conditions[members[m]].covered = posted[m] || enforced[m] < guessPresent
	}
	blk.compile()
	ix.blocks = append(ix.blocks, blk)
}

// settle notes that a conjunct need not be tested again.
func (b *Builder) settle(condition int, d demand) {
	if d.exact {
		b.conditions[condition].decided[d.conjunct] = true
	}
}

func newDemand(cl clause, member, conjunct int) demand {
	d := demand{clause: cl, member: member, conjunct: conjunct, likely: cl.guess(), only: cl.terms[0].source}
	for _, t := range cl.terms {
		if t.source != d.only {
			d.only = nil
			break
		}
	}
	return d
}

// filterSources returns the sources that many conditions have a clause about.
func (b *Builder) filterSources(demands []demand, members int) []*source {
	uses := make(map[*source]int)
	last := make(map[*source]int)
	for _, d := range demands {
		if d.only != nil && last[d.only] != d.member+1 {
			last[d.only] = d.member + 1
			uses[d.only]++
		}
	}
	var out []*source
	for s, n := range uses {
		if n >= max(filterLeast, members/filterShare) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y *source) int {
		if uses[x] != uses[y] {
			return uses[y] - uses[x]
		}
		return x.index - y.index
	})
	return out[:min(len(out), filterMost)]
}

func cmpFloat(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	default:
		return 0
	}
}

// Bit returns the number by which Find knows a condition.
func (b *Builder) Bit(condition int) int { return b.conditions[condition].bit }

// Covered reports whether events are told apart that cannot satisfy a condition.
func (b *Builder) Covered(condition int) bool { return b.conditions[condition].covered }

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
