package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A PartitionPlan says how the queries of an engine can be divided among machines, or
// parts of any kind, each with a Stream of its own: which events have to come together
// for which of them. Goroutines of one process need no such division; see package
// shard. It is immutable and safe for concurrent use.
type PartitionPlan struct {
	// Groups are queries whose state is divided by the value of a join key. All
	// queries of a group have it in the same fields.
	Groups []PartitionGroup
	// Global are queries that have to see all events in one place.
	Global []GlobalQuery
	// Stateless are queries for single events, which can be answered anywhere.
	Stateless []*Query

	routes []*routeGroup
	layout *event.Layout
}

// A PartitionGroup is queries that are divided alike.
type PartitionGroup struct {
	// Fields are where events have the value. An event belongs to the part of
	// each of its values in each of them, unless FirstOnly is set: then the
	// first field that has a value decides alone, and no value is a value.
	Fields    []string
	FirstOnly bool
	Queries   []*Query
}

// A GlobalQuery is a query that cannot be divided.
type GlobalQuery struct {
	Query  *Query
	Reason string
}

// A routeGroup is what routing by a PartitionGroup takes.
type routeGroup struct {
	route *op.Route
	slots []event.Slot // of PartitionPlan.layout
}

// PartitionPlan returns the plan for the engine's queries. What becomes of a
// query does not depend on the others.
func (e *Engine) PartitionPlan() *PartitionPlan { return e.partition() }

func (e *Engine) plan() *PartitionPlan {
	p := &PartitionPlan{layout: event.NewLayout()}
	byKey := make(map[string]int)
	for _, q := range e.queries {
		if q.Stateless() {
			p.Stateless = append(p.Stateless, q.query)
			continue
		}
		route, reason := q.Route()
		if route == nil {
			p.Global = append(p.Global, GlobalQuery{q.query, reason})
			continue
		}
		slots := route.Slots()
		key := fmt.Sprint(route.Hosts != nil, slots, route.Optional())
		i, ok := byKey[key]
		if !ok {
			i = len(p.Groups)
			byKey[key] = i
			g := PartitionGroup{FirstOnly: route.Hosts != nil}
			r := &routeGroup{route: route}
			for _, s := range slots {
				g.Fields = append(g.Fields, e.layout.Path(s))
				r.slots = append(r.slots, e.layout.Copy(s, p.layout))
			}
			p.Groups, p.routes = append(p.Groups, g), append(p.routes, r)
		}
		p.Groups[i].Queries = append(p.Groups[i].Queries, q.query)
	}
	return p
}

// Route returns which of n parts have to see an event on account of Groups, in
// ascending order; n must not be above MaxParts. Stateless queries can be
// answered by any part, global ones by one that sees all events. The error says
// that the event cannot be read.
func (p *PartitionPlan) Route(ev Event, n int) ([]int, error) {
	rec := event.NewRecord(p.layout)
	if err := rec.Fill(ev); err != nil {
		return nil, err
	}
	set := p.route(rec, n)
	var parts []int
	for i := range n {
		if set.has(i) {
			parts = append(parts, i)
		}
	}
	return parts, nil
}

// MaxParts is the greatest number of parts.
const MaxParts = 64

// A partSet is a set of parts.
type partSet uint64

func (s partSet) has(i int) bool { return s>>i&1 != 0 }

func (p *PartitionPlan) route(rec *event.Record, n int) partSet {
	var set partSet
	for _, g := range p.routes {
		g.route.Parts(rec, g.slots, n, func(i int) { set |= 1 << i })
	}
	return set
}

// by names what the group is divided by.
func (g *PartitionGroup) by() string {
	if g.FirstOnly {
		return strings.Join(g.Fields, ", else ")
	}
	return strings.Join(g.Fields, ", ")
}

// places says for each query where it can be answered.
func (p *PartitionPlan) places() map[*Query]string {
	out := make(map[*Query]string)
	for _, g := range p.Groups {
		for _, q := range g.Queries {
			out[q] = "divided by " + g.by()
		}
	}
	for _, g := range p.Global {
		out[g.Query] = "in one place: " + g.Reason
	}
	for _, q := range p.Stateless {
		out[q] = "anywhere"
	}
	return out
}

// String describes the plan for people. The format may change.
func (p *PartitionPlan) String() string {
	var b strings.Builder
	for _, g := range p.Groups {
		fmt.Fprintf(&b, "%6d queries divided by %s\n", len(g.Queries), g.by())
	}
	reasons := make(map[string]int)
	var order []string
	for _, g := range p.Global {
		if reasons[g.Reason] == 0 {
			order = append(order, g.Reason)
		}
		reasons[g.Reason]++
	}
	slices.Sort(order)
	for _, reason := range order {
		fmt.Fprintf(&b, "%6d queries in one place: %s\n", reasons[reason], reason)
	}
	fmt.Fprintf(&b, "%6d queries anywhere: they look at single events\n", len(p.Stateless))
	return b.String()
}
