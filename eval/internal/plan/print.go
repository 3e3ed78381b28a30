package plan

import (
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// Format prints a planned expression on one line, for people.
func Format(x Expr) string {
	var p printer
	p.expr(x)
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) expr(x Expr) {
	switch x := x.(type) {
	case *Const:
		p.WriteString(FormatValue(x.V))
	case *Field:
		p.field(x)
	case *Call:
		p.WriteString(x.Fn.Name)
		if x.Fold {
			p.WriteByte('~')
		}
		p.WriteByte('(')
		p.list(x.Args)
		p.WriteByte(')')
	case *Arith:
		p.binary(x.X, string(x.Op), x.Y)
	case *Neg:
		p.WriteByte('-')
		p.operand(x.X)
	case *Compare:
		p.binary(x.X, x.Op.String(), x.Y)
	case *CompareID:
		p.field(x.X)
		p.WriteString(" " + x.Op.String() + " " + FormatValue(x.Y) + ", as a number")
	case *Search:
		p.search(x)
	case *Lineage:
		p.lineage(x)
	case *System:
		p.WriteString("the system is one of " + strings.Join(x.Names, ", ") + ", or unknown")
	case *Same:
		p.binary(x.X, "==", x.Y)
	case *IsNull:
		p.operand(x.X)
		p.WriteString(" == null")
	case *Within:
		p.operand(x.X)
		p.WriteString(" from " + FormatValue(x.Lo) + " to " + FormatValue(x.Hi))
	case *In:
		p.in(x)
	case *Match:
		p.match(x)
	case *Not:
		p.WriteString("not ")
		p.operand(x.X)
	case *Logic:
		op := " and "
		if x.Or {
			op = " or "
		}
		for i, o := range x.Xs {
			if i > 0 {
				p.WriteString(op)
			}
			p.operand(o)
		}
	}
}

func (p *printer) field(x *Field) {
	if x.Optional {
		p.WriteByte('?')
	}
	switch {
	case x.Alias != nil:
		p.WriteString(x.Alias.Name + ".")
	case x.Var != nil:
		p.WriteString("$" + x.Var.Name)
		if x.Path != "" {
			p.WriteByte('.')
		}
	}
	p.WriteString(x.Path)
	if x.T != fn.Any {
		p.WriteString("<" + x.T.String() + ">")
	}
}

// operand prints x with parentheses unless it is a single thing.
func (p *printer) operand(x Expr) {
	switch x.(type) {
	case *Const, *Field, *Call:
		p.expr(x)
	default:
		p.WriteByte('(')
		p.expr(x)
		p.WriteByte(')')
	}
}

func (p *printer) binary(x Expr, op string, y Expr) {
	p.operand(x)
	p.WriteString(" " + op + " ")
	p.operand(y)
}

func (p *printer) list(xs []Expr) {
	for i, x := range xs {
		if i > 0 {
			p.WriteString(", ")
		}
		p.expr(x)
	}
}

func (p *printer) in(x *In) {
	p.operand(x.X)
	p.WriteString(" in")
	if x.Fold {
		p.WriteByte('~')
	}
	if x.IDs {
		p.WriteString(", numbers also as text,")
	}
	p.WriteString(" (")
	for i, v := range x.Values {
		if i > 0 {
			p.WriteString(", ")
		}
		p.WriteString(FormatValue(v))
	}
	p.WriteByte(')')
}

func (p *printer) search(x *Search) {
	p.WriteString("_arraysearch(")
	p.field(x.Array)
	p.WriteString(", $" + x.Var.Name + ", ")
	p.expr(x.Cond)
	p.WriteByte(')')
}

func (p *printer) lineage(x *Lineage) {
	category := strconv.Quote(x.Step.Category)
	if x.Step.Any {
		category = "any"
	}
	p.WriteString("descendant of [" + category + " where ")
	p.expr(x.Step.Cond)
	p.WriteByte(']')
}

func (p *printer) match(x *Match) {
	p.operand(x.X)
	p.WriteString(" " + x.Op.String() + " ")
	if x.Escapes {
		p.WriteString("with escapes ")
	}
	if len(x.Patterns) > 1 {
		p.WriteByte('(')
	}
	for i, s := range x.Patterns {
		if i > 0 {
			p.WriteString(", ")
		}
		p.WriteString(strconv.Quote(s))
	}
	if len(x.Patterns) > 1 {
		p.WriteByte(')')
	}
}

// FormatValue prints a constant; its text tells its kind.
func FormatValue(v value.Value) string {
	switch k := v.Kind(); k {
	case value.String:
		return strconv.Quote(v.Str())
	case value.IP, value.Date, value.Version:
		return k.String() + " " + v.String()
	default:
		return v.String()
	}
}
