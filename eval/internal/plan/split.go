package plan

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Split is a condition in three parts, all of which have to hold. A part that
// asks for nothing is nil.
type Split struct {
	Now     Expr // what the event alone decides
	Lineage Expr // what needs the processes seen so far as well
	Alias   Expr // what needs the events of earlier steps as well
}

// NewSplit divides a condition. Each of its conjuncts goes where everything is
// known that it needs.
func NewSplit(x Expr) Split {
	var parts [3][]Expr
	divide(x, &parts)
	return Split{join(x, parts[0]), join(x, parts[1]), join(x, parts[2])}
}

func divide(x Expr, parts *[3][]Expr) {
	switch x := x.(type) {
	case *Logic:
		if !x.Or {
			for _, o := range x.Xs {
				divide(o, parts)
			}
			return
		}
	case *Not:
		if l, ok := x.X.(*Logic); ok && l.Or && needs(l) != 0 {
			for _, o := range l.Xs {
				if !isConst(o) { // null, which is not satisfied
					divide(&Not{at{o.Span()}, o}, parts)
				}
			}
			return
		}
	}
	n := needs(x)
	switch {
	case n&needAlias != 0:
		parts[2] = append(parts[2], x)
	case n&needLineage != 0:
		parts[1] = append(parts[1], x)
	default:
		parts[0] = append(parts[0], x)
	}
}

// join makes one condition of conjuncts of x.
func join(x Expr, parts []Expr) Expr {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	default:
		return &Logic{at: at{x.Span()}, Xs: parts}
	}
}

// Certain is the condition that always holds.
func Certain() Expr { return &Const{V: value.OfBool(true)} }

// IsEventOnly reports whether the event that x is asked about decides it, apart
// from elements of the searches around x.
func IsEventOnly(x Expr) bool { return needs(x)&(needAlias|needLineage) == 0 }

// IsClosed reports whether x reads no element of a search around it.
func IsClosed(x Expr) bool { return needs(x)&needVar == 0 }

// NeedsDescent reports whether x can only hold of a process that descends from
// another.
func NeedsDescent(x Expr) bool {
	switch x := x.(type) {
	case *Lineage:
		return true
	case *Logic:
		if x.Or {
			return !slices.ContainsFunc(x.Xs, func(o Expr) bool { return !NeedsDescent(o) })
		}
		return slices.ContainsFunc(x.Xs, NeedsDescent)
	default:
		return false
	}
}

// AliasSteps returns the steps whose names x mentions, in the order of their
// first mention.
func AliasSteps(x Expr) []int {
	var out []int
	seen := map[int]bool{}
	Fields(x, func(f *Field) {
		if f.Alias != nil && !seen[f.Alias.Step] {
			seen[f.Alias.Step] = true
			out = append(out, f.Alias.Step)
		}
	})
	return out
}
