package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// TestSchemaChecks runs queries with everything that is known of fields.
func TestSchemaChecks(t *testing.T) {
	mapping, err := schema.FromMapping([]byte(`{"properties": {
		"event": {"properties": {"category": {"type": "constant_keyword", "value": "process"}}},
		"tier": {"type": "constant_keyword", "value": "hot"},
		"process": {"properties": {"pid": {"type": "long"}, "name": {"type": "keyword"}, "tags": {"type": "keyword"}}}}}`))
	require.NoError(t, err)
	reference := schema.NewTable(map[string]schema.Field{
		"event.category": {Type: "keyword", Exact: true, Arity: schema.Many, Values: []string{"file", "process"}},
		"process.name":   {Type: "keyword", Exact: true, Arity: schema.One},
		"process.flags":  {Type: "keyword", Exact: true, Arity: schema.Many},
		"labels":         {Type: "object", Class: schema.Object, Exact: true},
		"event.outcome":  {Type: "keyword", Exact: true, Arity: schema.One, Values: []string{"failure", "success"}},
	})
	sample := schema.NewSample("")
	for _, doc := range []string{
		`{"event": {"category": ["process"]}, "my": {"count": 1, "word": "a", "on": true}, "process": {"name": "a"}}`,
		`{"event.category": "process", "my.count": 2, "process": {"args": ["a", "b"]}}`,
		`{"event.category": "file", "file.path": "/a"}`,
	} {
		fields, err := event.Decode([]byte(doc))
		require.NoError(t, err)
		sample.Add(fields)
	}
	withMapping := lint.Options{Mapping: mapping}
	withReference := lint.Options{Reference: reference}
	withSample := lint.Options{Sample: sample.Ready()}
	tests := []struct {
		code  string
		o     lint.Options
		query string // with the mark where the code is found
	}{
		{"unknown-field", withMapping, `process where §process.nam == "a"`},
		{"unknown-field", withMapping, `process where ?process.nam == "a"`},
		{"unknown-field", lint.Options{Mapping: mapping, Reference: reference}, `process where process.flags == "a"`},
		{"unknown-field", withReference, `process where process.nam == "a"`},
		{"field-not-in-reference", withReference, `process where §process.nam == "a"`},
		{"field-not-in-reference", withReference, `process where process.name == "a" and labels.mine == "b"`},
		{"field-not-in-reference", withReference, `process where ?process.nam == "a"`},
		{"field-not-in-reference", lint.Options{Reference: reference, Sample: sample}, `process where my.word == "a"`},
		{"field-not-in-reference", lint.Options{Reference: reference, Mapping: mapping}, `process where process.pid == 4`},
		{"field-not-in-reference", withReference, `endpoint sequence with maxspan=1m [process where true] as p [process where process.name == p.process.name]`},
		{"field-unseen", withSample, `process where §my.wrod == "a"`},
		{"field-unseen", withSample, `process where my.word == "a" and process.args == "b"`},
		{"type-unseen", withSample, `process where my.count == §"1"`},
		{"type-unseen", withSample, `process where my.word == §5`},
		{"type-unseen", withSample, `process where my.on == §"true"`},
		{"type-unseen", withSample, `process where my.count == 1 and my.word == "a" and my.on == true`},
		{"type-unseen", withSample, `endpoint process where my.word == 5`},
		{"type-mismatch", withMapping, `process where process.pid == §"4"`},
		{"category-never", withMapping, `§file where true`},
		{"category-never", withMapping, `process where true`},
		{"category-never", withReference, `§proces where true`},
		{"category-never", withReference, `file where true`},
		{"category-never", withSample, `§network where true`},
		{"category-never", withSample, `file where true`},
		{"value-never", withReference, `process where event.outcome == §"sucess"`},
		{"value-never", withReference, `process where event.outcome in ("failure", §"x")`},
		{"value-never", withMapping, `process where tier == §"cold"`},
		{"value-never", withReference, `process where event.outcome : ("Success", "fail*")`},
		{"unguarded-negation", withSample, `process where §process.name != "a"`},
		{"unguarded-negation", withSample, `process where my.count != 5`},
		{"unguarded-negation", withSample, `process where process.name != null and process.name != "a"`},
		{"never-true", withReference, `process where process.flags == "a" and process.flags == "b"`},
		{"never-true", withReference, `process where process.name == "a" and §process.name == "b"`},
		{"never-true", withSample, `process where process.name == "a" and §process.name == "b"`},
	}
	for _, tt := range tests {
		t.Run(tt.code+"/"+tt.query, func(t *testing.T) {
			r, at := query(tt.query)
			report := lint.Rule(r, tt.o)
			want := []int{at}
			if at < 0 {
				want = nil
			}
			assert.Equal(t, want, found(report, tt.code), report.Problems.Render())
		})
	}
	t.Run("did you mean", func(t *testing.T) {
		r, _ := query(`process where my.wrod == "a"`)
		e := lint.Rule(r, withSample).Problems[0]
		assert.Equal(t, "did you mean my.word?", e.Hint)
		require.Len(t, e.Fixes, 1)
		assert.False(t, e.Fixes[0].Safe)
		assert.Equal(t, "my.word", e.Fixes[0].Edits[0].New)
	})
}
