package value_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/value"
)

// edges are integers at which something may go wrong.
func edges() []value.Value {
	out := []value.Value{}
	for _, i := range []int64{0, 1, -1, 2, -2, 3, 7, -7, 10, 1 << 31, -1 << 31, 1<<32 + 1, 3037000500, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1} {
		out = append(out, value.OfInt(i))
	}
	for _, u := range []uint64{1 << 63, 1<<63 + 1, 1<<63 + 7, math.MaxUint64, math.MaxUint64 - 1} {
		out = append(out, value.OfUint(u))
	}
	return out
}

func bigOf(v value.Value) *big.Int {
	if v.Kind() == value.Uint {
		return new(big.Int).SetUint64(v.Uint())
	}
	return big.NewInt(v.Int())
}

// TestArithOfIntegers compares all pairs of edges with arithmetic that has no
// bounds, of which a result counts if the types of the operands hold it.
func TestArithOfIntegers(t *testing.T) {
	signedMin, signedMax := big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	unsignedMax := new(big.Int).SetUint64(math.MaxUint64)
	for _, op := range []value.ArithOp{'+', '-', '*', '/', '%'} {
		for _, a := range edges() {
			for _, b := range edges() {
				x, y, want := bigOf(a), bigOf(b), new(big.Int)
				got, err := value.Arith(op, a, b)
				switch op {
				case '+':
					want.Add(x, y)
				case '-':
					want.Sub(x, y)
				case '*':
					want.Mul(x, y)
				default:
					if y.Sign() == 0 {
						require.ErrorIs(t, err, value.ErrDivideByZero)
						continue
					}
					if op == '/' {
						want.Quo(x, y)
					} else {
						want.Rem(x, y)
					}
				}
				low, high := signedMin, signedMax
				if a.Kind() == value.Uint || b.Kind() == value.Uint {
					low, high = new(big.Int), unsignedMax
				}
				if want.Cmp(low) < 0 || want.Cmp(high) > 0 {
					require.ErrorIs(t, err, value.ErrOverflow, "%v %c %v", a, op, b)
					continue
				}
				require.NoError(t, err, "%v %c %v", a, op, b)
				require.Equal(t, want.String(), got.String(), "%v %c %v", a, op, b)
			}
		}
	}
}

func TestArithOfOthers(t *testing.T) {
	i, f, s, null := value.OfInt(7), value.OfFloat(2), value.OfString("x"), value.Value{}
	for op, want := range map[value.ArithOp]float64{'+': 9, '-': 5, '*': 14, '/': 3.5, '%': 1} {
		got, err := value.Arith(op, i, f)
		require.NoError(t, err)
		assert.Equal(t, value.Float, got.Kind())
		assert.InDelta(t, want, got.Float(), 0)
		got, err = value.Arith(op, i, null)
		require.NoError(t, err)
		assert.True(t, got.IsNull())
		_, err = value.Arith(op, s, i)
		require.ErrorIs(t, err, value.ErrNotNumber)
	}
	got, err := value.Arith('/', value.OfFloat(-1), value.OfInt(0))
	require.NoError(t, err)
	assert.True(t, math.IsInf(got.Float(), -1))
	got, err = value.Arith('+', value.OfUint(math.MaxUint64), value.OfFloat(0.5))
	require.NoError(t, err)
	assert.InDelta(t, float64(1<<64), got.Float(), 0)
}

func TestNegate(t *testing.T) {
	for _, tt := range []struct {
		in, want value.Value
		err      error
	}{
		{value.Value{}, value.Value{}, nil},
		{value.OfInt(5), value.OfInt(-5), nil},
		{value.OfInt(math.MinInt64 + 1), value.OfInt(math.MaxInt64), nil},
		{value.OfInt(math.MinInt64), value.Value{}, value.ErrOverflow},
		{value.OfUint(1 << 63), value.Value{}, value.ErrOverflow},
		{value.OfFloat(1.5), value.OfFloat(-1.5), nil},
		{value.OfString("5"), value.Value{}, value.ErrNotNumber},
	} {
		got, err := value.Negate(tt.in)
		require.ErrorIs(t, err, tt.err, tt.in.String())
		assert.True(t, value.Equal(tt.want, got), "-%v is %v", tt.in, got)
	}
}
