package plan

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

// maxLineages is how many "descendant of" a query may have.
const maxLineages = 64

// A scope is what names mean at the place that is being checked.
type scope struct {
	vars  []*Var                // of the searches around the place, outermost first
	names map[string]*namedStep // the names of all steps of the sequence
	step  int                   // the step being checked
	never string                // why no step can be referred to here at all; "" if it can
}

// A namedStep is a step that has a name.
type namedStep struct {
	term *ast.Term
	step int
}

// isSearch reports whether x is a call of _arraysearch.
func (a *analyser) isSearch(x *ast.Call) bool {
	return a.Dialect == ast.Endpoint && strings.EqualFold(x.Name.Name, "_arraysearch")
}

// search plans _arraysearch(array, $variable, condition).
func (a *analyser) search(x *ast.Call) Expr {
	place := at{x.Span()}
	const usage = "usage: _arraysearch(array, $entry, condition)"
	if len(x.Args) != 3 {
		a.errorf("arity", x.Name.Range, "_arraysearch takes exactly 3 arguments, found %d", len(x.Args)).Hint = usage
		return &Const{at: place, V: value.OfBool(false)}
	}
	array := a.searched(x.Args[0], usage)
	name, ok := ast.Unparen(x.Args[1]).(*ast.Field)
	if !ok || name.Var == "" || name.Path != "" {
		a.errorf("argument", x.Args[1].Span(), "the second argument of _arraysearch must be a variable such as $entry, but %s is none", describe(x.Args[1])).Hint = usage
		return &Const{at: place, V: value.OfBool(false)}
	}
	s := &Search{at: place, Array: array, Var: &Var{Name: name.Var, Array: array, Depth: len(a.scope.vars)}}
	outer := a.scope.vars
	a.scope.vars = append(slices.Clip(outer), s.Var)
	s.Cond = a.boolean(x.Args[2], "the third argument of _arraysearch")
	a.scope.vars = outer
	return s
}

// searched plans the array of a search.
func (a *analyser) searched(x ast.Expr, usage string) *Field {
	none := &Field{at: at{x.Span()}}
	f, ok := ast.Unparen(x).(*ast.Field)
	if !ok {
		a.errorf("argument", x.Span(), "the first argument of _arraysearch must be a field, but %s is none", describe(x)).Hint = usage
		return none
	}
	if a.isReference(f) {
		a.errorf("argument", x.Span(), "_arraysearch cannot search %s: of an earlier step only single values are kept", describe(x))
		return none
	}
	if f.Var != "" {
		if e, ok := a.element(f).(*Field); ok {
			return e
		}
		return none
	}
	out := &Field{at: none.at, Path: f.Path, Optional: f.Optional}
	if a.Schema != nil && a.Strict && !f.Optional && !a.holdsFields(f.Path) {
		if _, ok := a.Schema.Field(f.Path); !ok {
			a.unknownField(f)
		}
	}
	return out
}

// holdsFields reports whether the schema has fields below path.
func (a *analyser) holdsFields(path string) bool {
	return slices.ContainsFunc(a.Schema.Paths(), func(p string) bool { return strings.HasPrefix(p, path+".") })
}

// element plans a field of a variable, or the variable itself.
func (a *analyser) element(x *ast.Field) Expr {
	f := &Field{at: at{x.Range}, Path: x.Path}
	for _, v := range slices.Backward(a.scope.vars) {
		if v.Name == x.Var {
			f.Var = v
			break
		}
	}
	if f.Var == nil {
		e := a.errorf("unknown-variable", x.Range, "unknown variable $%s", x.Var)
		var known []string
		for _, v := range a.scope.vars {
			known = append(known, v.Name)
		}
		switch near := source.Nearest(x.Var, known); {
		case near != "":
			e.Hint = "did you mean $" + near + "?"
		case len(known) == 0:
			e.Hint = "a variable has a meaning only within the third argument of the _arraysearch that declares it"
		default:
			e.Hint = "known here: $" + strings.Join(known, ", $")
		}
		return f
	}
	if a.Schema != nil {
		if field, ok := a.Schema.Field(f.FullPath()); ok && field.Class != schema.Object {
			f.T = typeOf(field.Class)
		}
	}
	return f
}

// isReference reports whether the first segment of x names a step.
func (a *analyser) isReference(x *ast.Field) bool {
	return x.Var == "" && len(x.Segments) > 0 && a.scope.names[x.Segments[0].Name] != nil
}

