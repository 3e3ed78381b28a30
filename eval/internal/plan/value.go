package plan

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// The functions of this file are the operators on single values. Folding and
// evaluation share them; null stands for "unknown".

// Comparison computes a op b, where op is one of == < <= > >=. It is null if an
// operand is null or the two are not comparable; booleans are equal or not, and none is
// below the other.
func Comparison(op ast.Op, a, b value.Value) value.Value {
	c, ok := value.Compare(a, b)
	if !ok || a.Kind() == value.Bool && op != ast.Eq {
		return value.Value{}
	}
	return value.OfBool(holds(op, c))
}

// holds reports whether "a op b" is true of operands that compare as c.
func holds(op ast.Op, c int) bool {
	switch op {
	case ast.Eq:
		return c == 0
	case ast.Lt:
		return c < 0
	case ast.Le:
		return c <= 0
	case ast.Gt:
		return c > 0
	default:
		return c >= 0
	}
}

// Negation computes not v.
func Negation(v value.Value) value.Value {
	if v.Kind() != value.Bool {
		return value.Value{}
	}
	return value.OfBool(!v.Bool())
}

// Test computes the comparison of v with the number, as a boolean or null.
func (x *CompareID) Test(v value.Value) value.Value {
	if v.Kind() == value.String {
		v = IDNumber(v.Str())
	}
	return Comparison(x.Op, v, x.Y)
}

// IDNumber returns the number that an id in text is as a whole, in decimal digits with
// a minus sign at most, or null.
func IDNumber(s string) value.Value {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return value.Value{}
	}
	n, _ := parseNumber(s) // out of range is infinite, which compares well enough
	return n
}

// Test reports whether v is in the list, as a boolean or null.
func (x *In) Test(v value.Value) value.Value {
	if v.IsNull() {
		return v
	}
	if x.IDs && v.Kind() == value.String {
		if n := IDNumber(v.Str()); !n.IsNull() && slices.ContainsFunc(x.Values, func(item value.Value) bool {
			return value.Equal(n, item)
		}) {
			return value.OfBool(true)
		}
	}
	for _, item := range x.Values {
		if x.Fold {
			if v.Kind().IsText() && item.Kind() == value.String && pattern.EqualFold(v.Str(), item.Str()) {
				return value.OfBool(true)
			}
		} else if value.Equal(v, item) {
			return value.OfBool(true)
		}
	}
	return value.OfBool(false)
}

// Test reports whether v matches, as a boolean or null.
func (x *Match) Test(v value.Value) value.Value {
	if !v.Kind().IsText() {
		return value.Value{}
	}
	return value.OfBool(x.M.Match(v.Str()))
}

// Test reports whether v lies between the bounds, as a boolean or null.
func (x *Within) Test(v value.Value) value.Value {
	lo, okLo := value.Compare(v, x.Lo)
	hi, okHi := value.Compare(v, x.Hi)
	if !okLo || !okHi {
		return value.Value{}
	}
	return value.OfBool(lo >= 0 && hi <= 0)
}
