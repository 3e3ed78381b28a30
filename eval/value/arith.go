package value

import (
	"errors"
	"math"
	"math/bits"
)

// The errors of arithmetic. An engine makes the expression null and reports
// them; they never stop a stream.
var (
	ErrOverflow     = errors.New("integer overflow")
	ErrDivideByZero = errors.New("division by zero")
	ErrNotNumber    = errors.New("operand is not a number")
)

// An ArithOp is one of '+', '-', '*', '/' and '%'.
type ArithOp byte

// Arith computes a op b as Elasticsearch does: null if an operand is null, a
// Float if one is a Float, else an exact integer. Division of integers
// truncates toward zero and the remainder has the dividend's sign. Floats
// follow IEEE 754, so that division by zero is infinite there.
func Arith(op ArithOp, a, b Value) (Value, error) {
	switch {
	case a.kind == Null || b.kind == Null:
		return Value{}, nil
	case !a.kind.IsNumber() || !b.kind.IsNumber():
		return Value{}, ErrNotNumber
	case a.kind == Float || b.kind == Float:
		return OfFloat(floatArith(op, a.AsFloat(), b.AsFloat())), nil
	case a.kind == Int && b.kind == Int:
		return intArith(op, a.Int(), b.Int())
	default:
		return uintArith(op, a, b)
	}
}

// Negate computes -v; null stays null.
func Negate(v Value) (Value, error) {
	switch v.kind {
	case Null:
		return v, nil
	case Float:
		return OfFloat(-v.Float()), nil
	case Int:
		if v.Int() == math.MinInt64 {
			return Value{}, ErrOverflow
		}
		return OfInt(-v.Int()), nil
	case Uint:
		return Value{}, ErrOverflow
	default:
		return Value{}, ErrNotNumber
	}
}

func floatArith(op ArithOp, a, b float64) float64 {
	switch op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	default:
		return math.Mod(a, b)
	}
}

func intArith(op ArithOp, a, b int64) (Value, error) {
	switch op {
	case '+':
		if s := a + b; (s > a) == (b > 0) {
			return OfInt(s), nil
		}
	case '-':
		if d := a - b; (d < a) == (b > 0) {
			return OfInt(d), nil
		}
	case '*':
		if a == 0 || b == 0 {
			return OfInt(0), nil
		}
		if p := a * b; p/b == a && (a != -1 || b != math.MinInt64) && (b != -1 || a != math.MinInt64) {
			return OfInt(p), nil
		}
	case '/', '%':
		switch {
		case b == 0:
			return Value{}, ErrDivideByZero
		case op == '%' && b == -1:
			return OfInt(0), nil
		case op == '%':
			return OfInt(a % b), nil
		case a != math.MinInt64 || b != -1:
			return OfInt(a / b), nil
		}
	}
	return Value{}, ErrOverflow
}

// uintArith handles integers of which one at least is beyond int64: the result
// is an unsigned 64-bit integer, so a negative operand or result overflows.
func uintArith(op ArithOp, a, b Value) (Value, error) {
	neg := a.kind == Int && a.Int() < 0 || b.kind == Int && b.Int() < 0
	x, y := a.num, b.num
	switch op {
	case '+', '-':
		// A negative Int is added by subtracting its amount, and the other way round.
		if neg {
			return signedStep(op, a, b)
		}
		if op == '+' {
			if s, carry := bits.Add64(x, y, 0); carry == 0 {
				return OfUint(s), nil
			}
		} else if x >= y {
			return OfUint(x - y), nil
		}
	case '*':
		if x == 0 || y == 0 {
			return OfInt(0), nil
		}
		if hi, lo := bits.Mul64(x, y); !neg && hi == 0 {
			return OfUint(lo), nil
		}
	case '/', '%':
		if y == 0 {
			return Value{}, ErrDivideByZero
		}
		x, y = amount(a), amount(b)
		if op == '/' {
			if q := x / y; q == 0 || !neg {
				return OfUint(q), nil
			}
		} else if r := x % y; r == 0 || a.kind == Uint || a.Int() >= 0 { // sign of the dividend
			return OfUint(r), nil
		}
	}
	return Value{}, ErrOverflow
}

// amount returns the absolute value of an integer.
func amount(v Value) uint64 {
	if v.kind == Int && v.Int() < 0 {
		return -v.num
	}
	return v.num
}

func signedStep(op ArithOp, a, b Value) (Value, error) {
	if a.kind == Uint { // b is negative
		n := amount(b)
		if op == '+' {
			return OfUint(a.num - n), nil
		}
		if s, carry := bits.Add64(a.num, n, 0); carry == 0 {
			return OfUint(s), nil
		}
		return Value{}, ErrOverflow
	}
	if op == '+' { // a is negative, b is a Uint
		return OfUint(b.num - -a.num), nil
	}
	return Value{}, ErrOverflow
}
