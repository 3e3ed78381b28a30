// Package op turns plans into operators: predicates over records, and the
// machines that assemble sequences and samples from what the predicates find.
package op

import (
	"errors"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Ctx is what predicates work with: the record at hand and scratch space. It
// belongs to one goroutine.
type Ctx struct {
	Rec *event.Record
	// OnError is told of errors while an expression is computed, which make it
	// null; it may be nil.
	OnError func(error)
	// Known has by slot what is known of values that are remembered; nil elsewhere.
	// It may be nil as a whole.
	Known []*Verdicts
	// Forgetful has every condition tested as often as it is asked.
	Forgetful bool

	answers []uint64 // by memo: the number of the fill, and whether it held
	errors  int      // reported

	stack  []value.Value // arguments of the calls under way
	choice []int         // for each field of the current atom, which of its values is meant
	frames []frame       // besides Rec, outermost first
}

func (c *Ctx) report(err error) {
	c.errors++
	if c.OnError != nil {
		c.OnError(err)
	}
}

// A node computes a value from one choice of values for the fields below it.
type node interface{ eval(c *Ctx) value.Value }

type (
	constNode struct{ v value.Value }
	fieldNode struct {
		ref
		nth int // index among the fields of the atom
	}
	callNode struct {
		call *plan.Call
		args []node
	}
	arithNode struct {
		op   value.ArithOp
		x, y node
	}
	negNode     struct{ x node }
	compareNode struct {
		op   ast.Op
		x, y node
	}
	sameNode   struct{ x, y node }
	isNullNode struct{ x node }
	withinNode struct {
		in *plan.Within
		x  node
	}
	inNode struct {
		in *plan.In
		x  node
	}
	idNode struct {
		id *plan.CompareID
		x  node
	}
	predNode  struct{ p Pred } // a condition that is never null
	matchNode struct {
		m *plan.Match
		x node
	}
	logicNode struct {
		or bool
		xs []node
	}
	notNode struct{ x node }
)

func (n constNode) eval(*Ctx) value.Value { return n.v }

func (n fieldNode) eval(c *Ctx) value.Value {
	v := c.get(n.ref)
	if v.Kind() == value.List {
		return v.Elems()[c.choice[n.nth]]
	}
	return v
}

func (n *callNode) eval(c *Ctx) value.Value {
	base := len(c.stack)
	defer func() {
		clear(c.stack[base:])
		c.stack = c.stack[:base]
	}()
	for _, a := range n.args {
		v := a.eval(c)
		if v.IsNull() && !n.call.Fn.Nulls {
			return v
		}
		c.stack = append(c.stack, v)
	}
	v, err := n.call.Impl(c.stack[base:len(c.stack):len(c.stack)])
	if err != nil {
		c.report(err)
		return value.Value{}
	}
	return v
}

func (n *arithNode) eval(c *Ctx) value.Value {
	v, err := value.Arith(n.op, n.x.eval(c), n.y.eval(c))
	if err != nil {
		// A field of another type is no value to a number, not an error.
		if !errors.Is(err, value.ErrNotNumber) {
			c.report(err)
		}
		return value.Value{}
	}
	return v
}

func (n negNode) eval(c *Ctx) value.Value {
	v, err := value.Negate(n.x.eval(c))
	if err != nil {
		if !errors.Is(err, value.ErrNotNumber) {
			c.report(err)
		}
		return value.Value{}
	}
	return v
}

func (n *compareNode) eval(c *Ctx) value.Value {
	return plan.Comparison(n.op, n.x.eval(c), n.y.eval(c))
}

func (n *sameNode) eval(c *Ctx) value.Value {
	return value.OfBool(value.Equal(n.x.eval(c), n.y.eval(c)))
}

func (n isNullNode) eval(c *Ctx) value.Value  { return value.OfBool(n.x.eval(c).IsNull()) }
func (n *withinNode) eval(c *Ctx) value.Value { return n.in.Test(n.x.eval(c)) }
func (n *inNode) eval(c *Ctx) value.Value     { return n.in.Test(n.x.eval(c)) }
func (n *idNode) eval(c *Ctx) value.Value     { return n.id.Test(n.x.eval(c)) }
func (n predNode) eval(c *Ctx) value.Value    { return value.OfBool(n.p.Test(c)) }
func (n *matchNode) eval(c *Ctx) value.Value  { return n.m.Test(n.x.eval(c)) }
func (n notNode) eval(c *Ctx) value.Value     { return plan.Negation(n.x.eval(c)) }

// eval follows three-valued logic: a deciding operand wins over null.
func (n *logicNode) eval(c *Ctx) value.Value {
	null := false
	for _, x := range n.xs {
		switch v := x.eval(c); {
		case v.Kind() != value.Bool:
			null = true
		case v.Bool() == n.or:
			return v
		}
	}
	if null {
		return value.Value{}
	}
	return value.OfBool(!n.or)
}
