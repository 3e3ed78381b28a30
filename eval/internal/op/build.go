package op

import (
	"fmt"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Builder turns planned conditions into predicates over records. It
// interns them: conditions that compute the same become one predicate, whatever
// query they stem from.
type Builder struct {
	// Layout is that of events.
	Layout *event.Layout
	// Slot returns the slot of a field in the layout of what it is a field of.
	Slot func(l *event.Layout, f *plan.Field) event.Slot
	// Forgetful makes predicates that remember no answers: what Ctx.Forgetful
	// asks for, for those that are never asked otherwise.
	Forgetful bool

	// Queries is how many queries there will be, about; 0 if that is unknown.
	Queries int

	conditions map[string]*condition    // by what they compute; see condition
	conjuncts  map[plan.Expr]*condition // by the first expression like it
	key        []byte                   // scratch
	operands   []*condition             // scratch
	free       []condition              // to be used next
	memos      int32                    // answers that are kept; see memo
	bySlot     map[event.Slot]int32     // memos about one field
	later      *later                   // not nil while what has to wait is built
}

// Condition returns the predicate of a condition.
func (b *Builder) Condition(x plan.Expr) Pred {
	if b.later != nil {
		return b.later.pred(b, x)
	}
	c := b.condition(x)
	b.ask(c)
	return c.pred
}

// All returns the predicate that all of xs hold. It replaces each of them by the
// first expression that it has seen which computes the same.
func (b *Builder) All(xs []plan.Expr) Pred {
	preds := make([]Pred, len(xs))
	for i, x := range xs {
		c := b.conjuncts[x]
		if c == nil {
			c = b.condition(x)
		}
		b.ask(c)
		xs[i], preds[i] = c.expr, c.pred
	}
	switch len(xs) {
	case 0:
		return constPred(true)
	case 1:
		return preds[0]
	}
	return newAllPred(&plan.Logic{Xs: xs}, preds)
}

func (b *Builder) logic(x *plan.Logic) Pred {
	xs := make([]Pred, len(x.Xs))
	for i, o := range x.Xs {
		xs[i] = b.Condition(o)
	}
	return logicOf(x, xs)
}

// logicOf returns the predicate of x, given those of its operands.
func logicOf(x *plan.Logic, xs []Pred) Pred {
	if x.Or {
		return &anyPred{xs, newOperands(x, xs)}
	}
	return newAllPred(x, xs)
}

// pred chooses the operator for x where only true and not true matter.
func (b *Builder) pred(x plan.Expr) Pred {
	switch x := x.(type) {
	case *plan.Const:
		return constPred(x.V.Kind() == value.Bool && x.V.Bool())
	case *plan.Not:
		return notOf(x, b.Condition(x.X))
	case *plan.Logic:
		return b.logic(x)
	case *plan.Search:
		return b.search(x)
	case *plan.System:
		return b.system(x)
	case *plan.Lineage: // waits, as plan.NewSplit has seen to
		return fieldPredOf(b.later.lineage(b, x), decided{"looked up"})
	case *plan.Field:
		return fieldPredOf(b.ref(x), isTrue{})
	}
	if f, test := fieldTest(x); f != nil {
		return fieldPredOf(b.ref(f), test)
	}
	if n, ok := x.(*plan.IsNull); ok {
		if f, ok := n.X.(*plan.Field); ok {
			return nullPredOf(b.ref(f))
		}
	}
	p := &atomPred{}
	p.body = b.node(x, p)
	return p
}

// notOf returns the predicate of x, given that of its operand.
func notOf(x *plan.Not, p Pred) Pred {
	if c, ok := x.X.(*plan.Const); ok && c.V.IsNull() {
		return constPred(false)
	}
	return &notPred{p}
}

// isTest reports whether fieldTest takes x apart.
func isTest(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Compare:
		c, ok := x.Y.(*plan.Const)
		return ok && (isField(x.X) || lengthOf(x, c) != nil)
	case *plan.CompareID:
		return true
	case *plan.Within:
		return isField(x.X)
	case *plan.Match:
		return isField(x.X)
	case *plan.In:
		return isField(x.X)
	case *plan.Call:
		return isRelation(x)
	default:
		return false
	}
}

func isField(x plan.Expr) bool {
	_, ok := x.(*plan.Field)
	return ok
}

// isRelation reports whether callTest takes x apart.
func isRelation(x *plan.Call) bool {
	if len(x.Args) < 2 || !isField(x.Args[0]) {
		return false
	}
	for _, a := range x.Args[1:] {
		if c, ok := a.(*plan.Const); !ok || !c.V.Kind().IsText() {
			return false
		}
	}
	return x.Fn.Name == builtin.CIDRMatchName || builtin.HasMatcher(x.Fn.Name)
}

// fieldTest takes an atom apart that tests one field and nothing else, and
// reports no error.
func fieldTest(x plan.Expr) (*plan.Field, valueTest) {
	switch x := x.(type) {
	case *plan.Compare:
		return compareTest(x)
	case *plan.CompareID:
		return x.X, newIDTest(x)
	case *plan.Within:
		if f, ok := x.X.(*plan.Field); ok {
			return f, withinTest{x}
		}
	case *plan.Match:
		if f, ok := x.X.(*plan.Field); ok {
			return f, matchTest(x)
		}
	case *plan.In:
		if f, ok := x.X.(*plan.Field); ok {
			return f, inTest(x)
		}
	case *plan.Call:
		return callTest(x)
	}
	return nil, nil
}

