package lint

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

// maxRounds bounds how often a query is fixed and looked at again: a fix may
// show what another one can do.
const maxRounds = 10

// Fix returns the query of a rule with every safe fix made and in canonical
// format, and the number of fixes. Findings that are ignored or not reported
// are not fixed. It does not change r; the error is that of a query which cannot
// be parsed.
func Fix(r *rule.Rule, o Options) (text string, fixes int, err error) {
	copied := *r
	q, err := parser.Parse(r.Query, parser.Options{Dialect: r.Dialect})
	if err != nil {
		return "", 0, err
	}
	for range maxRounds {
		edits, n := safeEdits(Rule(&copied, o).Problems, copied.Query)
		if n == 0 {
			break
		}
		next, err := source.Apply(copied.Query.Text, edits)
		if err != nil {
			break // the edits do not overlap
		}
		file := &source.File{Name: r.Query.Name, Text: next}
		again, err := parser.Parse(file, parser.Options{Dialect: r.Dialect})
		if err != nil {
			break // keep what is known to be right
		}
		copied.Query, q = file, again
		fixes += n
	}
	return ast.Format(q), fixes, nil
}

// safeEdits returns the edits of the safe fixes of a file that do not touch each
// other, and the number of these fixes.
func safeEdits(problems source.List, file *source.File) (edits []source.Edit, n int) {
	for _, e := range problems {
		if e.File != file || len(e.Fixes) == 0 || !e.Fixes[0].Safe || touches(e.Fixes[0].Edits, edits) {
			continue
		}
		edits = append(edits, e.Fixes[0].Edits...)
		n++
	}
	return edits, n
}

// touches reports whether one of the edits is at, or next to, one of the others.
func touches(edits, others []source.Edit) bool {
	for _, a := range edits {
		for _, b := range others {
			if a.Span.Start <= b.Span.End && b.Span.Start <= a.Span.End {
				return true
			}
		}
	}
	return false
}
