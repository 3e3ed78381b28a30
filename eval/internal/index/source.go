package index

import (
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A source is what terms are about: a field, an array, or the operating system.
// Its facts are numbered; number 0 is that there is a value.
type source struct {
	kind  sourceKind
	index int
	slots []event.Slot // of a field one; of the operating system the best first
	list  event.List   // of an array

	mentions  *mentions  // of all sources
	mentioned *mention   // the last one of this source, until compile
	asked     []*mention // by number, until compile
	known     facts
	count     int // of facts that are asked for
	// effort is how much it takes to find out what holds of a new value: 0 is
	// nothing to speak of, 1 a look at the whole text, 2 a search in it.
	effort int
}

type sourceKind uint8

const (
	fieldSource sourceKind = iota
	listSource
	systemSource
)

// facts find out which of the numbered facts hold of a value.
type facts struct {
	few     bool // nothing but presence is asked for
	names   names
	bools   [2]int32 // false, true; 0 if not asked for
	numbers scale
	heads   prefixes // of folded texts
	seconds prefixes // of folded texts without their first code point
	tails   prefixes // of folded texts, read backwards
	inner   grams    // of folded texts
	folds   bool     // folded texts are asked for
	whole   []whole  // by number: what the text has to match besides; nil if there is none
}

// A whole is a pattern, if any, that a text has to match as a whole.
type whole struct {
	matcher pattern.Matcher // nil if there is none
	folded  bool            // expects folded texts
}

func newWhole(p string, fold bool) whole {
	m := pattern.Wildcard(p, fold)
	if f, ok := m.(pattern.Folding); ok {
		return whole{f.Folded(), true}
	}
	return whole{m, false}
}

func (w whole) match(text, folded string) bool {
	switch {
	case w.matcher == nil:
		return true
	case w.folded:
		return w.matcher.Match(folded)
	default:
		return w.matcher.Match(text)
	}
}

// compile makes s.known of what was asked for.
func (s *source) compile() {
	k := &s.known
	s.count = max(len(s.asked), 1)
	k.few = s.count == 1
	k.tails.backwards = true
	var many [contains + 1]int
	for i := range s.asked {
		many[s.asked[i].kind]++
	}
	k.names.grow(many[isText] + many[isFolded])
	k.heads.grow(many[beginsWith])
	k.seconds.grow(many[continues])
	k.tails.grow(many[endsWith])
	k.inner.grow(many[contains])
	k.folds = many[isFolded]+many[beginsWith]+many[continues]+many[endsWith]+many[contains] > 0
	for i, m := range s.asked {
		f, n := m.fact, int32(i)
		if f.whole != "" {
			if k.whole == nil {
				k.whole = make([]whole, len(s.asked))
			}
			k.whole[i] = newWhole(f.whole, f.fold)
		}
		switch f.kind {
		case isText, isFolded:
			k.names.add(f.text, f.kind == isFolded, n)
		case isBool:
			k.bools[f.num] = n
		case isNumber, isBelow, isAtMost, isAbove, isAtLeast:
			k.numbers.add(f, n)
		case beginsWith:
			k.heads.add(f.text, n)
		case continues:
			k.seconds.add(f.text, n)
		case endsWith:
			k.tails.add(f.text, n)
		case contains:
			k.inner.add(f.text, n)
		}
	}
	k.numbers.compile()
	k.names.compile()
	k.heads.compile()
	k.seconds.compile()
	k.tails.compile()
	k.inner.compile()
	s.mentions, s.mentioned, s.asked = nil, nil, nil
	switch {
	case k.heads.any() || k.seconds.any() || k.tails.any() || k.inner.any():
		s.effort = 2
	case k.names.any():
		s.effort = 1
	}
}

// isPresent reports whether the event has a value.
func (s *source) isPresent(rec *event.Record) bool {
	switch s.kind {
	case listSource:
		return rec.Elements(s.list) > 0
	case systemSource:
		return op.SystemOf(rec, s.slots) != ""
	default:
		return !rec.At(s.slots[0]).IsNull()
	}
}

// find appends the numbers of the facts that hold in an event. odd says that a
// value is of a kind for which conditions may know better.
func (s *source) find(dst []int32, rec *event.Record) (found []int32, odd bool) {
	switch s.kind {
	case listSource:
		if rec.Elements(s.list) > 0 {
			dst = append(dst, 0)
		}
		return dst, false
	case systemSource:
		if name := op.SystemOf(rec, s.slots); name != "" {
			dst = append(dst, 0)
			dst = s.known.names.find(dst, name, name)
		}
		return dst, false
	}
	slot := s.slots[0]
	v := rec.Get(slot)
	if v.IsNull() {
		return dst, false
	}
	dst = append(dst, 0)
	if s.known.few {
		return dst, false
	}
	f := v
	if s.known.folds {
		f = rec.Fold(slot)
	}
	if v.Kind() != value.List {
		return s.known.findValue(dst, v, f)
	}
	elems, folded := v.Elems(), f.Elems()
	for i := range elems {
		var isOdd bool
		dst, isOdd = s.known.findValue(dst, elems[i], folded[i])
		odd = odd || isOdd
	}
	return dst, odd
}

// findValue appends what holds of a single value; f is v with its text folded.
func (k *facts) findValue(dst []int32, v, f value.Value) (found []int32, odd bool) {
	switch kind := v.Kind(); {
	case kind == value.Bool:
		if n := k.bools[v.Uint()]; n > 0 {
			dst = append(dst, n)
		}
	case kind.IsNumber():
		dst = k.numbers.find(dst, v)
	case kind.IsText():
		if odd = kind != value.String; !odd {
			dst = k.numbers.findID(dst, v.Str())
		}
		dst = k.findText(dst, v.Str(), f.Str())
	default:
		odd = true
	}
	return dst, odd
}

func (k *facts) findText(dst []int32, text, folded string) []int32 {
	dst = k.names.find(dst, text, folded)
	if !k.folds {
		return dst
	}
	parts := len(dst)
	dst = k.heads.find(dst, folded)
	if k.seconds.any() && folded != "" {
		dst = k.seconds.find(dst, folded[pattern.FirstLen(folded):])
	}
	dst = k.tails.find(dst, folded)
	dst = k.inner.find(dst, folded)
	if k.whole == nil {
		return dst
	}
	left := dst[:parts]
	for _, n := range dst[parts:] {
		if k.whole[n].match(text, folded) {
			left = append(left, n)
		}
	}
	return left
}

// describe names the source, for people.
func (s *source) describe(l *event.Layout) string {
	switch s.kind {
	case listSource:
		return "elements of " + l.Lists()[s.list]
	case systemSource:
		return "operating system"
	default:
		return l.Path(s.slots[0])
	}
}
