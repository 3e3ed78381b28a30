package pattern

import (
	"slices"
	"unicode/utf8"
)

// A span is the symbols from lo to hi, both included.
type span struct{ lo, hi symbol }

// A charSet is a set of symbols: spans in order that do not touch.
type charSet []span

var (
	anySymbol = charSet{{0, maxSymbol}}
	digits    = charSet{{'0', '9'}}
	spaces    = charSet{{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}}
	wordChars = charSet{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
)

// newCharSet returns the union of spans, which it sorts.
func newCharSet(spans []span) charSet {
	slices.SortFunc(spans, func(a, b span) int { return int(a.lo - b.lo) })
	var set charSet
	for _, s := range spans {
		if n := len(set); n > 0 && s.lo <= set[n-1].hi+1 {
			set[n-1].hi = max(set[n-1].hi, s.hi)
			continue
		}
		set = append(set, s)
	}
	return set
}

// literalSet returns x, or with fold all that differs from it by case only.
func literalSet(x symbol, fold bool) charSet {
	if !fold {
		return charSet{{x, x}}
	}
	var spans []span
	for _, y := range orbit(x) {
		spans = append(spans, span{y, y})
	}
	return newCharSet(spans)
}

// complement returns the symbols that are not in c.
func (c charSet) complement() charSet {
	var out charSet
	next := symbol(0)
	for _, s := range c {
		if s.lo > next {
			out = append(out, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= maxSymbol {
		out = append(out, span{next, maxSymbol})
	}
	return out
}

// An alphabet puts the symbols into classes whose members no set that it was
// made for tells apart.
type alphabet struct {
	ascii   [utf8.RuneSelf]uint16
	starts  []symbol // where the ranges of symbols begin, the first at 0
	classes []uint16 // of the ranges
	members []symbol // one of each class
	sets    [][]byte // by class a bit for each of the sets it was made for
}

const (
	maxClasses    = 1 << 16
	maxMembership = 1 << 26 // bits to find the classes with
)

// newAlphabet reports false if there would be too many classes.
func newAlphabet(sets []charSet) (*alphabet, bool) {
	cuts := []symbol{0}
	for _, set := range sets {
		for _, s := range set {
			cuts = append(cuts, s.lo)
			if s.hi < maxSymbol {
				cuts = append(cuts, s.hi+1)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	if len(cuts)*len(sets) > maxMembership {
		return nil, false
	}

	// Two ranges are of one class if they lie in the same sets.
	in := make([][]byte, len(cuts))
	for i := range in {
		in[i] = make([]byte, (len(sets)+7)/8)
	}
	for n, set := range sets {
		for _, s := range set {
			i, _ := slices.BinarySearch(cuts, s.lo)
			for ; i < len(cuts) && cuts[i] <= s.hi; i++ {
				in[i][n/8] |= 1 << (n % 8)
			}
		}
	}
	a := &alphabet{}
	known := map[string]uint16{}
	for i, x := range cuts {
		class, ok := known[string(in[i])]
		if !ok {
			if len(known) == maxClasses {
				return nil, false
			}
			class = uint16(len(known))
			known[string(in[i])] = class
			a.members = append(a.members, x)
			a.sets = append(a.sets, in[i])
		}
		if n := len(a.classes); n > 0 && a.classes[n-1] == class {
			continue
		}
		a.starts = append(a.starts, x)
		a.classes = append(a.classes, class)
	}
	for c := range a.ascii {
		a.ascii[c] = a.classOf(symbol(c))
	}
	return a, true
}

func (a *alphabet) classOf(x symbol) uint16 {
	i, found := slices.BinarySearch(a.starts, x)
	if !found {
		i--
	}
	return a.classes[i]
}

// inside reports whether a class lies in one of the sets.
func (a *alphabet) inside(set int32, class uint16) bool {
	return a.sets[class][set/8]&(1<<(set%8)) != 0
}
