package evaltest

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
)

// A tuple is the values of join keys, one for each key.
type tuple []any

// name tells tuples apart: equal tuples have equal names.
func (t tuple) name() string {
	s := ""
	for _, v := range t {
		s += fmt.Sprintf("%T %q;", v, fmt.Sprint(v))
	}
	return s
}

func (t tuple) compare(u tuple) int { return slices.CompareFunc(t, u, order) }

// result is the form of Result.Keys.
func (t tuple) result() []any {
	if len(t) == 0 {
		return nil
	}
	keys := make([]any, len(t))
	for i, v := range t {
		keys[i] = v
		if n, ok := v.(*big.Int); ok && n.IsInt64() {
			keys[i] = n.Int64()
		} else if ok {
			keys[i] = n.Uint64()
		}
	}
	return keys
}

// tuples are the key tuples of a document, each once: the product of the values
// of the keys. A key without a value is null if it is optional; otherwise there
// is no tuple. With no keys there is one empty tuple.
func tuples(keys []*ast.Field, doc map[string]any) []tuple {
	if len(keys) == 0 {
		return []tuple{{}}
	}
	last := len(keys) - 1
	vs := values(doc, keys[last].Path)
	if len(vs) == 0 && keys[last].Optional {
		vs = []any{nil}
	}
	var out []tuple
	seen := make(map[string]bool)
	for _, t := range tuples(keys[:last], doc) {
		for _, v := range vs {
			u := append(slices.Clone(t), keyValue(v))
			if !seen[u.name()] {
				seen[u.name()] = true
				out = append(out, u)
			}
		}
	}
	return out
}

// keyValue makes an integer of a float that is one, so that 5.0 equals 5.
func keyValue(v any) any {
	if f, ok := v.(float64); ok {
		if n, accuracy := exact(f).Int(nil); accuracy == big.Exact && (n.IsInt64() || n.IsUint64()) {
			return n
		}
	}
	return v
}

// keyFields are the keys of a step: those of the query, then its own.
func keyFields(by []ast.Expr, t *ast.Term) []*ast.Field {
	var out []*ast.Field
	for _, k := range append(slices.Clone(by), t.By...) {
		out = append(out, ast.Unparen(k).(*ast.Field))
	}
	return out
}
