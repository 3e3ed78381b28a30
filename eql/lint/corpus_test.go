package lint_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

// TestCorpus lints and fixes a corpus of real rules.
func TestCorpus(t *testing.T) {
	const folder = "../../../shared/corpus"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no corpus of rules here")
	}
	set := rule.Load(folder)
	require.NotEmpty(t, set.Rules)
	found := map[string]int{}
	for _, r := range lint.Set(set, lint.Options{}) {
		for _, e := range r.Problems {
			found[e.Code]++
			assert.NotEqual(t, source.Err, e.Severity, e.Error())
			assert.NotEmpty(t, e.Msg, e.Code)
			if e.File == nil || !e.Span.IsValid() {
				continue
			}
			assert.LessOrEqual(t, e.Span.End.Offset(), len(e.File.Text), e.Error())
			for _, f := range e.Fixes {
				_, err := source.Apply(e.File.Text, f.Edits)
				assert.NoError(t, err, e.Error())
			}
		}
	}
	t.Log(found)
	for i, r := range set.Rules {
		if i%5 != 0 {
			continue
		}
		text, _, err := lint.Fix(r, lint.Options{})
		require.NoError(t, err, r.Path)
		again := *r
		again.Query = &source.File{Name: r.Query.Name, Text: text}
		_, err = eql.CompileRule(&again, eql.WithDialect(r.Dialect))
		require.NoError(t, err, r.Path)
		twice, n, err := lint.Fix(&again, lint.Options{})
		require.NoError(t, err, r.Path)
		assert.Zero(t, n, r.Path)
		assert.Equal(t, text, twice, r.Path)
	}
}

func BenchmarkCorpus(b *testing.B) {
	set := rule.Load("../../../shared/corpus")
	if len(set.Rules) == 0 {
		b.Skip("no corpus of rules here")
	}
	for b.Loop() {
		lint.Set(set, lint.Options{})
	}
}
