package evaltest

import (
	"math/big"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast"
)

// dateUnits are the forms of a date literal, each with what it stands for as a
// whole: a day, a minute and so on.
var dateUnits = []struct {
	layout string
	unit   time.Duration
}{
	{"2006-01-02", 24 * time.Hour},
	{"2006-01-02T15", time.Hour},
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02T15:04:05", time.Second},
	{"2006-01-02T15:04:05.000", time.Millisecond},
	{"2006-01-02T15:04:05.000000", time.Microsecond},
	{"2006-01-02T15:04:05.000000000", time.Nanosecond},
}

// dateSpan is the time that a literal stands for, from first up to but without
// next.
func dateSpan(literal any) (first, next time.Time, ok bool) {
	switch v := literal.(type) {
	case *big.Int:
		first, ok = timestamp(v)
		return first, first.Add(time.Millisecond), ok
	case string:
		for _, d := range dateUnits {
			for _, zone := range []string{"", "Z07:00"} {
				t, err := time.Parse(d.layout+zone, v)
				// Go reads digits of a fraction that the layout does not have.
				if err == nil && strings.Contains(v, ".") == strings.Contains(d.layout, ".") {
					return t, t.Add(d.unit), true
				}
			}
		}
		first, ok = timestamp(v)
		return first, first.Add(time.Millisecond), ok
	}
	return first, next, false
}

// mirror is the comparison for operands that change places.
var mirror = map[ast.Op]ast.Op{ast.Lt: ast.Gt, ast.Le: ast.Ge, ast.Gt: ast.Lt, ast.Ge: ast.Le, ast.Eq: ast.Eq}

// compareDate is t op literal.
func compareDate(op ast.Op, t time.Time, literal any) any {
	first, next, ok := dateSpan(literal)
	if !ok {
		return nil
	}
	switch op {
	case ast.Lt:
		return t.Before(first)
	case ast.Le:
		return t.Before(next)
	case ast.Gt:
		return !t.Before(next)
	case ast.Ge:
		return !t.Before(first)
	default:
		return !t.Before(first) && t.Before(next)
	}
}
