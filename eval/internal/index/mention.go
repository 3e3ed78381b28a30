package index

import (
	"hash/maphash"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

// A mention is a fact about a source that conditions mention.
type mention struct {
	fact
	source     *source
	likely     float64  // of a fact about a part of a text or about several numbers; see guess
	common     *mention // what it counts as in a census; nil if it does not
	everywhere int32    // how often conditions of all blocks mention what counts as this, or this itself
	place      int32    // its number plus one; 0 as long as nothing asks for it
	hash       uint64
	before     *mention // of the source, made before it; nil if it was the first

	// In the census of a block: how often conditions mention what counts as this,
	// and the one that was the last to mention this itself.
	block, count, last int32
}

// mentions are those of all sources, each once. The zero mentions is empty. There are
// tens of thousands, and maps of facts are a good part of what it takes to build an
// index, and to collect as garbage.
type mentions struct {
	table  []*mention // by hash, the next free place if that is taken; as many as a power of two
	count  int
	memory arena[mention]
}

// minMentions is for how many mentions there is room at first, half of it free.
const minMentions = 1 << 9

// find returns the mention of a fact about a source, or nil.
func (ms *mentions) find(s *source, f *fact, hash uint64) *mention {
	if len(ms.table) == 0 {
		return nil
	}
	for at := hash; ; at++ {
		m := ms.table[at&uint64(len(ms.table)-1)]
		if m == nil || m.hash == hash && m.source == s && m.fact == *f {
			return m
		}
	}
}

// add adds a mention that is not among them.
func (ms *mentions) add(m *mention) {
	if 2*ms.count >= len(ms.table) {
		old := ms.table
		ms.table = make([]*mention, max(2*len(old), minMentions))
		for _, m := range old {
			if m != nil {
				ms.put(m)
			}
		}
	}
	ms.count++
	ms.put(m)
}

func (ms *mentions) put(m *mention) {
	for at := m.hash; ; at++ {
		if place := &ms.table[at&uint64(len(ms.table)-1)]; *place == nil {
			*place = m
			return
		}
	}
}

// hash returns a hash of what a fact says of a source.
func (f *fact) hash(s *source) uint64 {
	h := maphash.String(seed, f.text)
	if f.whole != "" {
		h = h*mixer ^ maphash.String(seed, f.whole)
	}
	h = (h*mixer^f.num)*mixer ^ uint64(s.index)<<8 ^ uint64(f.kind)
	h *= mixer
	return h ^ h>>32
}

// mention returns the mention of a fact.
func (s *source) mention(f fact) *mention {
	hash := f.hash(s)
	if m := s.mentions.find(s, &f, hash); m != nil {
		return m
	}
	m := &s.mentions.memory.take(1)[0]
	m.fact, m.source, m.hash = f, s, hash
	m.before, s.mentioned = s.mentioned, m
	switch f.kind {
	case isText:
		m.common = s.mention(fact{kind: isFolded, text: pattern.Fold(f.text)})
	case isNumber:
		m.common = m
		if f.id {
			plain := f
			plain.id = false
			m.common = s.mention(plain)
		}
	case isFolded:
		m.common = m
	case isBelow, isAtMost, isAbove, isAtLeast:
		m.likely = likelyRange
	case beginsWith, continues, endsWith, contains:
		m.likely = guessText(f)
	}
	s.mentions.add(m)
	return m
}

// number returns the number of the fact, which is asked for from now on.
func (m *mention) number() int32 {
	if m.place == 0 {
		m.source.asked = append(m.source.asked, m)
		m.place = int32(len(m.source.asked))
	}
	return m.place - 1
}
