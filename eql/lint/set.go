package lint

// A textSet is a set of strings: the union of its globs.
type textSet []glob

// covers reports whether every string of t is one of s, as far as it can be
// seen glob by glob and with the work that is left.
func (s textSet) covers(t textSet, w *work) bool {
	for i := range t {
		if !s.coversOne(&t[i], w) {
			return false
		}
	}
	return true
}

func (s textSet) coversOne(g *glob, w *work) bool {
	for i := range s {
		if w.spend(&s[i], g) && s[i].covers(g) {
			return true
		}
	}
	return false
}

// meets reports whether s and t have a string in common, or whether that cannot
// be told with the work that is left.
func (s textSet) meets(t textSet, w *work) bool {
	for i := range t {
		if s.meetsOne(&t[i], w) {
			return true
		}
	}
	return false
}

func (s textSet) meetsOne(g *glob, w *work) bool {
	for i := range s {
		if !w.spend(&s[i], g) || s[i].meets(g) {
			return true
		}
	}
	return false
}

// A work bounds the comparisons of patterns for one query, whose text may be made
// to need any number of them. The nil work is spent.
type work struct{ left int }

// newWork returns what is enough for the largest lists that people write.
func newWork() *work { return &work{left: 4_000_000} }

// longest is the product of the lengths of patterns that are still compared.
const longest = 1 << 16

// spend reports whether g and h may be compared.
func (w *work) spend(g, h *glob) bool {
	size := len(g.runes) * len(h.runes)
	if w.isSpent() || size > longest {
		return false
	}
	w.left -= 1 + size/1024
	return true
}

func (w *work) isSpent() bool { return w == nil || w.left <= 0 }

// isAll reports whether s holds every string.
func (s textSet) isAll() bool {
	for i := range s {
		if s[i].isAll() {
			return true
		}
	}
	return false
}

// isFinite reports whether s lists strings, in whatever case.
func (s textSet) isFinite() bool {
	for i := range s {
		if !s[i].exact {
			return false
		}
	}
	return true
}

// An interval is a set of numbers between two bounds.
type interval struct {
	low, high         float64
	lowOpen, highOpen bool // the bound is not part of it
}

func (v interval) isEmpty() bool {
	return v.low > v.high || v.low == v.high && (v.lowOpen || v.highOpen)
}

func (v interval) meet(w interval) interval {
	if w.low > v.low || w.low == v.low && w.lowOpen {
		v.low, v.lowOpen = w.low, w.lowOpen
	}
	if w.high < v.high || w.high == v.high && w.highOpen {
		v.high, v.highOpen = w.high, w.highOpen
	}
	return v
}

func (v interval) covers(w interval) bool {
	m := v.meet(w)
	return m == w
}

// A numberSet is a set of numbers: the union of its intervals.
type numberSet []interval

func (s numberSet) meet(t numberSet) numberSet {
	var out numberSet
	for _, v := range s {
		for _, w := range t {
			if m := v.meet(w); !m.isEmpty() {
				out = append(out, m)
			}
		}
	}
	return out
}

func (s numberSet) covers(t numberSet) bool {
	for _, w := range t {
		covered := false
		for _, v := range s {
			covered = covered || v.covers(w)
		}
		if !covered {
			return false
		}
	}
	return true
}

// without returns the numbers of s that are not in t.
func (s numberSet) without(t numberSet) numberSet {
	for _, w := range t {
		var rest numberSet
		for _, v := range s {
			for _, part := range []interval{
				v.meet(interval{low: v.low, lowOpen: v.lowOpen, high: w.low, highOpen: !w.lowOpen}),
				v.meet(interval{low: w.high, lowOpen: !w.highOpen, high: v.high, highOpen: v.highOpen}),
			} {
				if !part.isEmpty() {
					rest = append(rest, part)
				}
			}
		}
		s = rest
	}
	return s
}
