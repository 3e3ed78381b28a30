package evaltest_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/parser"
)

// shared returns a path below the folder of conformance data, which may stand
// beside the repository, and skips the test if there is none.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		name := filepath.Join(dir, "shared", path)
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	t.Skipf("no conformance data: %s", path)
	return ""
}

func parse(t *testing.T, text string) *ast.Query {
	t.Helper()
	q, err := parser.Parse(&source.File{Text: text}, parser.Options{})
	require.NoError(t, err, text)
	return q
}

// decode reads JSON with its numbers as they are written.
func decode(t *testing.T, data string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(data))
	d.UseNumber()
	require.NoError(t, d.Decode(into), data)
}

// lines calls do for each line of a file.
func lines(t *testing.T, path string, do func(line string)) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var s *bufio.Scanner
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		s = bufio.NewScanner(z)
	} else {
		s = bufio.NewScanner(f)
	}
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		do(s.Text())
	}
	require.NoError(t, s.Err())
}

// ids are the values of a field of the events of each result; nil stands for a
// missing event.
func ids(results []evaltest.Result, docs []map[string]any, field string) [][]any {
	out := [][]any{}
	for _, r := range results {
		var of []any
		for _, i := range r.Events {
			if i < 0 {
				of = append(of, nil)
			} else {
				of = append(of, docs[i][field])
			}
		}
		out = append(out, of)
	}
	return out
}

func TestRandomCases(t *testing.T) {
	lines(t, shared(t, "conformance/random/cases.jsonl"), func(line string) {
		var c struct {
			ID, Query, Tiebreaker string
			Events                []map[string]any
			Expected              [][]any
			JoinKeys              [][]any `json:"join_keys"`
		}
		decode(t, line, &c)
		t.Run(c.ID, func(t *testing.T) {
			got, err := evaltest.Evaluate(parse(t, c.Query), c.Events, evaltest.Options{TiebreakerField: c.Tiebreaker, Sort: true})
			require.NoError(t, err)
			require.Equal(t, c.Expected, ids(got, c.Events, "id"), c.Query)
			if c.JoinKeys == nil {
				return
			}
			keys := [][]any{}
			for _, r := range got {
				keys = append(keys, r.Keys)
			}
			want, err := json.Marshal(c.JoinKeys)
			require.NoError(t, err)
			have, err := json.Marshal(keys)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(have), c.Query)
		})
	})
}

func TestSeriesSpec(t *testing.T) {
	var text strings.Builder
	lines(t, shared(t, "conformance/elasticsearch/queries/sequences.series-spec"), func(line string) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			text.WriteString(line + "\n")
		}
	})
	number := regexp.MustCompile(`\d+`)
	id := func(token string) json.Number {
		return json.Number(number.FindString(token[strings.LastIndex(token, "|")+1:]))
	}
	parts := strings.Split(text.String(), ";\n")
	for i := 0; i+1 < len(parts); i += 2 {
		head := strings.Split(strings.TrimSpace(parts[i]), "\n")
		t.Run(head[0], func(t *testing.T) {
			query := "sequence"
			if strings.Contains(parts[i], "|") {
				query += " by key"
			}
			var docs []map[string]any
			var querySb145 strings.Builder
			for step, line := range head[1:] {
				category := "s" + strconv.Itoa(step)
				querySb145.WriteString(" [" + category + " where true]")
				for _, token := range strings.Fields(line) {
					key, _, _ := strings.Cut(token, "|")
					docs = append(docs, map[string]any{"@timestamp": id(token), "event.category": category, "id": id(token), "key": key})
				}
			}
			query += querySb145.String()
			want := [][]any{}
			for line := range strings.Lines(parts[i+1]) {
				var events []any
				for _, token := range strings.Fields(line) {
					events = append(events, id(token))
				}
				want = append(want, events)
			}
			got, err := evaltest.Evaluate(parse(t, query), docs, evaltest.Options{Sort: true})
			require.NoError(t, err)
			require.Equal(t, want, ids(got, docs, "id"))
		})
	}
}

// typed are the queries whose results depend on the types of a mapping: dates
// in a format of their own, versions, a stand-in for null.
var typed = map[string]bool{
	"customDateFormatAsKey_SameIndexResults":         true,
	"customDateFormatsAsKey_DifferentIndicesResults": true,
	"customDateFormatsAsKey_DifferentKeyNames":       true,
	"optionalDefaultNullValueFieldEqualNull":         true,
	"optionalDefaultNullValueFieldEqualDefaultValue": true,
	"sequenceWithVersionRangeCheck":                  true,
	"sequenceWithVersionRangeCheck2":                 true,
}

