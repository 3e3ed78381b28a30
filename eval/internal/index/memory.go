package index

import (
	"encoding/binary"
	"hash/maphash"
	"unsafe"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A memory is what a Finder remembers of the values of a source. The zero memory
// is empty.
type memory struct {
	reply   *answer // in the current event; nil if the source was not yet asked
	latest  *entry
	entries []entry    // by hash of the value; as many as a power of two
	slot    event.Slot // of a field
	single  int32      // where its answers are in Finder.single
	asks    int32      // of late
	misses  int32      // of these, about values that were new
	growing int32      // values that were new since there are as many entries
	kind    recall
}

// A recall is how much of a source is remembered.
type recall uint8

const (
	nothing    recall = iota // it takes no effort to speak of
	presence                 // one answer: nothing else is asked for
	stepped                  // one answer for each step of its scale: numbers are asked for
	remembered               // values
)

// recall returns how much a Finder should remember of the source.
func (s *source) recall() recall {
	switch {
	case s.known.few:
		return presence
	case s.kind != fieldSource:
		return nothing
	case s.effort == 0:
		return stepped
	default:
		return remembered
	}
}

// An entry is a value with its answer and what predicates say of it. It is as long as
// a line of the cache.
type entry struct {
	hash     uint64
	answer   *answer
	value    string // in memory of room bytes, which is the entry's alone
	verdicts op.Verdicts
	slot     event.Slot
	room     uint16
	kind     value.Kind
	odd      bool // as of the answer
}

// is reports whether e is about a value in a slot, of a kind and with a text.
func (e *entry) is(slot event.Slot, kind value.Kind, text string) bool {
	return e.kind == kind && e.slot == slot && e.answer != nil && e.value == text
}

// How many values of a source are remembered, at first and at most, and how long they
// may be; and how many values of all sources that are longer, which are dear to look
// at, or of sources for which there is no room, at most.
const (
	minEntries = 1 << 6
	maxEntries = 1 << 10
	minValue   = 64 // for which there is room in any case
	maxValue   = 512
	maxShared  = 1 << 4
	maxLong    = 1 << 14
)

var seed = maphash.MakeSeed()

// find returns the answer to what the value of a source is asked, of which m is the
// memory.
func (f *Finder) find(m *memory, source int32) *answer {
	switch m.kind {
	case presence:
		return f.presence(source)
	case nothing:
		return f.anew(source)
	case stepped:
		return f.stepOf(m, source)
	}
	m.asks++
	v := f.rec.At(m.slot)
	text := v.Str()
	if !v.Kind().IsText() {
		f.key = appendValue(f.key[:0], v)
		text = textOf(f.key)
	}
	if e := m.latest; e != nil && e.is(m.slot, v.Kind(), text) {
		return f.recall(m, e)
	}
	if len(text) > maxLong {
		return f.anew(source)
	}
	hash := maphash.String(seed, text)
	e := f.entry(m, len(text), hash)
	if e.hash != hash || !e.is(m.slot, v.Kind(), text) {
		m.misses++
		f.grow(m)
		a, stays := f.compute(source)
		if !stays {
			f.odd = f.odd || a.odd
			return a
		}
		e = f.entry(m, len(text), hash) // of those that there are now
		f.keep(e, m.slot, text)
		e.hash, e.slot, e.kind, e.answer, e.odd = hash, m.slot, v.Kind(), a, a.odd
	}
	m.latest = e
	return f.recall(m, e)
}

// anew returns the answer to what the value of a source is asked, for this event.
func (f *Finder) anew(source int32) *answer {
	a, _ := f.compute(source)
	f.odd = f.odd || a.odd
	return a
}

// stepOf returns the answer for the step of a number.
func (f *Finder) stepOf(m *memory, source int32) *answer {
	v, s := f.rec.At(m.slot), f.ix.sources[source]
	if !v.Kind().IsNumber() {
		return f.anew(source)
	}
	step := s.known.numbers.step(*v)
	if step < 0 {
		return f.presence(source)
	}
	at := &f.single[int(m.single)+s.count+step]
	if *at == nil {
		f.facts = s.known.numbers.findAt(append(f.facts[:0], 0), step, false)
		*at = f.newAnswer(source, false, 0)
	}
	return *at
}

// recall makes what is known of the value that e is about known of the event.
func (f *Finder) recall(m *memory, e *entry) *answer {
	f.known[m.slot] = &e.verdicts
	f.odd = f.odd || e.odd
	return e.answer
}

// entry returns the place for a value of a length and a hash.
func (f *Finder) entry(m *memory, length int, hash uint64) *entry {
	if m.entries == nil && len(f.entries.rest) >= minEntries {
		m.entries = f.entries.take(minEntries)
	}
	entries := m.entries
	if entries == nil || length > maxValue {
		entries = f.shared
	}
	return &entries[hash&uint64(len(entries)-1)]
}

// grow gives a source more entries if it has had many values that were new, and if
// there are any left.
func (f *Finder) grow(m *memory) {
	n := len(m.entries)
	if n == 0 || n == maxEntries {
		return
	}
	if m.growing++; int(m.growing) <= n || len(f.entries.rest) < 4*n {
		return
	}
	old := m.entries
	m.entries, m.growing = f.entries.take(4*n), 0
	for i := range old {
		if old[i].answer != nil {
			m.entries[old[i].hash&uint64(4*n-1)] = old[i]
		}
	}
}

// keep makes e about a value in a slot.
func (f *Finder) keep(e *entry, slot event.Slot, text string) {
	if f.known[e.slot] == &e.verdicts { // it was about another field of this event
		f.known[e.slot] = nil
	}
	if e.answer == nil {
		e.verdicts.Use(f.words.take(f.verdictWords[slot]))
	} else {
		e.verdicts.Forget()
	}
	if n := minValue; int(e.room) < len(text) {
		for n < len(text) {
			n *= 2
		}
		if n > maxValue {
			n = maxLong // once for all
		}
		e.room, e.value = uint16(n), textOf(f.bytes.take(n))
	}
	value := unsafe.Slice(unsafe.StringData(e.value), e.room)
	e.value = textOf(value[:copy(value, text)])
}

// textOf returns bytes as a text, which shares their memory.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

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
