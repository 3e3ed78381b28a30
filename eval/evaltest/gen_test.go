package evaltest_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/parser"
)

// TestGenerated wants generated queries to be valid, and neither to match
// always nor never.
func TestGenerated(t *testing.T) {
	g := evaltest.NewGen(rand.New(rand.NewPCG(1, 2)))
	type pair struct {
		dialect ast.Dialect
		query   func() string
		docs    func(int) []map[string]any
	}
	kinds := map[string]pair{
		"event":             {ast.Elasticsearch, g.EventQuery, g.Docs},
		"sequence":          {ast.Elasticsearch, g.SequenceQuery, g.Docs},
		"sample":            {ast.Elasticsearch, g.SampleQuery, g.Docs},
		"endpoint event":    {ast.Endpoint, g.EndpointQuery, g.EndpointDocs},
		"endpoint sequence": {ast.Endpoint, g.EndpointSequence, g.EndpointDocs},
	}
	for kind, p := range kinds {
		t.Run(kind, func(t *testing.T) {
			const rounds = 300
			some, all := 0, 0
			for range rounds {
				docs := p.docs(12)
				text := p.query()
				tree, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: p.dialect})
				require.NoError(t, err, text)
				got, err := evaltest.Evaluate(tree, docs, evaltest.Options{Dialect: p.dialect, TiebreakerField: "seq", Sort: true})
				require.NoError(t, err, text)
				if len(got) > 0 {
					some++
				}
				if len(got) >= len(docs) {
					all++
				}
			}
			assert.Greater(t, some, rounds/5)
			assert.Less(t, all, rounds/2)
		})
	}
}

func TestGeneratedDocsSurviveJSON(t *testing.T) {
	g := evaltest.NewGen(rand.New(rand.NewPCG(3, 4)))
	docs := g.Docs(200)
	text, err := json.Marshal(docs)
	require.NoError(t, err)
	var again []map[string]any
	decode(t, string(text), &again)
	assert.Equal(t, docs, again)
}

func TestGenBytes(t *testing.T) {
	for _, data := range [][]byte{nil, {0}, bytes.Repeat([]byte{255}, 5000), bytes.Repeat([]byte{11, 7, 3}, 5000)} {
		one, two := evaltest.NewGenBytes(data), evaltest.NewGenBytes(data)
		for range 3 {
			assert.Equal(t, one.EventQuery(), two.EventQuery())
			assert.Equal(t, one.SequenceQuery(), two.SequenceQuery())
			assert.Equal(t, one.SampleQuery(), two.SampleQuery())
			assert.Equal(t, one.Docs(3), two.Docs(3))
		}
	}
}
