package parser_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

// FuzzParse checks that any text gives either a tree or errors, all of them at
// places inside the text and none of them internal.
func FuzzParse(f *testing.F) {
	for _, text := range samples {
		f.Add(text, false)
		f.Add(text, true)
	}
	for _, group := range faulty {
		for _, text := range group.queries {
			f.Add(text, group.endpoint)
		}
	}
	f.Fuzz(func(t *testing.T, text string, endpoint bool) {
		opts := parser.Options{}
		if endpoint {
			opts.Dialect = ast.Endpoint
		}
		q, err := parser.Parse(&source.File{Text: text}, opts)
		if err == nil {
			checkSpans(t, q)
			return
		}
		var list source.List
		require.ErrorAs(t, err, &list)
		require.NotEmpty(t, list)
		for i, e := range list {
			assert.True(t, e.Span.IsValid())
			assert.LessOrEqual(t, e.Span.Start, e.Span.End)
			assert.LessOrEqual(t, e.Span.End.Offset(), len(text))
			assert.NotEqual(t, "internal", e.Code, e.Msg)
			assert.NotEmpty(t, e.Msg)
			if i > 0 {
				assert.LessOrEqual(t, list[i-1].Span.Start, e.Span.Start)
			}
		}
	})
}
