package plan

// withSpan returns a copy of x that stands for the text at place: folding keeps
// the node of an operand and gives it the meaning of the operation.
func withSpan(x Expr, place at) Expr {
	switch x := x.(type) {
	case *Field:
		c := *x
		c.at = place
		return &c
	case *Call:
		c := *x
		c.at = place
		return &c
	case *Compare:
		c := *x
		c.at = place
		return &c
	case *Same:
		c := *x
		c.at = place
		return &c
	case *IsNull:
		c := *x
		c.at = place
		return &c
	case *CompareID:
		c := *x
		c.at = place
		return &c
	case *Search:
		c := *x
		c.at = place
		return &c
	case *Within:
		c := *x
		c.at = place
		return &c
	case *In:
		c := *x
		c.at = place
		return &c
	case *Match:
		c := *x
		c.at = place
		return &c
	case *Logic:
		c := Logic{at: place, Or: x.Or}
		for _, o := range x.Xs {
			if o.Span() == x.span { // not a part of the text, but of its meaning
				o = withSpan(o, place)
			}
			c.Xs = append(c.Xs, o)
		}
		return &c
	default:
		return x
	}
}
