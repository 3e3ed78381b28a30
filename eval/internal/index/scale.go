package index

import (
	"math"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A scale finds which facts about numbers hold of a number. The numbers that the facts
// name cut all others into steps: step 0 is what is below the first one, step 1 that
// number, step 2 what is between it and the next one, and so on. The zero scale knows
// no fact; compile comes after the last add.
type scale struct {
	asked  []numbered    // until compile
	bounds []value.Value // ascending
	// Facts, each in one of these: those of one step in its order, those of all steps up
	// to one in the order of that, and those of all from one on.
	at, upTo, from []reaching
	ids            bool // there are some that are also about text
}

// A reaching is the number of a fact with the step at which it ends or begins to hold.
type reaching struct {
	step   int
	number int32
	id     bool
}

// A numbered is a fact with its number.
type numbered struct {
	fact
	number int32
}

// add adds a fact.
func (s *scale) add(f fact, number int32) { s.asked = append(s.asked, numbered{f, number}) }

func (s *scale) compile() {
	for _, n := range s.asked {
		s.bounds = append(s.bounds, n.bound())
	}
	slices.SortFunc(s.bounds, value.Order)
	s.bounds = slices.Clip(slices.CompactFunc(s.bounds, value.Equal))
	for _, n := range s.asked {
		r := reaching{s.step(n.bound()), n.number, n.id}
		s.ids = s.ids || n.id
		switch n.kind {
		case isBelow:
			r.step--
			s.upTo = append(s.upTo, r)
		case isAtMost:
			s.upTo = append(s.upTo, r)
		case isAbove:
			r.step++
			s.from = append(s.from, r)
		case isAtLeast:
			s.from = append(s.from, r)
		default:
			s.at = append(s.at, r)
		}
	}
	for _, rs := range [...][]reaching{s.at, s.upTo, s.from} {
		slices.SortFunc(rs, func(x, y reaching) int { return x.step - y.step })
	}
	s.asked = nil
}

// bound returns the number that a fact about numbers names.
func (f *fact) bound() value.Value {
	switch f.text {
	case unsigned:
		return value.OfUint(f.num)
	case float:
		return value.OfFloat(math.Float64frombits(f.num))
	default:
		return value.OfInt(int64(f.num))
	}
}

// steps returns how many steps there are; one if no fact is known.
func (s *scale) steps() int { return 2*len(s.bounds) + 1 }

// step returns the step of a number, below 0 for what is none.
func (s *scale) step(v value.Value) int {
	if v.Kind() == value.Float && math.IsNaN(v.Float()) {
		return -1
	}
	i, same := slices.BinarySearchFunc(s.bounds, v, value.Order)
	if same {
		return 2*i + 1
	}
	return 2 * i
}

// find appends the numbers of the facts that hold of a number.
func (s *scale) find(dst []int32, v value.Value) []int32 { return s.findAt(dst, s.step(v), false) }

// findID appends the numbers of the facts that hold of an id in text.
func (s *scale) findID(dst []int32, id string) []int32 {
	if !s.ids {
		return dst
	}
	n := plan.IDNumber(id)
	if n.IsNull() {
		return dst
	}
	return s.findAt(dst, s.step(n), true)
}

// findAt appends the numbers of the facts that hold at a step, which may be none; with
// ids, of those that are also about text.
func (s *scale) findAt(dst []int32, step int, ids bool) []int32 {
	if step < 0 {
		return dst
	}
	add := func(r reaching) {
		if r.id || !ids {
			dst = append(dst, r.number)
		}
	}
	for _, r := range s.at[first(s.at, step):first(s.at, step+1)] {
		add(r)
	}
	for _, r := range s.upTo[first(s.upTo, step):] {
		add(r)
	}
	for _, r := range s.from[:first(s.from, step+1)] {
		add(r)
	}
	return dst
}

// first returns the place of the first one that is not before a step.
func first(rs []reaching, step int) int {
	i, _ := slices.BinarySearchFunc(rs, step, func(r reaching, step int) int { return r.step - step })
	return i
}
