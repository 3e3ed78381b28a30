package lint

import (
	"math"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// A kind is what a test says about the values of its subject.
type kind uint8

const (
	opaque  kind = iota // nothing that is understood
	exists              // there is a value
	texts               // a value is in a set of strings
	numbers             // a value is in a set of numbers
	flag                // a value is true, or false
)

// A test is one condition on one subject: a field, or a computation with fields.
// It holds if some value of the subject is in the set; if not is set it holds
// if none is, so that it holds for a subject without a value, too.
type test struct {
	expr    ast.Expr // as it is written, negations included
	inverse bool     // expr stands below a negation of the whole chain
	atom    ast.Expr // without them
	subject string   // its text, without "?"; "" if kind is opaque
	operand ast.Expr // the subject
	not     bool
	kind    kind
	text    textSet
	number  numberSet
	flag    bool
	isText  bool  // the subject is known to hold nothing but text
	work    *work // for comparisons with others
}

// testOf makes a test of x, which holds if x does not if not is set.
func (p *pass) testOf(x ast.Expr, not bool) test {
	t := test{expr: x, inverse: not, not: not, work: p.work}
	for {
		x = ast.Unparen(x)
		u, ok := x.(*ast.Unary)
		if !ok || u.Op != ast.Not {
			break
		}
		x, t.not = u.X, !t.not
	}
	t.atom = x
	switch x := x.(type) {
	case *ast.Field:
		t.on(x)
		t.kind, t.flag = flag, true
	case *ast.Binary:
		t.compare(x)
	case *ast.Match:
		t.match(x)
	case *ast.Call:
		t.call(x)
	}
	if t.kind == opaque || !t.on(t.operand) {
		t.kind, t.subject = opaque, ""
	}
	if f, ok := t.operand.(*ast.Field); ok {
		class, known := p.classOf(f.Path)
		t.isText = known && class == schema.String
	}
	return t
}

// said is what has to hold, in words of the query.
func (t *test) said() string {
	if t.inverse {
		return "not " + brief(t.expr)
	}
	return brief(t.expr)
}

// on makes x the subject and reports whether it can be one.
func (t *test) on(x ast.Expr) bool {
	if x == nil {
		return false
	}
	t.operand = ast.Unparen(x)
	t.subject = subjectOf(t.operand)
	return t.subject != ""
}

// subjectOf names what x computes; it is "" if x reads no field of the event.
func subjectOf(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Field:
		if x.Var != "" {
			return ""
		}
		return x.Path
	case *ast.Call:
		for n := range ast.Preorder(x) {
			if f, ok := n.(*ast.Field); ok {
				if f.Var != "" {
					return ""
				}
				return strings.ReplaceAll(ast.FormatExpr(x), "?", "")
			}
		}
	}
	return ""
}

func (t *test) compare(x *ast.Binary) {
	if !x.Op.IsComparison() {
		return
	}
	left, right, op := ast.Unparen(x.X), ast.Unparen(x.Y), x.Op
	if isLiteral(left) && !isLiteral(right) {
		left, right, op = right, left, mirrored[op]
	}
	t.operand = left
	if op == ast.Ne {
		t.not, op = !t.not, ast.Eq
	}
	switch lit := right.(type) {
	case *ast.Null:
		if op == ast.Eq {
			t.kind, t.not = exists, !t.not
		}
	case *ast.Bool:
		if op == ast.Eq {
			t.kind, t.flag = flag, lit.Value
		}
	case *ast.String:
		if op == ast.Eq {
			t.kind, t.text = texts, textSet{newGlob(lit.Value, true, false)}
		}
	default:
		if n, ok := numberOf(right); ok {
			t.kind, t.number = numbers, numberSet{intervalOf(op, n)}
		}
	}
}

var mirrored = map[ast.Op]ast.Op{
	ast.Eq: ast.Eq, ast.Ne: ast.Ne, ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.Le: ast.Ge, ast.Ge: ast.Le,
}

func isLiteral(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.Null, *ast.Bool, *ast.Number, *ast.String:
		return true
	case *ast.Unary:
		_, ok := numberOf(x)
		return ok
	default:
		return false
	}
}

// numberOf returns the number that x is, if a float64 holds it exactly.
func numberOf(x ast.Expr) (float64, bool) {
	switch x := ast.Unparen(x).(type) {
	case *ast.Number:
		if x.Kind == ast.Float {
			return x.Float, true
		}
		const exact = 1 << 53
		return float64(x.Uint), x.Uint <= exact
	case *ast.Unary:
		n, ok := numberOf(x.X)
		if x.Op == ast.Neg {
			n = -n
		}
		return n, ok && x.Op != ast.Not
	default:
		return 0, false
	}
}

func intervalOf(op ast.Op, n float64) interval {
	all := interval{low: math.Inf(-1), high: math.Inf(1)}
	switch op {
	case ast.Lt:
		all.high, all.highOpen = n, true
	case ast.Le:
		all.high = n
	case ast.Gt:
		all.low, all.lowOpen = n, true
	case ast.Ge:
		all.low = n
	default:
		all.low, all.high = n, n
	}
	return all
}

func (t *test) match(x *ast.Match) {
	if x.Op == ast.Regex || x.Op == ast.RegexFold {
		return
	}
	t.not = t.not != x.Not
	t.operand = x.X
	for _, item := range x.List {
		switch item := ast.Unparen(item).(type) {
		case *ast.Null: // is in no list
		case *ast.String:
			t.text = append(t.text, newGlob(item.Value, !x.Op.IsPattern(), x.Op.FoldsCase()))
		default:
			n, ok := numberOf(item)
			if !ok {
				return
			}
			t.number = append(t.number, intervalOf(ast.Eq, n))
		}
	}
	switch {
	case t.number == nil && t.text != nil:
		t.kind = texts
	case t.text == nil && t.number != nil:
		t.kind = numbers
	}
}

// call understands those functions that compare text with a literal.
func (t *test) call(x *ast.Call) {
	if len(x.Args) != 2 {
		return
	}
	needle, ok := ast.Unparen(x.Args[1]).(*ast.String)
	if !ok || needle.Value == "" || strings.ContainsAny(needle.Value, "*?") {
		return
	}
	pattern := needle.Value
	switch strings.ToLower(x.Name.Name) {
	case "startswith":
		pattern += "*"
	case "endswith":
		pattern = "*" + pattern
	case "stringcontains":
		pattern = "*" + pattern + "*"
	default:
		return
	}
	t.operand = x.Args[0]
	t.kind, t.text = texts, textSet{newGlob(pattern, false, x.Fold)}
}
