package op

import "github.com/eqlkit/eqlkit/eval/internal/plan"

// Plain returns the predicate of a condition without any of the operators for
// special forms: each atom is computed, and nothing changes places.
func (b *Builder) Plain(x plan.Expr) Pred {
	switch x := x.(type) {
	case *plan.Not:
		return &notPred{b.Plain(x.X)}
	case *plan.Logic:
		terms := make([]term, len(x.Xs))
		for i, o := range x.Xs {
			terms[i] = term{pred: b.Plain(o)}
		}
		if x.Or {
			return &anyPred{operands: operands{terms: terms, others: terms}}
		}
		return &allPred{operands: operands{terms: terms, others: terms}}
	case *plan.Search, *plan.System:
		return b.Condition(x)
	}
	p := &atomPred{}
	p.body = b.node(x, p)
	return p
}

// Atoms calls yield for the operands of logic in x.
func Atoms(x plan.Expr, yield func(plan.Expr)) {
	switch x := x.(type) {
	case *plan.Not:
		Atoms(x.X, yield)
	case *plan.Logic:
		for _, o := range x.Xs {
			Atoms(o, yield)
		}
	default:
		yield(x)
	}
}

// IsComputed reports whether a predicate has no operator of its own.
func IsComputed(p Pred) bool {
	_, ok := bare(p).(*atomPred)
	return ok
}

// IsTestAgrees reports whether isTest says of x what fieldTest does.
func IsTestAgrees(x plan.Expr) bool {
	f, _ := fieldTest(x)
	return isTest(x) == (f != nil)
}
