package ast_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/ast"
)

func TestSummarize(t *testing.T) {
	loop := func() *ast.Field { return &ast.Field{Var: "v"} }
	optional := func(path string) *ast.Field { return &ast.Field{Path: path, Optional: true} }
	q := &ast.Query{
		Body: &ast.Sequence{
			By:      []ast.Expr{field("host.id"), optional("user.id")},
			MaxSpan: &ast.Duration{Value: time.Minute},
			Terms: []*ast.Term{
				{
					Filter: filter("process", &ast.Call{Name: ident("_arraysearch"), Args: []ast.Expr{
						field("stack"), loop(), binary(loop(), ast.Eq, &ast.Field{Var: "v", Path: "x"}),
					}}),
					By:   []ast.Expr{optional("a")},
					Runs: &ast.Runs{N: 3},
				},
				{
					Missing: true,
					Filter: filter("any", binary(
						&ast.Call{Name: ident("length"), Fold: true, Args: []ast.Expr{field("a")}}, ast.And,
						&ast.Lineage{Relation: ident("child"), Filter: filter("process", optional("user.id"))},
					)),
					By:    []ast.Expr{field("b")},
					Alias: ident("second"),
				},
			},
			Until: &ast.Term{Filter: filter("file", field("b")), By: []ast.Expr{field("c")}},
		},
		Pipes: []*ast.Pipe{{Name: ident("head"), Args: []ast.Expr{number(1)}}, {Name: ident("unique"), Args: []ast.Expr{field("d")}}},
	}
	assert.Equal(t, &ast.Summary{
		Kind:    ast.KindSequence,
		By:      []string{"host.id", "user.id"},
		MaxSpan: time.Minute,
		Steps: []ast.Step{
			{Category: "process", By: []string{"a"}, Runs: 3},
			{Category: "any", Any: true, By: []string{"b"}, Runs: 1, Missing: true, Alias: "second"},
		},
		Until: &ast.Step{Category: "file", By: []string{"c"}, Runs: 1},
		Pipes: []string{"head", "unique"},
		Fields: []ast.FieldUse{
			{Path: "$v", Var: "v", Count: 1},
			{Path: "$v.x", Var: "v", Count: 1},
			{Path: "a", Count: 2},
			{Path: "b", Count: 2},
			{Path: "c", Count: 1},
			{Path: "d", Count: 1},
			{Path: "host.id", Count: 1},
			{Path: "stack", Count: 1},
			{Path: "user.id", Optional: true, Count: 2},
		},
		Functions: map[string]int{"_arraysearch": 1, "length~": 1, "child of": 1},
	}, ast.Summarize(q))
}

func TestSummarizeKinds(t *testing.T) {
	q := &ast.Query{Body: filter("any", &ast.Bool{})}
	assert.Equal(t, &ast.Summary{
		Kind:      ast.KindEvent,
		Steps:     []ast.Step{{Category: "any", Any: true, Runs: 1}},
		Functions: map[string]int{},
	}, ast.Summarize(q))

	sample := ast.Summarize(everything()[1])
	assert.Equal(t, ast.KindSample, sample.Kind)
	assert.Equal(t, []string{"host.id"}, sample.By)
	assert.Len(t, sample.Steps, 1)
}
