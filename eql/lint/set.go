package lint

// A textSet is a set of strings: the union of its globs.
type textSet []glob

// covers reports whether every string of t is one of s, as far as it can be
// seen glob by glob.
func (s textSet) covers(t textSet) bool {
	for i := range t {
		if !s.coversOne(&t[i]) {
			return false
		}
	}
	return true
}

func (s textSet) coversOne(g *glob) bool {
	for i := range s {
		if s[i].covers(g) {
			return true
		}
	}
	return false
}

func (s textSet) meets(t textSet) bool {
	for i := range t {
		if s.meetsOne(&t[i]) {
			return true
		}
	}
	return false
}

func (s textSet) meetsOne(g *glob) bool {
	for i := range s {
		if s[i].meets(g) {
			return true
		}
	}
	return false
}

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
