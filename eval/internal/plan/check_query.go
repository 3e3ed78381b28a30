package plan

import (
	"fmt"
	"math"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// The limits of Elasticsearch.
const (
	maxQueries       = 256 // of a sequence, runs expanded, with until
	maxRuns          = 100
	maxSampleQueries = 5
)

func (a *analyser) query(q *ast.Query) *Query {
	p := &Query{
		AST:            q,
		MaxSamples:     max(a.MaxSamples, 1),
		CategoryField:  a.CategoryField,
		TimestampField: a.TimestampField, TiebreakerField: a.TiebreakerField,
	}
	switch b := q.Body.(type) {
	case *ast.EventFilter:
		p.Kind = Event
		p.Steps = []Step{a.filter(b)}
	case *ast.Sequence:
		p.Kind = Sequence
		a.sequence(p, b)
	case *ast.Sample:
		p.Kind = Sample
		a.sample(p, b)
	}
	if p.Kind != Event || a.lineages > 0 {
		p.Partition = a.Partition
	}
	p.Lineages = a.lineages > 0
	a.limits(p, q)
	p.Ordered = a.Ordered || len(p.Limits) > 0
	return p
}

func (a *analyser) filter(f *ast.EventFilter) Step {
	cond := a.limited(a.condition(f))
	return Step{Category: f.Category.Name, Any: f.Category.Any(), Cond: cond, Runs: 1}
}

func (a *analyser) sequence(p *Query, s *ast.Sequence) {
	if s.MaxSpan != nil {
		p.MaxSpan = s.MaxSpan.Value
	}
	a.nameSteps(s.Terms, s.Until)
	shared := a.keys(s.By)
	queries, positive := 0, 0
	var missing *ast.Term
	for i, t := range s.Terms {
		a.scope.step = i
		step := a.term(t, shared)
		if t.Alias != nil {
			step.Name = t.Alias.Name
		}
		n := step.Runs
		if step.Missing {
			if missing == nil {
				missing = t
			}
		} else {
			positive += n
		}
		queries += n
		if queries <= maxQueries {
			for range n {
				p.Stages = append(p.Stages, len(p.Steps))
			}
		}
		p.Steps = append(p.Steps, step)
	}
	if s.Until != nil {
		queries++
		until := a.until(s.Until, shared)
		p.Until = &until
	}
	p.Aliases = len(a.scope.names) > 0
	keyword := source.Span{Start: s.Keyword, End: s.Keyword + source.Pos(len("sequence"))}
	switch {
	case queries > maxQueries:
		a.errorf("sequence", keyword, "a sequence cannot have more than %d steps, found %d", maxQueries, queries)
	case missing != nil && positive == 0:
		a.errorf("sequence", keyword, "a sequence needs a step that is not a missing event")
	case len(p.Stages) < 2:
		a.errorf("sequence", keyword, "a sequence needs at least two steps, found one").
			Hint = "add a step, or repeat this one: [...] with runs=2"
	}
	if missing != nil && s.MaxSpan == nil {
		a.errorf("sequence", opening(missing), "a missing event needs a maxspan: without it there is no time to wait for").
			Hint = "write: sequence with maxspan=5m ..."
	}
	a.keyCounts(p, s.Terms, s.Until)
	a.keyTypes(p, s.By, s.Terms)
}

// opening is the span of the bracket that opens t.
func opening(t *ast.Term) source.Span {
	n := source.Pos(len("["))
	if t.Missing {
		n = source.Pos(len("!["))
	}
	return source.Span{Start: t.Lbrack, End: t.Lbrack + n}
}

func (a *analyser) term(t *ast.Term, shared []Key) Step {
	step := a.filter(t.Filter)
	step.Missing = t.Missing
	step.Keys = append(shared[:len(shared):len(shared)], a.keys(t.By)...)
	if t.Runs != nil {
		switch {
		case t.Runs.N < 1:
			a.errorf("runs", t.Runs.Range, "runs must be at least 1, found %s", t.Runs.Text)
		case t.Runs.N > maxRuns:
			a.errorf("runs", t.Runs.Range, "runs must be at most %d, found %s", maxRuns, t.Runs.Text)
		default:
			step.Runs = t.Runs.N
		}
	}
	return step
}

func (a *analyser) until(t *ast.Term, shared []Key) Step {
	if t.Missing {
		a.errorf("sequence", opening(t), "until takes an event, not a missing event").Hint = `write "[" instead of "!["`
	}
	step := without(a, "until", func() Step { return a.term(t, shared) })
	if t.Runs != nil {
		a.errorf("sequence", t.Runs.Range, "until takes no runs")
	}
	return step
}

func (a *analyser) sample(p *Query, s *ast.Sample) {
	shared := a.keys(s.By)
	for i, t := range s.Terms {
		step := a.term(t, shared)
		if t.Missing {
			a.errorf("sample", opening(t), "a sample takes no missing events; they belong into a sequence")
		}
		a.distinctKeys(s.By, t, i == 0)
		p.Steps = append(p.Steps, step)
	}
	keyword := source.Span{Start: s.Keyword, End: s.Keyword + source.Pos(len("sample"))}
	switch n := len(p.Steps); {
	case n > maxSampleQueries:
		a.errorf("sample", keyword, "a sample cannot have more than %d filters, found %d", maxSampleQueries, n)
	case n < 2:
		a.errorf("sample", keyword, "a sample needs at least two filters, found one")
	}
	keys := 0
	for _, step := range p.Steps {
		keys = max(keys, len(step.Keys))
	}
	if keys == 0 {
		a.errorf("sample", keyword, "a sample needs at least one join key").Hint = "write: sample by host.id [...] [...]"
	}
	a.keyCounts(p, s.Terms, nil)
	a.keyTypes(p, s.By, s.Terms)
}

// distinctKeys finds a key that is named twice for one filter of a sample. What
// is wrong with the shared keys is said for the first filter.
func (a *analyser) distinctKeys(shared []ast.Expr, t *ast.Term, first bool) {
	seen := map[string]bool{}
	for i, x := range append(shared[:len(shared):len(shared)], t.By...) {
		f, ok := ast.Unparen(x).(*ast.Field)
		if !ok {
			continue
		}
		if seen[f.Path] && (i >= len(shared) || first) {
			a.errorf("sample", f.Range, "the join key %s is used twice", f.Path)
		}
		seen[f.Path] = true
	}
}

// keys plans a list of join keys, each of which has to be a field.
func (a *analyser) keys(by []ast.Expr) []Key {
	return without(a, "a join key", func() []Key { return a.keyFields(by) })
}

func (a *analyser) keyFields(by []ast.Expr) []Key {
	keys := make([]Key, 0, len(by))
	for _, x := range by {
		f, ok := x.(*ast.Field)
		if !ok || f.Var != "" {
			a.errorf("key", x.Span(), "a join key must be a field, but %s is none", describe(x))
			keys = append(keys, Key{})
			continue
		}
		if p, ok := a.field(f).(*Field); ok {
			keys = append(keys, Key{Path: p.Path, T: p.T, Optional: f.Optional})
		}
	}
	return keys
}

// keyCounts checks that all steps have as many keys as the first.
func (a *analyser) keyCounts(p *Query, terms []*ast.Term, until *ast.Term) {
	want := len(p.Steps[0].Keys)
	for i, t := range terms {
		if n := len(p.Steps[i].Keys); n != want {
			a.errorf("key", bracket(t), "all steps must have the same number of join keys: %d here, %d for the first step", n, want)
			return
		}
	}
	if until != nil && len(p.Until.Keys) != want {
		a.errorf("key", bracket(until), "until must have as many join keys as the steps: %d here, %d there", len(p.Until.Keys), want)
	}
}

func bracket(t *ast.Term) source.Span { return source.Span{Start: t.Lbrack, End: t.End} }

// keyTypes checks that keys at one position can be equal at all.
func (a *analyser) keyTypes(p *Query, shared []ast.Expr, terms []*ast.Term) {
	first := p.Steps[0].Keys
	for i, t := range terms[1:] {
		for j, k := range p.Steps[i+1].Keys {
			own := j - len(shared)
			if own < 0 || own >= len(t.By) || j >= len(first) || comparableKeys(first[j].T, k.T) {
				continue
			}
			a.errorf("key", t.By[own].Span(), "the join key %s is %s, but %s at the same position is %s",
				k.Path, withArticle(k.T), first[j].Path, withArticle(first[j].T))
		}
	}
}

func comparableKeys(t, u fn.Type) bool {
	return t == u || t == fn.Any || u == fn.Any || t.Fits(fn.Number) && u.Fits(fn.Number)
}

// otherPipes are pipes of other dialects.
var otherPipes = map[string]bool{"count": true, "filter": true, "sort": true, "unique": true, "unique_count": true}

// limits plans the pipes and the Size option.
func (a *analyser) limits(p *Query, q *ast.Query) {
	for _, pipe := range q.Pipes {
		name := pipe.Name.Name
		switch {
		case p.Kind == Sample:
			a.errorf("pipe", pipe.Name.Range, "a sample takes no pipes")
			continue
		case otherPipes[name]:
			a.errorf("pipe", pipe.Name.Range, "the pipe %s is not supported, only head and tail are", name)
			continue
		case name != "head" && name != "tail":
			e := a.errorf("pipe", pipe.Name.Range, "unknown pipe %s, expected head or tail", name)
			if near := source.Nearest(name, []string{"head", "tail"}); near != "" {
				e.Hint = "did you mean " + near + "?"
			} else if name == "limit" {
				e.Hint = "write head for the first results, tail for the last"
			}
			continue
		case len(pipe.Args) != 1:
			a.errorf("pipe", pipe.Name.Range, "%s takes exactly one argument, found %d", name, len(pipe.Args)).
				Hint = fmt.Sprintf("write: | %s 10", name)
			continue
		}
		known := len(a.errs)
		if n, ok := a.limit(pipe.Args[0]); ok {
			p.Limits = append(p.Limits, Limit{Tail: name == "tail", N: n})
		} else if len(a.errs) == known {
			a.errorf("pipe", pipe.Args[0].Span(), "%s takes a whole number from 0 on, found %s", name, describe(pipe.Args[0]))
		}
	}
	if a.Size < 0 {
		return
	}
	if len(p.Limits) == 0 {
		p.Limits = []Limit{{Tail: !a.Head && p.Kind != Sample, N: a.Size}}
	} else {
		p.Limits[0].N = min(p.Limits[0].N, a.Size)
	}
}

func (a *analyser) limit(x ast.Expr) (int, bool) {
	c, ok := a.fold(a.expr(x)).(*Const)
	if !ok || c.V.Kind() != value.Int || c.V.Int() < 0 {
		return 0, false
	}
	return int(min(c.V.Int(), math.MaxInt32)), true
}
