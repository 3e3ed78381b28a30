package index

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// An answer is which facts hold of a value, with what blocks make of them. Values
// of which the same holds share one.
type answer struct {
	part  part // of the block that was the first to ask
	odd   bool // a value is of a kind for which conditions may know better
	more  []*part
	facts []int32
}

// A part is what a block makes of an answer.
type part struct {
	masks   []mask
	numbers []int32 // of clauses that are satisfied, and of exceptions, see triggers
	first   int32   // of the exceptions, in numbers
	block   int32   // counted from 1; 0 as long as nothing is known
}

// choices returns the clauses that are satisfied.
func (p *part) choices() []int32 { return p.numbers[:p.first] }

// triggers returns the exceptions of which the first part is met.
func (p *part) triggers() []int32 { return p.numbers[p.first:] }

// A mask is the conditions of one word of a block that a value leaves.
type mask struct {
	word int
	left uint64
}

// has reports whether a fact holds.
func (a *answer) has(fact int32) bool {
	return a != nil && slices.Contains(a.facts, fact)
}

// become makes a another answer, in the same memory.
func (a *answer) become(facts []int32, odd bool) {
	a.facts, a.odd = append(a.facts[:0], facts...), odd
	a.part.forget()
	for _, p := range a.more {
		p.forget()
	}
}

func (p *part) forget() {
	p.masks, p.numbers, p.first, p.block = p.masks[:0], p.numbers[:0], 0, 0
}

// of returns what a block makes of a, which is about the source of one of its uses.
func (f *Finder) of(a *answer, b *block, use int32) *part {
	number := int32(b.number) + 1
	if a.part.block == number {
		return &a.part
	}
	for _, p := range a.more {
		if p.block == number {
			return p
		}
	}
	p := f.free(a)
	p.block = number
	f.digest(p, a, b, b.uses[use])
	return p
}

// digest makes p what a block makes of a by a use.
func (f *Finder) digest(p *part, a *answer, b *block, u *use) {
	left := f.left[:b.words()]
	for i, w := range u.asked {
		left[i] = ^w
	}
	numbers := f.scratch[:0]
	for _, fact := range a.facts {
		for _, m := range u.good.of(fact) {
			set(left, int(m))
		}
		numbers = append(numbers, u.choices.of(fact)...)
	}
	p.first = int32(len(numbers))
	for _, fact := range a.facts {
		numbers = append(numbers, u.triggers.of(fact)...)
	}
	if !a.odd {
		for _, fact := range a.facts {
			for _, m := range u.bad.of(fact) {
				left[m>>6] &^= 1 << (m & 63)
			}
		}
	}
	masks := f.masks[:0]
	for i, w := range left {
		if w != ^uint64(0) {
			masks = append(masks, mask{i, w})
		}
	}
	f.scratch, f.masks = numbers, masks
	p.numbers = f.numbers.put(p.numbers, numbers)
	p.masks = f.allMasks.put(p.masks, masks)
}

// free returns a part of a that is not in use.
func (f *Finder) free(a *answer) *part {
	if a.part.block == 0 {
		return &a.part
	}
	for _, p := range a.more {
		if p.block == 0 {
			return p
		}
	}
	p := &f.allParts.take(1)[0]
	a.more = append(a.more, p)
	return p
}

// A memory is what a Finder remembers of the values of a source. The zero memory
// is empty.
type memory struct {
	reply   *answer // in the current event; nil if the source was not yet asked
	latest  *entry
	entries []entry    // by hash of the value
	slot    event.Slot // of a field
	kind    recall
	asks    int32 // of late
	misses  int32 // of these, about values that were new
}

// A recall is how much of a source is remembered.
type recall uint8

const (
	nothing    recall = iota // it takes no effort to speak of
	presence                 // one answer: nothing else is asked for
	remembered               // values
)

// recall returns how much a Finder should remember of the source.
func (s *source) recall() recall {
	switch {
	case s.known.few:
		return presence
	case s.kind != fieldSource || s.effort == 0:
		return nothing
	default:
		return remembered
	}
}

// answers are those that a Finder has given about a source. The zero answers is
// empty.
type answers struct {
	single  []*answer          // by the fact that holds besides the presence of a value, if at most one does
	several map[string]*answer // by facts
	passing *answer            // to what may not come again
}

// An entry is a value with its answer and what predicates say of it.
type entry struct {
	value    []byte
	answer   *answer
	hash     uint64
	slot     event.Slot
	kind     value.Kind
	verdicts op.Verdicts
}

// is reports whether e is about a value in a slot, of a kind and with a text.
func (e *entry) is(slot event.Slot, kind value.Kind, text string) bool {
	return e.kind == kind && e.slot == slot && e.answer != nil && string(e.value) == text
}

// What a Finder remembers: values of each source, and how long they are; a few long
// ones of all sources, which are dear to look at; and different answers altogether.
const (
	memoryBits = 8
	minValue   = 64 // for which there is room in any case
	maxValue   = 512
	longBits   = 4
	maxLong    = 1 << 14
	maxAnswers = 1 << 14
)

var seed = maphash.MakeSeed()

