package eval

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Explain returns the query's plan as text for people: what is evaluated, in
// which order, by which operators and with which state. The format may change.
func (q *Query) Explain() string {
	return NewEngine(q).queries[0].Explain()
}

// Explain returns how the engine spreads events over its queries, and its queries
// over the parts of a divided stream, as text for people. The format may change.
func (e *Engine) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d queries, %d fields\n", len(e.queries), e.layout.Len())
	for _, g := range e.groups {
		fmt.Fprintf(&b, "steps by %s:\n", g.field)
		for _, name := range slices.Sorted(maps.Keys(g.byName)) {
			e.outline(&b, name, g.byName[name])
		}
		if g.any != nil {
			e.outline(&b, "any", g.any)
		}
	}
	plan := e.PartitionPlan()
	fmt.Fprintf(&b, "on several workers:\n%s", plan)
	places := plan.places()
	for _, q := range e.queries {
		fmt.Fprintf(&b, "\n%s (%s)\n%s", q.query.id, places[q.query], q.Explain())
	}
	return b.String()
}

// outline prints a block of the index in a line.
func (e *Engine) outline(b *strings.Builder, category string, blk *block) {
	fmt.Fprintf(b, "  %6d  %-17s  found by %s\n", blk.steps, category, e.index.Outline(blk.number, e.layout))
}

// A WideStep is a step of a query that the index proposes for a great share of the
// events of its category, so that its condition is tested for each of these.
type WideStep struct {
	Query *Query
	Step  int    // among the steps of the query, from 0
	Title string // of the step, for people
	// Share is the part of the events of the step's category for which it is
	// proposed while the query waits for it, from 0 to 1. It is guessed from the conditions of all queries: what
	// events there will be is not known. It is 1 if the index knows nothing that
	// the condition needs.
	Share float64
}

// WideSteps returns the steps of which the share is at least that, the widest first and
// else in the order of the queries.
func (e *Engine) WideSteps(share float64) []WideStep {
	var out []WideStep
	for _, q := range e.queries {
		for i, bit := range q.bits {
			if bit < 0 || float64(e.shares[bit]) < share {
				continue
			}
			out = append(out, WideStep{Query: q.query, Step: i, Title: q.Title(i), Share: float64(e.shares[bit])})
		}
	}
	slices.SortStableFunc(out, func(x, y WideStep) int { return cmp.Compare(y.Share, x.Share) })
	return out
}
