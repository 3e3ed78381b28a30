package eval_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// functionCalls are calls with their results, nil being null. A trailing "!" of
// the name says that the arguments behind the first have to be constants.
var functionCalls = []struct {
	name string
	args []any
	want any
}{
	{"add", []any{2, 3}, 5},
	{"add", []any{2, 0.5}, 2.5},
	{"subtract", []any{2, 3}, -1},
	{"multiply", []any{4, 2.5}, 10.0},
	{"divide", []any{-7, 2}, -3},
	{"divide", []any{7, 2.0}, 3.5},
	{"modulo", []any{-7, 3}, -1},
	{"add", []any{nil, 3}, nil},

	{"between", []any{"a.b.c.d", ".", "."}, "b"},
	{"between", []any{"a.b.c.d", ".", ".", true}, "b.c"},
	{"between", []any{"a.b.c.d", ".", ".", false}, "b"},
	{"between", []any{"AbC", "a", "c"}, ""},
	{"between~", []any{"AbC", "a", "c"}, "b"},
	{"between~", []any{"xKyſz", "k", "S"}, "y"},
	{"between", []any{"abc", "x", "c"}, ""},
	{"between", []any{"abc", "a", "x"}, ""},
	{"between", []any{"abc", "", "c"}, "abc"},
	{"between", []any{"abc", "a", ""}, "abc"},
	{"between", []any{"", "a", "c"}, ""},
	{"between", []any{"b[a", "[", "b", true}, ""},
	{"between", []any{nil, "a", "c"}, nil},

	{"cidrMatch!", []any{"10.9.9.9", "192.168.0.0/16", "10.1.2.3/8"}, true},
	{"cidrMatch!", []any{"fd12::1", "10.0.0.0/8", "fd00::/8"}, true},
	{"cidrMatch!", []any{"::ffff:10.0.0.1", "10.0.0.1"}, true},
	{"cidrMatch!", []any{"10.0.0.2", "10.0.0.1"}, false},
	{"cidrMatch!", []any{"10.0.0.1", "fe80::/10"}, false},
	{"cidrMatch!", []any{"fe80::1%eth0", "fe80::/10"}, nil},
	{"cidrMatch!", []any{"home", "10.0.0.0/8"}, nil},
	{"cidrMatch!", []any{nil, "10.0.0.0/8"}, nil},

	{"concat", []any{"a", 1, true, 2.0, 1e7}, "a1true2.01.0E7"},
	{"concat", []any{"a"}, "a"},
	{"concat", []any{"a", nil}, nil},

	{"endsWith", []any{"cmd.exe", ".exe"}, true},
	{"endsWith", []any{"cmd.exe", ".EXE"}, false},
	{"endsWith~", []any{"cmd.exe", ".EXE"}, true},
	{"endsWith", []any{"a", ""}, true},
	{"endsWith", []any{"a", "aa"}, false},
	{"startsWith", []any{"cmd.exe", "cmd"}, true},
	{"startsWith", []any{"cmd.exe", "CMD"}, false},
	{"startsWith~", []any{"cmd.exe", "CMD"}, true},
	{"startsWith", []any{"", ""}, true},
	{"startsWith", []any{"a", nil}, nil},
	{"stringContains", []any{"process", "oce"}, true},
	{"stringContains", []any{"process", "OCE"}, false},
	{"stringContains~", []any{"process", "OCE"}, true},
	{"stringContains", []any{"process", ""}, false},
	{"stringContains", []any{"", ""}, false},
	{"stringContains", []any{nil, "a"}, nil},

	{"indexOf", []any{"user.domain.com", "."}, 4},
	{"indexOf", []any{"user.domain.com", ".", 5}, 11},
	{"indexOf", []any{"user.domain.com", ".", 12}, nil},
	{"indexOf", []any{"abc", "z"}, nil},
	{"indexOf", []any{"abc", "A"}, nil},
	{"indexOf~", []any{"abc", "B"}, 1},
	{"indexOf", []any{"abc", "a", -5}, 0},
	{"indexOf", []any{"abc", "", 2}, 2},
	{"indexOf", []any{"abc", "", 9}, 3},
	{"indexOf", []any{"abc", "b", nil}, 1},
	{"indexOf", []any{"😀b", "b"}, 2},

	{"length", []any{"abc"}, 3},
	{"length", []any{""}, 0},
	{"length", []any{"é😀"}, 3},
	{"length", []any{nil}, nil},

	{"number", []any{"42"}, 42},
	{"number", []any{"-5"}, -5},
	{"number", []any{"077"}, 77},
	{"number", []any{"077", 8}, 63},
	{"number", []any{"0xFF"}, 255},
	{"number", []any{"0xFF", 16}, 255},
	{"number", []any{"ff", 16}, 255},
	{"number", []any{"zz", 36}, 1295},
	{"number", []any{"12.5"}, 12.5},
	{"number", []any{" 1e3 "}, 1000.0},
	{"number", []any{"1.5d"}, 1.5},
	{"number", []any{"42", nil}, 42},
	{"number", []any{nil}, nil},

	{"string", []any{1}, "1"},
	{"string", []any{true}, "true"},
	{"string", []any{42.5}, "42.5"},
	{"string", []any{"x"}, "x"},
	{"string", []any{nil}, nil},

	{"substring", []any{"start regsvr32.exe", 6}, "regsvr32.exe"},
	{"substring", []any{"start regsvr32.exe", 6, 14}, "regsvr32"},
	{"substring", []any{"start regsvr32.exe", -4}, ".exe"},
	{"substring", []any{"start regsvr32.exe", -4, -1}, ".ex"},
	{"substring", []any{"abc", 2, 1}, ""},
	{"substring", []any{"abc", 9}, ""},
	{"substring", []any{"abc", -99}, "abc"},
	{"substring", []any{"abc", 1, 99}, "bc"},
	{"substring", []any{"abc", 1, nil}, "bc"},
	// A position inside the pair of units 0 and 1, or of 1 and 2, is moved behind it.
	{"substring", []any{"😀abc", 1, 2}, ""},
	{"substring", []any{"😀abc", 1, 3}, "a"},
	{"substring", []any{"😀abc", -4, 2}, ""},
	{"substring", []any{"😀abc", 0, 1}, "😀"},
	{"substring", []any{"x😀yq", 2, 4}, "y"},
	{"substring", []any{"abc", nil, 2}, "abc"},
	{"substring", []any{nil, 1}, nil},
	{"substring", []any{"a😀b", 1, 3}, "😀"},
}

