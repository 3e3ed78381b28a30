package ast

import "slices"

// Equal reports whether a and b say the same in the same way: trees of one
// shape with equal names, values and operators. It looks neither at positions
// and comments nor at spelling, which is how a string or name is quoted, how a
// number or duration is written, whether a single pattern stands in
// parentheses, and where the dots of a field path are quoted. A Paren counts:
// (x) is not equal to x.
func Equal(a, b Node) bool {
	if !sameNode(a, b) {
		return false
	}
	left, right := childList(a), childList(b)
	return slices.EqualFunc(left, right, Equal)
}

// childList returns the children of n that Equal has to compare.
func childList(n Node) []Node {
	if _, ok := n.(*Field); ok {
		return nil // the path says it all
	}
	var list []Node
	children(n, func(child Node) bool {
		list = append(list, child)
		return true
	})
	return list
}

// sameNode compares what a and b hold besides their children, and how the
// children are spread over the parts of the node.
func sameNode(a, b Node) bool {
	switch a := a.(type) {
	case *Query:
		_, ok := b.(*Query)
		return ok
	case *EventFilter:
		_, ok := b.(*EventFilter)
		return ok
	case *Category:
		b, ok := b.(*Category)
		return ok && a.Name == b.Name && a.Any() == b.Any()
	case *Sequence:
		b, ok := b.(*Sequence)
		return ok && len(a.By) == len(b.By) && len(a.Terms) == len(b.Terms) && (a.Until == nil) == (b.Until == nil)
	case *Sample:
		b, ok := b.(*Sample)
		return ok && len(a.By) == len(b.By)
	case *Term:
		b, ok := b.(*Term)
		return ok && a.Missing == b.Missing && len(a.By) == len(b.By)
	case *Runs:
		b, ok := b.(*Runs)
		return ok && a.N == b.N
	case *Duration:
		b, ok := b.(*Duration)
		return ok && a.Value == b.Value
	case *Pipe:
		_, ok := b.(*Pipe)
		return ok
	case *Comment:
		_, ok := b.(*Comment)
		return ok
	case *Ident:
		b, ok := b.(*Ident)
		return ok && a.Name == b.Name
	default:
		return sameExpr(a, b)
	}
}

func sameExpr(a, b Node) bool {
	switch a := a.(type) {
	case *Null:
		_, ok := b.(*Null)
		return ok
	case *Bool:
		b, ok := b.(*Bool)
		return ok && a.Value == b.Value
	case *Number:
		b, ok := b.(*Number)
		return ok && a.Kind == b.Kind && a.Uint == b.Uint && a.Float == b.Float
	case *String:
		b, ok := b.(*String)
		return ok && a.Value == b.Value
	case *Field:
		b, ok := b.(*Field)
		return ok && a.Optional == b.Optional && a.Var == b.Var && a.Path == b.Path
	case *Call:
		b, ok := b.(*Call)
		return ok && a.Fold == b.Fold
	case *Unary:
		b, ok := b.(*Unary)
		return ok && a.Op == b.Op
	case *Binary:
		b, ok := b.(*Binary)
		return ok && a.Op == b.Op
	case *Match:
		b, ok := b.(*Match)
		return ok && a.Op == b.Op && a.Not == b.Not
	case *Paren:
		_, ok := b.(*Paren)
		return ok
	case *Lineage:
		_, ok := b.(*Lineage)
		return ok
	default:
		return false
	}
}
