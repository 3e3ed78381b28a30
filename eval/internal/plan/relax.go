package plan

// Relaxed returns a condition without which x does not hold: x with every test
// that is open left out. It is nil if nothing is left.
func Relaxed(x Expr, open func(Expr) bool) Expr {
	if x == nil {
		return nil
	}
	return relaxed(x, open, true)
}

// relaxed is Relaxed for x, or for not x if x is not wanted.
func relaxed(x Expr, open func(Expr) bool, wanted bool) Expr {
	switch x := x.(type) {
	case *Not:
		return relaxed(x.X, open, !wanted)
	case *Logic:
		all := x.Or != wanted // what has to be as it is wanted: all operands, or one
		var left []Expr
		for _, o := range x.Xs {
			switch r := relaxed(o, open, wanted); {
			case r != nil:
				left = append(left, r)
			case !all:
				return nil
			}
		}
		switch len(left) {
		case 0:
			return nil
		case 1:
			return left[0]
		}
		return &Logic{at: x.at, Or: !all, Xs: left}
	}
	switch {
	case open(x):
		return nil
	case wanted:
		return x
	case isConst(x): // null, which does not hold either way
		return nil
	default:
		return &Not{at{x.Span()}, x}
	}
}
