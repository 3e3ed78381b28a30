package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// turns are the order in which a Finder asks the uses of a block: first those that
// leave few conditions for what they cost. So the others often need not be asked,
// because no condition is left by then that they concern.
type turns struct {
	uses []int32 // in order
	of   []int32 // by use: its place in uses

	tallies []tallied // by use
}

// tallied is what asking a use has brought in the events that are counted.
type tallied struct{ asked, ruledOut float64 }

// One event of so many is counted, and after so many an order is looked at again;
// the first ones are looked at earlier.
const (
	turnsCounted = 8
	turnsLast    = 1 << 12
)

// newTurns returns the order of the block itself.
func newTurns(b *block) turns {
	t := turns{
		uses:    make([]int32, len(b.uses)),
		of:      make([]int32, len(b.uses)),
		tallies: make([]tallied, len(b.uses)),
	}
	for i := range b.uses {
		t.uses[i], t.of[i] = int32(i), int32(i)
	}
	return t
}

// count counts that a use was asked, and what the masks rule out of cand.
func (t *turns) count(use int32, masks []mask, cand []uint64) {
	n := 0
	for _, m := range masks {
		n += bits.OnesCount64(cand[m.word] &^ m.left)
	}
	t.tallies[use].asked++
	t.tallies[use].ruledOut += float64(n)
}

// isTurning reports whether it is time to look at the order of uses, after so many
// events.
func isTurning(events uint32) bool {
	return events%turnsLast == 0 || events == turnsLast/4 || events == turnsLast/16
}

// rearrange puts all uses in order of what they bring for their cost, which is that of
// finding out about values that are new for the most part. What was not asked of late
// comes last.
func (f *Finder) rearrange() {
	for i := range f.turns {
		t, b := &f.turns[i], f.ix.blocks[i]
		worth := func(use int32) float64 {
			n := &t.tallies[use]
			return n.ruledOut / (n.asked + 1) / f.cost(b.uses[use].source)
		}
		slices.SortStableFunc(t.uses, func(x, y int32) int { return cmp.Compare(worth(y), worth(x)) })
		for place, u := range t.uses {
			t.of[u] = int32(place)
		}
		for u := range t.tallies {
			t.tallies[u].asked /= 2
			t.tallies[u].ruledOut /= 2
		}
	}
	for i := range f.memories {
		f.memories[i].misses /= 2
		f.memories[i].asks /= 2
	}
}

// cost returns what asking a source costs, in units of what it costs to recall what is
// known of a value.
func (f *Finder) cost(s *source) float64 {
	const look, search = 4, 40 // about values that are new
	m := &f.memories[s.index]
	rate := float64(m.misses) / float64(m.asks+1)
	if s.effort < 2 {
		return 1 + look*rate
	}
	return 1 + search*rate
}
