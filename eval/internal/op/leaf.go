package op

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// Leaves are tests of one field. They hold if one of its values passes, and so
// they do not if there is none. The most frequent ones have predicates of their
// own, which the compiler sees through; the rest share fieldPred.

// fieldPred holds if one value of a field of the event passes a test.
type fieldPred struct {
	slot event.Slot
	test valueTest
}

// A valueTest decides about a single value that is not null.
type valueTest interface {
	holds(v *value.Value) bool
	describe() string
}

func (p *fieldPred) Test(c *Ctx) bool { return someValue(c.Rec.At(p.slot), p.test) }
func (p *fieldPred) describe() string { return p.test.describe() }

// refPred is fieldPred for any frame.
type refPred struct {
	ref
	test valueTest
}

func (p *refPred) Test(c *Ctx) bool { return someValue(c.at(p.ref), p.test) }
func (p *refPred) describe() string { return p.test.describe() }

// someValue reports whether one of the values of v passes a test.
func someValue(v *value.Value, test valueTest) bool {
	switch v.Kind() {
	case value.Null:
		return false
	case value.List:
		elems := v.Elems()
		for i := range elems {
			if test.holds(&elems[i]) {
				return true
			}
		}
		return false
	default:
		return test.holds(v)
	}
}

// fieldPredOf returns the predicate that a value at r passes a test.
func fieldPredOf(r ref, test valueTest) Pred {
	if t, ok := test.(interface{ pred(r ref) Pred }); ok {
		if p := t.pred(r); p != nil {
			return p
		}
	}
	if r.frame == 0 {
		return &fieldPred{r.slot, test}
	}
	return &refPred{r, test}
}

// nullPred holds for a field without value.
type nullPred struct{ slot event.Slot }

func (p nullPred) Test(c *Ctx) bool { return c.Rec.At(p.slot).IsNull() }
func (p nullPred) describe() string { return "field is missing" }

// refNull is nullPred for any frame.
type refNull struct{ ref }

func (p refNull) Test(c *Ctx) bool { return c.at(p.ref).IsNull() }
func (p refNull) describe() string { return "field is missing" }

// nullPredOf returns the predicate that there is no value at r.
func nullPredOf(r ref) Pred {
	if r.frame == 0 {
		return nullPred{r.slot}
	}
	return refNull{r}
}

type (
	isTrue   struct{}
	equals   struct{ v value.Value }
	compares struct {
		op ast.Op
		v  value.Value
	}
	valueSet   struct{ in *plan.In }
	withinTest struct{ in *plan.Within }
)

func (isTrue) holds(v *value.Value) bool       { return v.Kind() == value.Bool && v.Bool() }
func (t equals) holds(v *value.Value) bool     { return value.Equal(*v, t.v) }
func (t valueSet) holds(v *value.Value) bool   { return t.in.Test(*v).Bool() }
func (t compares) holds(v *value.Value) bool   { return plan.Comparison(t.op, *v, t.v).Bool() }
func (t withinTest) holds(v *value.Value) bool { return t.in.Test(*v).Bool() }

func (isTrue) describe() string     { return "boolean" }
func (equals) describe() string     { return "exact" }
func (compares) describe() string   { return "ordered" }
func (valueSet) describe() string   { return "list" }
func (withinTest) describe() string { return "range" }
