package plan

import (
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/schema"
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
	dates := a.dates(f)
	lo, hi, ok := dates.Range(c.V)
	if !ok {
		e := a.errorf("date", c.span, "%s is compared with %s, which is no date", f.Path, FormatValue(c.V))
		e.Hint = "write a date such as 2024-05-31T12:00:00Z"
		if dates != nil {
			e.Hint = "the field's format is " + dates.String()
		}
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

// dates is how the values of a field are written; nil for the default.
func (a *analyser) dates(f *Field) *schema.DateFormat {
	if a.Schema == nil {
		return nil
	}
	field, _ := a.Schema.Field(f.Path)
	return field.Dates
}
