package plan

import (
	"errors"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// maxNarrow is the greatest 32-bit integer: arithmetic on literals up to it
// stays within 32 bits, as in Elasticsearch.
const maxNarrow = 1<<31 - 1

// fold replaces what is constant by its value and prepares what is not:
// function calls, patterns and lists. It follows three-valued logic, and an
// operation with a null literal is null; a field without value is another
// matter, which only events decide. It takes x over: nodes that only get folded
// operands stay the same nodes.
func (a *analyser) fold(x Expr) Expr {
	switch x := x.(type) {
	case *Const, *Field, *Same:
		return x
	case *Search:
		cond := a.fold(x.Cond)
		if c, ok := cond.(*Const); ok && (c.V.Kind() != value.Bool || !c.V.Bool()) {
			return &Const{at: x.at, V: value.OfBool(false)}
		}
		x.Cond = cond
		return x
	case *Call:
		return a.foldCall(x)
	case *Arith:
		return a.foldArith(x)
	case *Neg:
		return a.foldNeg(x)
	case *Compare:
		return a.foldCompare(x)
	case *IsNull:
		inner := a.fold(x.X)
		if c, ok := inner.(*Const); ok {
			return &Const{at: x.at, V: value.OfBool(c.V.IsNull())}
		}
		x.X = inner
		return x
	case *Within:
		x.X = a.fold(x.X)
		return x
	case *In:
		return a.foldIn(x)
	case *Match:
		return a.foldMatch(x)
	case *Not:
		inner := a.fold(x.X)
		switch c := inner.(type) {
		case *Const:
			return &Const{at: x.at, V: Negation(c.V)}
		case *Not:
			return withSpan(c.X, x.at)
		}
		x.X = inner
		return x
	case *Logic:
		return a.foldLogic(x)
	default:
		return x
	}
}

func (a *analyser) foldCall(x *Call) Expr {
	c := &Call{at: x.at, Fn: x.Fn, Fold: x.Fold, Args: make([]Expr, len(x.Args))}
	constants := make([]*value.Value, len(x.Args))
	constant, null := true, false
	for i, arg := range x.Args {
		c.Args[i] = a.fold(arg)
		if k, ok := c.Args[i].(*Const); ok {
			constants[i] = &k.V
			null = null || k.V.IsNull()
			continue
		}
		constant = false
		if x.Fn.Param(i).Constant {
			a.errorf("constant", x.span, "the %s argument of %s must be a constant", ordinal(i), x.Fn.Name).Hint = "usage: " + x.Fn.Signature()
			return &Const{at: x.at}
		}
	}
	if null && !x.Fn.Nulls {
		return &Const{at: x.at}
	}
	impl, err := x.Fn.Prepare(x.Fold, constants)
	if err != nil {
		span := x.span
		var arg *fn.ArgError
		if errors.As(err, &arg) && arg.Arg >= 0 && arg.Arg < len(c.Args) {
			span = c.Args[arg.Arg].Span()
		}
		a.errorf("argument", span, "%s: %v", x.Fn.Name, err)
		return &Const{at: x.at}
	}
	if impl == nil {
		a.errorf("argument", x.span, "%s has nothing to call: its Prepare returned nil", x.Fn.Name)
		return &Const{at: x.at}
	}
	c.Impl = impl
	if !constant {
		return a.asWildcard(c)
	}
	if op, ok := builtin.Operator(x.Fn.Name); ok {
		return a.compute(x.at, op, c.Args[0].(*Const), c.Args[1].(*Const))
	}
	args := make([]value.Value, len(constants))
	for i, k := range constants {
		args[i] = *k
	}
	v, err := impl(args)
	if err != nil {
		a.errorf("constant", x.span, "%s: %v", x.Fn.Name, err)
	}
	return &Const{at: x.at, V: v}
}

// asWildcard returns what Elasticsearch makes of endsWith and stringContains with
// a field and a literal: a wildcard query with the literal as it is.
func (a *analyser) asWildcard(c *Call) Expr {
	if !a.Wildcards || a.Dialect != ast.Elasticsearch || len(c.Args) != 2 || !isField(c.Args[0]) {
		return c
	}
	needle, ok := c.Args[1].(*Const)
	if !ok || needle.V.Kind() != value.String {
		return c
	}
	m := &Match{at: c.at, X: c.Args[0], Op: ast.Like, Escapes: true}
	if c.Fold {
		m.Op = ast.LikeFold
	}
	switch c.Fn.Name {
	case "endsWith":
		m.Patterns = []string{"*" + needle.V.Str()}
	case "stringContains":
		m.Patterns = []string{"*" + needle.V.Str() + "*"}
	default:
		return c
	}
	return a.foldMatch(m)
}

func (a *analyser) foldArith(x *Arith) Expr {
	l, r := a.fold(x.X), a.fold(x.Y)
	cl, okL := l.(*Const)
	cr, okR := r.(*Const)
	if okL && cl.V.IsNull() || okR && cr.V.IsNull() {
		return &Const{at: x.at}
	}
	if !okL || !okR {
		return &Arith{x.at, x.Op, l, r}
	}
	return a.compute(x.at, x.Op, cl, cr)
}

// compute returns x op y.
func (a *analyser) compute(place at, op value.ArithOp, x, y *Const) Expr {
	v, err := value.Arith(op, x.V, y.V)
	narrow := x.Narrow && y.Narrow && v.Kind() == value.Int
	if err == nil && narrow && (v.Int() > maxNarrow || v.Int() < -maxNarrow-1) {
		err = value.ErrOverflow
	}
	if err != nil {
		e := a.errorf("arithmetic", place.span, "%v", err)
		if errors.Is(err, value.ErrOverflow) && narrow {
			e.Msg = "integer overflow: numbers of 32 bits give a result of 32 bits"
		}
	}
	return &Const{at: place, V: v, Narrow: narrow}
}

func (a *analyser) foldNeg(x *Neg) Expr {
	inner := a.fold(x.X)
	c, ok := inner.(*Const)
	if !ok {
		return &Neg{x.at, inner}
	}
	v, err := value.Negate(c.V)
	if err != nil {
		a.errorf("arithmetic", x.span, "%v", err)
	}
	return &Const{at: x.at, V: v, Narrow: c.Narrow}
}

func (a *analyser) foldCompare(x *Compare) Expr {
	l, r := a.fold(x.X), a.fold(x.Y)
	cl, okL := l.(*Const)
	cr, okR := r.(*Const)
	switch {
	case okL && okR && x.Op == ast.Eq && (cl.V.IsNull() || cr.V.IsNull()):
		return &Const{at: x.at, V: value.OfBool(cl.V.IsNull() && cr.V.IsNull())}
	case okL && okR:
		return &Const{at: x.at, V: Comparison(x.Op, cl.V, cr.V)}
	case okL: // "1 + 1 == f": the literal was not known to be one
		return a.foldCompare(&Compare{x.at, mirrored(x.Op), r, l})
	case okR && cr.V.IsNull() && x.Op == ast.Eq:
		return &IsNull{x.at, l}
	case okR && cr.V.IsNull():
		return &Const{at: x.at}
	case okR && cr.V.Kind() == value.Bool && x.Op == ast.Eq && x.X.Type() == fn.Boolean && !isField(x.X):
		if cr.V.Bool() {
			return l
		}
		return &Not{x.at, l}
	}
	if okR && cr.V.Kind().IsNumber() && a.comparesIDs(l) {
		return &CompareID{x.at, x.Op, l.(*Field), cr.V}
	}
	x.X, x.Y = l, r
	if okR {
		return a.fitted(x, cr)
	}
	return x
}

func (a *analyser) foldIn(x *In) Expr {
	x.X = a.fold(x.X)
	x.Values = slices.Grow(x.Values, len(x.Items))
	for _, item := range x.Items {
		c, ok := a.fold(item).(*Const)
		if !ok {
			a.errorf("constant", x.span, "the list behind in may hold constants only")
			return &Const{at: x.at}
		}
		if !c.V.IsNull() { // null is in no list
			x.Values = append(x.Values, c.V)
		}
	}
	x.Items = nil
	if c, ok := x.X.(*Const); ok {
		return &Const{at: x.at, V: x.Test(c.V)}
	}
	if len(x.Values) == 0 {
		return &Const{at: x.at, V: value.OfBool(false)}
	}
	x.IDs = x.IDs && slices.ContainsFunc(x.Values, func(v value.Value) bool { return v.Kind().IsNumber() })
	if x.IDs {
		return x
	}
	return a.fittedIn(x)
}

func (a *analyser) foldMatch(m *Match) Expr {
	m.X = a.fold(m.X)
	if len(m.Patterns) == 0 { // all of them null
		return &Const{at: m.at}
	}
	var err error
	m.M, err = a.Memo.matcher(m.Op, m.Escapes, m.Patterns, a.Regex, func() (pattern.Matcher, error) {
		switch {
		case m.Escapes:
			return pattern.EscapedWildcard(m.Patterns[0], m.Op != ast.Like), nil
		case m.Op == ast.Regex, m.Op == ast.RegexFold:
			return pattern.Regex(m.Patterns, m.Op == ast.RegexFold, a.Regex)
		default:
			return pattern.Wildcards(m.Patterns, m.Op != ast.Like), nil
		}
	})
	if err != nil {
		a.regexError(m, err)
		return &Const{at: m.at}
	}
	if c, ok := m.X.(*Const); ok {
		return &Const{at: m.at, V: m.Test(c.V)}
	}
	return m
}

func (a *analyser) foldLogic(x *Logic) Expr {
	operands := x.Xs
	x.Xs = x.Xs[:0] // behind the operand that is folded
	absorbing, allConst := x.Or, true
	null := false
	for _, o := range operands {
		o = a.fold(o)
		c, ok := o.(*Const)
		switch {
		case !ok:
			allConst = false
			x.Xs = append(x.Xs, o)
		case c.V.IsNull():
			null = true
		case c.V.Kind() == value.Bool && c.V.Bool() == absorbing:
			return &Const{at: x.at, V: c.V}
		}
	}
	switch {
	case allConst && null:
		return &Const{at: x.at}
	case allConst:
		return &Const{at: x.at, V: value.OfBool(!absorbing)}
	case null:
		x.Xs = append(x.Xs, &Const{at: x.at})
	case len(x.Xs) == 1:
		return x.Xs[0]
	}
	return x
}
