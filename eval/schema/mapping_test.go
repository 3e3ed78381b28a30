package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

const hosts = `{"properties": {
	"@timestamp": {"type": "date_nanos"},
	"host": {"properties": {
		"name": {"type": "keyword", "null_value": "none"},
		"ip": {"type": "ip"},
		"label": {"type": "keyword", "normalizer": "lowercase"},
		"os.version": {"type": "version"},
		"load": {"type": "scaled_float", "null_value": 1.5},
		"cpus": {"type": "byte", "null_value": 9007199254740993},
		"place": {"type": "geo_point"},
		"notes": {"type": "text", "fields": {
			"raw": {"type": "keyword", "ignore_above": 256},
			"stem": {"type": "text"}
		}}
	}},
	"message": {"type": "match_only_text"},
	"words": {"type": "text", "fields": {"low": {"type": "keyword", "normalizer": "lowercase"}}},
	"tier": {"type": "constant_keyword", "value": "hot"},
	"path": {"type": "wildcard"},
	"up": {"type": "boolean", "null_value": false},
	"disks": {"type": "nested", "properties": {
		"size": {"type": "unsigned_long"},
		"parts": {"type": "nested", "properties": {"id": {"type": "long"}}}
	}},
	"properties": {"type": "keyword"},
	"node": {"type": "alias", "path": "host.name"},
	"raw_notes": {"type": "alias", "path": "host.notes.raw"},
	"disk_size": {"type": "alias", "path": "disks.size"},
	"lost": {"type": "alias", "path": "nowhere"},
	"circle": {"type": "alias", "path": "node"},
	"future": {"type": "hyper_keyword"}
}}`

func TestFields(t *testing.T) {
	m, err := schema.FromMapping([]byte(hosts))
	require.NoError(t, err)
	type field struct {
		typ            string
		class          schema.Class
		exact          bool
		nested, source string
		null           value.Value
	}
	tests := map[string]field{
		"@timestamp":      {typ: "date_nanos", class: schema.Date, exact: true},
		"host":            {typ: "object", class: schema.Object, exact: true},
		"host.name":       {typ: "keyword", class: schema.String, exact: true, null: value.OfString("none")},
		"host.ip":         {typ: "ip", class: schema.IP, exact: true},
		"host.label":      {typ: "keyword", class: schema.String},
		"host.os":         {typ: "object", class: schema.Object, exact: true},
		"host.os.version": {typ: "version", class: schema.Version, exact: true},
		"host.load":       {typ: "scaled_float", class: schema.Rational, exact: true, null: value.OfFloat(1.5)},
		"host.cpus":       {typ: "byte", class: schema.Integer, exact: true, null: value.OfInt(9007199254740993)},
		"host.place":      {typ: "geo_point", class: schema.Unsupported, exact: true},
		"host.notes":      {typ: "text", class: schema.String, exact: true},
		"host.notes.raw":  {typ: "keyword", class: schema.String, exact: true, source: "host.notes"},
		"host.notes.stem": {typ: "text", class: schema.String, source: "host.notes"},
		"message":         {typ: "match_only_text", class: schema.String},
		"words":           {typ: "text", class: schema.String},
		"words.low":       {typ: "keyword", class: schema.String, source: "words"},
		"tier":            {typ: "constant_keyword", class: schema.String, exact: true},
		"path":            {typ: "wildcard", class: schema.String, exact: true},
		"up":              {typ: "boolean", class: schema.Boolean, exact: true, null: value.OfBool(false)},
		"disks":           {typ: "nested", class: schema.Object, exact: true, nested: "disks"},
		"disks.size":      {typ: "unsigned_long", class: schema.Integer, exact: true, nested: "disks"},
		"disks.parts":     {typ: "nested", class: schema.Object, exact: true, nested: "disks.parts"},
		"disks.parts.id":  {typ: "long", class: schema.Integer, exact: true, nested: "disks.parts"},
		"properties":      {typ: "keyword", class: schema.String, exact: true},
		"node":            {typ: "keyword", class: schema.String, exact: true, source: "host.name", null: value.OfString("none")},
		"raw_notes":       {typ: "keyword", class: schema.String, exact: true, source: "host.notes"},
		"disk_size":       {typ: "unsigned_long", class: schema.Integer, exact: true, nested: "disks", source: "disks.size"},
		"lost":            {typ: "alias", class: schema.Unsupported, exact: true},
		"circle":          {typ: "alias", class: schema.Unsupported, exact: true},
		"future":          {typ: "hyper_keyword", class: schema.Unsupported, exact: true},
	}
	objects := 0
	for path, want := range tests {
		f, ok := m.Field(path)
		require.True(t, ok, path)
		assert.Equal(t, want.typ, f.Type, path)
		assert.Equal(t, want.class, f.Class, path)
		assert.Equal(t, want.exact, f.Exact, path)
		assert.Equal(t, want.nested, f.Nested, path)
		assert.Equal(t, want.source, f.Source, path)
		assert.Equal(t, want.null.Kind(), f.Null.Kind(), path)
		assert.True(t, value.Equal(want.null, f.Null), path)
		if want.class == schema.Object {
			objects++
			assert.NotContains(t, m.Paths(), path)
		} else {
			assert.Contains(t, m.Paths(), path)
		}
	}
	assert.Len(t, m.Paths(), len(tests)-objects)
	assert.IsIncreasing(t, m.Paths())
	_, ok := m.Field("host.nam")
	assert.False(t, ok)
}

