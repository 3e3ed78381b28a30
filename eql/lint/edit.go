package lint

import (
	"sort"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// replace is a fix that writes text in place of a span.
func replace(title string, safe bool, at source.Span, text string) source.Fix {
	return source.Fix{Title: title, Safe: safe, Edits: []source.Edit{{Span: at, New: text}}}
}

// remove is a fix that takes a span out. It is none where a comment would be
// lost.
func (p *pass) remove(title string, safe bool, at source.Span) []source.Fix {
	comments := p.query.Comments
	i := sort.Search(len(comments), func(i int) bool { return comments[i].Range.End > at.Start })
	if i < len(comments) && comments[i].Range.Start < at.End {
		return nil
	}
	return []source.Fix{replace(title, safe, at, "")}
}

// removeItem takes item i out of a list of two or more, with its comma.
func (p *pass) removeItem(title string, safe bool, list []ast.Expr, i int) []source.Fix {
	if len(list) < 2 {
		return nil
	}
	at := list[i].Span()
	if i > 0 {
		at.Start = list[i-1].Span().End
	} else {
		at.End = list[1].Span().Start
	}
	return p.remove(title, safe, at)
}

// removeOperand takes one side out of an "and" or "or", with the operator.
func (p *pass) removeOperand(title string, safe bool, x *ast.Binary, operand ast.Expr) []source.Fix {
	if x == nil {
		return nil
	}
	at := source.Span{Start: x.X.Span().Start, End: x.Y.Span().Start}
	if operand == x.Y {
		at = source.Span{Start: x.X.Span().End, End: x.Y.Span().End}
	}
	return p.remove(title, safe, at)
}
