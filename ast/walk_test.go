package ast_test

import (
	goast "go/ast"
	goparser "go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
)

func ident(name string) *ast.Ident { return &ast.Ident{Name: name} }

func field(path string) *ast.Field {
	f := &ast.Field{Path: path}
	for name := range strings.SplitSeq(path, ".") {
		f.Segments = append(f.Segments, ident(name))
	}
	return f
}

func number(n uint64) *ast.Number { return &ast.Number{Uint: n} }

func str(s string) *ast.String { return &ast.String{Value: s} }

func binary(x ast.Expr, op ast.Op, y ast.Expr) *ast.Binary { return &ast.Binary{X: x, Op: op, Y: y} }

func filter(category string, where ast.Expr) *ast.EventFilter {
	return &ast.EventFilter{Category: &ast.Category{Name: category}, Where: where}
}

// everything returns two queries that hold a node of every type.
func everything() []*ast.Query {
	where := binary(
		binary(&ast.Unary{Op: ast.Not, X: &ast.Paren{X: binary(field("a.b"), ast.Eq, &ast.Null{})}}, ast.And,
			&ast.Match{X: field("c"), Op: ast.In, List: []ast.Expr{number(1), str("s")}}),
		ast.Or,
		&ast.Call{Name: ident("f"), Args: []ast.Expr{&ast.Bool{Value: true}, &ast.Lineage{
			Relation: ident("descendant"), Filter: filter("process", &ast.Bool{}),
		}}},
	)
	return []*ast.Query{
		{
			Body: &ast.Sequence{
				By:      []ast.Expr{field("host.id")},
				MaxSpan: &ast.Duration{Value: time.Second},
				Terms: []*ast.Term{{
					Filter: filter("process", where),
					By:     []ast.Expr{field("x"), field("y")},
					Runs:   &ast.Runs{N: 3},
					Alias:  ident("first"),
				}},
				Until: &ast.Term{Filter: filter("any", &ast.Bool{Value: true})},
			},
			Pipes: []*ast.Pipe{{Name: ident("head"), Args: []ast.Expr{number(10)}}},
		},
		{Body: &ast.Sample{By: []ast.Expr{field("host.id")}, Terms: []*ast.Term{{Filter: filter("any", &ast.Bool{})}}}},
	}
}

// reflectNodes lists the nodes below v as its fields hold them.
func reflectNodes(v reflect.Value) (list []ast.Node) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if n, ok := v.Interface().(ast.Node); ok && v.Kind() == reflect.Pointer {
			list = append(list, n)
		}
		return append(list, reflectNodes(v.Elem())...)
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, reflectNodes(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Comments" {
				list = append(list, reflectNodes(v.Field(i))...)
			}
		}
	}
	return list
}

func TestPreorderAgreesWithReflection(t *testing.T) {
	seen := map[string]bool{"Comment": true}
	for _, q := range everything() {
		got := slices.Collect(ast.Preorder(q))
		want := reflectNodes(reflect.ValueOf(q))
		require.Len(t, got, len(want))
		for i := range want {
			assert.Same(t, want[i], got[i], "node %d: want %T, got %T", i, want[i], got[i])
			seen[reflect.TypeOf(got[i]).Elem().Name()] = true
		}
	}
	assert.Equal(t, nodeTypes(t), slices.Sorted(func(yield func(string) bool) {
		for name := range seen {
			if !yield(name) {
				return
			}
		}
	}), "every node type has to occur in the test's queries")
}

// nodeTypes returns the types of this package that have a Span method.
func nodeTypes(t *testing.T) []string {
	t.Helper()
	file, err := goparser.ParseFile(token.NewFileSet(), "ast.go", nil, goparser.SkipObjectResolution)
	require.NoError(t, err)
	var names []string
	for n := range goast.Preorder(file) {
		if f, ok := n.(*goast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Span" {
			names = append(names, f.Recv.List[0].Type.(*goast.StarExpr).X.(*goast.Ident).Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestPreorderStops(t *testing.T) {
	q := everything()[0]
	all := slices.Collect(ast.Preorder(q))
	for stop := range all {
		var seen []ast.Node
		for n := range ast.Preorder(q) {
			seen = append(seen, n)
			if len(seen) > stop {
				break
			}
		}
		require.Equal(t, all[:stop+1], seen)
	}
}

func TestInspect(t *testing.T) {
	x := binary(&ast.Unary{Op: ast.Neg, X: number(1)}, ast.Add, field("a"))
	var trace []string
	note := func(n ast.Node) {
		if n == nil {
			trace = append(trace, ")")
		} else {
			trace = append(trace, reflect.TypeOf(n).Elem().Name()+"(")
		}
	}
	ast.Inspect(x, func(n ast.Node) bool {
		note(n)
		return true
	})
	assert.Equal(t, "Binary( Unary( Number( ) ) Field( Ident( ) ) )", strings.Join(trace, " "))

	trace = nil
	ast.Inspect(x, func(n ast.Node) bool {
		note(n)
		_, ok := n.(*ast.Unary)
		return !ok
	})
	assert.Equal(t, "Binary( Unary( Field( Ident( ) ) )", strings.Join(trace, " "), "no children and no nil after false")
}

type stranger struct{ ast.Node }

func TestInspectPanicsOnStrangers(t *testing.T) {
	assert.Panics(t, func() { ast.Inspect(stranger{}, func(ast.Node) bool { return true }) })
}

// leaning returns a left-leaning tree of n operands.
func leaning(n int, op ast.Op) ast.Expr {
	var x ast.Expr = field("f0")
	for range n - 1 {
		x = binary(x, op, field("f"))
	}
	return x
}

func TestDeepTrees(t *testing.T) {
	const operands = 100_000
	q := &ast.Query{Body: filter("any", leaning(operands, ast.Or))}
	nodes := 0
	for range ast.Preorder(q) {
		nodes++
	}
	assert.Equal(t, 3+operands-1+2*operands, nodes)
	calls := 0
	ast.Inspect(q, func(ast.Node) bool { calls++; return true })
	assert.Equal(t, 2*nodes, calls)
	assert.Equal(t, operands-1, strings.Count(ast.Format(q), " or\n"))
	assert.True(t, ast.Equal(q, &ast.Query{Body: filter("any", leaning(operands, ast.Or))}))
	assert.Len(t, ast.Summarize(q).Fields, 2)

	sum := ast.FormatExpr(leaning(operands, ast.Add))
	assert.Equal(t, operands-1, strings.Count(sum, " + "))
}
