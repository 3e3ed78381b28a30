package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var sequenceCodes = []Check{
	{Code: "sequence-without-maxspan", Severity: source.Warning, Doc: "A sequence without maxspan or until: its state never expires."},
	{Code: "sequence-without-key", Severity: source.Warning, Doc: "A sequence without join keys that refers to no earlier step: it joins events that have nothing in common."},
	{Code: "sequence-by-host", Severity: source.Info, Doc: "An endpoint sequence without join keys: it joins any events of one host."},
	{Code: "key-is-null", Severity: source.Warning, Doc: "A step demands that a join key is null, but events without the key take no part in the sequence."},
	{Code: "key-nullable", Severity: source.Warning, Doc: "A condition provides for events without a join key, but these take no part in the sequence."},
	{Code: "key-conflict", Severity: source.Warning, Doc: "The conditions of two steps on a join key exclude each other, so that the steps never meet."},
	{Code: "until-cancels", Severity: source.Warning, Doc: "Every event of a step also ends the sequence, so that it never completes."},
	{Code: "alias-unused", Severity: source.Info, Doc: "A step has an alias that no other step refers to."},
	{Code: "no-result", Severity: source.Warning, Doc: "A pipe that lets nothing through."},
}

func sequences(p *pass) {
	s := p.sequence()
	if s == nil {
		return
	}
	isMissing := func(t *ast.Term) bool { return t.Missing } // an error without maxspan
	if s.MaxSpan == nil && s.Until == nil && !slices.ContainsFunc(s.Terms, isMissing) {
		p.report("sequence-without-maxspan", keyword(s), "the sequence has no maxspan, so that a first step waits for ever", "write: with maxspan=5m")
	}
	references := aliasUses(s)
	switch {
	case len(s.By) > 0 || hasKeys(s.Terms):
	case p.rule.Dialect == ast.Endpoint && len(references) == 0:
		p.report("sequence-by-host", keyword(s), "the sequence has no key: it joins any events of one host", "if one process does all steps, write: sequence by process.entity_id")
	case len(references) == 0:
		p.report("sequence-without-key", keyword(s), "the sequence has no key: it joins events of any hosts and users", "write: sequence by host.id")
	}
	for _, t := range s.Terms {
		if t.Alias != nil && !references[t.Alias.Name] {
			p.report("alias-unused", t.Alias.Range, fmt.Sprintf("no step refers to %s", t.Alias.Name), "")
		}
	}
}

func hasKeys(terms []*ast.Term) bool {
	for _, t := range terms {
		if len(t.By) > 0 {
			return true
		}
	}
	return false
}

// aliasUses returns the aliases that fields begin with.
func aliasUses(s *ast.Sequence) map[string]bool {
	names := map[string]bool{}
	for _, t := range s.Terms {
		if t.Alias != nil {
			names[t.Alias.Name] = true
		}
	}
	used := map[string]bool{}
	if len(names) == 0 {
		return used
	}
	for n := range ast.Preorder(s) {
		if f, ok := n.(*ast.Field); ok {
			if first, _, more := strings.Cut(f.Path, "."); more && names[first] {
				used[first] = true
			}
		}
	}
	return used
}

// keys compares join keys with the conditions of their steps.
func keys(p *pass) {
	facts := map[*filter][]*test{}
	for _, f := range p.filters {
		if len(f.keys) == 0 {
			continue
		}
		facts[f] = p.factsOf(f)
		for _, k := range f.keys {
			if k, ok := k.(*ast.Field); ok && !k.Optional {
				p.nullKey(f, k, facts[f])
			}
		}
	}
	var before []*filter
	for _, f := range p.filters {
		if len(f.keys) == 0 || f.until || f.term.Missing {
			continue
		}
		p.keyConflict(f, before, facts)
		before = append(before, f)
	}
}

