package value_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/eval/value"
)

func TestArith(t *testing.T) {
	const least, most = math.MinInt64, math.MaxInt64
	i, u, f := value.OfInt, value.OfUint, value.OfFloat
	tests := []struct {
		a    value.Value
		op   value.ArithOp
		b    value.Value
		want value.Value
		err  error
	}{
		{i(2), '+', i(3), i(5), nil},
		{i(most - 1), '+', i(1), i(most), nil},
		{i(most), '+', i(1), value.Value{}, value.ErrOverflow},
		{i(least), '+', i(-1), value.Value{}, value.ErrOverflow},
		{i(least + 1), '-', i(1), i(least), nil},
		{i(least), '-', i(1), value.Value{}, value.ErrOverflow},
		{i(0), '-', i(least), value.Value{}, value.ErrOverflow},
		{i(1 << 31), '*', i(1 << 31), i(1 << 62), nil},
		{i(1 << 32), '*', i(1 << 31), value.Value{}, value.ErrOverflow},
		{i(1 << 62), '*', i(4), value.Value{}, value.ErrOverflow},
		{i(least), '*', i(-1), value.Value{}, value.ErrOverflow},
		{i(-1), '*', i(least), value.Value{}, value.ErrOverflow},
		{i(least), '*', i(1), i(least), nil},
		{i(7), '/', i(2), i(3), nil},
		{i(-7), '/', i(2), i(-3), nil},
		{i(-7), '%', i(3), i(-1), nil},
		{i(7), '%', i(-3), i(1), nil},
		{i(least), '/', i(-1), value.Value{}, value.ErrOverflow},
		{i(least), '%', i(-1), i(0), nil},
		{i(1), '/', i(0), value.Value{}, value.ErrDivideByZero},
		{i(1), '%', i(0), value.Value{}, value.ErrDivideByZero},

		{u(1 << 63), '+', i(1), u(1<<63 + 1), nil},
		{u(math.MaxUint64), '+', i(1), value.Value{}, value.ErrOverflow},
		{u(1 << 63), '+', i(-1), i(most), nil},
		{i(-1), '+', u(1 << 63), i(most), nil},
		{u(1 << 63), '-', i(1), i(most), nil},
		{u(1 << 63), '-', u(1<<63 + 1), value.Value{}, value.ErrOverflow},
		{u(1 << 63), '-', i(-1), u(1<<63 + 1), nil},
		{u(math.MaxUint64), '-', i(-1), value.Value{}, value.ErrOverflow},
		{i(-1), '-', u(1 << 63), value.Value{}, value.ErrOverflow},
		{u(1 << 63), '*', i(1), u(1 << 63), nil},
		{u(1 << 63), '*', i(2), value.Value{}, value.ErrOverflow},
		{u(1 << 63), '*', i(-1), value.Value{}, value.ErrOverflow},
		{u(1 << 63), '*', i(0), i(0), nil},
		{u(1 << 63), '/', i(2), i(1 << 62), nil},
		{u(1 << 63), '%', i(10), i(8), nil},
		{u(1 << 63), '/', i(0), value.Value{}, value.ErrDivideByZero},
		{u(1 << 63), '/', i(-1), value.Value{}, value.ErrOverflow},

		{f(1), '/', i(2), f(0.5), nil},
		{i(1), '+', f(0.5), f(1.5), nil},
		{f(1), '/', f(0), f(math.Inf(1)), nil},
		{f(-5.5), '%', i(2), f(-1.5), nil},

		{value.Value{}, '+', i(1), value.Value{}, nil},
		{i(1), '/', value.Value{}, value.Value{}, nil},
		{value.OfString("1"), '+', i(1), value.Value{}, value.ErrNotNumber},
		{i(1), '-', value.OfBool(true), value.Value{}, value.ErrNotNumber},
	}
	for _, tt := range tests {
		got, err := value.Arith(tt.op, tt.a, tt.b)
		assert.ErrorIs(t, err, tt.err, "%s %c %s", tt.a, tt.op, tt.b)
		assert.Equal(t, tt.want.Kind(), got.Kind(), "%s %c %s", tt.a, tt.op, tt.b)
		assert.True(t, value.Equal(tt.want, got), "%s %c %s is %s", tt.a, tt.op, tt.b, got)
	}
}

func TestNegate(t *testing.T) {
	tests := []struct {
		in, want value.Value
		err      error
	}{
		{value.OfInt(5), value.OfInt(-5), nil},
		{value.OfInt(math.MaxInt64), value.OfInt(-math.MaxInt64), nil},
		{value.OfInt(math.MinInt64), value.Value{}, value.ErrOverflow},
		{value.OfUint(1 << 63), value.Value{}, value.ErrOverflow},
		{value.OfFloat(2.5), value.OfFloat(-2.5), nil},
		{value.Value{}, value.Value{}, nil},
		{value.OfString("1"), value.Value{}, value.ErrNotNumber},
	}
	for _, tt := range tests {
		got, err := value.Negate(tt.in)
		assert.ErrorIs(t, err, tt.err, tt.in.String())
		assert.True(t, value.Equal(tt.want, got), "-%s is %s", tt.in, got)
	}
}
