package op

import "github.com/eqlkit/eqlkit/eval/internal/plan"

// A memo is a predicate that several conditions share, and whose answer is kept
// until the record is filled again. Those that report errors are asked again, so
// that each query learns of its own.
type memo struct {
	pred   Pred
	number int32 // of the answer in Ctx.answers; below 0 if nobody shares it
}

// share notes that one more condition asks p.
func (b *Builder) share(p Pred) {
	if m, ok := p.(*memo); ok && m.number < 0 {
		m.number = b.memos
		b.memos++
	}
}

// isCostly reports whether to remember the answer of x is cheaper than to test it
// again.
func isCostly(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Match, *plan.In, *plan.Search, *plan.Call:
		return true
	case *plan.Compare:
		return !isOperand(x.X) || !isOperand(x.Y)
	default:
		return false
	}
}

func isOperand(x plan.Expr) bool {
	switch x.(type) {
	case *plan.Const, *plan.Field:
		return true
	default:
		return false
	}
}

func (m *memo) Test(c *Ctx) bool {
	if m.number < 0 || c.Forgetful {
		return m.pred.Test(c)
	}
	if int(m.number) >= len(c.answers) {
		c.answers = append(c.answers, make([]uint64, int(m.number)+1-len(c.answers))...)
	}
	fill := c.Rec.Fills() << 1
	if a := &c.answers[m.number]; *a&^1 != fill {
		errors := c.errors
		answer := fill
		if m.pred.Test(c) {
			answer |= 1
		}
		if c.errors != errors {
			return answer&1 != 0
		}
		*a = answer
	}
	return c.answers[m.number]&1 != 0
}

func (m *memo) describe() string { return m.pred.describe() }

// bare returns p without memory.
func bare(p Pred) Pred {
	if m, ok := p.(*memo); ok {
		return m.pred
	}
	return p
}
