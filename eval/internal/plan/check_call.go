package plan

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
)

// insteadOf names what replaces functions of other and older dialects.
var insteadOf = map[string]string{
	"wildcard":      `write field : ("a*", "b*") instead`,
	"match":         `write field regex "..." instead`,
	"matchlite":     `write field regex "..." instead`,
	"arraycontains": "a comparison holds if any value of the field satisfies it: write field == value",
	"arraysearch":   "a comparison holds if any value of the field satisfies it",
	"_arraysearch":  "it belongs to the endpoint dialect",
	"arraycount":    "the values of a field cannot be counted",
	"safe":          "null needs no protection here",
	"lower":         "ignore case by :, in~, like~ or regex~, or by the ~ behind a function's name",
	"upper":         "ignore case by :, in~, like~ or regex~, or by the ~ behind a function's name",
	"contains":      `write stringContains(field, "text"), or field : "*text*"`,
	"exists":        "write field != null",
	"isnull":        "write field == null",
	"regex":         `write field regex "..." instead`,
	"like":          `write field like "..." instead`,
	"len":           "did you mean length?",
	"size":          "did you mean length?",
	"strlen":        "did you mean length?",
}

func (a *analyser) call(x *ast.Call) Expr {
	place := at{x.Span()}
	c := &Call{at: place, Fold: x.Fold}
	for _, arg := range x.Args {
		c.Args = append(c.Args, a.expr(arg))
	}
	f := a.Functions.Lookup(x.Name.Name)
	if f == nil {
		e := a.errorf("unknown-function", x.Name.Range, "unknown function %s", x.Name.Name)
		if near := source.Nearest(x.Name.Name, a.Functions.Names()); near != "" {
			e.Hint = "did you mean " + near + "?"
		}
		if hint := insteadOf[strings.ToLower(x.Name.Name)]; hint != "" {
			e.Hint = hint
		}
		return &Field{at: place} // of any type, so that nothing else is said about it
	}
	c.Fn = f
	if x.Fold && !f.Folds {
		a.errorf("tilde", x.Name.Range, "%s has no form that ignores case", f.Name).Hint = "leave out the ~"
	}
	if !a.arity(x, f) {
		return &Field{at: place, T: f.Result}
	}
	for i, arg := range c.Args {
		a.argument(x, f, i, arg)
	}
	return c
}

// arity reports whether the number of arguments is right.
func (a *analyser) arity(x *ast.Call, f *fn.Func) bool {
	least, most := f.Arity()
	n := len(x.Args)
	if n >= least && (most < 0 || n <= most) {
		return true
	}
	var want string
	switch {
	case most < 0:
		want = "at least " + count(least, "argument")
	case least == most:
		want = "exactly " + count(least, "argument")
	default:
		want = fmt.Sprintf("%d to %s", least, count(most, "argument"))
	}
	a.errorf("arity", x.Name.Range, "%s takes %s, found %d", f.Name, want, n).Hint = "usage: " + f.Signature()
	return false
}

func count(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (a *analyser) argument(x *ast.Call, f *fn.Func, i int, arg Expr) {
	p := f.Param(i)
	t := arg.Type()
	if t.Fits(p.Type) || p.AlsoType != fn.Any && fitsAlso(a, arg, p.AlsoType) {
		return
	}
	e := a.errorf("type", x.Span(), "the %s argument of %s must be %s, but %s is %s",
		ordinal(i), f.Name, withArticle(p.Type), describe(x.Args[i]), withArticle(t))
	e.Hint = "usage: " + f.Signature()
	switch {
	case isConst(arg) && p.Type == fn.String && t != fn.Null:
		e.Hint = fmt.Sprintf(`put it in double quotes: "%s"`, describe(x.Args[i]))
	case p.Type == fn.String && t.Fits(fn.Number):
		e.Hint = fmt.Sprintf("write string(%s)", describe(x.Args[i]))
	case p.Type == fn.Number && t == fn.String && !isConst(arg):
		e.Hint = fmt.Sprintf("write number(%s)", describe(x.Args[i]))
	}
}

// fitsAlso reports whether arg has the second type of a parameter. A field
// whose type a schema gives has to have the first.
func fitsAlso(a *analyser, arg Expr, also fn.Type) bool {
	return arg.Type().Fits(also) && (!isField(arg) || a.Schema == nil)
}

func ordinal(i int) string {
	if words := [...]string{"first", "second", "third", "fourth", "fifth"}; i < len(words) {
		return words[i]
	}
	return fmt.Sprintf("%dth", i+1)
}

func withArticle(t fn.Type) string {
	switch t {
	case fn.Null, fn.Any:
		return t.String()
	case fn.Integer, fn.IP, fn.Object:
		return "an " + t.String()
	default:
		return "a " + t.String()
	}
}

// describe names an expression in a message.
func describe(x ast.Expr) string {
	const most = 40
	s := strings.TrimSpace(ast.FormatExpr(x))
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return s
}
