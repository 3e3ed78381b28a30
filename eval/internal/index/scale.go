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
	facts  lists         // by step: numbers of facts
	ids    lists         // the same, of those that are also about text
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
		at := s.step(n.bound())
		first, last := at, at
		switch n.kind {
		case isBelow:
			first, last = 0, at-1
		case isAtMost:
			first = 0
		case isAbove:
			first, last = at+1, s.steps()-1
		case isAtLeast:
			last = s.steps() - 1
		}
		for step := first; step <= last; step++ {
			s.facts.add(int32(step), int(n.number))
			if n.id {
				s.ids.add(int32(step), int(n.number))
			}
		}
	}
	s.facts.compile()
	s.ids.compile()
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
func (s *scale) find(dst []int32, v value.Value) []int32 {
	if len(s.bounds) == 0 {
		return dst
	}
	return append(dst, s.facts.of(int32(s.step(v)))...)
}

// findID appends the numbers of the facts that hold of an id in text.
func (s *scale) findID(dst []int32, id string) []int32 {
	if len(s.ids.numbers) == 0 {
		return dst
	}
	n := plan.IDNumber(id)
	if n.IsNull() {
		return dst
	}
	return append(dst, s.ids.of(int32(s.step(n)))...)
}
