package index

import (
	"cmp"
	"slices"
)

// turns are the order in which a Finder asks the uses of a block. Those whose
// values seldom come again are asked last: often no condition is left by then that
// they concern.
type turns struct {
	uses []int32 // in order
	of   []int32 // by use: its place in uses
}

// turnsLast is for how many events an order stays.
const turnsLast = 1 << 12

// newTurns returns the order of the block itself.
func newTurns(b *block) turns {
	t := turns{uses: make([]int32, len(b.uses)), of: make([]int32, len(b.uses))}
	for i := range b.uses {
		t.uses[i], t.of[i] = int32(i), int32(i)
	}
	return t
}

// rearrange puts all uses in order of how often values were new of late.
func (f *Finder) rearrange() {
	for i := range f.turns {
		t, b := &f.turns[i], f.ix.blocks[i]
		slices.SortFunc(t.uses, func(x, y int32) int {
			return cmp.Or(f.effort(b.uses[x].source)-f.effort(b.uses[y].source), int(x-y))
		})
		for place, u := range t.uses {
			t.of[u] = int32(place)
		}
	}
	for i := range f.memories {
		f.memories[i].misses /= 2
	}
}

// effort returns what asking a source has cost of late: the number of values that
// were new, in classes, so that small differences do not matter.
func (f *Finder) effort(s *source) int {
	class := 0
	for n := f.memories[s.index].misses; n >= turnsLast/256; n /= 4 {
		class++
	}
	return class
}
