package index

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// TestScale compares numbers with numbers, one by one and all at once.
func TestScale(t *testing.T) {
	var s scale
	require.Empty(t, s.find(nil, value.OfInt(1)))
	require.Empty(t, s.findID(nil, "1"))
	var asks []func(v value.Value) bool
	add := func(op ast.Op, v value.Value, id bool) {
		a, ok := askedOfComparison(op, v)
		require.True(t, ok)
		a.id = id
		s.add(a.fact, int32(len(asks)))
		asks = append(asks, func(x value.Value) bool { return plan.Comparison(op, x, v).Bool() })
	}
	numbers := []value.Value{
		value.OfInt(3), value.OfInt(-3), value.OfInt(4), value.OfInt(0), value.OfInt(math.MaxInt64), value.OfInt(math.MinInt64),
		value.OfFloat(3.5), value.OfFloat(-1e300), value.OfUint(1 << 63), value.OfUint(math.MaxUint64),
	}
	for i, v := range numbers {
		add(ast.Eq, v, i%2 == 0)
		for _, op := range []ast.Op{ast.Lt, ast.Le, ast.Gt, ast.Ge} {
			if v.Kind() == value.Int {
				add(op, v, i%2 == 0)
			} else {
				_, ok := askedOfComparison(op, v)
				require.False(t, ok, "only integers")
			}
		}
	}
	s.compile()
	for _, v := range slices.Concat(numbers, []value.Value{
		value.OfInt(2), value.OfInt(5), value.OfInt(-4), value.OfFloat(3), value.OfFloat(3.25), value.OfFloat(3.75), value.OfFloat(math.Inf(1)),
		value.OfFloat(math.Inf(-1)), value.OfFloat(math.NaN()), value.OfUint(1<<63 + 1), value.OfFloat(1 << 63),
	}) {
		var want []int32
		for i, holds := range asks {
			if holds(v) {
				want = append(want, int32(i))
			}
		}
		require.ElementsMatch(t, want, s.find(nil, v), "%v", v)
	}
	require.Equal(t, len(s.bounds)*2+1, s.steps())
	for _, i := range s.findID(nil, "3") {
		require.True(t, asks[i](value.OfInt(3)))
	}
	require.Len(t, s.findID(nil, "3"), 7) // == 3, <= 3, >= 3, < 4, <= 4, < and <= the greatest
	require.Empty(t, s.findID(nil, "three"))
}

// TestLongScale has so many bounds that each step must not list all that holds there.
func TestLongScale(t *testing.T) {
	const n = 100_000
	var s scale
	for i := range n {
		k := numberKey(value.OfInt(int64(i)))
		k.kind = []factKind{isBelow, isAtMost, isAbove, isAtLeast}[i%4]
		s.add(k, int32(i))
	}
	s.compile()
	require.Equal(t, n, len(s.at)+len(s.upTo)+len(s.from))
	require.Equal(t, 2*n+1, s.steps())
	require.Len(t, s.find(nil, value.OfInt(-1)), n/2)
	require.Len(t, s.find(nil, value.OfInt(n)), n/2)
}
