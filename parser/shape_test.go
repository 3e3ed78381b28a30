package parser_test

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// shape writes an expression with its structure in brackets: the operator or
// name first, then the operands. Parentheses of the text leave no trace.
func shape(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Paren:
		return shape(x.X)
	case *ast.Binary:
		return fmt.Sprintf("(%s %s %s)", x.Op, shape(x.X), shape(x.Y))
	case *ast.Unary:
		return fmt.Sprintf("(%s %s)", x.Op, shape(x.X))
	case *ast.Match:
		match := fmt.Sprintf("(%s %s %s)", x.Op, shape(x.X), shapes(x.List))
		if x.Not {
			return "(not " + match + ")"
		}
		return match
	case *ast.Call:
		name := x.Name.Name
		if x.Fold {
			name += "~"
		}
		return fmt.Sprintf("(call %s %s)", name, shapes(x.Args))
	case *ast.Field:
		name := x.Path
		if x.Var != "" {
			name = fmt.Sprintf("$%s[%s]", x.Var, x.Path)
		}
		if x.Optional {
			name = "?" + name
		}
		return name
	case *ast.Null:
		return "null"
	case *ast.Bool:
		return fmt.Sprint(x.Value)
	case *ast.String:
		return fmt.Sprintf("%q", x.Value)
	case *ast.Number:
		switch x.Kind {
		case ast.Int:
			return fmt.Sprint(x.Uint)
		case ast.Uint:
			return fmt.Sprintf("%du", x.Uint)
		default:
			return fmt.Sprintf("%#v", x.Float)
		}
	case *ast.Lineage:
		return fmt.Sprintf("(%s of %s)", x.Relation.Name, shapeFilter(x.Filter))
	default:
		return fmt.Sprintf("?%T", x)
	}
}

func shapes(list []ast.Expr) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = shape(x)
	}
	return "[" + strings.Join(out, " ") + "]"
}

func shapeFilter(f *ast.EventFilter) string {
	category := f.Category.Name
	if f.Category.Quoted {
		category = fmt.Sprintf("%q", category)
	}
	return fmt.Sprintf("(where %s %s)", category, shape(f.Where))
}

// shapeQuery writes a whole query likewise, a line for each part.
func shapeQuery(q *ast.Query) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	term := func(word string, t *ast.Term) {
		if t.Missing {
			word += " missing"
		}
		fmt.Fprintf(&b, "%s %s", word, shapeFilter(t.Filter))
		if t.By != nil {
			fmt.Fprintf(&b, " by %s", shapes(t.By))
		}
		if t.Runs != nil {
			fmt.Fprintf(&b, " runs %d", t.Runs.N)
		}
		if t.Alias != nil {
			fmt.Fprintf(&b, " as %s", t.Alias.Name)
		}
		b.WriteByte('\n')
	}
	switch body := q.Body.(type) {
	case *ast.EventFilter:
		line("%s", shapeFilter(body))
	case *ast.Sequence:
		line("sequence by %s", shapes(body.By))
		if body.MaxSpan != nil {
			line("maxspan %s", body.MaxSpan.Value)
		}
		for _, t := range body.Terms {
			term("step", t)
		}
		if body.Until != nil {
			term("until", body.Until)
		}
	case *ast.Sample:
		line("sample by %s", shapes(body.By))
		for _, t := range body.Terms {
			term("step", t)
		}
	}
	for _, p := range q.Pipes {
		line("pipe %s %s", p.Name.Name, shapes(p.Args))
	}
	return b.String()
}
