package ast

import "slices"

// A precedence says how tightly an expression holds together.
type precedence uint8

const (
	precLowest precedence = iota
	precOr
	precAnd
	precNot
	precCompare
	precAdd
	precMul
	precSign
	precMatch
	precPrimary
)

func precedenceOf(x Expr) precedence {
	switch x := x.(type) {
	case *Unary:
		if x.Op == Not {
			return precNot
		}
		return precSign
	case *Binary:
		switch {
		case x.Op == Or:
			return precOr
		case x.Op == And:
			return precAnd
		case x.Op.IsComparison():
			return precCompare
		case x.Op == Add || x.Op == Sub:
			return precAdd
		default:
			return precMul
		}
	case *Lineage:
		return precNot
	case *Match:
		return precMatch
	default:
		return precPrimary
	}
}

// expr writes x, in parentheses if it is looser than its place allows.
func (f *formatter) expr(x Expr, least precedence) {
	if precedenceOf(x) < least {
		f.paren(x)
		return
	}
	switch x := x.(type) {
	case *Null:
		f.token("null")
	case *Bool:
		if x.Value {
			f.token("true")
		} else {
			f.token("false")
		}
	case *Number:
		f.node(numberText(x), x)
	case *String:
		f.node(stringText(x), x)
	case *Field:
		f.node(fieldText(x), x)
	case *Call:
		name := x.Name.Name
		if x.Fold {
			name += "~"
		}
		f.token(name)
		f.list(x.Args)
	case *Unary:
		f.unary(x)
	case *Binary:
		f.binary(x)
	case *Match:
		f.match(x)
	case *Paren:
		f.paren(x.X)
	case *Lineage:
		f.token(x.Relation.Name)
		f.word("of")
		f.brk(spaceItem)
		f.filter("[", x.Filter, "]")
	}
}

func (f *formatter) paren(x Expr) {
	f.begin(groupItem)
	f.token("(")
	f.inside(softItem, x, true)
	f.token(")")
	f.add(closeItem)
}

func (f *formatter) unary(x *Unary) {
	f.token(x.Op.String())
	if x.Op == Not {
		f.brk(spaceItem)
	}
	f.expr(x.X, precedenceOf(x))
}

func (f *formatter) binary(x *Binary) {
	if x.Op.IsLogic() {
		f.begin(groupItem)
		f.chain(x, true)
		f.add(closeItem)
		return
	}
	prec := precedenceOf(x)
	left := prec
	if prec == precCompare {
		left++ // comparisons do not associate
	}
	f.expr(x.X, left)
	f.word(x.Op.String())
	f.brk(spaceItem)
	f.expr(x.Y, prec+1)
}

// chain writes the operands of a run of one logical operator, one a line in a
// broken group, all but the first indented if asked.
func (f *formatter) chain(x *Binary, indent bool) {
	least := precedenceOf(x) + 1
	op := x.Op.String()
	rest, first := operands(x)
	f.expr(first, least)
	if indent {
		f.add(indentItem)
	}
	for _, y := range slices.Backward(rest) {
		f.word(op)
		f.brk(lineItem)
		f.expr(y, least)
	}
	if indent {
		f.add(dedentItem)
	}
}

// operands returns the operands of a left-leaning run of one operator, the
// first apart from the rest and the rest from right to left.
func operands(x *Binary) (rest []Expr, first Expr) {
	for {
		rest = append(rest, x.Y)
		left, ok := x.X.(*Binary)
		if !ok || left.Op != x.Op {
			return rest, x.X
		}
		x = left
	}
}

func (f *formatter) match(x *Match) {
	f.expr(x.X, precPrimary)
	if x.Not {
		f.word("not")
	}
	f.word(x.Op.String())
	f.brk(spaceItem)
	if x.Op.IsPattern() && len(x.List) == 1 && !x.Lparen.IsValid() {
		f.expr(x.List[0], precPrimary)
		return
	}
	f.list(x.List)
}

// list writes the arguments of a function or the elements of "in".
func (f *formatter) list(list []Expr) {
	f.begin(groupItem)
	f.token("(")
	if len(list) > 0 {
		f.add(indentItem)
		f.brk(softItem)
		f.commas(list)
		f.outdent()
		f.brk(softItem)
	}
	f.token(")")
	f.add(closeItem)
}
