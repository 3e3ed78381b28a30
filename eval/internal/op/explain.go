package op

import (
	"strings"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// Explain prints the plan of a bound query: the query, its state, and for each
// step the condition as a tree with the operator chosen for each leaf.
func (q *Query) Explain() string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(q.Plan.Source(), "\n"), "\n") {
		b.WriteString("  " + line + "\n")
	}
	b.WriteByte('\n')
	for _, line := range q.Plan.Outline() {
		b.WriteString(line + "\n")
	}
	for i := range q.Steps {
		b.WriteByte('\n')
		b.WriteString(q.Plan.Title(i) + "\n")
		cond := q.Plan.Until
		if i < len(q.Plan.Steps) {
			cond = &q.Plan.Steps[i]
		}
		explain(&b, cond.Cond, q.Steps[i].Cond, 1)
	}
	return b.String()
}

// explain prints an expression and its operator, deeper for operands of logic.
func explain(b *strings.Builder, x plan.Expr, p Pred, depth int) {
	indent := strings.Repeat("  ", depth)
	switch x := x.(type) {
	case *plan.Logic:
		var xs []Pred
		switch p := p.(type) {
		case *allPred:
			xs = p.xs
		case *anyPred:
			xs = p.xs
		}
		b.WriteString(indent + p.describe() + "\n")
		for i, o := range x.Xs {
			explain(b, o, xs[i], depth+1)
		}
		return
	case *plan.Not:
		if n, ok := p.(*notPred); ok {
			b.WriteString(indent + "not\n")
			explain(b, x.X, n.x, depth+1)
			return
		}
	}
	b.WriteString(indent + shorten(plan.Format(x)) + "    -- " + p.describe() + "\n")
}

// shorten cuts long lists.
func shorten(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
