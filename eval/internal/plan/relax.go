package plan

// Relaxed returns a condition without which x does not hold: x with every test
// that is open left out. It is nil if nothing is left.
func Relaxed(x Expr, open func(Expr) bool) Expr {
	r := relaxer{open: open}
	return r.relaxed(x, true)
}

// Undescended is Relaxed for events of which no process descends from another; see
// IsNever.
func Undescended(x Expr, open func(Expr) bool) Expr {
	r := relaxer{open: open, undescended: true}
	return r.relaxed(x, true)
}

// IsNever reports whether x is a constant that does not hold.
func IsNever(x Expr) bool {
	c, ok := x.(*Const)
	return ok && !c.V.Bool()
}

type relaxer struct {
	open        func(Expr) bool
	undescended bool
}

// relaxed returns what is left of x, which may be nil, or of not x if x is not wanted.
func (r *relaxer) relaxed(x Expr, wanted bool) Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *Not:
		return r.relaxed(x.X, !wanted)
	case *Logic:
		return r.logic(x, wanted)
	case *Lineage:
		switch {
		case r.undescended && wanted:
			return &Const{at: x.at}
		case r.undescended:
			return nil
		}
	}
	switch {
	case r.open(x):
		return nil
	case wanted:
		return x
	case isConst(x): // null, which does not hold either way
		return nil
	default:
		return &Not{at{x.Span()}, x}
	}
}

func (r *relaxer) logic(x *Logic, wanted bool) Expr {
	all := x.Or != wanted // what has to be as it is wanted: all operands, or one
	var left []Expr
	for _, o := range x.Xs {
		switch o = r.relaxed(o, wanted); {
		case o == nil && !all:
			return nil
		case o == nil:
		case !IsNever(o):
			left = append(left, o)
		case all:
			return o
		}
	}
	switch {
	case len(left) == 1:
		return left[0]
	case len(left) > 1:
		return &Logic{at: x.at, Or: !all, Xs: left}
	case all:
		return nil
	default: // none of them ever holds
		return &Const{at: x.at}
	}
}
