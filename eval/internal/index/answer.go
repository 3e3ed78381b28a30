package index

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"github.com/eqlkit/eqlkit/eval/value"
)

// An answer is which facts hold of a value, with what blocks make of them. Values
// of which the same holds share one.
type answer struct {
	facts []int32
	odd   bool // a value is of a kind for which conditions may know better
	parts []*part
}

// A part is what a block makes of an answer.
type part struct {
	block   int
	words   []int32  // of the block, in which there are conditions that cannot hold
	masks   []uint64 // of each of them, the others
	choices []int32  // clauses that are satisfied
}

// part returns what a block, in which the source has use number u, makes of a.
func (a *answer) part(b *block, u int32) *part {
	for _, p := range a.parts {
		if p.block == b.number {
			return p
		}
	}
	p := &part{block: b.number}
	use := b.uses[u]
	left := make([]uint64, b.words())
	for i, w := range use.asked {
		left[i] = ^w
	}
	for _, fact := range a.facts {
		for _, m := range use.good.of(fact) {
			set(left, int(m))
		}
		p.choices = append(p.choices, use.choices.of(fact)...)
	}
	if !a.odd {
		for _, fact := range a.facts {
			for _, m := range use.bad.of(fact) {
				left[m>>6] &^= 1 << (m & 63)
			}
		}
	}
	for i, w := range left {
		if w != ^uint64(0) {
			p.words, p.masks = append(p.words, int32(i)), append(p.masks, w)
		}
	}
	a.parts = append(a.parts, p)
	return p
}

// A memory is what a Finder remembers of the values of a source. The zero memory
// is empty.
type memory struct {
	entries []entry            // by hash of the value
	answers map[string]*answer // by facts
}

// An entry is a value with its answer.
type entry struct {
	hash   uint64
	value  []byte
	answer *answer
}

// What a Finder remembers: values of each source, how long they are at most, and
// different answers altogether.
const (
	memoryBits = 8
	maxValue   = 512
	maxAnswers = 1 << 14
)

var seed = maphash.MakeSeed()

// find returns the answer to what the value of a source is asked.
func (f *Finder) find(s int32) *answer {
	src, m := f.ix.sources[s], &f.memories[s]
	if src.kind != fieldSource || src.known.few {
		f.facts, _ = src.find(f.facts[:0], f.rec)
		return f.answer(m, false)
	}
	value := f.valueKey(src)
	if len(value) > maxValue {
		var odd bool
		f.facts, odd = src.find(f.facts[:0], f.rec)
		return f.answer(m, odd)
	}
	if m.entries == nil {
		m.entries = make([]entry, 1<<memoryBits)
	}
	hash := maphash.Bytes(seed, value)
	e := &m.entries[hash>>(64-memoryBits)]
	if e.answer != nil && e.hash == hash && string(e.value) == string(value) {
		return e.answer
	}
	var odd bool
	f.facts, odd = src.find(f.facts[:0], f.rec)
	a := f.answer(m, odd)
	if m.entries == nil { // the answer was one too many
		return a
	}
	e.hash, e.value, e.answer = hash, append(e.value[:0], value...), a
	return a
}

// valueKey returns what tells the value of a field from others.
func (f *Finder) valueKey(s *source) []byte {
	f.key = appendValue(f.key[:0], f.rec.At(s.slots[0]))
	return f.key
}

func appendValue(dst []byte, v *value.Value) []byte {
	dst = append(dst, byte(v.Kind()))
	switch k := v.Kind(); {
	case k.IsText():
		dst = append(dst, v.Str()...)
	case k == value.List:
		elems := v.Elems()
		for i := range elems {
			dst = binary.AppendUvarint(dst, uint64(len(elems[i].Str())))
			dst = appendValue(dst, &elems[i])
		}
	case k != value.Object:
		dst = binary.LittleEndian.AppendUint64(dst, v.Uint())
	}
	return dst
}

// answer returns the answer of the facts that have been found.
func (f *Finder) answer(m *memory, odd bool) *answer {
	slices.Sort(f.facts)
	f.facts = slices.Compact(f.facts)
	key := f.factsKey[:0]
	if odd {
		key = append(key, 1)
	}
	for _, fact := range f.facts {
		key = binary.LittleEndian.AppendUint32(key, uint32(fact))
	}
	f.factsKey = key
	if a := m.answers[string(key)]; a != nil {
		return a
	}
	if f.answers++; f.answers > maxAnswers {
		clear(f.memories)
		f.answers = 1
	}
	if m.answers == nil {
		m.answers = make(map[string]*answer)
	}
	a := &answer{facts: slices.Clone(f.facts), odd: odd}
	m.answers[string(key)] = a
	return a
}
