package evaltest

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// check looks for what evaluation could not cope with, and compiles the
// regular expressions on the way.
func (ev *evaluator) check(q *ast.Query) error {
	for _, p := range q.Pipes {
		if p.Name.Name != "head" && p.Name.Name != "tail" {
			return unsupported(p, "pipe %s", p.Name.Name)
		}
		if ev.pipeCount(p) < 0 {
			return unsupported(p, "%s needs one number that is not negative", p.Name.Name)
		}
	}
	switch body := q.Body.(type) {
	case *ast.EventFilter:
		return ev.checkExpr(body.Where)
	case *ast.Sequence:
		terms := body.Terms
		if body.Until != nil {
			terms = append(terms[:len(terms):len(terms)], body.Until)
			if body.Until.Missing {
				return unsupported(body.Until, "until with a missing event")
			}
		}
		positive := false
		for _, t := range body.Terms {
			positive = positive || !t.Missing
			if t.Missing && body.MaxSpan == nil {
				return unsupported(t, "missing event without maxspan")
			}
		}
		if !positive {
			return unsupported(body, "sequence of missing events")
		}
		return ev.checkTerms(body.By, terms)
	case *ast.Sample:
		return ev.checkTerms(body.By, body.Terms)
	default:
		return unsupported(q, "%T", body)
	}
}

func (ev *evaluator) checkTerms(by []ast.Expr, terms []*ast.Term) error {
	for _, t := range terms {
		if len(t.By) != len(terms[0].By) {
			return unsupported(t, "%d join keys, but %d in the first step", len(t.By), len(terms[0].By))
		}
		for _, k := range append(by[:len(by):len(by)], t.By...) {
			if f, ok := ast.Unparen(k).(*ast.Field); !ok || f.Var != "" {
				return unsupported(k, "join key that is not a field")
			}
		}
		if err := ev.checkExpr(t.Filter.Where); err != nil {
			return err
		}
	}
	return nil
}

func (ev *evaluator) checkExpr(e ast.Expr) error {
	switch e := e.(type) {
	case *ast.Field:
		if e.Var != "" && !slices.Contains(ev.bound, e.Var) {
			return unsupported(e, "variable $%s", e.Var)
		}
	case *ast.Lineage:
		if e.Relation.Name != "descendant" {
			return unsupported(e, "%s of", e.Relation.Name)
		}
		return ev.checkExpr(e.Filter.Where)
	case *ast.Match:
		if e.Op == ast.Regex || e.Op == ast.RegexFold {
			for _, p := range e.List {
				if lit, ok := p.(*ast.String); ok {
					re, err := parseLucene(lit.Value, e.Op.FoldsCase())
					if err != nil {
						return unsupported(lit, "%v", err)
					}
					ev.regexps[lit] = re
				}
			}
		}
	case *ast.Call:
		if isSearch(e) {
			return ev.checkSearch(e)
		}
		name := strings.ToLower(e.Name.Name)
		fn, ok := functions[name]
		if !ok {
			return unsupported(e, "function %s", e.Name.Name)
		}
		if len(e.Args) < fn.min || len(e.Args) > fn.max {
			return unsupported(e, "%d arguments of %s", len(e.Args), e.Name.Name)
		}
		if e.Fold && !fn.folds {
			return unsupported(e, "%s~", e.Name.Name)
		}
		if name == "cidrmatch" {
			if err := ev.checkBlocks(e); err != nil {
				return err
			}
		}
	}
	for _, x := range operands(e) {
		if err := ev.checkExpr(x); err != nil {
			return err
		}
	}
	return nil
}

// checkSearch checks _arraysearch, whose variable is bound in its condition.
func (ev *evaluator) checkSearch(e *ast.Call) error {
	if len(e.Args) != 3 {
		return unsupported(e, "%d arguments of %s", len(e.Args), e.Name.Name)
	}
	if _, ok := ast.Unparen(e.Args[0]).(*ast.Field); !ok {
		return unsupported(e.Args[0], "array that is no field")
	}
	name, ok := ast.Unparen(e.Args[1]).(*ast.Field)
	if !ok || name.Var == "" || name.Path != "" {
		return unsupported(e.Args[1], "no variable")
	}
	if err := ev.checkExpr(e.Args[0]); err != nil {
		return err
	}
	outer := ev.bound
	defer func() { ev.bound = outer }()
	ev.bound = append(slices.Clone(outer), name.Var)
	return ev.checkExpr(e.Args[2])
}

// operands are the expressions directly below e.
func operands(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.Paren:
		return []ast.Expr{e.X}
	case *ast.Unary:
		return []ast.Expr{e.X}
	case *ast.Binary:
		return []ast.Expr{e.X, e.Y}
	case *ast.Match:
		return append([]ast.Expr{e.X}, e.List...)
	case *ast.Call:
		return e.Args
	default:
		return nil
	}
}
