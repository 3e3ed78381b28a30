package plan

import (
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// fittedDate compares a date with a literal. A literal stands for the whole
// unit that it is written to: equality covers the unit, "<" ends before it and
// ">" begins after it.
func (a *analyser) fittedDate(x *Compare, f *Field, c *Const) Expr {
	if text := c.V.Str(); strings.HasPrefix(text, "now") || strings.Contains(text, "||") {
		a.errorf("date", c.span, "date math is not supported: a stream has no present").Hint = "write a date such as 2024-05-31T12:00:00Z"
		return &Const{at: x.at}
	}
	if c.V.Kind() == value.Date { // done before: lists are folded again as alternatives
		return x
	}
	lo, hi, ok := dateRange(c.V)
	if !ok {
		return &Const{at: x.at}
	}
	bound := lo
	switch x.Op {
	case ast.Eq:
		if lo != hi {
			return &Within{x.at, f, value.OfDate(lo), value.OfDate(hi)}
		}
	case ast.Le, ast.Gt:
		bound = hi
	}
	return &Compare{x.at, x.Op, f, &Const{at: c.at, V: value.OfDate(bound)}}
}

// dateRange returns the first and the last nanosecond of what a literal means:
// text to the unit it is written in, a number a millisecond.
func dateRange(v value.Value) (lo, hi int64, ok bool) {
	lo, ok = event.ParseTime(v)
	if !ok {
		return 0, 0, false
	}
	unit := int64(time.Millisecond)
	if v.Kind() == value.String {
		unit = int64(textUnit(v.Str()))
	}
	return lo, lo + unit - 1, true
}

// textUnit returns the length of the last unit in the text of a date. Months
// and years do not occur: ParseTime wants a day.
func textUnit(s string) time.Duration {
	i := strings.IndexAny(s, "Tt ")
	if i < 0 {
		if strings.Contains(s, "-") {
			return 24 * time.Hour
		}
		return time.Millisecond // epoch milliseconds as text
	}
	clock := s[i+1:]
	if z := strings.IndexAny(clock, "Zz+-"); z >= 0 {
		clock = clock[:z]
	}
	if _, fraction, ok := strings.Cut(clock, "."); ok {
		switch n := len(fraction); {
		case n <= 3:
			return time.Millisecond
		case n <= 6:
			return time.Microsecond
		default:
			return time.Nanosecond
		}
	}
	switch strings.Count(clock, ":") {
	case 0:
		return time.Hour
	case 1:
		return time.Minute
	default:
		return time.Second
	}
}
