package op

import (
	"fmt"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
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

	preds map[string]Pred
	memos int32  // answers that are kept; see memo
	later *later // not nil while what has to wait is built
}

// Condition returns the predicate of a condition.
func (b *Builder) Condition(x plan.Expr) Pred {
	if b.later != nil {
		return b.later.pred(b, x)
	}
	key := plan.Identity(x, b.place, b.listPlace)
	if p, ok := b.preds[key]; ok {
		b.share(p)
		return p
	}
	p := b.pred(x)
	if isCostly(x) && plan.IsClosed(x) {
		p = &memo{pred: p, number: -1}
	}
	if b.preds == nil {
		b.preds = make(map[string]Pred)
	}
	b.preds[key] = p
	return p
}

// All returns the predicate that all of xs hold.
func (b *Builder) All(xs []plan.Expr) Pred {
	switch len(xs) {
	case 0:
		return constPred(true)
	case 1:
		return b.Condition(xs[0])
	}
	p := &allPred{}
	for _, x := range xs {
		p.xs = append(p.xs, b.Condition(x))
	}
	return p
}

// pred chooses the operator for x where only true and not true matter.
func (b *Builder) pred(x plan.Expr) Pred {
	switch x := x.(type) {
	case *plan.Const:
		return constPred(x.V.Kind() == value.Bool && x.V.Bool())
	case *plan.Not:
		if c, ok := x.X.(*plan.Const); ok && c.V.IsNull() {
			return constPred(false)
		}
		return &notPred{b.Condition(x.X)}
	case *plan.Logic:
		xs := make([]Pred, len(x.Xs))
		for i, o := range x.Xs {
			xs[i] = b.Condition(o)
		}
		if x.Or {
			return &anyPred{xs}
		}
		return &allPred{xs}
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

// fieldTest takes an atom apart that tests one field and nothing else.
func fieldTest(x plan.Expr) (*plan.Field, valueTest) {
	switch x := x.(type) {
	case *plan.Compare:
		f, okF := x.X.(*plan.Field)
		c, okC := x.Y.(*plan.Const)
		switch {
		case !okF || !okC:
		case x.Op != ast.Eq:
			return f, compares{x.Op, c.V}
		case c.V.Kind() == value.String:
			return f, equalsText{c.V.Str()}
		default:
			return f, equals{c.V}
		}
	case *plan.CompareID:
		return x.X, idTest{x}
	case *plan.Within:
		if f, ok := x.X.(*plan.Field); ok {
			return f, withinTest{x}
		}
	case *plan.Match:
		if f, ok := x.X.(*plan.Field); ok {
			return f, matches{x}
		}
	case *plan.In:
		if f, ok := x.X.(*plan.Field); ok {
			return f, inTest(x)
		}
	}
	return nil, nil
}

func inTest(x *plan.In) valueTest {
	texts := make([]string, 0, len(x.Values))
	for _, v := range x.Values {
		if v.Kind() != value.String {
			return valueSet{x}
		}
		texts = append(texts, v.Str())
	}
	return textSet{pattern.Set(texts, x.Fold), len(texts)}
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
