package ast_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/ast"
)

func TestFormatExpr(t *testing.T) {
	a, b, c := field("a"), field("b"), field("c")
	match := &ast.Match{X: a, Op: ast.Colon, List: []ast.Expr{str("x")}}
	tests := []struct {
		name string
		x    ast.Expr
		want string
	}{
		{"null", &ast.Null{}, `null`},
		{"bool", &ast.Bool{Value: true}, `true`},
		{"integer", number(5), `5`},
		{"unsigned", &ast.Number{Kind: ast.Uint, Uint: 1<<64 - 1}, `18446744073709551615`},
		{"float", &ast.Number{Kind: ast.Float, Float: 2}, `2.0`},
		{"large float", &ast.Number{Kind: ast.Float, Float: 1e30}, `1e+30`},
		{"number as written", &ast.Number{Text: "007", Uint: 7}, `007`},
		{"string", str("a\"b\\c\n\t\x01\u200b ü"), `"a\"b\\c\n\t\u{01}\u{200b} ü"`},
		{"bytes that are not text", str("\xff"), "\"\xff\""},
		{"raw string", &ast.String{Raw: true, Value: `C:\x"`}, `"""C:\x""""`},
		{"raw string with quotes", &ast.String{Raw: true, Value: `a"""b`}, `"a\"\"\"b"`},
		{"raw string with line end", &ast.String{Raw: true, Value: "a\nb"}, `"a\nb"`},
		{"field", field("process.name"), `process.name`},
		{"optional field", &ast.Field{Optional: true, Path: "a.b"}, `?a.b`},
		{"field without segments", &ast.Field{Path: "a.where.1b"}, "a.`where`.`1b`"},
		{"needless backticks", &ast.Field{Path: "a.b", Segments: []*ast.Ident{ident("a.b")}}, `a.b`},
		{"one quoted segment", &ast.Field{Path: "x.k8s.io/pod", Segments: []*ast.Ident{ident("x"), ident("k8s.io/pod")}}, "x.`k8s.io/pod`"},
		{"backtick", field("a`b"), "`a``b`"},
		{"at sign", field("@timestamp"), `@timestamp`},
		{"empty name", &ast.Field{}, "``"},
		{"empty names", &ast.Field{Path: "."}, "``.``"},
		{"variable", &ast.Field{Var: "e"}, `$e`},
		{"field of variable", &ast.Field{Var: "e", Path: "x.y"}, `$e.x.y`},
		{"call", &ast.Call{Name: ident("f")}, `f()`},
		{"call that folds", &ast.Call{Name: ident("startsWith"), Fold: true, Args: []ast.Expr{a, str("x")}}, `startsWith~(a, "x")`},
		{"not", &ast.Unary{Op: ast.Not, X: &ast.Unary{Op: ast.Not, X: a}}, `not not a`},
		{"signs", &ast.Unary{Op: ast.Neg, X: &ast.Unary{Op: ast.Plus, X: a}}, `-+a`},
		{"match", match, `a : "x"`},
		{"match one in parentheses", &ast.Match{X: a, Op: ast.Like, Lparen: 1, List: []ast.Expr{str("x")}}, `a like ("x")`},
		{"match many", &ast.Match{X: a, Op: ast.RegexFold, List: []ast.Expr{str("x"), str("y")}}, `a regex~ ("x", "y")`},
		{"in", &ast.Match{X: a, Op: ast.InFold, Not: true, List: []ast.Expr{str("x")}}, `a not in~ ("x")`},
		{"lineage", &ast.Lineage{Relation: ident("child"), Filter: filter("any", a)}, `child of [any where a]`},
		{"paren", &ast.Paren{X: &ast.Paren{X: a}}, `((a))`},

		{"and in or", binary(binary(a, ast.And, b), ast.Or, c), `a and b or c`},
		{"or in and", binary(binary(a, ast.Or, b), ast.And, c), `(a or b) and c`},
		{"or on the right", binary(a, ast.Or, binary(b, ast.Or, c)), `a or (b or c)`},
		{"not of and", &ast.Unary{Op: ast.Not, X: binary(a, ast.And, b)}, `not (a and b)`},
		{"not of comparison", &ast.Unary{Op: ast.Not, X: binary(a, ast.Eq, b)}, `not a == b`},
		{"comparison of not", binary(&ast.Unary{Op: ast.Not, X: a}, ast.Eq, b), `(not a) == b`},
		{"comparison of comparison", binary(binary(a, ast.Lt, b), ast.Lt, c), `(a < b) < c`},
		{"comparison of sums", binary(binary(a, ast.Add, b), ast.Ge, binary(b, ast.Mul, c)), `a + b >= b * c`},
		{"subtraction on the left", binary(binary(a, ast.Sub, b), ast.Sub, c), `a - b - c`},
		{"subtraction on the right", binary(a, ast.Sub, binary(b, ast.Sub, c)), `a - (b - c)`},
		{"product of sum", binary(binary(a, ast.Add, b), ast.Mod, c), `(a + b) % c`},
		{"sign of sum", &ast.Unary{Op: ast.Neg, X: binary(a, ast.Add, b)}, `-(a + b)`},
		{"sign of match", &ast.Unary{Op: ast.Neg, X: match}, `-a : "x"`},
		{"match of sign", &ast.Match{X: &ast.Unary{Op: ast.Neg, X: a}, Op: ast.In, List: []ast.Expr{number(1)}}, `(-a) in (1)`},
		{"match of match", &ast.Match{X: match, Op: ast.In, List: []ast.Expr{&ast.Bool{}}}, `(a : "x") in (false)`},
		{"sum of match", binary(a, ast.Add, match), `a + a : "x"`},
		{"comparison of lineage", binary(&ast.Lineage{Relation: ident("event"), Filter: filter("any", a)}, ast.Eq, b), `(event of [any where a]) == b`},
		{"long", &ast.Match{X: a, Op: ast.In, List: leaningList(60)}, "a in (" + repeat("100", ", ", 60) + ")"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, ast.FormatExpr(tt.x))
		})
	}
}

