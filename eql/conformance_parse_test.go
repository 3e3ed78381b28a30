package eql_test

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/parser"
)

const parseVectors = "conformance/elasticsearch/parser/"

// queriesOf reads queries that end in a semicolon at the end of a line.
func queriesOf(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(shared(t, parseVectors+name))
	require.NoError(t, err)
	var text strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			text.WriteString(strings.TrimRight(line, " \t\r\n") + "\n")
		}
	}
	var out []string
	for q := range strings.SplitSeq(text.String(), ";\n") {
		if q = strings.TrimSpace(q); q != "" {
			out = append(out, q)
		}
	}
	return out
}

// TestQueriesElasticsearchParses formats what Elasticsearch parses, twice.
func TestQueriesElasticsearchParses(t *testing.T) {
	queries := queriesOf(t, "queries-supported.eql")
	last := len(queries) - 1 // its lines are a query each
	queries = append(queries[:last:last], strings.Split(queries[last], "\n")...)
	for i, text := range queries {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			if strings.HasPrefix(text, "join") { // which Elasticsearch refuses, too, if only later
				_, err := eql.Compile(text)
				assert.ErrorContains(t, err, "join is not supported")
				return
			}
			format := func(text string) string {
				q, err := parser.Parse(&source.File{Text: text}, parser.Options{})
				require.NoError(t, err, text)
				return ast.Format(q)
			}
			once := format(text)
			assert.Equal(t, once, format(once))
		})
	}
}

// TestQueriesElasticsearchRefuses wants an error for each.
func TestQueriesElasticsearchRefuses(t *testing.T) {
	for i, text := range queriesOf(t, "queries-unsupported.eql") {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			_, err := eql.Compile(text)
			var list eql.List
			require.ErrorAs(t, err, &list, text)
		})
	}
}

// TestQueriesElasticsearchAccepts wants none.
func TestQueriesElasticsearchAccepts(t *testing.T) {
	for i, c := range table[struct{ Query string }](t, shared(t, parseVectors+"accepted.jsonl")) {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			_, err := eql.Compile(c.Query)
			assert.NoError(t, err, c.Query)
		})
	}
}

// The vectors disagree on the place of an array index: most of them say its
// bracket, others its number. We hold all of them to the bracket.
const arrayIndex = "array indexing is not supported"

// TestErrorVectors wants an error, and at its place.
func TestErrorVectors(t *testing.T) {
	type row struct {
		Query, Kind, Entry, Error string
		Line                      int               `json:"at_line"`
		Col                       int               `json:"at_col"`
		Fields                    map[string]string // their types
	}
	for i, c := range table[row](t, shared(t, parseVectors+"errors.jsonl")) {
		if c.Kind == "mapping" || c.Kind == "unknown-field" {
			continue // about mappings that are not given
		}
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			text, prefix := c.Query, ""
			if c.Entry != "query" {
				prefix = "any where "
				text = prefix + text
			}
			var opts []eql.Option
			if c.Fields != nil {
				opts = append(opts, eql.WithSchema(mappingOf(t, c.Fields)))
			}
			_, err := eql.Compile(text, opts...)
			var list eql.List
			require.True(t, errors.As(err, &list), text)
			if c.Line == 0 {
				return
			}
			want := source.Position{Line: c.Line, Column: len(prefix) + c.Col}
			if c.Error == arrayIndex {
				want.Column = strings.LastIndexByte(text[:want.Column], '[') + 1
			}
			assert.Equal(t, want, list[0].Position(), "%s\n%s", c.Error, list.Render())
		})
	}
}

// mappingOf makes a mapping of types such as "long" or "text (with .keyword)".
func mappingOf(t *testing.T, fields map[string]string) *schema.Mapping {
	t.Helper()
	properties := make(map[string]any)
	for path, text := range fields {
		words := strings.Fields(text)
		property := map[string]any{"type": words[0]}
		if strings.Contains(text, ".keyword)") || strings.Contains(strings.Join(words[1:], " "), "keyword") {
			property["fields"] = map[string]any{"keyword": map[string]any{"type": "keyword"}}
		}
		properties[path] = property
	}
	data, err := json.Marshal(map[string]any{"properties": properties})
	require.NoError(t, err)
	m, err := schema.FromMapping(data)
	require.NoError(t, err)
	return m
}
