package lint

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var styleCodes = []Check{
	{Code: "mixed-and-or", Severity: source.Info, Doc: "\"and\" and \"or\" are mixed without parentheses; \"and\" binds tighter."},
}

// mixedLogic looks for "and" directly below "or".
func mixedLogic(p *pass) {
	nodes(p, func(x *ast.Binary) {
		if x.Op != ast.Or {
			return
		}
		for _, side := range []ast.Expr{x.X, x.Y} {
			b, ok := side.(*ast.Binary)
			if !ok || b.Op != ast.And {
				continue
			}
			at := b.Span()
			p.report("mixed-and-or", at, "this \"and\" stands beside an \"or\": it is taken together first", "add parentheses",
				source.Fix{Title: "add parentheses", Safe: true, Edits: []source.Edit{
					{Span: source.Span{Start: at.Start, End: at.Start}, New: "("},
					{Span: source.Span{Start: at.End, End: at.End}, New: ")"},
				}})
		}
	})
}
