package index

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A Finder asks an Index about events. What it has found out about values it
// remembers, since most come again. It belongs to one goroutine.
type Finder struct {
	ix       *Index
	rec      *event.Record // with the current event
	memories []memory
	turns    []turns // by block
	events   uint32
	recollection
	verdictWords []int // by slot

	present []int32        // sources with a value in the event
	replied []int32        // of these, the ones that were asked
	known   []*op.Verdicts // by slot, of values that are remembered, and of missing ones
	nulls   []op.Verdicts  // by source: of a missing value
	odd     bool

	// Scratch: what a value is known by and what holds of it, and of a block its
	// uses that are present, what they say, the candidates, and the clauses about
	// several sources that are satisfied.
	key          []byte
	facts        []int32
	uses, asked  []uint64
	told         []*part
	cand, chosen []uint64
	left         []uint64
	scratch      []int32
	order        []int32
	masks        []mask
}

// Room at first for what is known of a value, and in bytes, for each source, for what
// a value is known by.
const (
	minFacts = 1 << 6
	minKey   = 1 << 7
)

// NewFinder returns a Finder for events in records for the layout that the Index was
// built for. verdicts has for each of its slots how many words the verdicts about a
// value take; the Finder keeps it.
func (ix *Index) NewFinder(verdicts []int) *Finder {
	words, choices, uses := 0, 0, 0
	for _, b := range ix.blocks {
		words = max(words, b.words())
		choices = max(choices, int(b.choices[b.members]))
		uses = max(uses, len(b.uses))
	}
	f := &Finder{
		ix:           ix,
		present:      make([]int32, 0, len(ix.sources)),
		replied:      make([]int32, 0, len(ix.sources)),
		verdictWords: verdicts,
		left:         make([]uint64, words),
		order:        make([]int32, 0, uses),
		told:         make([]*part, 0, uses),
		key:          make([]byte, 0, min(maxLong, minKey*len(ix.sources))),
		facts:        make([]int32, 0, minFacts),
		scratch:      make([]int32, 0, choices),
		masks:        make([]mask, 0, words),
		memories:     make([]memory, len(ix.sources)),
		known:        make([]*op.Verdicts, len(verdicts)),
		nulls:        make([]op.Verdicts, len(ix.sources)),
		cand:         make([]uint64, words),
		chosen:       make([]uint64, (choices+63)/64),
		uses:         make([]uint64, (uses+63)/64),
		asked:        make([]uint64, (uses+63)/64),
	}
	for i, s := range ix.sources {
		f.memories[i].kind = s.recall()
		if s.kind == fieldSource {
			f.memories[i].slot = s.slots[0]
		}
		if f.memories[i].kind == remembered {
			f.nulls[i].Use(make([]uint64, verdicts[s.slots[0]]))
			f.known[s.slots[0]] = &f.nulls[i]
		}
	}
	for _, b := range ix.blocks {
		f.turns = append(f.turns, newTurns(b))
	}
	return f
}

// Next makes the event that is in rec now the one that Find is about.
func (f *Finder) Next(rec *event.Record) {
	f.rec = rec
	switch {
	case f.single == nil:
		f.equip()
	case f.isFull():
		f.forget()
	}
	for _, s := range f.replied {
		f.memories[s].reply = nil
	}
	for _, s := range f.present {
		if m := &f.memories[s]; m.kind == remembered {
			f.known[m.slot] = &f.nulls[s]
		}
	}
	f.replied, f.present, f.odd = f.replied[:0], f.present[:0], false
	if f.events++; isTurning(f.events) {
		f.rearrange()
	}
	for _, slot := range f.rec.Filled() {
		if int(slot) < len(f.ix.bySlot) {
			if s := f.ix.bySlot[slot]; s >= 0 && !f.rec.At(slot).IsNull() {
				f.present = append(f.present, s)
				if f.memories[s].kind == remembered {
					f.known[slot] = nil
				}
			}
		}
	}
	for _, s := range f.ix.others {
		if f.ix.sources[s].isPresent(f.rec) {
			f.present = append(f.present, s)
		}
	}
}

