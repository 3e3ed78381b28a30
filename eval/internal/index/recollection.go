package index

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"unsafe"
)

// recollection is what a Finder remembers, of all sources, in memory that it takes
// once: when that is full it forgets everything and begins anew, because what it needs
// it soon finds out again.
type recollection struct {
	// Answers: by the fact that holds besides the presence of a value, if at most
	// one does, at a place of the source's, and behind these by the step of a number;
	// else by hash of all facts, the next free place if that is taken; and by source
	// those to what may not come again.
	single, several []*answer
	passing         []answer
	seen            []uint64 // hashes of facts that were found; see again

	shared []entry     // by all sources
	absent [][]absence // by block, and by hash of the sources that are present

	entries  pool[entry]
	answers  pool[answer]
	parts    pool[part]
	allMasks pool[mask]
	numbers  pool[int32]
	words    pool[uint64]
	bytes    pool[byte]
	absences pool[absence]
}

// What there is room for at most: values and different answers.
const (
	maxValues  = 1 << 14
	maxAnswers = 1 << 11
)

// maxSeen is how many hashes of facts are remembered at most.
const maxSeen = 1 << 12

// equip takes memory in proportion to what is asked for.
func (f *Finder) equip() {
	sources, facts := 0, 0 // that are remembered, and of all
	for i, s := range f.ix.sources {
		f.memories[i].single = int32(facts)
		facts += s.count
		if f.memories[i].kind == stepped {
			facts += s.known.numbers.steps()
		}
		if f.memories[i].kind == remembered {
			sources++
		}
	}
	values := min((sources+min(sources, 4))*minEntries, maxValues)
	answers := min(max(values, 2*minEntries, len(f.ix.sources)), maxAnswers)
	shared := 1 << bits.Len(uint(min(sources, maxShared)/2))
	absent, widest := 0, 16
	for _, b := range f.ix.blocks {
		absent += absences * (b.words() + (len(b.uses)+63)/64)
		widest = max(widest, b.words())
	}
	f.recollection = recollection{
		single:   make([]*answer, facts),
		several:  make([]*answer, 1<<bits.Len(uint(2*answers))),
		passing:  make([]answer, len(f.ix.sources)),
		seen:     make([]uint64, min(2*answers, maxSeen)),
		entries:  newPool[entry](values + shared),
		answers:  newPool[answer](answers),
		parts:    newPool[part](2 * answers),
		allMasks: newPool[mask](answers * widest),
		numbers:  newPool[int32](2 * answers * widest),
		words:    newPool[uint64](8*values + absent),
		bytes:    newPool[byte](96*values + shared*maxLong),
		absences: newPool[absence](absences * len(f.ix.blocks)),
		absent:   make([][]absence, len(f.ix.blocks)),
	}
	f.shared = f.entries.take(shared)
}

// isFull reports whether it is time to forget.
func (r *recollection) isFull() bool {
	return r.answers.isLow() || r.parts.isLow() || r.allMasks.isLow() || r.numbers.isLow() ||
		r.words.isLow() || r.bytes.isLow()
}

// forget forgets all values and answers, between two events.
func (f *Finder) forget() {
	clear(f.single)
	clear(f.several)
	clear(f.passing)
	clear(f.absent)
	for i := range f.memories {
		m := &f.memories[i]
		m.reply, m.latest, m.entries, m.growing = nil, nil, nil, 0
	}
	f.entries.reset()
	f.answers.reset()
	f.parts.reset()
	f.allMasks.reset()
	f.numbers.reset()
	f.words.reset()
	f.bytes.reset()
	f.absences.reset()
	f.shared = f.entries.take(len(f.shared))
}

// presence returns the answer that there is a value, of which nothing else is asked.
func (f *Finder) presence(source int32) *answer {
	f.facts = append(f.facts[:0], 0)
	return f.alone(source, 0)
}

// alone returns the answer to a fact that holds alone, or with the presence of a value.
func (f *Finder) alone(source, fact int32) *answer {
	at := &f.single[f.memories[source].single+fact]
	if *at == nil {
		*at = f.newAnswer(source, false, 0)
	}
	return *at
}

// compute finds out what holds of the value of a source. The answer is good for the
// current event, and for others if it stays.
func (f *Finder) compute(source int32) (a *answer, stays bool) {
	var odd bool
	f.facts, odd = f.ix.sources[source].find(f.facts[:0], f.rec)
	if len(f.facts) <= 2 && !odd {
		return f.alone(source, f.facts[len(f.facts)-1]), true // the presence of a value comes first
	}
	slices.Sort(f.facts)
	f.facts = slices.Compact(f.facts)
	hash := f.hash(source, odd)
	at := hash & uint64(len(f.several)-1)
	for ; f.several[at] != nil; at = (at + 1) & uint64(len(f.several)-1) {
		a := f.several[at]
		if a.hash == hash && a.source == source && a.odd == odd && slices.Equal(a.facts, f.facts) {
			return a, true
		}
	}
	if !f.again(hash) {
		a = &f.passing[source]
		f.become(a, odd)
		return a, false
	}
	a = f.newAnswer(source, odd, hash)
	f.several[at] = a
	return a, true
}

// mixer is an odd number that leaves no pattern.
const mixer = 0x9e3779b97f4a7c15

// hash returns a hash of the facts that hold of the value of a source.
func (f *Finder) hash(source int32, odd bool) uint64 {
	text := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f.facts))), 4*len(f.facts))
	h := maphash.Bytes(seed, text) + uint64(source)*mixer
	if odd {
		return ^h
	}
	return h
}

// again reports whether facts of a hash have been found before, not long ago: most
// that come once only need no memory.
func (f *Finder) again(hash uint64) bool {
	at := &f.seen[hash>>32%uint64(len(f.seen))]
	if *at == hash {
		return true
	}
	*at = hash
	return false
}

// newAnswer returns an answer of the facts that have been found.
func (f *Finder) newAnswer(source int32, odd bool, hash uint64) *answer {
	a := &f.answers.take(1)[0]
	a.source, a.odd, a.hash = source, odd, hash
	a.facts = f.numbers.put(nil, f.facts)
	return a
}
