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
	turns    []turn  // in order
	reaches  []reach // of turns
	bySource []place // by source

	tallies []tallied // by use
}

// A turn is what it takes to ask a use, in as little memory as possible. It concerns
// the conditions of reach, and of some of the reaches.
type turn struct {
	reach
	source, use int32
	from, to    int32
}

// A reach is some conditions of one word of a block.
type reach struct {
	bits uint64
	word int32
}

// A place is which use of a block a source is, and which turn; below 0 if it is none.
type place struct{ use, turn int32 }

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
	reaches := 0
	for _, u := range b.uses {
		for _, bits := range u.concerns {
			if bits != 0 {
				reaches++
			}
		}
	}
	t := turns{
		turns:    make([]turn, len(b.uses)),
		reaches:  make([]reach, 0, reaches),
		bySource: make([]place, len(b.bySource)),
		tallies:  make([]tallied, len(b.uses)),
	}
	order := make([]int32, len(b.uses))
	for i := range order {
		order[i] = int32(i)
	}
	t.arrange(b, order)
	return t
}

// arrange puts the uses into an order.
func (t *turns) arrange(b *block, order []int32) {
	for s := range t.bySource {
		t.bySource[s] = place{-1, -1}
	}
	t.reaches = t.reaches[:0]
	for i, n := range order {
		u := b.uses[n]
		at := &t.turns[i]
		*at = turn{source: int32(u.source.index), use: n, from: int32(len(t.reaches))}
		for w, bits := range u.concerns {
			switch r := (reach{bits, int32(w)}); {
			case bits == 0:
			case at.bits == 0:
				at.reach = r
			default:
				t.reaches = append(t.reaches, r)
			}
		}
		at.to = int32(len(t.reaches))
		t.bySource[u.source.index] = place{n, int32(i)}
	}
}

// concerns reports whether a turn concerns one of some conditions.
func (t *turns) concerns(at *turn, conditions []uint64) bool {
	if conditions[at.word]&at.bits != 0 {
		return true
	}
	for _, r := range t.reaches[at.from:at.to] {
		if conditions[r.word]&r.bits != 0 {
			return true
		}
	}
	return false
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
		f.order = f.order[:0]
		for i := range t.turns {
			f.order = append(f.order, t.turns[i].use)
		}
		slices.SortStableFunc(f.order, func(x, y int32) int { return cmp.Compare(worth(y), worth(x)) })
		t.arrange(b, f.order)
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
