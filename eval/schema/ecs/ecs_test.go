package ecs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/schema/ecs"
)

const yamlText = `---
'@timestamp':
  type: date
boat.class:
  allowed_values:
  - name: yacht
    description: has a sail
  - name: barge
  normalize:
  - array
  type: keyword
boat.log:
  type: match_only_text
boat.name:
  multi_fields:
  - flat_name: boat.name.text
    name: text
    type: match_only_text
  - name: raw
    type: keyword
  type: text
boat.crew:
  type: nested
boat.crew.age:
  type: short
boat.place:
  type: geo_point
labels:
  type: object
`

func TestParseYAML(t *testing.T) {
	s, err := ecs.Parse([]byte(yamlText))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"@timestamp", "boat.class", "boat.crew.age", "boat.log", "boat.name", "boat.name.raw", "boat.name.text", "boat.place",
	}, s.Paths())
	for path, want := range map[string]schema.Field{
		"@timestamp":     {Type: "date", Class: schema.Date, Exact: true, Arity: schema.One},
		"boat":           {Type: "object", Class: schema.Object, Exact: true},
		"boat.class":     {Type: "keyword", Exact: true, Arity: schema.Many, Values: []string{"barge", "yacht"}},
		"boat.log":       {Type: "match_only_text", Arity: schema.One},
		"boat.name":      {Type: "text", Exact: true, Arity: schema.One},
		"boat.name.text": {Type: "match_only_text", Arity: schema.One, Source: "boat.name"},
		"boat.name.raw":  {Type: "keyword", Exact: true, Arity: schema.One, Source: "boat.name"},
		"boat.crew.age":  {Type: "short", Class: schema.Integer, Exact: true, Arity: schema.One, Nested: "boat.crew"},
		"boat.place":     {Type: "geo_point", Class: schema.Unsupported, Exact: true, Arity: schema.One},
	} {
		got, ok := s.Field(path)
		assert.True(t, ok, path)
		assert.Equal(t, want, got, path)
	}
	_, ok := s.Field("boat.nam")
	assert.False(t, ok)
	assert.True(t, schema.IsOpen(s, "labels.mine"))
	assert.False(t, schema.IsOpen(s, "boat.mine"))
	assert.False(t, schema.IsOpen(s, "boat.name.mine"))
}

func TestParseCSV(t *testing.T) {
	newer, err := ecs.Parse([]byte("\uFEFFECS_Version,Indexed,Field_Set,Field,Type,Level,Normalization,Example,Description\n" +
		"9.9,true,boat,boat.class,keyword,core,array,\"a, b\",\"Which.\nReally.\"\n" +
		"9.9,true,boat,boat.age,long,core,,,How old.\n" +
		"9.9,true,boat,boat.log,text,core,,,\n" +
		"9.9,true,boat,boat.log.raw,keyword,core,,,\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"boat.age", "boat.class", "boat.log", "boat.log.raw"}, newer.Paths())
	f, _ := newer.Field("boat.class")
	assert.Equal(t, schema.Field{Type: "keyword", Exact: true, Arity: schema.Many}, f)
	f, _ = newer.Field("boat.age")
	assert.Equal(t, schema.Field{Type: "long", Class: schema.Integer, Exact: true, Arity: schema.One}, f)

	f, _ = newer.Field("boat.log")
	assert.Equal(t, schema.Field{Type: "text", Exact: true, Arity: schema.One}, f, "it has a keyword sub-field")
	f, _ = newer.Field("boat.log.raw")
	assert.Equal(t, schema.Field{Type: "keyword", Exact: true, Arity: schema.One, Source: "boat.log"}, f)

	older, err := ecs.Parse([]byte("Field,Type,Level,Example\r\nboat.class,keyword,core,\r\n"))
	require.NoError(t, err)
	f, _ = older.Field("boat.class")
	assert.Equal(t, schema.Field{Type: "keyword", Exact: true}, f, "the older format does not say what is an array")
}

func TestParse_mistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "field reference: it lists no field",
		"[1]":                        "field reference: yaml: ",
		"boat:\n  level: core\n":     "field reference: field boat has no type",
		"boat:\n":                    "field reference: field boat has no type",
		"a: {type: [1]}":             "field reference: yaml: ",
		"Field,Level\na,core\n":      "field reference: the columns Field and Type are needed",
		"Field,Type\na\n":            "field reference: record on line 2: wrong number of fields",
		"Field,Type\nboat,\n":        "field reference: field boat has no type",
		"Field,Type\n\"boat,keyword": "field reference: parse error on line 2",
	} {
		_, err := ecs.Parse([]byte(text))
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want, text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(yamlText))
	f.Add([]byte("Field,Type\na.b,keyword\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ecs.Parse(data)
		if err != nil {
			return
		}
		for _, path := range s.Paths() {
			_, ok := s.Field(path)
			assert.True(t, ok, path)
		}
	})
}
