package pattern

import "unicode/utf8"

// Set returns a Matcher for the given texts, which are taken literally. With
// fold, case does not matter. It does not keep the slice.
func Set(texts []string, fold bool) Matcher {
	if !fold {
		return newTextSet(texts)
	}
	if len(texts) == 1 {
		return foldedText(Fold(texts[0]))
	}
	m := &foldedSet{}
	canonical := make([]string, len(texts))
	for i, t := range texts {
		canonical[i] = Fold(t)
		m.longest = max(m.longest, len(canonical[i]))
	}
	m.texts = newTextSet(canonical)
	return m
}

// A textSet is a set of texts. Few are compared one by one, many looked up.
type textSet struct {
	few  []string
	many map[string]struct{}
}

const fewTexts = 8

func newTextSet(texts []string) textSet {
	if len(texts) <= fewTexts {
		return textSet{few: append([]string(nil), texts...)}
	}
	many := make(map[string]struct{}, len(texts))
	for _, t := range texts {
		many[t] = struct{}{}
	}
	return textSet{many: many}
}

func (m textSet) has(s string) bool {
	for _, t := range m.few {
		if s == t {
			return true
		}
	}
	if m.many == nil {
		return false
	}
	_, ok := m.many[s]
	return ok
}

func (m textSet) Match(s string) bool { return m.has(s) }

// foldedText matches one text, itself folded, in any case.
type foldedText string

func (m foldedText) Match(s string) bool { return EqualFold(s, string(m)) }

// foldedSet is a set of texts in any case.
type foldedSet struct {
	texts   textSet
	longest int // in bytes
}

func (m *foldedSet) Match(s string) bool {
	// No encoding takes more than utf8.UTFMax times the bytes of another.
	if len(s) > utf8.UTFMax*m.longest {
		return false
	}
	var space [foldSpace]byte
	return m.texts.has(folded(space[:0], s))
}
