package pattern

import "math"

// A Part is a text that is somewhere in another.
type Part struct {
	Place Place
	Text  string // not empty
}

// A Place says where in a text a part is, a bit for each end that it is at.
type Place uint8

// The places where a part may be.
const (
	Inside   Place = 0 // anywhere
	AtBegin  Place = 1
	AtEnd    Place = 2
	Whole          = AtBegin | AtEnd
	AtSecond Place = 4 // behind the first code point
)

// RequiredParts returns parts, folded, of which a text that is folded too has at least
// one if a regular expression, one that Regex accepts, matches the text; none if
// nothing is known. With fold, case does not matter to the expression. A part that may
// be anywhere has at least inside bytes.
func RequiredParts(pattern string, fold bool, inside int) []Part {
	table := newTermTable()
	p := regexParser{termTable: table, text: pattern, fold: fold}
	t, err := p.parse()
	if err != nil {
		return nil
	}
	r := requirer{table: table, inside: inside, fold: true, budget: maxRequiredTerms}
	return r.parts(t)
}

const (
	maxRequiredTerms = 1 << 12 // that are looked at
	maxRequiredParts = 32
	maxRequiredText  = 64 // bytes, about
)

// A requirer finds what the texts that a term matches have in common.
type requirer struct {
	table  *termTable
	inside int
	fold   bool // parts are of folded texts
	budget int  // terms that may still be looked at
}

// parts returns parts of which a text has one if t matches it.
func (r *requirer) parts(t *term) []Part {
	if r.budget--; r.budget < 0 {
		return nil
	}
	switch t.op {
	case opAlt:
		var all []Part
		for _, s := range t.subs {
			ps := r.parts(s)
			if len(ps) == 0 || len(all)+len(ps) > maxRequiredParts {
				return nil
			}
			all = append(all, ps...)
		}
		return all
	case opAnd:
		var best []Part
		for _, s := range t.subs {
			best = rarer(best, r.parts(s))
		}
		return best
	case opSet, opRepeat:
		switch text, n, more := r.run([]*term{t}, 0); {
		case n > 0 && more:
			return []Part{{AtBegin, text}}
		case n > 0:
			return []Part{{Whole, text}}
		case t.op == opRepeat && t.min > 0:
			return r.placed(r.parts(t.subs[0]), Inside)
		}
		return nil
	case opCat:
		return r.sequence(t)
	default:
		return nil
	}
}

// sequence is parts of terms one behind the other: the best of what any of them, or
// some that stand for one character each, ask for.
func (r *requirer) sequence(t *term) []Part {
	var best []Part
	xs := r.elements(t)
	for i := 0; i < len(xs); {
		text, next, more := r.run(xs, i)
		var ps []Part
		if next > i {
			ps = []Part{{Whole, text}}
		} else {
			ps, next = r.parts(xs[i]), i+1
		}
		at := Inside
		if i == 0 {
			at |= AtBegin
		}
		if next == len(xs) && !more {
			at |= AtEnd
		}
		if i == 1 && xs[0].op == opSet {
			at |= AtSecond
		}
		best = rarer(best, r.placed(ps, at))
		i = next
	}
	return best
}

// elements returns what a term is a sequence of; none if that takes too long.
func (r *requirer) elements(t *term) []*term {
	var xs []*term
	for ; t.op == opCat; t = t.subs[1] {
		xs = append(xs, t.subs[0])
		if r.budget--; r.budget < 0 {
			return nil
		}
	}
	return append(xs, t)
}

// run returns the text that the elements from i on stand for up to one that
// stands for several texts, or for a long one. If there may be more of the last
// character than that, more is set.
func (r *requirer) run(xs []*term, i int) (text string, next int, more bool) {
	var run []byte
	for ; i < len(xs) && len(run) < maxRequiredText && !more; i++ {
		x, times := xs[i], int32(1)
		if x.op == opRepeat && 0 < x.min {
			times = min(x.min, maxRequiredText)
			more = x.max != times
			x = x.subs[0]
		}
		c, ok := r.character(x)
		if !ok {
			return string(run), i, false
		}
		for range times {
			run = appendSymbol(run, c)
		}
	}
	return string(run), i, more
}

// character returns the character that t stands for, folded if texts are, and false if
// there are several of them, or none.
func (r *requirer) character(t *term) (symbol, bool) {
	const most = 8
	if t.op != opSet {
		return 0, false
	}
	set := r.table.sets[t.set]
	c := r.folded(set[0].lo)
	for _, s := range set {
		if s.hi-s.lo >= most || s.hi >= invalidByte {
			return 0, false
		}
		for x := s.lo; x <= s.hi; x++ {
			if r.folded(x) != c {
				return 0, false
			}
		}
	}
	return c, true
}

func (r *requirer) folded(x symbol) symbol {
	if r.fold {
		return foldSymbol(x)
	}
	return x
}

// placed returns parts of something that is itself in a place; none if one of them
// is too short.
func (r *requirer) placed(ps []Part, at Place) []Part {
	out := make([]Part, len(ps))
	for i, p := range ps {
		switch {
		case p.Place&at&Whole != 0:
			p.Place &= at & Whole
		case p.Place&AtBegin != 0 && at&AtSecond != 0, p.Place&AtSecond != 0 && at&AtBegin != 0:
			p.Place = AtSecond
		default:
			p.Place = Inside
		}
		if p.Place == Inside && len(p.Text) < r.inside {
			return nil
		}
		out[i] = p
	}
	return out
}

// rarer returns those of two lists of parts that fewer texts are likely to have one
// of.
func rarer(a, b []Part) []Part {
	if len(a) == 0 || len(b) > 0 && commonParts(b) < commonParts(a) {
		return b
	}
	return a
}

// commonParts is a guess at how many texts have one of some parts: half as many with
// each few bytes.
func commonParts(ps []Part) float64 {
	sum := 0.0
	for _, p := range ps {
		sum += math.Exp2(-float64(len(p.Text)) / 3)
	}
	return sum
}
