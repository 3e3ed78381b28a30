package op

import (
	"math"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// An interval is the integers from lo to hi, both included.
type interval struct{ lo, hi int64 }

// intervalOf returns the integers for which "x op n" is true.
func intervalOf(op ast.Op, n int64) interval {
	none := interval{1, 0}
	switch {
	case op == ast.Eq:
		return interval{n, n}
	case op == ast.Le:
		return interval{math.MinInt64, n}
	case op == ast.Ge:
		return interval{n, math.MaxInt64}
	case op == ast.Lt && n > math.MinInt64:
		return interval{math.MinInt64, n - 1}
	case op == ast.Gt && n < math.MaxInt64:
		return interval{n + 1, math.MaxInt64}
	default:
		return none
	}
}

func (r interval) has(n int64) bool { return r.lo <= n && n <= r.hi }

// comparesInt is compares, also for ==, with an integer.
type comparesInt struct {
	compares
	interval
}

func (t comparesInt) holds(v *value.Value) bool {
	if n, ok := integer(v); ok {
		return t.has(n)
	}
	return t.compares.holds(v)
}

// integer returns the integer that v is, perhaps as a Float. It reports false for
// the rest, and for those that are hard to tell.
func integer(v *value.Value) (int64, bool) {
	const exact = 1 << 53
	switch v.Kind() {
	case value.Int:
		return v.Int(), true
	case value.Float:
		if f := v.Float(); -exact < f && f < exact {
			n := int64(f)
			return n, float64(n) == f
		}
	}
	return 0, false
}

func (t comparesInt) describe() string {
	if t.op == ast.Eq {
		return "exact"
	}
	return "ordered"
}

func (t comparesInt) pred(r ref) Pred {
	if r.frame != 0 {
		return nil
	}
	return &intPred{r.slot, t}
}

// intPred is the predicate of comparesInt.
type intPred struct {
	slot event.Slot
	comparesInt
}

func (p *intPred) Test(c *Ctx) bool {
	v := c.Rec.At(p.slot)
	if v.Kind() == value.Int {
		return p.has(v.Int())
	}
	return someValue(v, &p.comparesInt)
}

// intSet is valueSet for integers.
type intSet struct {
	valueSet
	ints []int64 // sorted
}

// newIntSet returns the intSet for x, nil if x has something else.
func newIntSet(x *plan.In) valueTest {
	if x.IDs || x.Fold {
		return nil
	}
	t := &intSet{valueSet: valueSet{x}}
	for _, v := range x.Values {
		if v.Kind() != value.Int {
			return nil
		}
		t.ints = append(t.ints, v.Int())
	}
	slices.Sort(t.ints)
	return t
}

func (t *intSet) pred(r ref) Pred {
	if r.frame != 0 {
		return nil
	}
	return &intSetPred{r.slot, t}
}

// intSetPred is the predicate of intSet.
type intSetPred struct {
	slot event.Slot
	*intSet
}

func (p *intSetPred) Test(c *Ctx) bool {
	v := c.Rec.At(p.slot)
	if v.Kind() == value.Int {
		return p.holds(v)
	}
	return someValue(v, p.intSet)
}

// fewInts is how many integers are compared one by one.
const fewInts = 16

func (t *intSet) holds(v *value.Value) bool {
	n, ok := integer(v)
	if !ok {
		return t.valueSet.holds(v)
	}
	if len(t.ints) > fewInts {
		_, ok = slices.BinarySearch(t.ints, n)
		return ok
	}
	for _, i := range t.ints {
		if n <= i {
			return n == i
		}
	}
	return false
}

// idTest is the comparison of a number, also in text, with another.
type idTest struct {
	id    *plan.CompareID
	ints  interval
	isInt bool // whether the other one is an integer: then ints are those that pass
}

func newIDTest(x *plan.CompareID) idTest {
	t := idTest{id: x}
	if x.Y.Kind() == value.Int {
		t.ints, t.isInt = intervalOf(x.Op, x.Y.Int()), true
	}
	return t
}

func (t idTest) holds(v *value.Value) bool {
	if t.isInt {
		if n, ok := integer(v); ok {
			return t.ints.has(n)
		}
	}
	return t.id.Test(*v).Bool()
}
func (idTest) describe() string { return "number, also in text" }

// lengthTest is the comparison of a text's length with an integer.
type lengthTest struct{ interval }

func (t lengthTest) holds(v *value.Value) bool {
	return v.Kind().IsText() && t.hasLength(v.Str())
}

// hasLength counts only if it must: no unit takes more than three bytes.
func (t lengthTest) hasLength(s string) bool {
	least, most := int64(len(s)+2)/3, int64(len(s))
	switch {
	case most < t.lo || t.hi < least:
		return false
	case t.lo <= least && most <= t.hi:
		return true
	default:
		return t.has(int64(builtin.Length(s)))
	}
}

func (lengthTest) describe() string { return "length" }
