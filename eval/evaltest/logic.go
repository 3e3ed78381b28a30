package evaltest

import (
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// Conditions are true, false or nil (null), the three values of Kleene's logic.

func not(a any) any {
	switch a {
	case true:
		return false
	case false:
		return true
	default:
		return nil
	}
}

func and(a, b any) any {
	switch {
	case a == false || b == false:
		return false
	case a == true && b == true:
		return true
	default:
		return nil
	}
}

func or(a, b any) any { return not(and(not(a), not(b))) }

// holds reports whether a condition is true. The connectives are taken apart
// until there is an atom or a constant, where null becomes false.
func (ev *evaluator) holds(e ast.Expr, at place) bool {
	e = ast.Unparen(e)
	if v, ok := ev.constant(e); ok {
		return v == true
	}
	switch e := e.(type) {
	case *ast.Unary:
		if e.Op == ast.Not {
			return !ev.holds(e.X, at)
		}
	case *ast.Binary:
		switch e.Op {
		case ast.And:
			return ev.holds(e.X, at) && ev.holds(e.Y, at)
		case ast.Or:
			return ev.holds(e.X, at) || ev.holds(e.Y, at)
		case ast.Ne:
			return !ev.holds(equation(e), at)
		case ast.Eq:
			if x, want, ok := ev.truthTest(e); ok {
				return ev.holds(x, at) == want
			}
		}
	case *ast.Match:
		if e.Not {
			return !ev.holds(affirmed(e), at)
		}
	}
	return ev.atom(e, at)
}

// equation is X == Y for X != Y.
func equation(e *ast.Binary) *ast.Binary {
	eq := *e
	eq.Op = ast.Eq
	return &eq
}

// affirmed is "X in (...)" for "X not in (...)".
func affirmed(e *ast.Match) *ast.Match {
	in := *e
	in.Not = false
	return &in
}

// truthTest recognises "x == true" and "x == false", either way round, for a
// condition x that is no bare field.
func (ev *evaluator) truthTest(e *ast.Binary) (x ast.Expr, want, ok bool) {
	if v, isConst := ev.constant(e.Y); isConst && isCondition(e.X) {
		want, ok = v.(bool)
		return e.X, want, ok
	}
	if v, isConst := ev.constant(e.X); isConst && isCondition(e.Y) {
		want, ok = v.(bool)
		return e.Y, want, ok
	}
	return nil, false, false
}

// isCondition reports whether e is an operation with a boolean result.
func isCondition(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Unary:
		return e.Op == ast.Not
	case *ast.Binary:
		return e.Op.IsLogic() || e.Op.IsComparison()
	case *ast.Match:
		return true
	case *ast.Lineage:
		return true
	case *ast.Call:
		return isSearch(e) || functions[strings.ToLower(e.Name.Name)].boolean
	default:
		return false
	}
}

// atom reports whether some choice of one value for each field in e makes e
// true. Two occurrences of a field are chosen independently.
func (ev *evaluator) atom(e ast.Expr, at place) bool {
	return ev.some(e, fields(e), choice{at: at, fields: make(map[*ast.Field]any)})
}

func (ev *evaluator) some(e ast.Expr, open []*ast.Field, chosen choice) bool {
	if len(open) == 0 {
		return ev.value(e, chosen) == true
	}
	candidates := ev.lookUp(open[0], chosen.at)
	if len(candidates) == 0 {
		candidates = []any{nil}
	}
	for _, v := range candidates {
		chosen.fields[open[0]] = v
		if ev.some(e, open[1:], chosen) {
			return true
		}
	}
	return false
}

// fields are the occurrences of fields in e, but for those that conditions
// within e are about.
func fields(e ast.Expr) []*ast.Field {
	if f, ok := e.(*ast.Field); ok {
		return []*ast.Field{f}
	}
	if isOwnCondition(e) {
		return nil
	}
	var out []*ast.Field
	for _, x := range operands(e) {
		out = append(out, fields(x)...)
	}
	return out
}

// constant returns the value of e if it is the same for all events: there is no
// field in it, or a constant operand decides.
func (ev *evaluator) constant(e ast.Expr) (v any, ok bool) {
	if _, isField := e.(*ast.Field); isField || isOwnCondition(e) {
		return nil, false
	}
	all := true
	for i, x := range operands(e) {
		v, ok := ev.constant(x)
		switch {
		case !ok:
			all = false
		case v == nil && nullDecides(e, i):
			return nil, true
		case v == dominant(e):
			return v, true
		}
	}
	if !all {
		return nil, false
	}
	return ev.value(e, choice{}), true
}

// dominant is the operand that decides "and" or "or" alone.
func dominant(e ast.Expr) any {
	if b, ok := e.(*ast.Binary); ok && b.Op == ast.And {
		return false
	} else if ok && b.Op == ast.Or {
		return true
	}
	return e // equal to no value
}

// nullDecides reports whether e is null if its operand i is.
func nullDecides(e ast.Expr, i int) bool {
	switch e := e.(type) {
	case *ast.Binary:
		return !e.Op.IsLogic() && !isNullTest(e)
	case *ast.Match:
		return i == 0 || e.Op.IsPattern() && len(e.List) == 1
	case *ast.Call:
		return !functions[strings.ToLower(e.Name.Name)].takesNull(i)
	default:
		return true
	}
}

// isNullTest reports whether e is written "x == null" or "x != null", either
// way round.
func isNullTest(e *ast.Binary) bool {
	if e.Op != ast.Eq && e.Op != ast.Ne {
		return false
	}
	_, x := ast.Unparen(e.X).(*ast.Null)
	_, y := ast.Unparen(e.Y).(*ast.Null)
	return x || y
}
