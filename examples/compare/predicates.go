package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/bench"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/examples/compare/hand"
)

// The forms of a rule.
const (
	formEngine   = "this module"
	formStraight = "Go by hand"
	formStruct   = "expr, struct"
	formMap      = "expr, map"
	formCEL      = "cel-go"
)

var forms = []string{formEngine, formStraight, formStruct, formMap, formCEL}

// A predicate is one rule over one kind of events, in all forms.
type predicate struct {
	name   string
	events int
	tests  map[string]func(i int) bool // by form: whether event i matches
}

// eventsPerPredicate is how many events a predicate is tested with.
const eventsPerPredicate = 500

// predicateCases returns the three rules in all forms over events of their category.
// Forms that differ in their answers are an error.
func predicateCases(folder string, events [][]byte) ([]*predicate, error) {
	var out []*predicate
	for _, r := range hand.Rules() {
		text, err := r.Query(folder)
		if err != nil {
			return nil, err
		}
		for _, kind := range hand.Kinds {
			docs, err := r.Docs(events, kind, eventsPerPredicate)
			if err != nil {
				return nil, err
			}
			if len(docs) == 0 {
				return nil, errors.New("no event is of the category " + r.Category)
			}
			p, err := newPredicate("rule "+r.Name+", "+kind, text, r.Straight(text), docs)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", r.Name, err)
			}
			if err := p.agree(); err != nil {
				return nil, err
			}
			out = append(out, p)
		}
	}
	return out, nil
}

func newPredicate(name, text string, straight func(*hand.Event) bool, docs []map[string]any) (*predicate, error) {
	query, err := eql.Compile(text)
	if err != nil {
		return nil, err
	}
	filter, err := eval.NewFilter(query, nil)
	if err != nil {
		return nil, err
	}
	var records []*event.Record
	var byHand []*hand.Event
	var structs []*Facts
	var maps []map[string]any
	for _, doc := range docs {
		encoded, err := json.Marshal(doc)
		if err != nil {
			return nil, err
		}
		r := filter.NewRecord()
		if err := r.Fill(event.JSON(encoded)); err != nil {
			return nil, err
		}
		f := newFacts(doc)
		records, byHand = append(records, r), append(byHand, hand.NewEvent(doc))
		structs, maps = append(structs, f), append(maps, f.asMap())
	}
	onStruct, err := newExpr(query, Facts{})
	if err != nil {
		return nil, err
	}
	onMap, err := newExpr(query, (&Facts{}).asMap())
	if err != nil {
		return nil, err
	}
	onCEL, err := newCEL(query)
	if err != nil {
		return nil, err
	}
	return &predicate{name: name, events: len(docs), tests: map[string]func(int) bool{
		formEngine:   func(i int) bool { return filter.Test(records[i]) },
		formStraight: func(i int) bool { return straight(byHand[i]) },
		formStruct:   func(i int) bool { return onStruct(structs[i]) },
		formMap:      func(i int) bool { return onMap(maps[i]) },
		formCEL:      func(i int) bool { return onCEL(maps[i]) },
	}}, nil
}

// newExpr compiles a query for expr, with a machine that is used again and again.
func newExpr(q *eql.Query, env any) (func(env any) bool, error) {
	t := &translation{language: exprLanguage}
	text, err := t.translate(q.AST())
	if err != nil {
		return nil, err
	}
	program, err := expr.Compile(text, expr.Env(env), expr.AsBool(),
		expr.Function("cidr", func(args ...any) (any, error) {
			return t.within(args[0].(string), args[1].(int)), nil
		}, t.within))
	if err != nil {
		return nil, err
	}
	machine := &vm.VM{}
	return func(env any) bool {
		v, err := machine.Run(program, env)
		return err == nil && v.(bool)
	}, nil
}

// newCEL compiles a query for cel-go.
func newCEL(q *eql.Query) (func(vars map[string]any) bool, error) {
	t := &translation{language: celLanguage}
	text, err := t.translate(q.AST())
	if err != nil {
		return nil, err
	}
	opts := []cel.EnvOption{
		ext.Strings(),
		cel.Function("cidr", cel.Overload("cidr_string_int", []*cel.Type{cel.StringType, cel.IntType}, cel.BoolType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				return types.Bool(t.within(string(a.(types.String)), int(b.(types.Int))))
			}))),
	}
	for name, v := range (&Facts{}).asMap() {
		kind := cel.StringType
		switch v.(type) {
		case []string:
			kind = cel.ListType(cel.StringType)
		case int:
			kind = cel.IntType
		}
		opts = append(opts, cel.Variable(name, kind))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, err
	}
	tree, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	program, err := env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, err
	}
	return func(vars map[string]any) bool {
		v, _, err := program.Eval(vars)
		return err == nil && v == types.True
	}, nil
}

// agree makes sure that all forms give the same answers.
func (p *predicate) agree() error {
	for i := range p.events {
		want := p.tests[formEngine](i)
		for _, form := range forms {
			if got := p.tests[form](i); got != want {
				return fmt.Errorf("%s, event %d: %s says %t, %s %t", p.name, i, formEngine, want, form, got)
			}
		}
	}
	return nil
}

func (p *predicate) caseName(form string) string { return p.name + ", " + form }

// casesOf returns a case for each form of each predicate.
func casesOf(predicates []*predicate) []bench.Case {
	var out []bench.Case
	for _, p := range predicates {
		for _, form := range forms {
			test := p.tests[form]
			out = append(out, bench.Case{Name: p.caseName(form), Events: p.events, Run: func() error {
				for i := range p.events {
					test(i)
				}
				return nil
			}})
		}
	}
	return out
}

// addPredicateGoals adds what is promised for single predicates, or why it was not
// measured.
func addPredicateGoals(r *bench.Report, predicates []*predicate, problem error) {
	for _, g := range []struct {
		name string
		a, b string
		goal bench.Goal
	}{
		{"predicate / Go by hand, time", formEngine, formStraight, bench.AtMost(3)},
		{"expr with a struct / predicate, time", formStruct, formEngine, bench.AtLeast(8)},
		{"expr with a map / predicate, time", formMap, formEngine, bench.AtLeast(8)},
		{"cel-go / predicate, time", formCEL, formEngine, bench.AtLeast(8)},
	} {
		if problem != nil {
			r.Skip(g.name, g.goal, problem.Error())
			continue
		}
		r.Add(g.name, g.goal, geometric(r.Times, predicates, g.a, g.b), "x")
	}
}

// geometric returns the spread of the rounds' geometric means over all predicates.
func geometric(t *bench.Times, predicates []*predicate, a, b string) bench.Spread {
	var logs []float64
	for _, p := range predicates {
		x, y := t.Samples(p.caseName(a)), t.Samples(p.caseName(b))
		if logs == nil {
			logs = make([]float64, len(x))
		}
		for round := range x {
			logs[round] += math.Log(float64(x[round].CPU) / float64(y[round].CPU))
		}
	}
	for round := range logs {
		logs[round] = math.Exp(logs[round] / float64(len(predicates)))
	}
	return bench.SpreadOf(logs)
}