// find returns the answer to what the value of a source is asked, of which m is the
// memory.
func (f *Finder) find(m *memory, source int32) *answer {
	switch m.kind {
	case presence:
		return f.presence(source)
	case nothing:
		a, _ := f.compute(f.ix.sources[source])
		return a
	}
	m.asks++
	v := f.rec.At(m.slot)
	text := v.Str()
	if !v.Kind().IsText() {
		f.key = appendValue(f.key[:0], v)
		text = unsafe.String(unsafe.SliceData(f.key), len(f.key))
	}
	if e := m.latest; e != nil && e.is(m.slot, v.Kind(), text) {
		f.known[m.slot] = &e.verdicts
		return e.answer
	}
	if len(text) > maxLong {
		a, _ := f.compute(f.ix.sources[source])
		return a
	}
	hash := maphash.String(seed, text)
	e := f.entry(m, len(text), hash)
	if e.hash != hash || !e.is(m.slot, v.Kind(), text) {
		m.misses++
		a, stays := f.compute(f.ix.sources[source])
		if !stays {
			return a
		}
		f.keep(e, m.slot, text)
		e.hash, e.slot, e.kind, e.answer = hash, m.slot, v.Kind(), a
	}
	m.latest = e
	f.known[m.slot] = &e.verdicts
	return e.answer
}

// entry returns the place for a value of a length and a hash.
func (f *Finder) entry(m *memory, length int, hash uint64) *entry {
	if length > maxValue {
		if f.long == nil {
			f.long = make([]entry, 1<<longBits)
		}
		return &f.long[hash>>(64-longBits)]
	}
	if m.entries == nil {
		m.entries = make([]entry, 1<<memoryBits)
	}
	return &m.entries[hash>>(64-memoryBits)]
}

// keep makes e about a value in a slot.
func (f *Finder) keep(e *entry, slot event.Slot, text string) {
	if e.answer == nil {
		e.verdicts.Use(f.words64.take(f.verdictWords[slot]))
	} else {
		e.verdicts.Forget()
	}
	if n := minValue; cap(e.value) < len(text) {
		for n < len(text) {
			n *= 2
		}
		e.value = f.bytes.take(n)
	}
	e.value = append(e.value[:0], text...)
}

// appendValue appends what tells a value that is no single text from others of its
// kind.
func appendValue(dst []byte, v *value.Value) []byte {
	switch k := v.Kind(); {
	case k.IsText():
		return append(dst, v.Str()...)
	case k == value.List:
		elems := v.Elems()
		for i := range elems {
			dst = append(dst, byte(elems[i].Kind()))
			dst = binary.AppendUvarint(dst, uint64(len(elems[i].Str())))
			dst = appendValue(dst, &elems[i])
		}
		return dst
	case k == value.Object:
		return dst
	default:
		return binary.LittleEndian.AppendUint64(dst, v.Uint())
	}
}

// presence returns the answer that there is a value, of which nothing else is asked.
func (f *Finder) presence(source int32) *answer {
	m := &f.answers[source]
	if m.single == nil {
		f.facts = append(f.facts[:0], 0)
		m.remember(0, f.newAnswer(false), 1)
	}
	return m.single[0]
}

// compute finds out what holds of the value of a source. The answer is good for the
// current event, and for others if it stays.
func (f *Finder) compute(s *source) (a *answer, stays bool) {
	var odd bool
	f.facts, odd = s.find(f.facts[:0], f.rec)
	m := &f.answers[s.index]
	if len(f.facts) <= 2 && !odd {
		fact := f.facts[len(f.facts)-1] // the presence of a value comes first
		if m.single != nil {
			a = m.single[fact]
		}
		if a == nil {
			a = f.newAnswer(odd)
			m.remember(fact, a, s.count)
		}
		return a, true
	}
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
	if a = m.several[string(key)]; a != nil {
		return a, true
	}
	if !f.again(s, key) {
		if m.passing == nil {
			m.passing = &answer{}
		}
		m.passing.become(f.facts, odd)
		return m.passing, false
	}
	a = f.newAnswer(odd)
	if m.several == nil {
		m.several = make(map[string]*answer)
	}
	key = f.bytes.put(nil, key)
	m.several[unsafe.String(unsafe.SliceData(key), len(key))] = a
	return a, true
}

// again reports whether the facts of a source that are written in key have been
// found before, not long ago: most that come once only need no memory.
func (f *Finder) again(s *source, key []byte) bool {
	hash := maphash.Bytes(seed, key) + uint64(s.index)*0x9e3779b97f4a7c15
	at := &f.seen[hash%uint64(len(f.seen))]
	if *at == hash {
		return true
	}
	*at = hash
	return false
}

// remember keeps the answer to a fact that holds alone.
func (m *answers) remember(fact int32, a *answer, count int) {
	if m.single == nil {
		m.single = make([]*answer, count)
	}
	m.single[fact] = a
}

// newAnswer returns an answer of the facts that have been found. If there are too
// many answers all are forgotten.
func (f *Finder) newAnswer(odd bool) *answer {
	if f.count++; f.count > maxAnswers {
		f.forget()
		f.count = 1
	}
	a := &f.allAnswers.take(1)[0]
	a.facts, a.odd = f.numbers.put(nil, f.facts), odd
	return a
}

// forget forgets all values and answers, but for those of the current event.
func (f *Finder) forget() {
	clear(f.answers)
	for i := range f.memories {
		f.memories[i].latest, f.memories[i].entries = nil, nil
	}
	f.long = nil
}