func compareTest(x *plan.Compare) (*plan.Field, valueTest) {
	c, ok := x.Y.(*plan.Const)
	if !ok {
		return nil, nil
	}
	f, ok := x.X.(*plan.Field)
	switch {
	case !ok:
		return lengthCompared(x, c)
	case c.V.Kind() == value.Int:
		return f, comparesInt{compares{x.Op, c.V}, intervalOf(x.Op, c.V.Int())}
	case x.Op != ast.Eq:
		return f, compares{x.Op, c.V}
	case c.V.Kind() == value.String:
		return f, equalsText{c.V.Str()}
	default:
		return f, equals{c.V}
	}
}

// lengthCompared takes "length(field) op integer" apart.
func lengthCompared(x *plan.Compare, c *plan.Const) (*plan.Field, valueTest) {
	f := lengthOf(x, c)
	if f == nil {
		return nil, nil
	}
	return f, lengthTest{intervalOf(x.Op, c.V.Int())}
}

// lengthOf returns the field of "length(field) op integer", else nil.
func lengthOf(x *plan.Compare, c *plan.Const) *plan.Field {
	call, ok := x.X.(*plan.Call)
	if !ok || call.Fn.Name != builtin.LengthName || c.V.Kind() != value.Int {
		return nil
	}
	f, _ := call.Args[0].(*plan.Field)
	return f
}

// callTest takes the call of a function apart that relates a field to constants.
func callTest(x *plan.Call) (*plan.Field, valueTest) {
	if len(x.Args) < 2 {
		return nil, nil
	}
	f, ok := x.Args[0].(*plan.Field)
	if !ok {
		return nil, nil
	}
	constants := make([]string, len(x.Args)-1)
	for i, a := range x.Args[1:] {
		c, ok := a.(*plan.Const)
		if !ok || !c.V.Kind().IsText() {
			return nil, nil
		}
		constants[i] = c.V.Str()
	}
	if x.Fn.Name == builtin.CIDRMatchName {
		set, err := pattern.ParseCIDRs(constants)
		if err != nil { // else the call would not have been prepared
			return nil, nil
		}
		return f, inBlocks{set}
	}
	if m := builtin.Matcher(x.Fn.Name, x.Fold, constants[0]); m != nil {
		return f, matches{m: m, note: "compiled text search"}
	}
	return nil, nil
}

func matchTest(x *plan.Match) valueTest {
	note := "compiled wildcard"
	if x.Op == ast.Regex || x.Op == ast.RegexFold {
		note = "compiled regular expression"
	}
	return matches{m: x.M, note: note}
}

func inTest(x *plan.In) valueTest {
	if t := newIntSet(x); t != nil {
		return t
	}
	texts := make([]string, 0, len(x.Values))
	for _, v := range x.Values {
		if v.Kind() != value.String {
			return valueSet{x}
		}
		texts = append(texts, v.Str())
	}
	return matches{m: pattern.Set(texts, x.Fold), strings: true, note: "hash set"}
}

func (b *Builder) fieldNode(r ref, p *atomPred) node {
	p.refs = append(p.refs, r)
	return fieldNode{r, len(p.refs) - 1}
}

// node builds the computation of x for the atom p.
func (b *Builder) node(x plan.Expr, p *atomPred) node {
	switch x := x.(type) {
	case *plan.Const:
		return constNode{x.V}
	case *plan.Field:
		return b.fieldNode(b.ref(x), p)
	case *plan.CompareID:
		return &idNode{x, b.node(x.X, p)}
	case *plan.Search, *plan.System:
		return predNode{b.Condition(x)}
	case *plan.Lineage:
		return b.fieldNode(b.later.lineage(b, x), p)
	case *plan.Call:
		n := &callNode{call: x}
		for _, a := range x.Args {
			n.args = append(n.args, b.node(a, p))
		}
		return n
	case *plan.Arith:
		return &arithNode{x.Op, b.node(x.X, p), b.node(x.Y, p)}
	case *plan.Neg:
		return negNode{b.node(x.X, p)}
	case *plan.Compare:
		return &compareNode{x.Op, b.node(x.X, p), b.node(x.Y, p)}
	case *plan.Same:
		return &sameNode{b.node(x.X, p), b.node(x.Y, p)}
	case *plan.IsNull:
		return isNullNode{b.node(x.X, p)}
	case *plan.Within:
		return &withinNode{x, b.node(x.X, p)}
	case *plan.In:
		return &inNode{x, b.node(x.X, p)}
	case *plan.Match:
		return &matchNode{x, b.node(x.X, p)}
	case *plan.Logic:
		n := &logicNode{or: x.Or}
		for _, o := range x.Xs {
			n.xs = append(n.xs, b.node(o, p))
		}
		return n
	case *plan.Not:
		return notNode{b.node(x.X, p)}
	default:
		panic(fmt.Sprintf("op: unexpected expression %T", x))
	}
}