// TestElasticsearchQueries runs the queries that need no types from a mapping.
func TestElasticsearchQueries(t *testing.T) {
	dir := "conformance/elasticsearch/"
	load := func(t *testing.T, names ...string) (docs []map[string]any) {
		for _, name := range names {
			var text strings.Builder
			lines(t, shared(t, dir+"data/"+name), func(line string) {
				if !strings.HasPrefix(strings.TrimSpace(line), "//") {
					text.WriteString(line + "\n")
				}
			})
			var more []map[string]any
			decode(t, text.String(), &more)
			docs = append(docs, more...)
		}
		for _, d := range docs {
			if _, ok := d["event.category"]; !ok {
				d["event.category"] = d["event_type"]
			}
			if seq, ok := d["sequence"]; ok {
				d["event.sequence"] = seq
			}
		}
		return docs
	}
	tests := []struct {
		queries string
		data    []string
		id      string
		tie     string
	}{
		{"test_missing_events", []string{"missing-events.data"}, "sequence", "sequence"},
		{"test_sample", []string{"sample1.data", "sample2.data", "sample3.data"}, "id", ""},
		{"test_sample_multi", []string{"sample-multi.data"}, "id", ""},
		{"test_extra.normalized", []string{"extra.data"}, "sequence", "sequence"},
		{"test_queries", []string{"test_data.json"}, "serial_event_id", "serial_event_id"},
		{"additional_test_queries", []string{"test_data.json"}, "serial_event_id", "serial_event_id"},
	}
	for _, tt := range tests {
		t.Run(tt.queries, func(t *testing.T) {
			docs := load(t, tt.data...)
			if tt.id == "serial_event_id" {
				for _, d := range docs {
					filetime, err := d["timestamp"].(json.Number).Int64()
					require.NoError(t, err)
					d["@timestamp"] = filetime/10000 - 11644473600000
				}
			}
			text, err := os.ReadFile(shared(t, dir+"queries/"+tt.queries+".toml"))
			require.NoError(t, err)
			var file struct {
				Queries []struct {
					Name             string
					Query            string
					Expected         []any `toml:"expected_event_ids"`
					JoinKeys         []any `toml:"join_keys"`
					Size             *int
					MaxSamplesPerKey int `toml:"max_samples_per_key"`
				}
			}
			require.NoError(t, toml.Unmarshal(text, &file))
			for i, c := range file.Queries {
				if typed[c.Name] {
					continue
				}
				t.Run(c.Name+"/"+strconv.Itoa(i), func(t *testing.T) {
					results, err := evaltest.Evaluate(parse(t, c.Query), docs, evaltest.Options{
						TiebreakerField: tt.tie, MaxSamplesPerKey: c.MaxSamplesPerKey, Sort: true,
					})
					require.NoError(t, err)
					size := 50
					if c.Size != nil {
						size = *c.Size
					}
					results = results[:min(len(results), size)]
					got, keys := []any{}, []any{}
					for _, event := range slices.Concat(ids(results, docs, tt.id)...) {
						id := int64(-1)
						if event != nil {
							id, err = event.(json.Number).Int64()
							require.NoError(t, err)
						}
						got = append(got, id)
					}
					for _, r := range results {
						for _, k := range r.Keys {
							text, err := json.Marshal(k)
							require.NoError(t, err)
							keys = append(keys, strings.Trim(string(text), `"`))
						}
					}
					if len(c.Expected) > 0 {
						if _, nested := c.Expected[0].([]any); nested {
							assert.Contains(t, c.Expected, any(got), c.Query)
							return
						}
					}
					want := append([]any{}, c.Expected...)
					assert.Equal(t, want, got, c.Query)
					if len(c.JoinKeys) > 0 {
						assert.Equal(t, c.JoinKeys, keys, c.Query)
					}
				})
			}
		})
	}
}

// TestFolding compares the values of constant expressions.
func TestFolding(t *testing.T) {
	type section struct {
		Fold struct {
			Tests []struct {
				Expression string
				Expected   any
			}
		}
	}
	dir := "conformance/elasticsearch/queries/"
	load := func(name string) (file map[string]section) {
		text, err := os.ReadFile(shared(t, dir+name+".toml"))
		require.NoError(t, err)
		require.NoError(t, toml.Unmarshal(text, &file))
		return file
	}
	seen := map[string]bool{
		`substring("hello world", null, 5)`: true, // is the source: a null start is none
	}
	for _, s := range load("test_unsupported") {
		for _, c := range s.Fold.Tests {
			seen[c.Expression] = true
		}
	}
	for _, name := range []string{"test_string_functions", "test_folding"} {
		for _, s := range load(name) {
			for _, c := range s.Fold.Tests {
				if seen[c.Expression] {
					continue
				}
				seen[c.Expression] = true
				query := "any where "
				switch want := c.Expected.(type) {
				case nil:
					query += "(" + c.Expression + ") == null"
				case bool:
					query += "(" + c.Expression + ") == " + strconv.FormatBool(want)
				default:
					text, err := json.Marshal(want)
					require.NoError(t, err)
					query += "(" + c.Expression + ") == " + string(text)
				}
				got, err := evaltest.Evaluate(parse(t, query), []map[string]any{{}}, evaltest.Options{})
				assert.NoError(t, err, query)
				assert.Len(t, got, 1, query)
			}
		}
	}
}

// large makes TestRealTelemetry take its time.
var large = flag.Bool("large", false, "run over large captures, too")

func TestRealTelemetry(t *testing.T) {
	const limit = 350_000 // bytes, compressed
	type fact struct {
		ID, File, Kind, EQL string
		IDs                 []any
	}
	facts := make(map[string][]fact)
	lines(t, shared(t, "data/real/facts.jsonl"), func(line string) {
		var f fact
		decode(t, line, &f)
		facts[f.File] = append(facts[f.File], f)
	})
	for file, list := range facts {
		t.Run(file, func(t *testing.T) {
			path := shared(t, "data/real/"+file)
			if info, err := os.Stat(path); err == nil && info.Size() > limit && !*large {
				t.Skip("large; see -large")
			}
			var docs []map[string]any
			lines(t, path, func(line string) {
				var doc map[string]any
				decode(t, line, &doc)
				docs = append(docs, doc)
			})
			for _, f := range list {
				results, err := evaltest.Evaluate(parse(t, f.EQL), docs, evaltest.Options{})
				require.NoError(t, err)
				got := []any{}
				for _, r := range results {
					var events []any
					for _, i := range r.Events {
						events = append(events, json.Number(strconv.Itoa(i))) // line number
					}
					if f.Kind == "sequence" {
						got = append(got, events)
					} else {
						got = append(got, events...)
					}
				}
				assert.ElementsMatch(t, f.IDs, got, "%s: %s", f.ID, f.EQL)
			}
		})
	}
}
