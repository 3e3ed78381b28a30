package evaltest

import (
	"cmp"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast"
)

// A value is nil, a bool, a string, a *big.Int, a float64, or a time.Time, which
// only the timestamp field has.

// fromGo makes a value of a scalar from a decoded document. It is nil for what
// is no scalar.
func fromGo(v any) any {
	switch v := v.(type) {
	case bool, string, float64:
		return v
	case float32:
		return float64(v)
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			if n, ok := new(big.Int).SetString(string(v), 10); ok && (n.IsInt64() || n.IsUint64()) {
				return n
			}
		}
		f, _ := strconv.ParseFloat(string(v), 64)
		return f
	case int:
		return big.NewInt(int64(v))
	case int8:
		return big.NewInt(int64(v))
	case int16:
		return big.NewInt(int64(v))
	case int32:
		return big.NewInt(int64(v))
	case int64:
		return big.NewInt(v)
	case uint:
		return new(big.Int).SetUint64(uint64(v))
	case uint8:
		return big.NewInt(int64(v))
	case uint16:
		return big.NewInt(int64(v))
	case uint32:
		return big.NewInt(int64(v))
	case uint64:
		return new(big.Int).SetUint64(v)
	default:
		return nil
	}
}

// number is x if it is a number and nil otherwise.
func number(x any) any {
	switch x.(type) {
	case *big.Int, float64:
		return x
	default:
		return nil
	}
}

// compare is x op y for a comparison other than !=. It is null if an operand is,
// or if the types do not go together. Nothing holds of NaN.
func compare(op ast.Op, x, y any) any {
	if t, ok := y.(time.Time); ok {
		return compareDate(mirror[op], t, x)
	}
	var c int
	switch x := x.(type) {
	case string:
		y, ok := y.(string)
		if !ok {
			return nil
		}
		c = strings.Compare(x, y)
	case time.Time:
		return compareDate(op, x, y)
	case bool:
		if y, ok := y.(bool); ok && op == ast.Eq {
			return x == y
		}
		return nil
	default:
		if number(x) == nil || number(y) == nil {
			return nil
		}
		if isNaN(x) || isNaN(y) {
			return false
		}
		c = compareNumbers(x, y)
	}
	switch op {
	case ast.Lt:
		return c < 0
	case ast.Le:
		return c <= 0
	case ast.Gt:
		return c > 0
	case ast.Ge:
		return c >= 0
	default:
		return c == 0
	}
}

func isNaN(x any) bool {
	f, ok := x.(float64)
	return ok && math.IsNaN(f)
}

// compareNumbers compares without rounding.
func compareNumbers(x, y any) int {
	return exact(x).Cmp(exact(y))
}

func exact(x any) *big.Float {
	if n, ok := x.(*big.Int); ok {
		return new(big.Float).SetInt(n) // as precise as n needs
	}
	return big.NewFloat(x.(float64))
}

// toFloat rounds to the nearest float64.
func toFloat(x any) float64 {
	f, _ := exact(x).Float64()
	return f
}

var (
	minLong  = big.NewInt(math.MinInt64)
	maxLong  = big.NewInt(math.MaxInt64)
	maxULong = new(big.Int).SetUint64(math.MaxUint64)
)

// arithmetic is x op y, or nil if there is no result.
func arithmetic(op ast.Op, x, y any) any {
	if number(x) == nil || number(y) == nil {
		return nil
	}
	m, okX := x.(*big.Int)
	n, okY := y.(*big.Int)
	if !okX || !okY {
		return floatArithmetic(op, floatOf(x), floatOf(y))
	}
	z := new(big.Int)
	switch op {
	case ast.Add:
		z.Add(m, n)
	case ast.Sub:
		z.Sub(m, n)
	case ast.Mul:
		z.Mul(m, n)
	default:
		if n.Sign() == 0 {
			return nil
		}
		if op == ast.Div {
			z.Quo(m, n) // towards zero
		} else {
			z.Rem(m, n) // sign of m
		}
	}
	low, high := minLong, maxLong
	if m.Cmp(maxLong) > 0 || n.Cmp(maxLong) > 0 {
		low, high = new(big.Int), maxULong
	}
	if z.Cmp(low) < 0 || z.Cmp(high) > 0 {
		return nil
	}
	return z
}

func floatOf(x any) float64 {
	if f, ok := x.(float64); ok {
		return f // NaN has no exact form
	}
	return toFloat(x)
}

func floatArithmetic(op ast.Op, x, y float64) float64 {
	switch op {
	case ast.Add:
		return x + y
	case ast.Sub:
		return x - y
	case ast.Mul:
		return x * y
	case ast.Div:
		return x / y
	default:
		return math.Mod(x, y)
	}
}

func negate(x any) any {
	switch x := x.(type) {
	case *big.Int:
		return arithmetic(ast.Sub, new(big.Int), x)
	case float64:
		return -x
	default:
		return nil
	}
}

// text is x as Java writes it.
func text(x any) string {
	switch x := x.(type) {
	case bool:
		return strconv.FormatBool(x)
	case *big.Int:
		return x.String()
	case float64:
		return floatText(x)
	case time.Time:
		return x.UTC().Format("2006-01-02T15:04:05.000Z")
	default:
		return x.(string)
	}
}

func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a == 0 || a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	digits, exponent, _ := strings.Cut(s, "e")
	if !strings.Contains(digits, ".") {
		digits += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return digits + "E" + strconv.Itoa(n)
}

// order is the order of keys: null, false, true, numbers, strings by bytes.
func order(x, y any) int {
	if c := cmp.Compare(rank(x), rank(y)); c != 0 {
		return c
	}
	switch x := x.(type) {
	case nil:
		return 0
	case bool:
		switch {
		case x == y:
			return 0
		case x:
			return 1
		default:
			return -1
		}
	case string:
		return strings.Compare(x, y.(string))
	default:
		return compareNumbers(x, y)
	}
}

func rank(x any) int {
	switch x.(type) {
	case nil:
		return 0
	case bool:
		return 1
	case string:
		return 3
	default:
		return 2
	}
}
