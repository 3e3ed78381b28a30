package eval

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// stepSpans returns where the filters of a query stand, that of until last.
func stepSpans(q *ast.Query) []source.Span {
	switch b := q.Body.(type) {
	case *ast.Sequence:
		spans := termSpans(b.Terms)
		if b.Until != nil {
			spans = append(spans, b.Until.Filter.Span())
		}
		return spans
	case *ast.Sample:
		return termSpans(b.Terms)
	default:
		return []source.Span{q.Body.Span()}
	}
}

func termSpans(terms []*ast.Term) []source.Span {
	spans := make([]source.Span, len(terms))
	for i, t := range terms {
		spans[i] = t.Filter.Span()
	}
	return spans
}
