package plan

import (
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

// Options say what a query is checked against.
type Options struct {
	Dialect ast.Dialect
	// Functions are the functions that queries may call.
	Functions *fn.Registry
	// Schema gives the types of fields; nil if nothing is known.
	Schema schema.Schema
	// Strict makes a field that Schema does not know an error, unless it is optional.
	Strict bool

	CategoryField, TimestampField, TiebreakerField string

	// Regex limits regular expressions.
	Regex pattern.Limits
	// Memo keeps what this query may have in common with others.
	Memo *Memo

	// Size limits the results as the search API's parameter does: -1 for no limit.
	Size int
	// Head makes Size keep the first results instead of the last.
	Head bool
	// MaxSamples is the number of samples for each key; at least 1.
	MaxSamples int
	// Ordered asks for results in the order of the search API.
	Ordered bool

	// Wildcards makes endsWith and stringContains of the Elasticsearch dialect take
	// wildcards in a literal, where they are asked about a field.
	Wildcards bool

	// Systems are the operating systems that the query is made for; nil for all.
	Systems []string
	// Partition names the fields that tell hosts apart: sequences, samples and
	// processes of different hosts have nothing to do with each other. The first
	// field that has a value counts. Nil for one host.
	Partition []string
}

// New plans q. The error is a source.List with every problem found, up to a
// hundred of each kind: what is wrong with the query as such in order of place, and then the fields that the
// schema does not know, since a schema may be incomplete.
func New(q *ast.Query, opts Options) (*Query, error) {
	a := &analyser{Options: opts, file: q.File}
	p := a.query(q)
	a.errs.Sort()
	a.unknown.Sort()
	if err := append(a.errs, a.unknown...).Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// An analyser checks a syntax tree and builds the plan of it.
type analyser struct {
	Options
	file *source.File
	errs source.List

	unknown source.List // fields that the schema does not know

	scope     scope
	lineages  int  // number of "descendant of" so far
	inLineage bool // whether one is being planned
}

// maxProblems is how many problems are reported: nobody reads more, and to find
// the line and column of each takes the time to read the query.
const maxProblems = 100

func (a *analyser) errorf(code string, span source.Span, format string, args ...any) *source.Error {
	e := &source.Error{File: a.file, Span: span, Code: code, Msg: fmt.Sprintf(format, args...)}
	if len(a.errs) < maxProblems {
		a.errs.Add(e)
	}
	return e
}

// condition plans the condition of a filter.
func (a *analyser) condition(f *ast.EventFilter) Expr {
	start := len(a.errs)
	x := a.boolean(f.Where, "the condition")
	checked := len(a.errs)
	x = a.fold(x)
	// What folding says of a place where something is wrong already is noise.
	late := slices.Clone(a.errs[checked:])
	a.errs = a.errs[:checked]
	for _, e := range late {
		if !slices.ContainsFunc(a.errs[start:checked], func(k *source.Error) bool {
			return k.Span.Start < e.Span.End && e.Span.Start < k.Span.End
		}) {
			a.errs.Add(e)
		}
	}
	return x
}

// boolean plans an expression that has to be a condition.
func (a *analyser) boolean(x ast.Expr, what string) Expr {
	e := a.expr(x)
	a.needBoolean(x, e.Type(), what)
	return e
}

func (a *analyser) needBoolean(x ast.Expr, t fn.Type, what string) {
	if !t.Fits(fn.Boolean) {
		a.errorf("type", x.Span(), "%s must be boolean, but %s is %s", what, describe(x), withArticle(t)).
			Hint = "compare it with a value, or write != null if it only has to exist"
	}
}

func (a *analyser) expr(x ast.Expr) Expr {
	place := at{x.Span()}
	switch x := x.(type) {
	case *ast.Paren:
		return a.expr(x.X)
	case *ast.Null:
		return &Const{at: place}
	case *ast.Bool:
		return &Const{at: place, V: value.OfBool(x.Value)}
	case *ast.String:
		return &Const{at: place, V: value.OfString(x.Value)}
	case *ast.Number:
		return number(x)
	case *ast.Field:
		return a.field(x)
	case *ast.Unary:
		return a.unary(x)
	case *ast.Binary:
		switch {
		case x.Op.IsLogic():
			return a.logic(x)
		case x.Op.IsComparison():
			return a.comparison(x)
		default:
			return a.arithmetic(x)
		}
	case *ast.Match:
		if x.Op.IsPattern() {
			return a.match(x)
		}
		return a.in(x)
	case *ast.Call:
		if a.isSearch(x) {
			return a.search(x)
		}
		return a.call(x)
	case *ast.Lineage:
		return a.lineage(x)
	default:
		panic(fmt.Sprintf("plan: unexpected expression %T", x))
	}
}

func number(x *ast.Number) *Const {
	c := &Const{at: at{x.Span()}}
	if x.Kind == ast.Float {
		c.V = value.OfFloat(x.Float)
		return c
	}
	c.V = value.OfUint(x.Uint)
	c.Narrow = x.Uint <= maxNarrow
	return c
}

func (a *analyser) unary(x *ast.Unary) Expr {
	end := x.Span().End // which all prefix operators in a row have in common
	var prefixes []*ast.Unary
	var operand ast.Expr = x
	for {
		u, ok := operand.(*ast.Unary)
		if !ok {
			break
		}
		prefixes = append(prefixes, u)
		operand = u.X
	}
	e := a.expr(operand)
	t := e.Type()
	for _, u := range slices.Backward(prefixes) {
		place := at{source.Span{Start: u.OpPos, End: end}}
		switch {
		case u.Op == ast.Not:
			a.needBoolean(u.X, t, "the operand of not")
			e, t = &Not{place, e}, fn.Boolean
			continue
		case u.Op == ast.Neg:
			e = &Neg{place, e}
		}
		a.needNumber(u.X, t, u.Op)
		t = fn.Arithmetic([]fn.Type{t})
	}
	return e
}

func (a *analyser) needNumber(x ast.Expr, t fn.Type, op ast.Op) {
	if !t.Fits(fn.Number) {
		a.errorf("type", x.Span(), "the operand of %s must be a number, but %s is %s", op, describe(x), withArticle(t))
	}
}

// logic flattens a chain of one operator, which may be long, without recursion.
func (a *analyser) logic(x *ast.Binary) Expr {
	length := 1
	for left, ok := x, true; ok && left.Op == x.Op; left, ok = left.X.(*ast.Binary) {
		length++
	}
	operands := make([]ast.Expr, length)
	var left ast.Expr = x
	for i := length - 1; i > 0; i-- {
		b := left.(*ast.Binary)
		operands[i] = b.Y
		left = b.X
	}
	operands[0] = left
	l := &Logic{at: at{source.Span{Start: left.Span().Start, End: x.Y.Span().End}}, Or: x.Op == ast.Or, Xs: make([]Expr, length)}
	what := "the operand of and"
	if l.Or {
		what = "the operand of or"
	}
	for i, o := range operands {
		l.Xs[i] = a.boolean(o, what)
	}
	return l
}

// arithmetic plans a chain of operators, which may be long: it finds the place
// and the type of each step from those of the step before.
func (a *analyser) arithmetic(x *ast.Binary) Expr {
	var chain []*ast.Binary
	var first ast.Expr = x
	for {
		b, ok := first.(*ast.Binary)
		if !ok || !b.Op.IsArithmetic() {
			break
		}
		chain = append(chain, b)
		first = b.X
	}
	start := first.Span().Start
	l := a.expr(first)
	t := l.Type()
	for _, b := range slices.Backward(chain) {
		r := a.expr(b.Y)
		a.needNumber(b.X, t, b.Op)
		a.needNumber(b.Y, r.Type(), b.Op)
		l = &Arith{at{source.Span{Start: start, End: b.Y.Span().End}}, value.ArithOp(b.Op.String()[0]), l, r}
		t = fn.Arithmetic([]fn.Type{t, r.Type()})
	}
	return l
}

func (a *analyser) comparison(x *ast.Binary) Expr {
	place := at{x.Span()}
	l, r := a.expr(x.X), a.expr(x.Y)
	op := x.Op
	if op == ast.Ne {
		op = ast.Eq
	}
	e := a.compare(place, op, x, l, r)
	if x.Op == ast.Ne {
		return &Not{place, e}
	}
	return e
}

func (a *analyser) compare(place at, op ast.Op, x *ast.Binary, l, r Expr) Expr {
	fl, isLeft := l.(*Field)
	fr, isRight := r.(*Field)
	if isLeft && isRight {
		switch {
		case op == ast.Eq && fl.Optional && fr.Optional:
			return &Same{place, fl, fr}
		case a.Dialect != ast.Endpoint:
			a.errorf("field-comparison", x.Y.Span(), "a field cannot be compared with another field").
				Hint = "one side of " + x.Op.String() + " has to be a literal or a function"
		}
	}
	if !isLeft && (isRight || isConst(l)) && !isConst(r) { // the literal to the right
		l, r, op = r, l, mirrored(op)
	}
	return &Compare{place, op, l, r}
}

func isConst(x Expr) bool {
	_, ok := x.(*Const)
	return ok
}

// mirrored returns the comparison that holds for swapped operands.
func mirrored(op ast.Op) ast.Op {
	switch op {
	case ast.Lt:
		return ast.Gt
	case ast.Le:
		return ast.Ge
	case ast.Gt:
		return ast.Lt
	case ast.Ge:
		return ast.Le
	default:
		return op
	}
}

func (a *analyser) in(x *ast.Match) Expr {
	place := at{x.Span()}
	n := &In{at: place, X: a.expr(x.X), Fold: x.Op == ast.InFold}
	n.IDs = !n.Fold && a.comparesIDs(n.X)
	t := n.X.Type()
	if n.Fold && !t.Fits(fn.String) {
		a.errorf("type", x.X.Span(), "in~ works on strings, but %s is %s", describe(x.X), withArticle(t)).Hint = "use in instead"
	}
	n.Items = make([]Expr, 0, len(x.List))
	for _, item := range x.List {
		e := a.expr(item)
		switch it := e.Type(); {
		case isField(e):
			bad := a.errorf("constant", x.X.Span(), "the list behind %s may hold constants only, but %s is a field", x.Op, describe(item))
			bad.Hint = "the values of two fields cannot be compared"
			if a.Dialect == ast.Endpoint {
				bad.Hint = "compare the two fields with =="
			}
			continue
		case n.Fold && !t.Fits(fn.String): // said already
		case n.Fold && !it.Fits(fn.String):
			a.errorf("type", x.X.Span(), "the list behind in~ may hold strings only, but %s is %s", describe(item), withArticle(it))
		case n.IDs && it.Fits(fn.Number):
		case !comparable(t, it):
			a.errorf("type", x.X.Span(), "%s is %s, but the list holds %s, which is %s", describe(x.X), withArticle(t), describe(item), withArticle(it))
		}
		n.Items = append(n.Items, e)
	}
	return negateIf(x.Not, place, n)
}

func isField(x Expr) bool {
	_, ok := x.(*Field)
	return ok
}

func negateIf(neg bool, place at, x Expr) Expr {
	if neg {
		return &Not{place, x}
	}
	return x
}

// comparable reports whether a list item of type it may stand beside an operand
// of type t.
func comparable(t, it fn.Type) bool {
	switch {
	case t == fn.Any || it == fn.Any || t == fn.Null || it == fn.Null || t == it:
		return true
	case t == fn.Integer || t == fn.Number:
		return it == fn.Integer || it == fn.Number
	case t == fn.Date:
		return it == fn.String || it == fn.Integer || it == fn.Number
	case t == fn.IP || t == fn.Version:
		return it == fn.String
	default:
		return false
	}
}

func (a *analyser) match(x *ast.Match) Expr {
	place := at{x.Span()}
	m := &Match{at: place, X: a.expr(x.X), Op: x.Op}
	if t := m.X.Type(); !t.Fits(fn.String) {
		e := a.errorf("type", x.X.Span(), "%s works on strings, but %s is %s", quoted(x.Op), describe(x.X), withArticle(t))
		e.Hint = insteadOfPattern(x, t)
	}
	m.Patterns = make([]string, 0, len(x.List))
	regex := x.Op == ast.Regex || x.Op == ast.RegexFold
	for _, item := range x.List {
		switch p := ast.Unparen(item).(type) {
		case *ast.String:
			m.Patterns = append(m.Patterns, p.Value)
			if regex {
				m.places = append(m.places, p.Range)
			}
		case *ast.Null: // never matches
		default:
			e := a.errorf("type", x.X.Span(), "%s takes strings as patterns, but %s is %s", quoted(x.Op), describe(item), withArticle(a.expr(item).Type()))
			if x.Op == ast.Colon {
				e.Hint = "use == instead"
			}
		}
	}
	return negateIf(x.Not, place, m)
}

// insteadOfPattern says what to write instead of a pattern for what is no string.
func insteadOfPattern(x *ast.Match, t fn.Type) string {
	switch {
	case t == fn.IP:
		return fmt.Sprintf(`write cidrMatch(%s, "10.0.0.0/8")`, describe(x.X))
	case x.Op == ast.Colon:
		return "use == instead"
	default:
		return fmt.Sprintf("write string(%s) %s ...", describe(x.X), x.Op)
	}
}

func quoted(op ast.Op) string {
	if op == ast.Colon {
		return `":"`
	}
	return op.String()
}
