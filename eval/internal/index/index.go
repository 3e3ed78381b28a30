package index

import (
	"math/bits"

	"github.com/eqlkit/eqlkit/eval/event"
)

// An Index knows which conditions an event may satisfy. It is immutable and safe
// for concurrent use; what is asked of it is asked by a Finder.
type Index struct {
	blocks  []*block
	sources []*source
	bits    int
}

// Bits returns how many bits conditions take: all of Builder.Bit are below.
func (ix *Index) Bits() int { return ix.bits }

// All appends the bits of all conditions of a block.
func (ix *Index) All(dst []int32, block int) []int32 {
	b := ix.blocks[block]
	for bit := b.from << 6; bit < b.from<<6+b.members; bit++ {
		dst = append(dst, int32(bit))
	}
	return dst
}

// A Finder asks an Index about events. It belongs to one goroutine.
type Finder struct {
	ix    *Index
	rec   *event.Record
	turn  uint32
	asked []uint32  // by source: the turn when it was asked
	facts [][]int32 // by source: what it answered
	words []uint64  // candidates of a block
	pass  []uint64  // scratch of a filter
	odd   bool
}

// NewFinder returns a Finder for events in rec, a record for the layout that the
// Index was built for.
func (ix *Index) NewFinder(rec *event.Record) *Finder {
	most := 0
	for _, b := range ix.blocks {
		most = max(most, len(b.base))
	}
	return &Finder{
		ix: ix, rec: rec,
		asked: make([]uint32, len(ix.sources)), facts: make([][]int32, len(ix.sources)),
		words: make([]uint64, most), pass: make([]uint64, most),
	}
}

// Next makes the event that is in the record now the one that Find is about.
func (f *Finder) Next() {
	f.odd = false
	if f.turn++; f.turn == 0 {
		clear(f.asked)
		f.turn = 1
	}
}

// Odd reports whether the event has values of a kind that conditions may judge
// otherwise than the index: then candidates have to be tested as a whole.
func (f *Finder) Odd() bool { return f.odd }

// Find appends the bits of a block's conditions that the event may satisfy, in
// ascending order, as far as they are in awake, a set of bits of the whole index.
func (f *Finder) Find(dst []int32, block int, awake []uint64) []int32 {
	b := f.ix.blocks[block]
	cand := f.words[:len(b.base)]
	copy(cand, b.base)
	for _, p := range b.posts {
		for _, fact := range f.ask(p.source) {
			p.by.addTo(cand, fact)
		}
	}
	for i, w := range awake[b.from:b.to] {
		cand[i] &= w
	}
	for i, flt := range b.filters {
		if i&7 == 0 && none(cand) {
			return dst
		}
		f.filter(cand, flt)
	}
	if none(cand) {
		return dst
	}
	for _, p := range b.vetoes {
		facts := f.ask(p.source)
		if f.odd {
			break
		}
		for _, fact := range facts {
			p.by.takeFrom(cand, fact)
		}
	}
	for i, w := range cand {
		for ; w != 0; w &= w - 1 {
			dst = append(dst, int32((b.from+i)<<6+bits.TrailingZeros64(w)))
		}
	}
	return dst
}

func none(words []uint64) bool {
	all := uint64(0)
	for _, w := range words {
		all |= w
	}
	return all == 0
}

// filter takes out of cand what flt refutes.
func (f *Finder) filter(cand []uint64, flt *filter) {
	said := false
	for _, p := range flt.posts {
		facts := f.ask(p.source)
		if len(facts) == 0 {
			continue
		}
		if !said {
			said = true
			for i, w := range flt.words {
				f.pass[w] = flt.base[i]
			}
		}
		for _, fact := range facts {
			p.by.addTo(f.pass, fact)
		}
	}
	if !said {
		for i, w := range flt.words {
			cand[w] &= flt.unsaid[i]
		}
		return
	}
	for _, w := range flt.words {
		cand[w] &= f.pass[w]
	}
}

// ask returns the facts of a source that hold, the presence of a value first.
func (f *Finder) ask(s *source) []int32 {
	if f.asked[s.index] != f.turn {
		f.asked[s.index] = f.turn
		var odd bool
		f.facts[s.index], odd = s.find(f.facts[s.index][:0], f.rec)
		f.odd = f.odd || odd
	}
	return f.facts[s.index]
}
