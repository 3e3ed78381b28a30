package plan

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

// byPath takes fields for the same that are printed alike.
type byPath struct{}

func (byPath) AppendField(dst []byte, f *Field) []byte { return append(dst, Format(f)...) }
func (byPath) AppendList(dst []byte, s *Search) []byte {
	return append(dst, Format(s.Array)+" "+s.Var.Name...)
}

// conditions plans a query and returns the nodes of its conditions.
func conditions(t *testing.T, text string, dialect ast.Dialect, functions *fn.Registry) []Expr {
	t.Helper()
	q, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
	require.NoError(t, err)
	p, err := New(q, Options{Dialect: dialect, Functions: functions, Size: -1, TimestampField: "@timestamp", Memo: &Memo{}})
	require.NoError(t, err)
	var out []Expr
	var walk func(Expr)
	walk = func(x Expr) {
		out = append(out, x)
		operands(x, walk)
	}
	for _, s := range p.Steps {
		walk(s.Cond)
	}
	return out
}

// Two expressions have the same identity if and only if they are printed alike.
func TestIdentity(t *testing.T) {
	texts := map[ast.Dialect][]string{
		ast.Elasticsearch: {
			`any where a == 1 and a == "1" and a == 1.0 and a == true and (b == null or b : "null")`,
			`any where a in ("x", "y") and a in ("x, y") and a in~ ("x", "y") and not (a : ("x", "y") or a like ("x", "y") or a like~ ("x", "y"))`,
			`any where length(a) > 1 and length(a) >= 1 and -a < 1 and a + 1 == 2 and a - 1 == 2 and startsWith(a, "b") and startsWith~(a, "b")`,
			`any where a regex "b" and a regex~ "b" and (a == "x" and b == "y" or c == "z") and a == "x" and (b == "y" or c == "z")`,
		},
		ast.Endpoint: {
			`process where descendant of [process where a == "b"] and _arraysearch(c, $x, $x.d == "b") and _arraysearch(c, $x, $x.d == "c") and e == f`,
		},
	}
	root := filepath.Join("..", "..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(root); err == nil {
		for i, r := range rule.Load(root).Rules {
			if i%5 == 0 {
				texts[r.Dialect] = append(texts[r.Dialect], r.Query.Text)
			}
		}
	}
	functions := &fn.Registry{}
	for _, f := range builtin.All() {
		require.NoError(t, functions.Add(f))
	}
	identities, prints := map[string]string{}, map[string]string{}
	for dialect, list := range texts {
		for _, text := range list {
			for _, x := range conditions(t, text, dialect, functions) {
				if needs(x)&needLineage != 0 {
					continue // of its own, though it may be printed like another
				}
				print, id := Format(x), string(AppendIdentity(nil, x, byPath{}))
				if before, ok := identities[print]; ok {
					require.Equal(t, before, id, print)
				}
				identities[print] = id
				if before, ok := prints[id]; ok {
					require.Equal(t, before, print)
				}
				prints[id] = print
			}
		}
	}
	require.Greater(t, len(prints), 30)
}
