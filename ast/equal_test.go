package ast_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

func TestEqualIgnoresSpelling(t *testing.T) {
	for _, pair := range [][2]ast.Node{
		{number(7), &ast.Number{Range: source.SpanAt(1, 4), Text: "007", Uint: 7}},
		{str("a"), &ast.String{Value: "a", Raw: true}},
		{field("a.b"), &ast.Field{Path: "a.b"}},
		{&ast.Category{Name: "a"}, &ast.Category{Name: "a", Quoted: true}},
		{
			&ast.Match{X: field("a"), Op: ast.Colon, List: []ast.Expr{str("x")}},
			&ast.Match{X: field("a"), Op: ast.Colon, List: []ast.Expr{str("x")}, Lparen: 5, Rparen: 9},
		},
	} {
		assert.True(t, ast.Equal(pair[0], pair[1]), "%v %v", pair[0], pair[1])
	}
	for i, q := range everything() {
		assert.True(t, ast.Equal(q, everything()[i]))
	}
}

func TestEqualTellsApart(t *testing.T) {
	a, b := field("a"), field("b")
	step := func(change func(*ast.Term)) *ast.Term {
		x := &ast.Term{Filter: filter("any", a), By: []ast.Expr{a}}
		change(x)
		return x
	}
	sequence := func(change func(*ast.Sequence)) *ast.Sequence {
		x := &ast.Sequence{Terms: []*ast.Term{step(func(*ast.Term) {}), step(func(*ast.Term) {})}}
		change(x)
		return x
	}
	different := []ast.Node{
		&ast.Query{Body: filter("any", a)},
		&ast.Query{Body: filter("any", a), Pipes: []*ast.Pipe{{Name: ident("head")}}},
		&ast.Pipe{Name: ident("head")},
		&ast.Pipe{Name: ident("tail")},
		filter("any", a), filter("any", b),
		&ast.Category{Name: "any"}, &ast.Category{Name: "any", Quoted: true}, &ast.Category{Name: "a"},
		sequence(func(*ast.Sequence) {}),
		sequence(func(x *ast.Sequence) { x.By = []ast.Expr{a} }),
		sequence(func(x *ast.Sequence) { x.MaxSpan = &ast.Duration{Value: 1} }),
		sequence(func(x *ast.Sequence) { x.MaxSpan = &ast.Duration{Value: 2} }),
		sequence(func(x *ast.Sequence) { x.Until = x.Terms[0]; x.Terms = x.Terms[:1] }),
		sequence(func(x *ast.Sequence) { x.Terms = x.Terms[:1] }),
		&ast.Sample{Terms: sequence(func(*ast.Sequence) {}).Terms},
		&ast.Sample{By: []ast.Expr{a}, Terms: sequence(func(*ast.Sequence) {}).Terms},
		step(func(*ast.Term) {}),
		step(func(x *ast.Term) { x.By = nil }),
		step(func(x *ast.Term) { x.Missing = true }),
		step(func(x *ast.Term) { x.Runs = &ast.Runs{N: 1} }),
		step(func(x *ast.Term) { x.Runs = &ast.Runs{N: 2} }),
		step(func(x *ast.Term) { x.Alias = ident("a") }),
		step(func(x *ast.Term) { x.By = nil; x.Alias = ident("a") }),
		&ast.Null{}, &ast.Bool{}, &ast.Bool{Value: true}, &ast.Comment{}, ident("a"), ident("b"),
		number(1), number(2), &ast.Number{Kind: ast.Uint, Uint: 1}, &ast.Number{Kind: ast.Float, Float: 1},
		str("a"), str("b"), a, b, &ast.Field{Path: "a", Optional: true}, &ast.Field{Path: "a", Var: "v"},
		&ast.Call{Name: ident("a")}, &ast.Call{Name: ident("b")}, &ast.Call{Name: ident("a"), Fold: true},
		&ast.Call{Name: ident("a"), Args: []ast.Expr{a}},
		&ast.Unary{Op: ast.Neg, X: a}, &ast.Unary{Op: ast.Plus, X: a}, &ast.Unary{Op: ast.Neg, X: b},
		binary(a, ast.Or, b), binary(b, ast.Or, a), binary(a, ast.And, b), &ast.Paren{X: a}, &ast.Paren{X: b},
		&ast.Match{X: a, Op: ast.In, List: []ast.Expr{a}}, &ast.Match{X: a, Op: ast.In, List: []ast.Expr{a}, Not: true},
		&ast.Match{X: a, Op: ast.InFold, List: []ast.Expr{a}}, &ast.Match{X: a, Op: ast.In, List: []ast.Expr{a, a}},
		&ast.Lineage{Relation: ident("child"), Filter: filter("any", a)},
		&ast.Lineage{Relation: ident("event"), Filter: filter("any", a)},
	}
	for i, x := range different {
		for j, y := range different {
			assert.Equal(t, i == j, ast.Equal(x, y), "%d and %d: %T and %T", i, j, x, y)
		}
	}
}