// nullKey reports conditions of a step about events without the key k.
func (p *pass) nullKey(f *filter, k *ast.Field, facts []*test) {
	for _, t := range on(facts, k.Path) {
		if t.kind == exists && t.not {
			p.report("key-is-null", t.expr.Span(), fmt.Sprintf("events without %s take no part in this step, as it is a join key", k.Path),
				"leave the condition out, or write ?"+k.Path+" behind by")
			return
		}
	}
	for n := range ast.Preorder(f.Where) {
		switch n := n.(type) {
		case *ast.Field:
			if n.Optional && n.Path == k.Path {
				p.report("key-nullable", n.Range, fmt.Sprintf("?%s allows for events without it, but as it is a join key they take no part in this step", k.Path),
					"write ?"+k.Path+" behind by, or leave out the ?")
				return
			}
		case *ast.Binary:
			if t := p.testOf(n, false); t.subject == k.Path && t.kind == exists && t.not {
				p.report("key-nullable", n.Span(), fmt.Sprintf("events without %s take no part in this step, as it is a join key", k.Path),
					"leave the condition out, or write ?"+k.Path+" behind by")
				return
			}
		}
	}
}

// keyConflict reports a step whose conditions on a key rule out those of an
// earlier one.
func (p *pass) keyConflict(f *filter, before []*filter, facts map[*filter][]*test) {
	for _, o := range before {
		for i := range min(len(f.keys), len(o.keys)) {
			mine, ok := f.keys[i].(*ast.Field)
			theirs, ok2 := o.keys[i].(*ast.Field)
			if !ok || !ok2 || !p.isSingle(mine.Path) || !p.isSingle(theirs.Path) {
				continue
			}
			a, b := on(facts[f], mine.Path), on(facts[o], theirs.Path)
			if len(a) == 0 || len(b) == 0 || contradict(a, true) || contradict(b, true) {
				continue
			}
			if contradict(append(a[:len(a):len(a)], b...), true) {
				p.report("key-conflict", a[0].expr.Span(), fmt.Sprintf("this step never follows step %d: there the join key satisfies %s", o.step+1, b[0].said()), "")
				return
			}
		}
	}
}

// untilCancels looks for steps that until ends at once.
func untilCancels(p *pass) {
	var until *filter
	var steps []*filter
	for _, f := range p.filters {
		switch {
		case f.until:
			until = f
		case f.term != nil && !f.term.Missing:
			steps = append(steps, f)
		}
	}
	if until == nil {
		return
	}
	for i, f := range steps {
		last := i == len(steps)-1 && (f.term.Runs == nil || f.term.Runs.N < 2)
		if !last && p.always(f, until) {
			p.report("until-cancels", until.term.Span(), fmt.Sprintf("every event of step %d satisfies this, so that the sequence ends there", f.step+1), "")
			return
		}
	}
}

// always reports whether every event of a step satisfies another filter.
func (p *pass) always(step, other *filter) bool {
	if !other.Category.Any() && (step.Category.Any() || step.Category.Name != other.Category.Name) {
		return false
	}
	for i, k := range other.keys {
		if i >= len(step.keys) || ast.FormatExpr(k) != ast.FormatExpr(step.keys[i]) {
			return false
		}
	}
	or, wanted := operandsOf(other.Where, false)
	if or {
		return false
	}
	stepOr, given := operandsOf(step.Where, false)
	if stepOr {
		given = nil
	}
	facts := p.factsOf(step)
	for _, w := range wanted {
		x, not := coreOf(w)
		if v := isConstant(x); v != nil && *v != not {
			continue
		}
		t := p.testOf(w.expr, w.not)
		found := false
		for _, g := range given {
			y, negated := coreOf(g)
			found = found || not == negated && ast.Equal(x, y)
		}
		for _, fact := range facts {
			found = found || fact.implies(&t, p.isSingleFact(&t))
		}
		if !found {
			return false
		}
	}
	return true
}

// isSingleFact is isSingleTest for a test that may have no subject.
func (p *pass) isSingleFact(t *test) bool { return t.subject != "" && p.isSingleTest(t) }

// pipes looks for pipes without a result.
func pipes(p *pass) {
	for _, pipe := range p.query.Pipes {
		if len(pipe.Args) == 1 {
			if n, ok := numberOf(pipe.Args[0]); ok && n == 0 {
				p.report("no-result", pipe.Span(), pipe.Name.Name+" 0 lets nothing through", "")
			}
		}
	}
}