// reference plans a field of the event of an earlier step.
func (a *analyser) reference(x *ast.Field) Expr {
	name := x.Segments[0].Name
	to := a.scope.names[name]
	f := &Field{at: at{x.Range}, Optional: x.Optional, Alias: &Alias{Name: name, Step: to.step}}
	complain := func(hint, format string, args ...any) Expr {
		a.errorf("alias", x.Range, format, args...).Hint = hint
		return &Field{at: f.at} // of any type, so that nothing else is said about it
	}
	const rename = "if a field of the event is meant, give the step another name"
	switch {
	case a.scope.never != "":
		return complain(rename, "%s cannot refer to the step %s", a.scope.never, name)
	case to.step == a.scope.step:
		return complain(rename, "%s is the name of this step; only earlier steps can be referred to", name)
	case to.step > a.scope.step:
		return complain(rename, "%s is the name of a later step; only earlier steps can be referred to", name)
	case to.term.Missing:
		return complain("", "%s is the name of a missing event, which has no fields", name)
	case len(x.Segments) == 1:
		return complain("write "+name+".process.name, for example", "%s is the name of a step; one of its fields is needed", name)
	}
	segments := make([]string, 0, len(x.Segments))
	for _, s := range x.Segments[1:] {
		segments = append(segments, s.Name)
	}
	f.Path = strings.Join(segments, ".")
	own, ok := a.plainField(x, f.Path).(*Field)
	if ok {
		f.T = own.T
	}
	return f
}

// nameSteps notes the names of the steps of a sequence.
func (a *analyser) nameSteps(terms []*ast.Term, until *ast.Term) {
	a.scope.names = make(map[string]*namedStep)
	for i, t := range terms {
		if t.Alias == nil {
			continue
		}
		if a.scope.names[t.Alias.Name] != nil {
			a.errorf("alias", t.Alias.Range, "two steps have the name %s", t.Alias.Name)
			continue
		}
		a.scope.names[t.Alias.Name] = &namedStep{term: t, step: i}
	}
	if until != nil && until.Alias != nil {
		a.errorf("alias", until.Alias.Range, "until takes no name")
	}
}

// without plans what f plans where no step can be referred to.
func without[T any](a *analyser, what string, f func() T) T {
	outer := a.scope.never
	a.scope.never = what
	defer func() { a.scope.never = outer }()
	return f()
}

// lineage plans "descendant of [...]".
func (a *analyser) lineage(x *ast.Lineage) Expr {
	place := at{x.Span()}
	if x.Relation.Name != "descendant" {
		a.errorf("unsupported", x.Relation.Range, "%s of is not supported", x.Relation.Name).Hint = "only descendant of is"
		return &Const{at: place, V: value.OfBool(false)}
	}
	if a.inLineage {
		a.errorf("unsupported", x.Relation.Range, "descendant of cannot stand within another")
		return &Const{at: place, V: value.OfBool(false)}
	}
	if a.lineages++; a.lineages == maxLineages+1 {
		a.errorf("limit", x.Relation.Range, "a query can have %d descendant of at most", maxLineages)
	}
	outer := a.scope
	a.inLineage = true
	a.scope = scope{names: outer.names, never: "descendant of"} // another event: no variable of ours
	l := &Lineage{at: place, Step: a.filter(x.Filter)}
	a.scope, a.inLineage = outer, false
	for i, path := range lineageFields {
		l.Reads[i] = a.known(place, path)
	}
	return l
}

// known plans a field that the engine reads of its own accord, and that a
// schema need not have.
func (a *analyser) known(place at, path string) *Field {
	f := &Field{at: place, Path: path, T: a.implied(path)}
	if a.Schema == nil {
		return f
	}
	if field, ok := a.Schema.Field(path); ok {
		f.T = typeOf(field.Class)
	}
	return f
}

// systemFields tell the operating system of an event, the best first.
var systemFields = []string{"host.os.type", "host.os.family", "host.os.platform"}

// limited plans cond for the operating systems that the query is made for.
func (a *analyser) limited(cond Expr) Expr {
	always := false
	if c, ok := cond.(*Const); ok {
		always = c.V.Kind() == value.Bool && c.V.Bool()
	}
	if len(a.Systems) == 0 || isConst(cond) && !always {
		return cond
	}
	s := &System{at: at{cond.Span()}, Names: a.Systems}
	for _, path := range systemFields {
		s.Fields = append(s.Fields, a.known(s.at, path))
	}
	if l, ok := cond.(*Logic); ok && !l.Or {
		return &Logic{at: l.at, Xs: append([]Expr{s}, l.Xs...)}
	}
	if always {
		return s
	}
	return &Logic{at: s.at, Xs: []Expr{s, cond}}
}

// comparesIDs reports whether numbers are compared with ids that are text: the
// field may hold any type or text, and the dialect asks for it.
func (a *analyser) comparesIDs(x Expr) bool {
	t := x.Type()
	return a.Dialect == ast.Endpoint && isField(x) && (t == fn.Any || t == fn.String)
}