// literalOf writes a value as a query does.
func literalOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return `"` + v + `"`
	case float64:
		return fmt.Sprintf("%f", v)
	default:
		return fmt.Sprint(v)
	}
}

// TestFunctions computes each call when the query is compiled, and from fields.
func TestFunctions(t *testing.T) {
	for _, c := range functionCalls {
		name, constant := strings.CutSuffix(c.name, "!")
		var literals, fields []string
		doc := make(map[string]any)
		for i, a := range c.args {
			literals = append(literals, literalOf(a))
			field := fmt.Sprintf("f%d", i)
			if i > 0 && constant {
				field = literalOf(a)
			}
			fields = append(fields, field)
			doc[field] = a
			if f, ok := a.(float64); ok {
				doc[field] = json.Number(fmt.Sprintf("%.1f", f))
			}
		}
		for kind, args := range map[string][]string{"constants": literals, "fields": fields} {
			call := name + "(" + strings.Join(args, ", ") + ")"
			query := "any where " + call + " == " + literalOf(c.want)
			s := eval.NewEngine(compile(t, query)).NewStream()
			found := 0
			require.NoError(t, s.Push(event.Map(doc), func(eval.Match) bool { found++; return true }))
			assert.Equal(t, 1, found, "%s: %s over %v", kind, query, doc)
			if c.want == nil {
				continue
			}
			s = eval.NewEngine(compile(t, "any where not "+call+" == "+literalOf(c.want))).NewStream()
			require.NoError(t, s.Push(event.Map(doc), func(eval.Match) bool { found++; return true }))
			assert.Equal(t, 1, found, "%s: not %s", kind, query)
		}
	}
}

// TestFunctionsOfOtherTypes wants null of an argument of another type.
func TestFunctionsOfOtherTypes(t *testing.T) {
	for _, call := range []string{
		"add(n, s)", "between(n, s, s)", "between(s, n, s)", "cidrMatch(n, \"::/0\")", "endsWith(n, s)", "indexOf(s, n)", "indexOf(s, s, s)",
		"length(n)", "number(n)", "number(s, s)", "startsWith(s, n)", "stringContains~(n, n)", "substring(n, n)", "substring(s, s)", "substring(s, n, s)",
		"divide(s, n)", "- s", "s + n", "s * s",
	} {
		errs := 0
		s := eval.NewEngine(compile(t, "any where ("+call+") == null")).NewStream(eval.WithOnError(func(*eval.Query, error) { errs++ }))
		found := 0
		require.NoError(t, s.Push(event.Map{"n": 1, "s": "x"}, func(eval.Match) bool { found++; return true }))
		assert.Equal(t, 1, found, call)
		assert.Zero(t, errs, call)
	}
}
