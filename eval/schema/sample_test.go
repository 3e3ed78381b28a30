package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
)

func sampleOf(t *testing.T, categoryField string, docs ...string) *schema.Sample {
	t.Helper()
	s := schema.NewSample(categoryField)
	for _, doc := range docs {
		fields, err := event.Decode([]byte(doc))
		require.NoError(t, err)
		s.Add(fields)
	}
	return s
}

func TestSample(t *testing.T) {
	s := sampleOf(t, "",
		`{"event": {"category": ["process", "file", "process"]}, "a": {"b": 1, "c": "x"}, "l": ["x", "y"], "o": [{"p": 1}, {"p": 2}]}`,
		`{"event.category": "process", "a.b": 2.5, "a": {"c": 7}, "l": "x", "gone": null, "none": [], "big": 18446744073709551615}`,
		`{"on": true, "a": {"b": 3}, "big": 1, "one": ["x"]}`)
	assert.Equal(t, 3, s.Events())
	assert.Equal(t, []string{"file", "process"}, s.Categories())
	assert.Equal(t, []string{"a.b", "a.c", "big", "event.category", "l", "o.p", "on", "one"}, s.Paths())
	for path, want := range map[string]schema.Field{
		"a":   {Type: "object", Class: schema.Object, Exact: true},
		"a.b": {Type: "double", Class: schema.Rational, Exact: true, Arity: schema.One},
		"a.c": {Type: "keyword or long", Class: schema.Unsupported, Exact: true, Arity: schema.One},
		"big": {Type: "unsigned_long", Class: schema.Integer, Exact: true, Arity: schema.One},
		"l":   {Type: "keyword", Exact: true, Arity: schema.Many},
		"o.p": {Type: "long", Class: schema.Integer, Exact: true, Arity: schema.Many},
		"on":  {Type: "boolean", Class: schema.Boolean, Exact: true, Arity: schema.One},
		"one": {Type: "keyword", Exact: true, Arity: schema.One},
	} {
		got, ok := s.Field(path)
		assert.True(t, ok, path)
		assert.Equal(t, want, got, path)
	}
	for _, path := range []string{"gone", "none", "z"} {
		_, ok := s.Field(path)
		assert.False(t, ok, path)
	}

	frequency := func(path, category string) [2]int {
		with, of := s.Frequency(path, category)
		return [2]int{with, of}
	}
	assert.Equal(t, [2]int{3, 3}, frequency("a.b", ""))
	assert.Equal(t, [2]int{2, 2}, frequency("l", "process"))
	assert.Equal(t, [2]int{1, 1}, frequency("l", "file"))
	assert.Equal(t, [2]int{0, 2}, frequency("on", "process"))
	assert.Equal(t, [2]int{0, 0}, frequency("on", "network"))
	assert.Equal(t, [2]int{0, 3}, frequency("z", ""))
}

func TestSample_category(t *testing.T) {
	s := sampleOf(t, "kind", `{"kind": "x"}`, `{"event": {"category": "y"}}`)
	assert.Equal(t, "kind", s.CategoryField())
	assert.Equal(t, []string{"x"}, s.Categories())

	s.Add(map[string]any{"kind": "z", "new": "v"})
	_, ok := s.Field("new")
	assert.True(t, ok, "what is added later counts, too")
}

func TestJoin(t *testing.T) {
	assert.Nil(t, schema.Join())
	assert.Nil(t, schema.Join(nil, nil))
	a := schema.NewTable(map[string]schema.Field{"x": {Type: "long", Class: schema.Integer}, "o.p": {Type: "keyword"}})
	b := schema.NewTable(map[string]schema.Field{"x": {Type: "keyword", Arity: schema.Many, Values: []string{"v"}}, "y": {Type: "ip", Class: schema.IP}})
	assert.Same(t, a, schema.Join(nil, a))

	j := schema.Join(a, b)
	assert.Equal(t, []string{"o.p", "x", "y"}, j.Paths())
	f, ok := j.Field("x")
	assert.True(t, ok)
	assert.Equal(t, schema.Field{Type: "long", Class: schema.Integer, Arity: schema.Many, Values: []string{"v"}}, f)
	f, _ = j.Field("y")
	assert.Equal(t, "ip", f.Type)
	_, ok = j.Field("z")
	assert.False(t, ok)
}

func TestConstantKeyword(t *testing.T) {
	values := func(mapping string) []string {
		m, err := schema.FromMapping([]byte(mapping))
		require.NoError(t, err)
		f, _ := m.Field("name")
		assert.Nil(t, f.Values)
		f, _ = m.Field("tier")
		return f.Values
	}
	hot, cold, open := `{"properties": {"tier": {"type": "constant_keyword", "value": "hot"}, "name": {"type": "keyword"}}}`,
		`{"properties": {"tier": {"type": "constant_keyword", "value": "cold"}}}`,
		`{"properties": {"tier": {"type": "constant_keyword"}}}`
	assert.Equal(t, []string{"hot"}, values(hot))
	assert.Nil(t, values(open))
	assert.Equal(t, []string{"cold", "hot"}, values(`{"a": {"mappings": `+hot+`}, "b": {"mappings": `+cold+`}}`))
	assert.Nil(t, values(`{"a": {"mappings": `+hot+`}, "b": {"mappings": `+open+`}}`))
}
