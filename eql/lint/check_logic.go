package lint

import (
	"fmt"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var logicCodes = []Check{
	{Code: "never-true", Severity: source.Warning, Doc: "A condition contradicts others that have to hold with it, so that nothing is ever found."},
	{Code: "always-true", Severity: source.Warning, Doc: "A condition holds for every event, so that it says nothing."},
	{Code: "unreachable-branch", Severity: source.Warning, Doc: "A branch of \"or\" contradicts the conditions around it."},
	{Code: "duplicate-condition", Severity: source.Warning, Doc: "The same condition stands twice between \"and\" or \"or\"."},
	{Code: "redundant-condition", Severity: source.Info, Doc: "A condition follows from another one that has to hold with it."},
	{Code: "redundant-branch", Severity: source.Info, Doc: "A branch of \"or\" is covered by another one."},
	{Code: "redundant-null-check", Severity: source.Info, Doc: "\"!= null\" stands beside a condition that needs a value anyway."},
}

// logic looks for conditions that decide nothing.
func logic(p *pass) {
	for _, f := range p.filters {
		l := &logicCheck{pass: p}
		if core, not := core(f.Where, false); isConstant(core) != nil {
			if *isConstant(core) == not {
				p.report("never-true", f.Where.Span(), "the condition is never true", "")
			}
			continue
		}
		l.chain(f.Where, false, nil)
	}
}

// isConstant returns the value of the literal true or false, else nil.
func isConstant(x ast.Expr) *bool {
	if b, ok := x.(*ast.Bool); ok {
		return &b.Value
	}
	return nil
}

type logicCheck struct{ *pass }

// chain checks a condition, of which facts are known to hold where it is asked.
func (l *logicCheck) chain(x ast.Expr, not bool, facts []*test) {
	or, list := operandsOf(x, not)
	texts := textsOf(list)
	l.duplicates(or, list, texts)
	if or && l.branchless(x, not, list, facts) {
		return
	}
	if !or {
		l.opposites(list, texts)
	}
	var tests []*test
	groups := map[string]*group{}
	for _, o := range list {
		if o.isChain() {
			continue
		}
		t := l.testOf(o.expr, o.not)
		if t.subject == "" {
			l.constant(or, len(list) > 1, &t)
			continue
		}
		g := groups[t.subject]
		if g == nil {
			g = &group{facts: capped(on(facts, t.subject))}
			groups[t.subject] = g
		}
		if !g.dead {
			g.dead = l.contradiction(or, &t, capped(g.tests), g.facts)
		}
		g.tests, g.operands = append(g.tests, &t), append(g.operands, o)
		tests = append(tests, &t)
	}
	if len(list) > 1 {
		for _, t := range tests {
			l.redundant(or, groups[t.subject])
			delete(groups, t.subject) // each once, in order of place
		}
	}
	if !or {
		facts = append(facts[:len(facts):len(facts)], tests...)
	}
	for _, o := range list {
		if o.isChain() {
			l.chain(o.expr, o.not, facts)
		}
	}
}

// A group is the tests of a chain that are on one subject.
type group struct {
	tests    []*test
	operands []operand // of tests
	facts    []*test   // that hold around the chain
	dead     bool      // a contradiction among them has been reported
}

// constant reports an operand without any field that decides a chain or says
// nothing in it.
func (l *logicCheck) constant(or, chain bool, t *test) {
	x := isConstant(t.atom)
	switch {
	case x == nil || !chain:
	case *x != t.not != t.inverse: // as it is written
		l.report("always-true", t.expr.Span(), brief(t.expr)+" is always true", "")
	case or != t.inverse:
		l.report("unreachable-branch", t.expr.Span(), brief(t.expr)+" is never true", "")
	default:
		l.report("never-true", t.expr.Span(), brief(t.expr)+" is never true", "")
	}
}

// contradiction reports t if it cannot hold together with the others, or, for
// "or", if one of them always holds. It returns whether it reported.
func (l *logicCheck) contradiction(or bool, t *test, before, facts []*test) bool {
	single := l.isSingleTest(t)
	if or {
		switch {
		case contradict(with(facts, t), single) && !contradict(facts, single):
			why := l.because(t, facts, single)
			if t.inverse {
				l.report("redundant-condition", t.expr.Span(), "this always holds here: "+why, oneValue(with(facts, t)))
			} else {
				l.report("unreachable-branch", t.expr.Span(), "this branch is never true: "+why, oneValue(with(facts, t)))
			}
		case len(before) > 0 && contradict(negated(with(before, t)), single):
			if t.inverse {
				n := negated([]*test{t})[0]
				l.reportDecided(false, t, l.because(n, negated(before), single), oneValue(negated(with(before, t))))
			} else {
				l.reportDecided(true, t, "together with "+others(before), oneValue(negated(with(before, t))))
			}
			return true
		}
		return false
	}
	all := append(facts[:len(facts):len(facts)], before...)
	if contradict(all, single) || !contradict(with(all, t), single) {
		return false // the former is reported by then
	}
	if t.inverse {
		l.reportDecided(true, t, "together with "+others(all), oneValue(with(all, t)))
	} else {
		l.reportDecided(false, t, l.because(t, all, single), oneValue(with(all, t)))
	}
	return true
}

// reportDecided reports a condition whose result is known.
func (l *logicCheck) reportDecided(result bool, t *test, why, hint string) {
	if result {
		l.report("always-true", t.expr.Span(), "this is always true: "+why, hint)
	} else {
		l.report("never-true", t.expr.Span(), "this is never true: "+why, hint)
	}
}

// oneValue is a hint for tests that contradict each other only because their
// subject has one value.
func oneValue(tests []*test) string {
	if contradict(tests, false) {
		return ""
	}
	return short(tests[0].subject) + " has one value at most"
}

// because explains why t cannot hold beside others.
func (l *logicCheck) because(t *test, tests []*test, single bool) string {
	if contradict([]*test{t}, single) {
		return "no value can satisfy it"
	}
	for _, o := range tests {
		if contradict([]*test{o, t}, single) {
			return o.said() + " has to hold, too"
		}
	}
	return fmt.Sprintf("the other conditions on %s leave no value for it", short(t.subject))
}

// others names the conditions that t stands beside.
func others(tests []*test) string {
	if len(tests) == 1 {
		return brief(tests[0].expr)
	}
	return fmt.Sprintf("the %d conditions on %s before it", len(tests), short(tests[0].subject))
}

// duplicates reports operands that are written twice.
func (l *logicCheck) duplicates(or bool, list []operand, texts []signedText) {
	if len(list) < 2 {
		return
	}
	seen := map[signedText]bool{}
	word := "and"
	if or != list[0].not {
		word = "or"
	}
	for i, o := range list {
		key := texts[i]
		if seen[key] && key.text != "" {
			l.report("duplicate-condition", o.expr.Span(), fmt.Sprintf("%s stands twice in this %q", brief(o.expr), word),
				"", l.removeOperand("remove the second one", true, o.parent, o.expr)...)
		}
		seen[key] = true
	}
}

// redundant reports tests that follow from another one of the chain.
func (l *logicCheck) redundant(or bool, g *group) {
	if g == nil || g.dead {
		return
	}
	for i, t := range g.tests {
		if cause, assumed := l.cause(or, i, g.tests); cause != nil {
			l.reportRedundant(or, t, cause, g.operands[i], assumed)
		}
	}
}

// cause returns a test that makes the i-th superfluous, and whether that only
// holds because the field has one value.
func (l *logicCheck) cause(or bool, i int, tests []*test) (cause *test, assumed bool) {
	t := tests[i]
	for j := max(0, i-maxTests); j < min(len(tests), i+maxTests) && !l.work.isSpent(); j++ {
		o := tests[j]
		if i == j {
			continue
		}
		implied := func(single bool) bool {
			stronger, weaker := o, t // of "and", the weaker one goes
			if or {
				stronger, weaker = t, o
			}
			if !stronger.implies(weaker, single) {
				return false
			}
			// Of two that say the same the later one goes, unless it is a
			// mere repetition, which is reported as such.
			return !weaker.implies(stronger, single) || j < i && ast.FormatExpr(o.atom) != ast.FormatExpr(t.atom)
		}
		switch {
		case implied(false):
			return o, false
		case implied(l.isSingleTest(t)):
			return o, true
		}
	}
	return nil, false
}

func (l *logicCheck) reportRedundant(or bool, t, cause *test, o operand, assumed bool) {
	fix := func(title string) []source.Fix { return l.removeOperand(title, !assumed, o.parent, o.expr) }
	hint := ""
	if assumed {
		hint = short(t.subject) + " has one value at most"
	}
	switch {
	case t.inverse && !cause.inverse && or: // "a or not (b and c)", where a holds without c
		l.report("redundant-condition", t.expr.Span(), fmt.Sprintf("this makes no difference: where it does not hold, %s does", cause.said()), hint, fix("remove it")...)
	case t.inverse && !cause.inverse: // "a and not (b or c)", where a rules out c
		l.report("unreachable-branch", t.expr.Span(), fmt.Sprintf("this is never true here: %s has to hold, too", cause.said()), hint, fix("remove it")...)
	case or != t.inverse:
		l.report("redundant-branch", t.expr.Span(), brief(cause.expr)+" covers this", hint, fix("remove this branch")...)
	case t.kind == exists && !t.not && !t.inverse:
		l.report("redundant-null-check", t.expr.Span(), brief(cause.expr)+" needs a value anyway", hint, fix("remove the test")...)
	case t.inverse: // both are: what is written is what follows
		l.report("redundant-condition", t.expr.Span(), "this follows from "+brief(cause.expr), hint, fix("remove the condition")...)
	default:
		l.report("redundant-condition", t.expr.Span(), "this follows from "+cause.said(), hint, fix("remove the condition")...)
	}
}
