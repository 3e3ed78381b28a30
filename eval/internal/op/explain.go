package op

import (
	"fmt"
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
		s := &q.Steps[i]
		b.WriteString("\n" + q.Title(i) + "\n")
		explain(&b, s.split.Now, s.now, 1)
		for _, part := range []struct {
			note string
			x    plan.Expr
			p    Pred
		}{
			{"and, with the processes seen before it:", s.split.Lineage, s.byLineage},
			{"and, with the events of earlier steps:", s.split.Alias, s.byAlias},
		} {
			if part.p != nil {
				b.WriteString(part.note + "\n")
				explain(&b, part.x, part.p, 1)
			}
		}
	}
	return b.String()
}

// Title names a step, for people.
func (q *Query) Title(i int) string {
	switch {
	case len(q.lineages) == 0 || i < q.feed:
		return q.Plan.Title(i)
	case i == q.feed+len(q.lineages):
		return "processes that are started"
	case q.Steps[i].Any:
		return "processes to descend from: of any event"
	default:
		return fmt.Sprintf("processes to descend from: %s is %q", q.Plan.CategoryField, q.Steps[i].Category)
	}
}

// explain prints an expression and its operator, deeper for operands of logic.
func explain(b *strings.Builder, x plan.Expr, p Pred, depth int) {
	indent := strings.Repeat("  ", depth)
	p = bare(p)
	switch x := x.(type) {
	case *plan.Logic:
		var xs []Pred
		switch p := p.(type) {
		case *allPred:
			xs = p.xs
		case *anyPred:
			xs = p.xs
		default: // decided before, as a whole
			b.WriteString(indent + shorten(plan.Format(x)) + "    -- " + p.describe() + "\n")
			return
		}
		b.WriteString(indent + p.describe() + "\n")
		for i, o := range x.Xs {
			explain(b, o, xs[i], depth+1)
		}
		return
	case *plan.Search:
		if s, ok := p.(interface{ inner() Pred }); ok {
			b.WriteString(indent + p.describe() + ", $" + x.Var.Name + " in " + plan.Format(x.Array) + "\n")
			explain(b, x.Cond, s.inner(), depth+1)
			return
		}
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
