package eval_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/parser"
)

// A mapping may keep the category under another name.
func TestCategoryAlias(t *testing.T) {
	m, err := schema.FromMapping([]byte(`{"properties": {
		"event_type": {"type": "keyword"},
		"event": {"properties": {"category": {"type": "alias", "path": "event_type"}}}}}`))
	require.NoError(t, err)
	tree, err := parser.Parse(&source.File{Text: `process where event.category == "process"`}, parser.Options{})
	require.NoError(t, err)
	q, err := eval.Compile(tree, eval.Config{Schema: m})
	require.NoError(t, err)
	s := eval.NewEngine(q).NewStream()
	n := 0
	count := func(eval.Match) bool { n++; return true }
	require.NoError(t, s.Push(event.Map{"event_type": "process"}, count))
	require.NoError(t, s.Push(event.Map{"event_type": "file"}, count))
	require.Equal(t, 1, n)
}
