package ruletest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/why"
)

// A Coverage collects what the cases of rules have tried: of each predicate
// whether it was ever true and ever false, of each step whether it was ever
// reached and whether maxspan ever ended a sequence there. Its zero value is
// ready to use, and it is safe for concurrent use.
type Coverage struct {
	mu    sync.Mutex
	rules map[*Rule]*why.Tally
}

// Add adds what a case of r did. Without a result it makes r count as a rule
// that nothing has tried yet.
func (c *Coverage) Add(r *Rule, result *Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rules == nil {
		c.rules = map[*Rule]*why.Tally{}
	}
	t := c.rules[r]
	if t == nil {
		t = &why.Tally{}
		c.rules[r] = t
	}
	switch {
	case result == nil || result.Tally.True == nil:
	case t.True == nil:
		*t = result.Tally
	default:
		t.Add(result.Tally)
	}
}

// A RuleCoverage is the coverage of one rule.
type RuleCoverage struct {
	Rule *Rule
	// Outcomes is what could have been tried, and Tried what has been: two for
	// each predicate of the query that depends on the event, one for each step, and one more
	// for each step at which maxspan can end a sequence.
	Outcomes, Tried int
	Gaps            []Gap // in the order of the text

	file  *source.File
	marks []mark
}

// A Gap is something that no case has tried.
type Gap struct {
	Kind GapKind
	Span source.Span // of the predicate or step, in the query's text
	Text string      // of it, on one line
	Step string      // "step 1" and so on, or "until"
}

// A GapKind says what was not tried.
type GapKind string

// The kinds of gaps.
const (
	NeverTrue      GapKind = "never true"
	NeverFalse     GapKind = "never false"
	NeverEvaluated GapKind = "never evaluated"
	NeverReached   GapKind = "never reached"
	NeverExpired   GapKind = "never expired"
)

// A mark is a piece of a query and what has been tried of it.
type mark struct {
	span        source.Span
	true, false int
}

// Percent returns the part of the outcomes that was tried, from 0 to 100; 100 if
// there are none.
func (r *RuleCoverage) Percent() float64 { return percent(r.Tried, r.Outcomes) }

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

// Rules returns the coverage of each rule that was added and compiles, by path.
func (c *Coverage) Rules() []*RuleCoverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*RuleCoverage
	for r, t := range c.rules {
		if q, err := r.Compile(); err == nil {
			out = append(out, cover(r, q, t))
		}
	}
	slices.SortFunc(out, func(a, b *RuleCoverage) int {
		return cmp.Or(cmp.Compare(a.Rule.Path, b.Rule.Path), cmp.Compare(a.Rule.Name, b.Rule.Name))
	})
	return out
}

// Percent returns the part of all outcomes of all rules that was tried.
func (c *Coverage) Percent() float64 {
	tried, outcomes := 0, 0
	for _, r := range c.Rules() {
		tried += r.Tried
		outcomes += r.Outcomes
	}
	return percent(tried, outcomes)
}

// cover compares what a query did with what it could have done.
func cover(r *Rule, q *eql.Query, t *why.Tally) *RuleCoverage {
	out := &RuleCoverage{Rule: r, file: q.AST().File}
	p := q.NewProbe()
	at := func(counts []int, i int) int {
		if counts == nil {
			return 0
		}
		return counts[i]
	}
	last := 0
	for i, s := range p.Steps() {
		if !s.Missing && !s.Until {
			last = i
		}
	}
	next := 0 // predicate
	for i, s := range p.Steps() {
		step := fmt.Sprintf("step %d", i+1)
		if s.Until {
			step = "until"
		}
		gap := Gap{Span: s.Span, Text: out.text(s.Span), Step: step}
		out.try(at(t.Reached, i) > 0, gap, NeverReached)
		if p.MaxSpan() > 0 && !s.Missing && !s.Until && i < last {
			out.try(at(t.Expired, i) > 0, gap, NeverExpired)
		}
		for ; next < len(p.Predicates()) && p.Predicates()[next].Step == i; next++ {
			x := p.Predicates()[next]
			if len(x.Fields) == 0 || x.Span.Start == x.Span.End {
				continue // a constant, or the rule's operating systems
			}
			m := mark{span: x.Span, true: at(t.True, next), false: at(t.False, next)}
			out.marks = append(out.marks, m)
			gap := Gap{Span: x.Span, Text: why.OneLine(x.Text), Step: step}
			if m.true+m.false == 0 {
				out.Outcomes += 2
				gap.Kind = NeverEvaluated
				out.Gaps = append(out.Gaps, gap)
				continue
			}
			out.try(m.true > 0, gap, NeverTrue)
			out.try(m.false > 0, gap, NeverFalse)
		}
	}
	return out
}

func (r *RuleCoverage) text(s source.Span) string { return why.OneLine(r.file.Slice(s)) }

// try counts an outcome, and notes the gap if it was not tried.
func (r *RuleCoverage) try(tried bool, gap Gap, kind GapKind) {
	r.Outcomes++
	if tried {
		r.Tried++
		return
	}
	gap.Kind = kind
	r.Gaps = append(r.Gaps, gap)
}

// Place returns where a gap stands: FILE:LINE:COL.
func (r *RuleCoverage) Place(g Gap) string { return place(r.file, g.Span) }

// describe says what a gap is.
func (r *RuleCoverage) describe(g Gap) string {
	switch g.Kind {
	case NeverReached, NeverExpired:
		return g.Step + " " + string(g.Kind)
	default:
		return fmt.Sprintf("%s: %s", g.Kind, g.Text)
	}
}
