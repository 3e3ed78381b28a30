package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
	census     census // of the block under construction
}

// A condition is what Add was given.
type condition struct {
	block     int
	slot      func(*plan.Field) event.Slot
	list      func(*plan.Search) event.List
	conjuncts []plan.Expr
	decided   []bool // by the index, of conjuncts
	bit       int
	likely    float64
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
	about    string // the sources of the terms
}

// mostLikely is how likely a clause may be that makes conditions candidates.
const mostLikely = 0.9

// block builds the block of the given conditions.
func (b *Builder) block(ix *Index, members []int) {
	blk := newBlock(ix.bits, len(members))
	ix.bits = blk.to * 64
	b.census = census{sources: make(map[*source]*tally)}
	for m, i := range members {
		b.at(i)
		b.conditions[i].bit = blk.from*64 + m
		b.census.take(b, b.conditions[i].conjuncts)
	}
	var demands []demand
	about := make(map[string]int) // conditions that ask about the same sources
	for m, i := range members {
		b.at(i)
		own := len(demands)
		for j, x := range b.conditions[i].conjuncts {
			for _, cl := range b.needs(x) {
				d := demand{clause: cl, member: m, conjunct: j, likely: b.guess(&cl), about: sourcesOf(cl.terms)}
				if !d.negative && !slices.ContainsFunc(demands[own:], func(o demand) bool { return !o.negative && o.about == d.about }) {
					about[d.about]++
				}
				demands = append(demands, d)
			}
		}
		// The best clause of a condition comes first.
		slices.SortStableFunc(demands[own:], func(x, y demand) int { return cmp.Compare(x.likely, y.likely) })
	}
	filters := make(map[string]*filter)
	for _, about := range b.worthFilters(about) {
		filters[about] = newFilter(blk)
		blk.filters = append(blk.filters, filters[about])
	}
	best := make([]float64, len(members)) // the clause that is least likely of those that are enforced
	for m := range best {
		best[m] = 1
	}
	enforced := make([]bool, len(demands))
	for i := range demands {
		d := &demands[i]
		switch f := filters[d.about]; {
		case d.negative:
			for _, t := range d.terms {
				postOf(&blk.vetoes, t.source).by.add(t.source.number(t.fact), d.member)
			}
		case f == nil || !f.demand(d.member, &d.clause):
			continue
		default:
			enforced[i] = true
			best[d.member] = min(best[d.member], d.likely)
		}
		b.settle(members[d.member], d)
	}
	posted := make([]bool, len(members))
	for i := range demands {
		d := &demands[i]
		if posted[d.member] || d.negative || d.unsaid || d.likely > mostLikely || enforced[i] {
			continue
		}
		posted[d.member] = true
		best[d.member] = min(best[d.member], d.likely)
		for _, t := range d.terms {
			postOf(&blk.posts, t.source).by.add(t.source.number(t.fact), d.member)
		}
		b.settle(members[d.member], d)
	}
	for m := range members {
		if !posted[m] {
			set(blk.base, m)
		}
		b.conditions[members[m]].likely = best[m]
	}
	blk.compile()
	ix.blocks = append(ix.blocks, blk)
}

// sourcesOf returns what tells which sources terms are about.
func sourcesOf(terms []term) string {
	var ids []int
	for _, t := range terms {
		ids = append(ids, t.source.index)
	}
	slices.Sort(ids)
	return fmt.Sprint(slices.Compact(ids))
}

// worthFilters returns what is worth a filter: what at least two conditions ask
// about. What most ask about comes first.
func (b *Builder) worthFilters(about map[string]int) []string {
	var out []string
	for sources, n := range about {
		if n > 1 {
			out = append(out, sources)
		}
	}
	slices.SortFunc(out, func(x, y string) int {
		return cmp.Or(about[y]-about[x], strings.Compare(x, y))
	})
	return out
}

// settle notes that a conjunct need not be tested again.
func (b *Builder) settle(condition int, d *demand) {
	if d.exact {
		b.conditions[condition].decided[d.conjunct] = true
	}
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
