package index

import "github.com/eqlkit/eqlkit/eval/internal/pattern"

// A mention is a fact about a source that conditions mention.
type mention struct {
	fact
	source     *source
	likely     float64  // of a fact about a part of a text or about several numbers; see guess
	common     *mention // what it counts as in a census; nil if it does not
	everywhere int32    // how often conditions of all blocks mention what counts as this, or this itself
	place      int32    // its number plus one; 0 as long as nothing asks for it

	// In the census of a block: how often conditions mention what counts as this,
	// and the one that was the last to mention this itself.
	block, count, last int32
}

// mentions are those of a source, each once. The zero mentions is empty.
type mentions struct {
	texts  [contains + 1]map[string]*mention // of facts that a text tells from others of their kind
	others map[fact]*mention
	memory *arena[mention]
}

// mention returns the mention of a fact.
func (s *source) mention(f fact) *mention {
	ms := &s.mentions
	var m *mention
	byText := f.kind >= isText && f.whole == ""
	if byText {
		m = ms.texts[f.kind][f.text]
	} else {
		m = ms.others[f]
	}
	if m != nil {
		return m
	}
	m = &ms.memory.take(1)[0]
	m.fact, m.source = f, s
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
	if !byText {
		if ms.others == nil {
			ms.others = make(map[fact]*mention)
		}
		ms.others[f] = m
		return m
	}
	if ms.texts[f.kind] == nil {
		ms.texts[f.kind] = make(map[string]*mention)
	}
	ms.texts[f.kind][f.text] = m
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
