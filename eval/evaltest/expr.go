package evaltest

import (
	"math/big"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// A choice gives each occurrence of a field one of its values, or nil.
type choice struct {
	at     place
	fields map[*ast.Field]any
}

// value evaluates e, null being nil and null operands giving null.
func (ev *evaluator) value(e ast.Expr, chosen choice) any {
	switch e := e.(type) {
	case *ast.Null:
		return nil
	case *ast.Bool:
		return e.Value
	case *ast.String:
		return e.Value
	case *ast.Number:
		if e.Kind == ast.Float {
			return e.Float
		}
		return new(big.Int).SetUint64(e.Uint)
	case *ast.Paren:
		return ev.value(e.X, chosen)
	case *ast.Field:
		return chosen.fields[e]
	case *ast.Unary:
		x := ev.value(e.X, chosen)
		switch e.Op {
		case ast.Not:
			return not(x)
		case ast.Neg:
			return negate(x)
		default:
			return number(x)
		}
	case *ast.Binary:
		return ev.binary(e, chosen)
	case *ast.Match:
		return ev.match(e, chosen)
	case *ast.Lineage:
		return ev.descends(e, chosen.at)
	case *ast.Call:
		if isSearch(e) {
			return ev.search(e, chosen.at)
		}
		args := make([]any, len(e.Args))
		for i, a := range e.Args {
			args[i] = ev.value(a, chosen)
		}
		return functions[strings.ToLower(e.Name.Name)].apply(args, e.Fold)
	default:
		return nil
	}
}

func (ev *evaluator) binary(e *ast.Binary, chosen choice) any {
	if e.Op == ast.Ne {
		return not(ev.binary(equation(e), chosen))
	}
	x, y := ev.value(e.X, chosen), ev.value(e.Y, chosen)
	switch {
	case e.Op == ast.And:
		return and(x, y)
	case e.Op == ast.Or:
		return or(x, y)
	case e.Op.IsArithmetic():
		return arithmetic(e.Op, x, y)
	case isNullTest(e):
		return x == nil && y == nil
	case e.Op == ast.Eq && isOptional(e.X) && isOptional(e.Y) && (x == nil || y == nil):
		return x == nil && y == nil
	default:
		return compare(e.Op, ev.asNumber(e.X, x, e.Y), ev.asNumber(e.Y, y, e.X))
	}
}

func isOptional(e ast.Expr) bool {
	f, ok := ast.Unparen(e).(*ast.Field)
	return ok && f.Optional
}

// match evaluates in, in~, :, like, like~, regex and regex~: each entry of the
// list on its own, joined by "or".
func (ev *evaluator) match(e *ast.Match, chosen choice) any {
	x := ev.value(e.X, chosen)
	if x == nil {
		return nil
	}
	var found any = false
	for _, entry := range e.List {
		y := ev.value(entry, chosen)
		if y == nil && !e.Op.IsPattern() {
			continue
		}
		x := x
		if e.Op == ast.In {
			x = ev.asNumber(e.X, x, entry)
		}
		found = or(found, ev.matchOne(e.Op, x, y, entry))
	}
	if e.Not {
		return not(found)
	}
	return found
}

func (ev *evaluator) matchOne(op ast.Op, x, y any, entry ast.Expr) any {
	if op == ast.In {
		return compare(ast.Eq, x, y)
	}
	s, ok := x.(string)
	pattern, okPattern := y.(string)
	if !ok || !okPattern {
		return nil
	}
	switch op {
	case ast.InFold:
		return foldCase(s) == foldCase(pattern)
	case ast.Colon, ast.LikeFold:
		return wildcard([]rune(foldCase(pattern)), []rune(foldCase(s)))
	case ast.Like:
		return wildcard([]rune(pattern), []rune(s))
	default:
		return ev.regexps[entry.(*ast.String)].matches([]rune(s))
	}
}
