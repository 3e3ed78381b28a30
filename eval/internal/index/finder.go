package index

import (
	"math/bits"

	"github.com/eqlkit/eqlkit/eval/event"
)

// A Finder asks an Index about events. What it has found out about values it
// remembers, since most come again. It belongs to one goroutine.
type Finder struct {
	ix       *Index
	rec      *event.Record
	memories []memory
	answers  int                   // in all memories
	absent   []map[string][]uint64 // by block: what absent sources leave, by what is present

	present []int32   // sources with a value in the event
	replies []*answer // by source, of those present; nil if not yet asked
	odd     bool

	// Scratch: what a value is known by and what holds of it, and of a block its
	// uses that are present, what they say, the candidates, and the clauses about
	// several sources that are satisfied.
	key, factsKey []byte
	facts         []int32
	uses          []byte
	parts         []*part
	words, chosen []uint64
}

// NewFinder returns a Finder for events in rec, a record for the layout that the
// Index was built for.
func (ix *Index) NewFinder(rec *event.Record) *Finder {
	words, choices, uses := 0, 0, 0
	for _, b := range ix.blocks {
		words = max(words, b.words())
		choices = max(choices, int(b.choices[b.members]))
		uses = max(uses, len(b.uses))
	}
	f := &Finder{
		ix: ix, rec: rec,
		memories: make([]memory, len(ix.sources)), replies: make([]*answer, len(ix.sources)),
		absent: make([]map[string][]uint64, len(ix.blocks)),
		words:  make([]uint64, words), chosen: make([]uint64, (choices+63)/64), uses: make([]byte, (uses+7)/8),
	}
	for i := range f.absent {
		f.absent[i] = make(map[string][]uint64)
	}
	return f
}

// Next makes the event that is in the record now the one that Find is about.
func (f *Finder) Next() {
	for _, s := range f.present {
		f.replies[s] = nil
	}
	f.present, f.odd = f.present[:0], false
	for _, slot := range f.rec.Filled() {
		if int(slot) < len(f.ix.bySlot) {
			if s := f.ix.bySlot[slot]; s >= 0 && !f.rec.At(slot).IsNull() {
				f.present = append(f.present, s)
			}
		}
	}
	for _, s := range f.ix.others {
		if f.ix.sources[s].isPresent(f.rec) {
			f.present = append(f.present, s)
		}
	}
}

// Odd reports whether the event has values of a kind that conditions may judge
// otherwise than the index: then candidates have to be tested as a whole.
func (f *Finder) Odd() bool { return f.odd }

// Find appends the bits of a block's conditions that the event may satisfy, in
// ascending order, as far as they are in awake, a set of bits of the whole index.
func (f *Finder) Find(dst []int32, block int, awake []uint64) []int32 {
	b := f.ix.blocks[block]
	sign := f.uses[:(len(b.uses)+7)/8]
	clear(sign)
	f.parts = f.parts[:0]
	for _, s := range f.present {
		if u := b.bySource[s]; u >= 0 {
			sign[u>>3] |= 1 << (u & 7)
			f.parts = append(f.parts, f.reply(s).part(b, u))
		}
	}
	cand := f.words[:b.words()]
	for i, w := range f.absence(b, sign) {
		cand[i] = w & awake[b.from+i]
	}
	for _, p := range f.parts {
		for i, w := range p.words {
			cand[w] &= p.masks[i]
		}
	}
	chosen := false
	for i, w := range cand {
		for ; w != 0; w &= w - 1 {
			m := i<<6 + bits.TrailingZeros64(w)
			if from, to := b.choices[m], b.choices[m+1]; from < to {
				if !chosen {
					chosen = true
					f.choose(b)
				}
				if !f.content(from, to) {
					continue
				}
			}
			dst = append(dst, int32(b.from<<6+m))
		}
	}
	return dst
}

// maxAbsences is how many combinations of present sources are remembered.
const maxAbsences = 1 << 10

// absence returns the conditions of a block that the sources leave which are not
// among the given ones, a bit for each use.
func (f *Finder) absence(b *block, present []byte) []uint64 {
	known := f.absent[b.number]
	if left, ok := known[string(present)]; ok {
		return left
	}
	left := make([]uint64, b.words())
	for m := range b.members {
		set(left, m)
	}
	for i, u := range b.uses {
		if present[i>>3]&(1<<(i&7)) == 0 {
			u.absent(left)
		}
	}
	if len(known) >= maxAbsences {
		clear(known)
	}
	known[string(present)] = left
	return left
}

// choose notes the clauses about several sources that the event satisfies.
func (f *Finder) choose(b *block) {
	chosen := f.chosen[:(b.choices[b.members]+63)/64]
	clear(chosen)
	for _, p := range f.parts {
		for _, c := range p.choices {
			chosen[c>>6] |= 1 << (c & 63)
		}
	}
}

// content reports whether the clauses from from to to are all satisfied.
func (f *Finder) content(from, to int32) bool {
	for c := from; c < to; c++ {
		if f.chosen[c>>6]&(1<<(c&63)) == 0 {
			return false
		}
	}
	return true
}

// reply returns the answer to what the value of a source, which is present, is
// asked.
func (f *Finder) reply(s int32) *answer {
	a := f.replies[s]
	if a == nil {
		a = f.find(s)
		f.replies[s] = a
		f.odd = f.odd || a.odd
	}
	return a
}