func leaningList(n int) []ast.Expr {
	list := make([]ast.Expr, n)
	for i := range list {
		list[i] = number(100)
	}
	return list
}

func repeat(s, sep string, n int) string {
	out := s
	for range n - 1 {
		out += sep + s
	}
	return out
}

func TestFormatWithoutSource(t *testing.T) {
	sequence := everything()[0]
	sequence.Comments = []*ast.Comment{{Text: "// why"}}
	assert.Equal(t, `// why
sequence by host.id with maxspan=1s
  [process where
    not (a.b == null) and c in (1, "s") or
    f(true, descendant of [process where false])
  ] by x, y with runs=3 as first
until [any where true]
| head 10
`, ast.Format(sequence))
	assert.Equal(t, "sample by host.id\n  [any where false]\n", ast.Format(everything()[1]))
}

func TestFormatDurationWithoutSource(t *testing.T) {
	for span, want := range map[time.Duration]string{
		48 * time.Hour:          "2d",
		36 * time.Hour:          "36h",
		90 * time.Minute:        "90m",
		90 * time.Second:        "90s",
		1500 * time.Millisecond: "1500ms",
	} {
		q := &ast.Query{Body: &ast.Sequence{MaxSpan: &ast.Duration{Value: span}, Terms: []*ast.Term{{Filter: filter("any", &ast.Bool{})}}}}
		assert.Equal(t, "sequence with maxspan="+want+"\n  [any where false]\n", ast.Format(q))
	}
}

func TestFormatCategory(t *testing.T) {
	for _, tt := range []struct {
		category ast.Category
		want     string
	}{
		{ast.Category{Name: "process"}, "process"},
		{ast.Category{Name: "process", Quoted: true}, "process"},
		{ast.Category{Name: "any"}, "any"},
		{ast.Category{Name: "any", Quoted: true}, `"any"`},
		{ast.Category{Name: "net-flow", Quoted: true}, `"net-flow"`},
		{ast.Category{Name: "sequence", Quoted: true}, `"sequence"`},
	} {
		q := &ast.Query{Body: &ast.EventFilter{Category: &tt.category, Where: &ast.Bool{Value: true}}}
		assert.Equal(t, tt.want+" where true\n", ast.Format(q))
	}
}
