package ast

import (
	"fmt"
	"iter"
)

// Inspect walks the tree below root in source order: it calls f(n) for root,
// and as long as f returns true, does the same for every child of n and then
// calls f(nil). Comments are not part of the tree; find them in the Query.
//
// The path from root to the current node is the sequence of nodes that f has
// seen without the nil that closes them.
func Inspect(root Node, f func(Node) bool) {
	if !f(root) {
		return
	}
	children(root, func(n Node) bool {
		Inspect(n, f)
		return true
	})
	f(nil)
}

// Preorder yields root and every node below it, parents before children and
// children in source order. Comments are not part of the tree; find them in the
// Query.
func Preorder(root Node) iter.Seq[Node] {
	return func(yield func(Node) bool) { preorder(root, yield) }
}

func preorder(n Node, yield func(Node) bool) bool {
	return yield(n) && children(n, func(child Node) bool { return preorder(child, yield) })
}

// children calls yield for each child of n and reports whether to go on. It is
// the one place that knows the shape of every node. The order is that of the
// source; the keys and options behind a step come in the order by, runs, as.
func children(n Node, yield func(Node) bool) bool {
	switch n := n.(type) {
	case *Query:
		return yield(n.Body) && each(n.Pipes, yield)
	case *EventFilter:
		return yield(n.Category) && yield(n.Where)
	case *Sequence:
		return each(n.By, yield) &&
			(n.MaxSpan == nil || yield(n.MaxSpan)) &&
			each(n.Terms, yield) &&
			(n.Until == nil || yield(n.Until))
	case *Sample:
		return each(n.By, yield) && each(n.Terms, yield)
	case *Term:
		return yield(n.Filter) &&
			each(n.By, yield) &&
			(n.Runs == nil || yield(n.Runs)) &&
			(n.Alias == nil || yield(n.Alias))
	case *Pipe:
		return yield(n.Name) && each(n.Args, yield)
	case *Field:
		return each(n.Segments, yield)
	case *Call:
		return yield(n.Name) && each(n.Args, yield)
	case *Unary:
		return yield(n.X)
	case *Binary:
		return yield(n.X) && yield(n.Y)
	case *Match:
		return yield(n.X) && each(n.List, yield)
	case *Paren:
		return yield(n.X)
	case *Lineage:
		return yield(n.Relation) && yield(n.Filter)
	case *Category, *Runs, *Duration, *Comment, *Ident, *Null, *Bool, *Number, *String:
		return true
	default:
		panic(fmt.Sprintf("ast: unexpected node %T", n))
	}
}

func each[N Node](list []N, yield func(Node) bool) bool {
	for _, n := range list {
		if !yield(n) {
			return false
		}
	}
	return true
}
