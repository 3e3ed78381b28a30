package op

import "github.com/eqlkit/eqlkit/eval/internal/plan"

// A Tree is a condition taken apart at and, or and not, for those who want to
// know what each predicate says. It is immutable.
type Tree struct {
	Kind TreeKind
	Xs   []*Tree   // the operands; nil for a leaf
	Expr plan.Expr // what it stands for
	pred Pred      // of a leaf
	leaf int       // number of a leaf, in source order
}

// A TreeKind is how a Tree comes to its answer.
type TreeKind uint8

// The kinds of trees.
const (
	Leaf TreeKind = iota // by a predicate
	All                  // if all operands hold
	Some                 // if one of the operands holds
	None                 // if its one operand does not hold
)

// Tree returns the tree of a condition and its leaves in order. What is written
// as one predicate is one leaf, such as "x != y" or "not x", whatever the plan
// has made of it.
func (b *Builder) Tree(x plan.Expr) (root *Tree, leaves []*Tree) {
	root = b.tree(x, &leaves)
	return root, leaves
}

func (b *Builder) tree(x plan.Expr, leaves *[]*Tree) *Tree {
	t := &Tree{Expr: x}
	switch x := x.(type) {
	case *plan.Logic:
		if !inside(x, x.Xs...) {
			break
		}
		t.Kind = All
		if x.Or {
			t.Kind = Some
		}
		for _, o := range x.Xs {
			t.Xs = append(t.Xs, b.tree(o, leaves))
		}
		return t
	case *plan.Not:
		if l, ok := x.X.(*plan.Logic); ok && inside(l, l.Xs...) && inside(x, l) {
			t.Kind, t.Xs = None, []*Tree{b.tree(l, leaves)}
			return t
		}
	}
	t.pred, t.leaf = b.Condition(x), len(*leaves)
	*leaves = append(*leaves, t)
	return t
}

// inside reports whether the operands stand in the text as parts of x.
func inside(x plan.Expr, operands ...plan.Expr) bool {
	for _, o := range operands {
		if o.Span() == x.Span() {
			return false
		}
	}
	return true
}

// Leaf returns the number of a leaf in the order of the text.
func (t *Tree) Leaf() int { return t.leaf }

// Test evaluates t as the engine does, from left to right and no further than
// needed, and calls found, unless it is nil, for each leaf that is asked.
func (t *Tree) Test(c *Ctx, found func(leaf int, held bool)) bool {
	switch t.Kind {
	case All, Some:
		for _, x := range t.Xs {
			if x.Test(c, found) == (t.Kind == Some) {
				return t.Kind == Some
			}
		}
		return t.Kind == All
	case None:
		return !t.Xs[0].Test(c, found)
	default:
		held := t.pred.Test(c)
		if found != nil {
			found(t.leaf, held)
		}
		return held
	}
}

// Reasons calls yield for the leaves that decide the answer, in order: for a
// conjunction that fails the reasons of the first operand that fails, for a
// disjunction that fails those of all operands, and so on.
func (t *Tree) Reasons(c *Ctx, yield func(leaf int, held bool)) {
	switch t.Kind {
	case All, Some:
		deciding := t.Kind == Some // the answer that one operand suffices for
		for _, x := range t.Xs {
			if x.Test(c, nil) == deciding {
				x.Reasons(c, yield)
				return
			}
		}
		for _, x := range t.Xs {
			x.Reasons(c, yield)
		}
	case None:
		t.Xs[0].Reasons(c, yield)
	default:
		yield(t.leaf, t.pred.Test(c))
	}
}

// Nearness says how much of t holds, from 0 to 1; it is 1 exactly if t holds.
// Operands of a conjunction count alike, a disjunction is as near as its
// nearest operand.
func (t *Tree) Nearness(c *Ctx) float64 {
	switch t.Kind {
	case All:
		sum := 0.0
		for _, x := range t.Xs {
			sum += x.Nearness(c)
		}
		return sum / float64(len(t.Xs))
	case Some:
		best := 0.0
		for _, x := range t.Xs {
			best = max(best, x.Nearness(c))
		}
		return best
	}
	if t.Test(c, nil) {
		return 1
	}
	return 0
}
