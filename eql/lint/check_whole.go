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
func (l *logicCheck) opposites(list []operand, texts []signedText) {
	seen := map[signedText]ast.Expr{}
	for i, o := range list {
		key := texts[i]
		if x, _ := coreOf(o); key.text == "" || isConstant(x) != nil {
			continue
		}
		if !o.isChain() {
			if t := l.testOf(o.expr, o.not); t.subject != "" {
				continue
			}
		}
		if other := seen[signedText{key.text, !key.not}]; other != nil {
			why := brief(other) + " has to hold, too"
			if o.not {
				why = "together with " + brief(other)
			}
			l.reportDecided(o.not, &test{expr: o.expr}, why, "")
		}
		seen[key] = o.expr
	}
}

// A signedText is a condition in canonical form without its negations, and
// whether they negate it.
type signedText struct {
	text string
	not  bool
}

// longCondition is the length in bytes from which a condition made of several is
// not compared with others: each is part of all those around it, and to write
// them all would take time in proportion to the length and the depth of a query.
const longCondition = 8192

// textsOf returns the texts of operands, "" for those that are too long.
func textsOf(list []operand) []signedText {
	out := make([]signedText, len(list))
	for i, o := range list {
		x, not := coreOf(o)
		if at := x.Span(); !o.isChain() || at.End-at.Start < longCondition {
			out[i] = signedText{ast.FormatExpr(x), not}
		}
	}
	return out
}
