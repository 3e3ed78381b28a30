package value_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/eval/value"
)

// TestCompareOrder lists values in ascending order and compares each with each.
func TestCompareOrder(t *testing.T) {
	versions := func(texts ...string) (out []value.Value) {
		for _, s := range texts {
			out = append(out, value.OfVersion(s))
		}
		return out
	}
	orders := map[string][]value.Value{
		"numbers": {
			value.OfFloat(math.Inf(-1)), value.OfFloat(-1e19), value.OfInt(math.MinInt64), value.OfInt(math.MinInt64 + 1), value.OfFloat(-2.5),
			value.OfInt(-2), value.OfFloat(-0.5), value.OfInt(0), value.OfFloat(0.5), value.OfInt(1), value.OfInt(1 << 53), value.OfInt(1<<53 + 1),
			value.OfInt(math.MaxInt64), value.OfFloat(1 << 63), value.OfUint(1<<63 + 1), value.OfUint(math.MaxUint64), value.OfFloat(1 << 64), value.OfFloat(math.Inf(1)),
		},
		"text":     {value.OfString(""), value.OfString("A"), value.OfString("B"), value.OfString("a"), value.OfString("ab"), value.OfString("é")},
		"booleans": {value.OfBool(false), value.OfBool(true)},
		"dates":    {value.OfDate(-1), value.OfDate(0), value.OfDate(1)},
		"addresses": {
			value.OfIP("0.0.0.0"), value.OfIP("9.255.255.255"), value.OfIP("10.0.0.0"), value.OfIP("::1"), value.OfIP("2001:db8::"),
		},
		"versions": versions("0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0",
			"1.0.1", "1.2", "1.10", "02", "10.0", "1.x", "banana"),
	}
	for name, list := range orders {
		for i, a := range list {
			for j, b := range list {
				c, ok := value.Compare(a, b)
				assert.True(t, ok, "%s: %s and %s", name, a, b)
				assert.Equal(t, sign(i-j), sign(c), "%s: %s and %s", name, a, b)
				assert.Equal(t, i == j, value.Equal(a, b), "%s: %s and %s", name, a, b)
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	default:
		return 0
	}
}

func TestCompareEqual(t *testing.T) {
	tests := [][2]value.Value{
		{value.OfInt(5), value.OfFloat(5)},
		{value.OfInt(math.MinInt64), value.OfFloat(-1 << 63)},
		{value.OfUint(1 << 63), value.OfFloat(1 << 63)},
		{value.OfFloat(0), value.OfFloat(math.Copysign(0, -1))},
		{value.OfIP("::ffff:10.0.0.1"), value.OfIP("10.0.0.1")},
		{{}, {}},
	}
	for _, tt := range tests {
		assert.True(t, value.Equal(tt[0], tt[1]), "%s and %s", tt[0], tt[1])
		assert.True(t, value.Equal(tt[1], tt[0]), "%s and %s", tt[1], tt[0])
	}
}

func TestCompareIncomparable(t *testing.T) {
	values := []value.Value{
		{}, value.OfBool(true), value.OfInt(1), value.OfString("1"), value.OfDate(1), value.OfIP("1.0.0.0"), value.OfVersion("1"),
	}
	for i, a := range values {
		for j, b := range values {
			if i == j {
				continue
			}
			_, ok := value.Compare(a, b)
			assert.False(t, ok, "%s and %s", a.Kind(), b.Kind())
			assert.False(t, value.Equal(a, b), "%s and %s", a.Kind(), b.Kind())
		}
	}
	nan := value.OfFloat(math.NaN())
	for _, v := range []value.Value{nan, value.OfInt(1), value.OfUint(math.MaxUint64), value.OfFloat(1)} {
		_, ok := value.Compare(nan, v)
		assert.False(t, ok)
		_, ok = value.Compare(v, nan)
		assert.False(t, ok)
	}
}
