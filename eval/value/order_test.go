package value_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/value"
)

// TestCompareNumbers compares all pairs of numbers without rounding.
func TestCompareNumbers(t *testing.T) {
	numbers := edges()
	for _, f := range []float64{
		0, math.Copysign(0, -1), 0.5, -0.5, 1, 7, 1.5, -7.5, 1 << 31, 1 << 53, 1 << 62, 1 << 63, -1 << 63, -1<<63 - 2048,
		1<<63 + 2048, 1<<64 - 2048, 1 << 64, 1e300, -1e300, 5e-324, math.Inf(1), math.Inf(-1),
	} {
		numbers = append(numbers, value.OfFloat(f))
	}
	exact := func(v value.Value) *big.Float {
		if v.Kind() == value.Float {
			return big.NewFloat(v.Float())
		}
		return new(big.Float).SetInt(bigOf(v))
	}
	for _, a := range numbers {
		for _, b := range numbers {
			got, ok := value.Compare(a, b)
			require.True(t, ok)
			require.Equal(t, exact(a).Cmp(exact(b)), got, "%v and %v", a, b)
			require.Equal(t, got == 0, value.Equal(a, b))
		}
		_, ok := value.Compare(a, value.OfFloat(math.NaN()))
		require.False(t, ok)
		_, ok = value.Compare(value.OfFloat(math.NaN()), a)
		require.False(t, ok)
	}
}

// TestOrder sorts values of all kinds.
func TestOrder(t *testing.T) {
	want := []value.Value{
		{},
		value.OfBool(false), value.OfBool(true),
		value.OfFloat(-1.5), value.OfInt(0), value.OfFloat(0.5), value.OfInt(2), value.OfUint(1 << 63),
		value.OfDate(-1), value.OfDate(5),
		value.OfString(""), value.OfString("A"), value.OfString("a"), value.OfString("é"),
		value.OfIP("10.0.0.1"), value.OfIP("10.0.0.2"), value.OfIP("::1"),
		value.OfVersion("1.2.3-alpha"), value.OfVersion("1.2.3-alpha.1"), value.OfVersion("1.2.3-alpha.beta"), value.OfVersion("1.2.3-beta"),
		value.OfVersion("1.2.3"), value.OfVersion("1.2.3.1"), value.OfVersion("1.10.0"), value.OfVersion("2.0.0"), value.OfVersion("next"), value.OfVersion("other"),
		value.OfObject("x"),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, value.Order)
	for i := range want {
		assert.Equal(t, want[i].Kind(), got[i].Kind(), i)
		assert.Equal(t, want[i].String(), got[i].String(), i)
	}
}

func TestEqual(t *testing.T) {
	for _, tt := range []struct {
		a, b value.Value
		want bool
	}{
		{value.Value{}, value.Value{}, true},
		{value.Value{}, value.OfBool(false), false},
		{value.OfInt(5), value.OfFloat(5), true},
		{value.OfInt(5), value.OfString("5"), false},
		{value.OfUint(math.MaxUint64), value.OfFloat(math.MaxUint64), false},
		{value.OfString("a"), value.OfString("A"), false},
		{value.OfIP("::ffff:10.0.0.1"), value.OfIP("10.0.0.1"), true},
		{value.OfIP("0:0::1"), value.OfIP("::1"), true},
		{value.OfIP("x"), value.OfIP("x"), true},
		{value.OfIP("x"), value.OfIP("::1"), false},
		{value.OfDate(5), value.OfDate(5), true},
		{value.OfDate(5), value.OfInt(5), false},
		{value.OfVersion("1.0"), value.OfVersion("1.00"), false},
		{value.OfVersion("1.0+a"), value.OfVersion("1.0+b"), false},
		{value.OfObject("x"), value.OfObject("x"), false},
		{value.OfBool(true), value.OfBool(true), true},
	} {
		assert.Equal(t, tt.want, value.Equal(tt.a, tt.b), "%v and %v", tt.a, tt.b)
		assert.Equal(t, tt.want, value.Equal(tt.b, tt.a), "%v and %v", tt.b, tt.a)
	}
}