// Known returns what is known of values that are remembered, by slot, and of fields
// that have none; nil for others. It is kept up to date.
func (f *Finder) Known() []*op.Verdicts { return f.known }

// Odd reports whether the event has values of a kind that conditions may judge
// otherwise than the index: then candidates have to be tested as a whole.
func (f *Finder) Odd() bool { return f.odd }

// Find appends the bits of a block's conditions that the event may satisfy, in
// ascending order, as far as they are in awake, a set of bits of the whole index.
func (f *Finder) Find(dst []int32, block int, awake []uint64) []int32 {
	b := f.ix.blocks[block]
	present := f.uses[:(len(b.uses)+63)/64]
	asked := f.asked[:len(present)]
	clear(present)
	clear(asked)
	t := &f.turns[block]
	for _, s := range f.present {
		if at := t.bySource[s]; at.use >= 0 {
			set(present, int(at.use))
			set(asked, int(at.turn))
		}
	}
	cand := f.cand[:b.words()]
	for i, w := range f.absence(b, present) {
		cand[i] = w & awake[b.from+i]
	}
	f.told = f.told[:0]
	counted := f.events%turnsCounted == 0
	for i, w := range asked {
		for ; w != 0; w &= w - 1 {
			at := &t.turns[i<<6+bits.TrailingZeros64(w)]
			if !t.concerns(at, cand) {
				continue
			}
			p := f.of(f.reply(at.source), b, at.use)
			if counted {
				t.count(at.use, p.masks, cand)
			}
			for i := range p.masks {
				cand[p.masks[i].word] &= p.masks[i].left
			}
			if len(p.numbers) > 0 {
				f.told = append(f.told, p)
			}
		}
	}
	if !f.odd {
		f.except(b, cand)
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

// except takes out of cand what meets an exception.
func (f *Finder) except(b *block, cand []uint64) {
	for _, p := range f.told {
		for _, id := range p.triggers() {
			if e := &b.exceptions[id]; has(cand, e.member) && f.meets(e.rest) {
				cand[e.member>>6] &^= 1 << (e.member & 63)
			}
		}
	}
}

// meets reports whether the event passes all tests.
func (f *Finder) meets(tests []test) bool {
	for i := range tests {
		found := false
		for _, sf := range tests[i].facts {
			if f.memories[sf.source].reply.has(sf.fact) {
				found = true
				break
			}
		}
		if found == tests[i].none {
			return false
		}
	}
	return true
}

// An absence is what the sources leave that are not present.
type absence struct {
	present []uint64 // a bit for each use
	left    []uint64
}

// absences is how many absences of a block are remembered.
const absences = 1 << 8

// absence returns the conditions of a block that the sources leave which are not
// among the given ones, a bit for each use.
func (f *Finder) absence(b *block, present []uint64) []uint64 {
	known := f.absent[b.number]
	if known == nil {
		known = f.absences.take(absences)
		f.absent[b.number] = known
	}
	a := &known[maphash.Bytes(seed, bytesOf(present))%absences]
	if a.left != nil && slices.Equal(a.present, present) {
		return a.left
	}
	if a.left == nil {
		a.left, a.present = f.words.take(b.words()), f.words.take(len(present))
	}
	copy(a.present, present)
	clear(a.left)
	for m := range b.members {
		set(a.left, m)
	}
	for i, u := range b.uses {
		if !has(present, i) {
			u.absent(a.left)
		}
	}
	b.absent(a.left, present)
	return a.left
}

// bytesOf returns words as bytes, which share their memory.
func bytesOf(words []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// choose notes the clauses about several sources that the event satisfies.
func (f *Finder) choose(b *block) {
	chosen := f.chosen[:(b.choices[b.members]+63)/64]
	clear(chosen)
	for _, p := range f.told {
		for _, c := range p.choices() {
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
func (f *Finder) reply(source int32) *answer {
	m := &f.memories[source]
	if m.reply == nil {
		m.reply = f.find(m, source)
		f.replied = append(f.replied, source)
	}
	return m.reply
}
