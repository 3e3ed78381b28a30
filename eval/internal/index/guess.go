package index

import (
	"math"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// How often events satisfy a clause is not known beforehand. It is guessed from
// the conditions of the block: a field that many of them ask about is there most
// of the time, a text that many ask for is a common one, a field of which they ask
// for many different texts has many values, and a long text is rarer than a short
// one. A bad guess costs time only.
type census struct {
	conditions int
	sources    map[*source]*tally
}

// A tally is how often the conditions of a block ask about a source.
type tally struct {
	conditions int          // that do
	values     map[fact]int // for a value as a whole, as commonForm has it
	total      int          // of values
	last       int          // condition that was counted
}

// take counts a condition.
func (c *census) take(b *Builder, conjuncts []plan.Expr) {
	c.conditions++
	seen := make(map[term]bool)
	for _, x := range conjuncts {
		c.count(b, x, seen, false)
	}
}

func (c *census) count(b *Builder, x plan.Expr, seen map[term]bool, negative bool) {
	switch x := x.(type) {
	case *plan.Logic:
		for _, o := range x.Xs {
			c.count(b, o, seen, negative)
		}
		return
	case *plan.Not:
		c.count(b, x.X, seen, !negative)
		return
	case *plan.Search:
		c.tally(b.array(x)).note(c.conditions)
		return
	}
	plan.Fields(x, func(f *plan.Field) {
		if s := b.field(f); s != nil {
			c.tally(s).note(c.conditions)
		}
	})
	if negative { // exceptions say little about what there is
		return
	}
	cl, _ := b.atom(x)
	for _, t := range cl.terms {
		t.enough = false
		if f := commonForm(t.fact); (f.kind == isFolded || f.kind == isNumber) && !seen[t] {
			seen[t] = true
			l := c.tally(t.source)
			l.values[f]++
			l.total++
		}
	}
}

func (c *census) tally(s *source) *tally {
	t := c.sources[s]
	if t == nil {
		t = &tally{values: make(map[fact]int)}
		c.sources[s] = t
	}
	return t
}

func (t *tally) note(condition int) {
	if t.last != condition {
		t.last = condition
		t.conditions++
	}
}

// guess returns how likely an event is to satisfy a clause.
func (b *Builder) guess(c *clause) float64 {
	sum := 0.0
	for _, t := range c.terms {
		sum += b.census.guess(t)
	}
	if c.negative {
		return max(1-sum, 0.5)
	}
	return min(sum, 1)
}

func (c *census) guess(t term) float64 {
	const least, unseen = 0.0005, 10 // and the weight of what no condition asks for
	l := c.tally(t.source)
	there := min(max(4*float64(l.conditions)/float64(c.conditions+8), 0.05), 0.95)
	switch f := commonForm(t.fact); f.kind {
	case present:
		return there
	case isBool:
		return there / 2
	case isFolded, isNumber:
		return max(there*(float64(l.values[f])+0.5)/float64(l.total+unseen), least)
	default:
		return max(there*guessText(f), least)
	}
}

// commonForm returns what a fact counts as, whatever the case of its text.
func commonForm(f fact) fact {
	if f.kind == isText {
		return fact{kind: isFolded, text: pattern.Fold(f.text)}
	}
	return f
}

// guessText guesses how likely a text is to be like a part of it: half as likely
// with each few bytes.
func guessText(f fact) float64 {
	per := 3.0
	if f.kind == beginsWith || f.kind == continues {
		per = 4 // beginnings have more in common
	}
	return math.Exp2(-float64(len(f.text)) / per)
}
