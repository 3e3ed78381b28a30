package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// order returns the operands of a conjunction or disjunction in the order in
// which they are tested, the cheap ones first. What may report an error keeps its
// place, and the others keep their side of it: so it is asked for the same events
// as if nothing had been moved.
func order(x *plan.Logic, preds []Pred) []term {
	terms := make([]term, len(preds))
	var space [16]int
	costs := append(space[:0], make([]int, len(preds))...)
	from := 0 // of those that may change places
	for i, o := range x.Xs {
		cost := costOf(o)
		if !x.Or {
			cost *= costOfGoingOn(o)
		}
		at := i
		if mayReport(o) {
			from = i + 1
		} else {
			for ; at > from && costs[at-1] > cost; at-- {
				terms[at], costs[at] = terms[at-1], costs[at-1]
			}
		}
		terms[at], costs[at] = newTerm(preds[i]), cost
	}
	return terms
}

// costOfGoingOn is how many times as much a test of a conjunction costs that is
// likely to be true: another one has to decide. Exceptions mostly are; so are
// the fields that all events of a kind share.
func costOfGoingOn(x plan.Expr) int {
	switch x.(type) {
	case *plan.Not:
		return 10
	case *plan.Compare:
		return 2
	default:
		return 1
	}
}

// mayReport reports whether testing x may report an error.
func mayReport(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Const, *plan.Field, *plan.System, *plan.Lineage:
		return false
	case *plan.Not:
		return mayReport(x.X)
	case *plan.Logic:
		return slices.ContainsFunc(x.Xs, mayReport)
	case *plan.Search:
		return mayReport(x.Cond)
	case *plan.IsNull:
		_, ok := x.X.(*plan.Field)
		return !ok
	default:
		return !isTest(x)
	}
}

// Costs of tests, about in nanoseconds.
const (
	cheap     = 2
	listed    = 4
	wildcard  = 8
	contained = 20
	searched  = 100
	computed  = 200
)

// costOf estimates what testing x takes.
func costOf(x plan.Expr) int {
	switch x := x.(type) {
	case *plan.Const, *plan.Field, *plan.System, *plan.Lineage, *plan.CompareID:
		return cheap
	case *plan.Not:
		return costOf(x.X)
	case *plan.Logic:
		sum := 0
		for _, o := range x.Xs {
			sum += costOf(o)
		}
		return sum
	case *plan.Search:
		return searched + costOf(x.Cond)
	}
	if mayReport(x) {
		return computed
	}
	switch x := x.(type) {
	case *plan.In:
		return listed
	case *plan.Match:
		if x.Op == ast.Regex || x.Op == ast.RegexFold {
			return searched
		}
		cost := listed
		for _, p := range x.Patterns {
			cost += costOfPattern(p)
		}
		return cost
	case *plan.Call:
		return contained
	default:
		return cheap
	}
}

// costOfPattern estimates what a wildcard pattern takes besides what a list of
// literals does.
func costOfPattern(p string) int {
	stars, inner := 0, 0
	for i := range len(p) {
		if p[i] == '*' {
			stars++
			if i > 0 && i < len(p)-1 {
				inner++
			}
		}
	}
	switch {
	case stars == 0:
		return 0
	case stars == 1 && inner == 0:
		return 1
	case stars == 1:
		return wildcard
	default:
		return contained
	}
}
