package parser_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

func parse(text string) (*ast.Query, error) {
	return parser.Parse(&source.File{Text: text}, parser.Options{})
}

// condition parses the condition of an event query.
func condition(t testing.TB, text string) ast.Expr {
	t.Helper()
	q, err := parser.Parse(&source.File{Text: "any where " + text}, parser.Options{Dialect: ast.Endpoint})
	require.NoError(t, err, text)
	return q.Body.(*ast.EventFilter).Where
}

// problems returns the errors of a text that must not parse.
func problems(t testing.TB, text string, opts parser.Options) source.List {
	t.Helper()
	q, err := parser.Parse(&source.File{Text: text}, opts)
	require.Error(t, err, text)
	require.Nil(t, q)
	var list source.List
	require.True(t, errors.As(err, &list), "%T", err)
	return list
}

func TestEquivalentExpressions(t *testing.T) {
	type row struct {
		Expr, Equivalent, Kind string
		Value                  any
		Left, Right            *string
	}
	for i, c := range sharedLines[row](t, "conformance/elasticsearch/parser/expressions.jsonl") {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			switch {
			case c.Kind == "query" || c.Kind == "pipe":
				text := strings.TrimSpace(c.Expr)
				if !strings.HasPrefix(text, "join") {
					_, err := parse(text)
					assert.NoError(t, err, text)
				}
			case c.Kind == "precedence" && strings.HasPrefix(c.Equivalent, "("):
				want, _, _ := strings.Cut(c.Equivalent, ") = ") // the value of a constant
				if want != c.Equivalent {
					want += ")"
				}
				got := shape(condition(t, c.Expr))
				if strings.HasPrefix(want, "(not ") && strings.Contains(c.Expr, "!=") {
					got = shape(condition(t, strings.Replace("not "+c.Expr, "!=", "==", 1)))
				}
				assert.Equal(t, shape(condition(t, want)), got)
			case c.Left != nil:
				b := condition(t, c.Expr).(*ast.Binary)
				assert.Equal(t, *c.Left, b.X.(*ast.String).Value)
				assert.Equal(t, *c.Right, b.Y.(*ast.String).Value)
			case c.Kind == "literal":
				assert.Equal(t, c.Value, literal(t, condition(t, c.Expr)))
			case c.Kind == "identifier" && c.Value != nil:
				assert.Equal(t, c.Value, condition(t, c.Expr).(*ast.Field).Path)
			default:
				condition(t, c.Expr)
			}
		})
	}
}

// literal returns the value of a literal as JSON has it.
func literal(t testing.TB, x ast.Expr) any {
	t.Helper()
	switch x := x.(type) {
	case *ast.Null:
		return nil
	case *ast.Bool:
		return x.Value
	case *ast.String:
		return x.Value
	case *ast.Number:
		if x.Kind == ast.Float {
			return x.Float
		}
		return float64(x.Uint)
	default:
		require.Fail(t, "no literal", "%T", x)
		return nil
	}
}