func TestForms(t *testing.T) {
	tests := []struct{ name, data string }{
		{"alone", `{"dynamic": false, "properties": {"a": {"type": "long"}}}`},
		{"named", `{"settings": {}, "mappings": {"properties": {"a": {"type": "long"}}}}`},
		{"of an index", `{"logs": {"mappings": {"properties": {"a": {"type": "long"}}}}}`},
		{"of indices", `{"logs-1": {"mappings": {"properties": {"a": {"type": "long"}}}}, "logs-2": {"mappings": {}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := schema.FromMapping([]byte(tt.data))
			require.NoError(t, err)
			assert.Equal(t, []string{"a"}, m.Paths())
			f, _ := m.Field("a")
			assert.Equal(t, schema.Integer, f.Class)
		})
	}
}

func TestSeveralIndices(t *testing.T) {
	m, err := schema.FromMapping([]byte(`{
		"a": {"mappings": {"properties": {
			"same": {"type": "keyword"}, "mixed": {"type": "keyword"}, "only": {"type": "long"},
			"low": {"type": "keyword"}, "deep": {"type": "nested"}}}},
		"b": {"mappings": {"properties": {
			"same": {"type": "keyword"}, "mixed": {"type": "ip"},
			"low": {"type": "keyword", "normalizer": "lowercase"}, "deep": {"type": "object"}}}},
		"c": {"mappings": {"properties": {"mixed": {"type": "keyword"}}}}
	}`))
	require.NoError(t, err)
	field := func(path string) schema.Field {
		f, ok := m.Field(path)
		require.True(t, ok, path)
		return f
	}
	assert.Equal(t, schema.String, field("same").Class)
	assert.Equal(t, schema.Integer, field("only").Class)
	assert.Equal(t, schema.Unsupported, field("mixed").Class)
	assert.Equal(t, "ip or keyword", field("mixed").Type)
	assert.False(t, field("low").Exact)
	assert.Equal(t, schema.Unsupported, field("deep").Class)
}

func TestErrors(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"nothing", ``, "mapping: offset 0: expected an object, found the end"},
		{"not an object", `[]`, "mapping: offset 0: expected an object, found '['"},
		{"two objects", `{"properties":{}} {}`, "mapping: offset 18: expected the end, found '{'"},
		{"empty", `{}`, "mapping: neither properties nor mappings found"},
		{"something else", `{"took": 3}`, `mapping: "took" has no mappings`},
		{"an index without", `{"logs": {"aliases": {}}}`, `mapping: "logs" has no mappings`},
		{"type is no text", `{"properties": {"a": {"type": 1}}}`, "mapping: field a: type must be a string, found a number"},
		{"normalizer is no text", `{"properties": {"a": {"normalizer": {}}}}`, "mapping: field a: normalizer must be a string, found an object"},
		{"path is no text", `{"properties": {"a": {"type": "alias", "path": ["b"]}}}`, "mapping: field a: path must be a string, found an array"},
		{"field is no object", `{"properties": {"a": {"properties": {"b": "long"}}}}`, "mapping: field a.b: the definition must be an object, found a string"},
		{"field is null", `{"properties": {"a": null}}`, "mapping: field a: the definition must be an object, found null"},
		{"multi-fields are no object", `{"properties": {"a": {"fields": true}}}`, "mapping: field a: fields must be an object, found a boolean"},
		{"too deep", `{"properties": {"` + strings.Repeat("a.", 100) + `a": {"type": "long"}}}`, "nested deeper than 100"},
		{"in an index", `{"logs": {"mappings": {"properties": []}}}`, "mapping: index logs: properties must be an object, found an array"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := schema.FromMapping([]byte(tt.data))
			assert.ErrorContains(t, err, tt.want)
			assert.Nil(t, m)
		})
	}
}

// The paths of a deep mapping are much longer than its text: 2,000 objects with
// names of 1,000 bytes would make 2 GB of them.
func TestDeepMapping(t *testing.T) {
	nest := func(depth int) []byte {
		name := strings.Repeat("n", 1000)
		open := strings.Repeat(`{"properties": {"`+name+`": `, depth)
		return []byte(open + `{"type": "long"}` + strings.Repeat("}}", depth))
	}
	_, err := schema.FromMapping(nest(2000))
	require.ErrorContains(t, err, "nested deeper than 100")
	assert.Less(t, len(err.Error()), 200)
	m, err := schema.FromMapping(nest(100))
	require.NoError(t, err)
	assert.Len(t, m.Paths(), 1)
}

func TestRealMappings(t *testing.T) {
	files, err := filepath.Glob("../../../shared/conformance/elasticsearch/data/*.mapping")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("no mappings here")
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			var text bytes.Buffer
			for line := range bytes.Lines(data) {
				if !bytes.HasPrefix(line, []byte("#")) {
					text.Write(line)
				}
			}
			m, err := schema.FromMapping([]byte(strings.ReplaceAll(text.String(), "[runtime_random_keyword_type]", "keyword")))
			require.NoError(t, err)
			require.NotEmpty(t, m.Paths())
			for _, path := range m.Paths() {
				f, ok := m.Field(path)
				require.True(t, ok)
				assert.NotEqual(t, schema.Unsupported, f.Class, path)
				assert.True(t, f.Exact, path)
			}
			f, ok := m.Field("event.category")
			require.True(t, ok)
			assert.Equal(t, "event_type", f.Source)
			assert.Equal(t, schema.String, f.Class)
		})
	}
}
