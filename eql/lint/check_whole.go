package lint

import "github.com/eqlkit/eqlkit/ast"

// branchless reports an "or" of which no branch can hold beside the facts, and
// returns whether it did. Its branches need no words of their own then.
func (l *logicCheck) branchless(x ast.Expr, not bool, list []operand, facts []*test) bool {
	for _, o := range list {
		if o.isChain() {
			return false
		}
		t := l.testOf(o.expr, o.not)
		if t.subject == "" {
			return false
		}
		single := l.isSingleTest(&t)
		around := capped(on(facts, t.subject))
		if contradict(around, single) || !contradict(with(around, &t), single) {
			return false
		}
	}
	why := "the conditions beside it rule it out"
	if not {
		why = "the conditions beside it see to that"
	}
	l.reportDecided(not, &test{expr: x}, why, "")
	return true
}

// opposites reports conditions of an "and" that are each other's opposite and
// that contradict each other, whatever they mean: regular expressions, functions,
// comparisons with computations, and conditions made of several.
func (l *logicCheck) opposites(list []operand) {
	type sign struct {
		text string
		not  bool
	}
	seen := map[sign]ast.Expr{}
	for _, o := range list {
		x, not := coreOf(o)
		if isConstant(x) != nil {
			continue
		}
		if !o.isChain() {
			if t := l.testOf(o.expr, o.not); t.subject != "" {
				continue
			}
		}
		key := sign{ast.FormatExpr(x), not}
		if other := seen[sign{key.text, !not}]; other != nil {
			why := brief(other) + " has to hold, too"
			if o.not {
				why = "together with " + brief(other)
			}
			l.reportDecided(o.not, &test{expr: o.expr}, why, "")
		}
		seen[key] = o.expr
	}
}
