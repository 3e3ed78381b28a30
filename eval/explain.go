package eval

import (
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
			fmt.Fprintf(&b, "  %6d  %s\n", g.byName[name].steps, name)
		}
		if g.any != nil {
			fmt.Fprintf(&b, "  %6d  any\n", g.any.steps)
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
