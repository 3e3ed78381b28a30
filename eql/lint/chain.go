package lint

import (
	"slices"

	"github.com/eqlkit/eqlkit/ast"
)

// An operand is one of the conditions that "and" or "or" joins.
type operand struct {
	expr   ast.Expr // with its parentheses and negations
	not    bool     // it stands below a negation of the whole chain
	parent *ast.Binary
}

// operandsOf returns what x consists of: the conditions that have to hold
// together, or, if or is set, of which one has to hold. Parentheses are looked
// through, and so is "not", which turns and into or. Anything else is a chain
// of one.
func operandsOf(x ast.Expr, not bool) (or bool, list []operand) {
	core, sign := core(x, not)
	b, ok := core.(*ast.Binary)
	if !ok || b.Op != ast.And && b.Op != ast.Or {
		return false, []operand{{expr: x, not: not}}
	}
	or = (b.Op == ast.Or) != sign
	// Chains are deep on their left; what is left to do is a stack.
	stack := []operand{{expr: x, not: not}}
	for len(stack) > 0 {
		o := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		core, sign := coreOf(o)
		b, ok := core.(*ast.Binary)
		if ok && (b.Op == ast.And || b.Op == ast.Or) && (b.Op == ast.Or) != sign == or {
			stack = append(stack, operand{b.Y, sign, b}, operand{b.X, sign, b})
			continue
		}
		list = append(list, o)
	}
	return or, list
}

func coreOf(o operand) (ast.Expr, bool) { return core(o.expr, o.not) }

// core returns x without parentheses and negations, and whether it is negated.
func core(x ast.Expr, not bool) (ast.Expr, bool) {
	for {
		x = ast.Unparen(x)
		u, ok := x.(*ast.Unary)
		if !ok || u.Op != ast.Not {
			return x, not
		}
		x, not = u.X, !not
	}
}

// isChain reports whether an operand is itself made of several.
func (o operand) isChain() bool {
	x, _ := coreOf(o)
	b, ok := x.(*ast.Binary)
	return ok && (b.Op == ast.And || b.Op == ast.Or)
}

// factsOf returns the tests that hold for every event that passes a filter.
func (p *pass) factsOf(f *filter) []*test {
	or, list := operandsOf(f.Where, false)
	if or {
		return nil
	}
	var facts []*test
	for _, o := range list {
		if o.isChain() {
			continue
		}
		if t := p.testOf(o.expr, o.not); t.subject != "" {
			facts = append(facts, &t)
		}
	}
	return facts
}

// on returns the tests whose subject is s.
func on(tests []*test, s string) []*test {
	var out []*test
	for _, t := range tests {
		if t.subject == s {
			out = append(out, t)
		}
	}
	return out
}

// isSingleTest reports whether the subject of t has at most one value.
func (p *pass) isSingleTest(t *test) bool {
	single := true
	for n := range ast.Preorder(t.operand) {
		if f, ok := n.(*ast.Field); ok {
			single = single && p.isSingle(f.Path)
		}
	}
	return single
}

// maxTests bounds the tests of one subject that are compared with each other.
const maxTests = 50

// capped returns the latest tests.
func capped(tests []*test) []*test {
	return tests[max(0, len(tests)-maxTests):]
}

// negated returns the opposites of tests.
func negated(tests []*test) []*test {
	out := make([]*test, len(tests))
	for i, t := range tests {
		n := *t
		n.not, n.inverse = !n.not, !n.inverse
		out[i] = &n
	}
	return out
}

// with returns list and one more, leaving list as it is.
func with(list []*test, t *test) []*test { return append(slices.Clip(list), t) }
