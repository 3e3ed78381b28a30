package op

import (
	"errors"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Pred decides about a record. Predicates are immutable and may be shared by
// rules and goroutines. Logic between predicates is two-valued: what is null
// inside an atom is false at its border.
type Pred interface {
	// Test reports whether the record of c satisfies the predicate.
	Test(c *Ctx) bool
	// describe says in a few words how the predicate works, for Explain.
	describe() string
}

// constPred is a condition that does not depend on the event.
type constPred bool

func (p constPred) Test(*Ctx) bool { return bool(p) }
func (p constPred) describe() string {
	if p {
		return "always true"
	}
	return "never true"
}

// allPred is a conjunction.
type allPred struct{ xs []Pred }

func (p *allPred) Test(c *Ctx) bool {
	for _, x := range p.xs {
		if !x.Test(c) {
			return false
		}
	}
	return true
}
func (p *allPred) describe() string { return "all of" }

// anyPred is a disjunction.
type anyPred struct{ xs []Pred }

func (p *anyPred) Test(c *Ctx) bool {
	for _, x := range p.xs {
		if x.Test(c) {
			return true
		}
	}
	return false
}
func (p *anyPred) describe() string { return "any of" }

// notPred is the complement of another predicate.
type notPred struct{ x Pred }

func (p *notPred) Test(c *Ctx) bool { return !p.x.Test(c) }
func (p *notPred) describe() string { return "not" }

// nullPred holds for a field without value.
type nullPred struct{ slot event.Slot }

func (p nullPred) Test(c *Ctx) bool { return c.Rec.Get(p.slot).IsNull() }
func (p nullPred) describe() string { return "field is missing" }

// fieldPred holds if one value of a field passes a test. It is what most
// conditions of real rules become.
type fieldPred struct {
	slot event.Slot
	test valueTest
}

// A valueTest decides about a single value that is not null.
type valueTest interface {
	holds(v value.Value) bool
	describe() string
}

func (p *fieldPred) Test(c *Ctx) bool { return someValue(c.Rec.Get(p.slot), p.test) }

// someValue reports whether one of the values of v passes a test.
func someValue(v value.Value, test valueTest) bool {
	switch v.Kind() {
	case value.Null:
		return false
	case value.List:
		for _, e := range v.Elems() {
			if test.holds(e) {
				return true
			}
		}
		return false
	default:
		return test.holds(v)
	}
}
func (p *fieldPred) describe() string { return p.test.describe() }

type (
	isTrue     struct{}
	equals     struct{ v value.Value }
	equalsText struct{ s string }
	compares   struct {
		op ast.Op
		v  value.Value
	}
	textSet struct {
		m pattern.Matcher
		n int
	}
	valueSet   struct{ in *plan.In }
	matches    struct{ m *plan.Match }
	withinTest struct{ in *plan.Within }
	idTest     struct{ id *plan.CompareID }
)

func (isTrue) holds(v value.Value) bool       { return v.Kind() == value.Bool && v.Bool() }
func (t equals) holds(v value.Value) bool     { return value.Equal(v, t.v) }
func (t equalsText) holds(v value.Value) bool { return v.Kind() == value.String && v.Str() == t.s }
func (t textSet) holds(v value.Value) bool    { return v.Kind() == value.String && t.m.Match(v.Str()) }
func (t valueSet) holds(v value.Value) bool   { return t.in.Test(v).Bool() }
func (t matches) holds(v value.Value) bool    { return v.Kind().IsText() && t.m.M.Match(v.Str()) }
func (t withinTest) holds(v value.Value) bool { return t.in.Test(v).Bool() }
func (t idTest) holds(v value.Value) bool     { return t.id.Test(v).Bool() }

func (t compares) holds(v value.Value) bool {
	c, ok := value.Compare(v, t.v)
	return ok && plan.Holds(t.op, c)
}

func (isTrue) describe() string     { return "boolean" }
func (equals) describe() string     { return "exact" }
func (equalsText) describe() string { return "exact" }
func (compares) describe() string   { return "ordered" }
func (textSet) describe() string    { return "hash set" }
func (valueSet) describe() string   { return "list" }
func (withinTest) describe() string { return "range" }
func (idTest) describe() string     { return "number, also in text" }
func (t matches) describe() string {
	if t.m.Op == ast.Regex || t.m.Op == ast.RegexFold {
		return "compiled regular expression"
	}
	return "compiled wildcard"
}

// maxChoices bounds the combinations of values that an atom tries: one with
// several multi-valued fields must not take forever.
const maxChoices = 1 << 16

// ErrTooManyValues is reported when the fields of one comparison have so many
// values that not all combinations of them are tried.
var ErrTooManyValues = errors.New("too many combinations of values; the rest is ignored")

// atomPred is an atom of any form: it holds if one choice of values for the
// fields below makes it true.
type atomPred struct {
	body node
	refs []ref // of the fields, by fieldNode.nth
}

func (p *atomPred) describe() string { return "computed" }

func (p *atomPred) Test(c *Ctx) bool {
	several := false
	for _, r := range p.refs {
		if c.get(r).Kind() == value.List {
			several = true
			break
		}
	}
	if !several {
		return p.holds(c)
	}
	// An atom may stand within another, which goes on with its own choice.
	outer := c.choice
	c.choice = append(outer[len(outer):], make([]int, len(p.refs))...)
	found := p.some(c)
	if len(outer) > 0 {
		c.choice = outer
	} else {
		c.choice = c.choice[:0] // room for the next one
	}
	return found
}

// some reports whether a choice of values makes the atom true.
func (p *atomPred) some(c *Ctx) bool {
	for range maxChoices {
		if p.holds(c) {
			return true
		}
		if !p.next(c) {
			return false
		}
	}
	c.report(ErrTooManyValues)
	return false
}

func (p *atomPred) holds(c *Ctx) bool {
	v := p.body.eval(c)
	return v.Kind() == value.Bool && v.Bool()
}

// next moves c to the next choice of values and reports whether there is one.
func (p *atomPred) next(c *Ctx) bool {
	for i := len(p.refs) - 1; i >= 0; i-- {
		if n := len(c.get(p.refs[i]).Elems()); c.choice[i]+1 < n {
			c.choice[i]++
			return true
		}
		c.choice[i] = 0
	}
	return false
}
