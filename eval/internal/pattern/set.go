package pattern

import (
	"slices"
	"unicode/utf8"
)

// Set returns a Matcher for the given texts, which are taken literally. With
// fold, case does not matter. It does not keep the slice.
func Set(texts []string, fold bool) Matcher {
	if !fold {
		return exactSet(texts)
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

func exactSet(texts []string) Matcher {
	if len(texts) == 1 {
		t := NewText(texts[0])
		return &t
	}
	return newTextSet(texts)
}

// A textSet is a set of texts. They are compared by length and by their last
// eight bytes first; of many, only those of the right length are, and if these
// are many, too, they are looked up.
type textSet struct {
	lengths uint64      // of texts, modulo 64
	texts   []textOfSet // in order of length
	from    []int32     // those of length n begin at from[n]; nil if there are few texts
	many    map[string]struct{}
}

type textOfSet struct {
	last uint64 // word
	text string
}

// manyTexts is how many texts are compared one by one at most.
const manyTexts = 8

func newTextSet(texts []string) *textSet {
	m := &textSet{}
	sorted := texts
	if byLength := func(a, b string) int { return len(a) - len(b) }; !slices.IsSortedFunc(texts, byLength) {
		sorted = slices.Clone(texts)
		slices.SortStableFunc(sorted, byLength)
	}
	m.texts = make([]textOfSet, 0, len(sorted))
	for _, t := range sorted {
		m.lengths |= 1 << (len(t) % 64)
		m.texts = append(m.texts, textOfSet{lastWord(t), t})
	}
	if len(sorted) <= manyTexts {
		return m
	}
	m.from = make([]int32, 0, len(sorted[len(sorted)-1])+2)
	for i, t := range sorted {
		for len(m.from) <= len(t) {
			m.from = append(m.from, int32(i))
		}
		if m.many == nil && i-int(m.from[len(t)]) >= manyTexts {
			m.many = make(map[string]struct{}, len(texts))
			for _, t := range texts {
				m.many[t] = struct{}{}
			}
		}
	}
	m.from = append(m.from, int32(len(sorted)))
	return m
}

func (m *textSet) Match(s string) bool {
	n := len(s)
	if m.lengths>>(n%64)&1 == 0 {
		return false
	}
	texts := m.texts
	if m.from != nil {
		if n+1 >= len(m.from) {
			return false
		}
		if texts = texts[m.from[n]:m.from[n+1]]; len(texts) > manyTexts {
			_, ok := m.many[s]
			return ok
		}
	}
	last := lastWord(s)
	for i := range texts {
		if t := &texts[i]; t.last == last && len(t.text) == n && (n <= 8 || t.text == s) {
			return true
		}
	}
	return false
}

// foldedText matches one text, itself folded, in any case.
type foldedText string

func (m foldedText) Match(s string) bool { return EqualFold(s, string(m)) }

// Folded implements Folding.
func (m foldedText) Folded() Matcher {
	t := NewText(string(m))
	return &t
}

// foldedSet is a set of texts in any case.
type foldedSet struct {
	texts   *textSet
	longest int // in bytes
}

func (m *foldedSet) Match(s string) bool {
	// No encoding takes more than utf8.UTFMax times the bytes of another.
	if len(s) > utf8.UTFMax*m.longest {
		return false
	}
	var space [foldSpace]byte
	return m.texts.Match(folded(space[:0], s))
}

// Folded implements Folding.
func (m *foldedSet) Folded() Matcher { return m.texts }
