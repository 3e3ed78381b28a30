package eql_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
)

const (
	elasticsearchData    = "conformance/elasticsearch/data/"
	elasticsearchQueries = "conformance/elasticsearch/queries/"
)

// An index is data that queries are run over.
type index struct {
	events  []eql.Event
	id      string // the field that expected results name events by
	options []eql.Option
}

// newIndex orders events; an empty tiebreaker is none.
func newIndex(events []eql.Event, id, tiebreaker string, mapping ...eql.Option) *index {
	order(events, tiebreaker)
	x := &index{events: events, id: id, options: mapping}
	if tiebreaker != "" {
		x.options = append(x.options, eql.WithTiebreakerField(tiebreaker))
	}
	return x
}

// uncommented returns a file without the lines that are comments.
func uncommented(t *testing.T, name string) []byte {
	t.Helper()
	var out []byte
	for _, line := range lines(t, shared(t, elasticsearchData+name)) {
		if start := bytes.TrimSpace(line); !bytes.HasPrefix(start, []byte("//")) && !bytes.HasPrefix(start, []byte("#")) {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

// mapped reads a mapping whose keywords may have a placeholder for a type.
func mapped(t *testing.T, mapping []byte) eql.Option {
	t.Helper()
	m, err := schema.FromMapping(bytes.ReplaceAll(mapping, []byte("[runtime_random_keyword_type]"), []byte("keyword")))
	require.NoError(t, err)
	return eql.WithSchema(m)
}

// load makes events of arrays of documents, each passed through change.
func load(t *testing.T, change func(doc map[string]any), names ...string) []eql.Event {
	t.Helper()
	var events []eql.Event
	for _, name := range names {
		var docs []json.RawMessage
		require.NoError(t, json.Unmarshal(uncommented(t, name), &docs))
		for _, doc := range docs {
			fields, err := event.Decode(doc)
			require.NoError(t, err)
			if category, ok := fields["event_type"]; ok {
				fields["event.category"] = category
			}
			change(fields)
			text, err := json.Marshal(fields)
			require.NoError(t, err)
			events = append(events, eql.JSON(text))
		}
	}
	return events
}

// indices are the data of the queries, by the name of the queries' file.
func indices(t *testing.T) map[string]*index {
	t.Helper()
	number := func(doc map[string]any) int64 {
		n, err := doc["timestamp"].(json.Number).Int64()
		require.NoError(t, err)
		return n
	}
	const epoch = 11644473600000 // milliseconds from 1601, as Windows counts, to 1970
	millis := func(doc map[string]any) { doc["@timestamp"] = number(doc)/10000 - epoch }
	nanos := func(doc map[string]any) {
		doc["@timestamp"] = time.Unix(0, number(doc)).UTC().Format("2006-01-02T15:04:05.000000000Z")
	}
	same := func(map[string]any) {}
	// The mapping of some samples has a date in a format of its own.
	date := regexp.MustCompile(`^(\d\d)-(\d\d)-(\d{4})$`)
	iso := func(doc map[string]any) {
		if s, ok := doc["@timestamp_pretty"].(string); ok {
			doc["@timestamp_pretty"] = date.ReplaceAllString(s, "$3-$2-$1")
		}
	}

	endgame := mapped(t, uncommented(t, "endgame-140.mapping"))
	endgameMillis := newIndex(load(t, millis, "test_data.json"), "serial_event_id", "serial_event_id", endgame)
	return map[string]*index{
		"test_queries":            endgameMillis,
		"additional_test_queries": endgameMillis,
		"test_queries_date":       endgameMillis,
		"test_queries_date_nanos": newIndex(load(t, nanos, "test_data.json"), "serial_event_id", "serial_event_id", endgame),
		"test_extra.normalized":   newIndex(load(t, same, "extra.data"), "sequence", "sequence", mapped(t, uncommented(t, "extra.mapping"))),
		"test_missing_events":     newIndex(load(t, same, "missing-events.data"), "sequence", "sequence", mapped(t, uncommented(t, "missing-events.mapping"))),
		"test_sample": newIndex(load(t, iso, "sample1.data", "sample2.data", "sample3.data"), "id", "",
			mapped(t, []byte(`{"properties": {"@timestamp_pretty": {"type": "date"}, "date": {"type": "date"}}}`))),
		"test_sample_multi": newIndex(load(t, same, "sample-multi.data"), "id", "", mapped(t, uncommented(t, "sample-multi.mapping"))),
	}
}

// answers are the acceptable results: of one query one list of ids, or several.
func answers(expected []any) [][]int64 {
	out := [][]int64{{}}
	for i, x := range expected {
		if list, ok := x.([]any); ok {
			if i == 0 {
				out = nil
			}
			out = append(out, answers(list)...)
			continue
		}
		out[0] = append(out[0], x.(int64))
	}
	return out
}

// text prints a join key as expected results do.
func text(t *testing.T, key any) string {
	t.Helper()
	if s, ok := key.(string); ok {
		return s
	}
	out, err := json.Marshal(key)
	require.NoError(t, err)
	return string(out)
}

// TestElasticsearchQueries runs the queries of Elasticsearch's own tests.
func TestElasticsearchQueries(t *testing.T) {
	shared(t, elasticsearchData)
	for name, x := range indices(t) {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(shared(t, elasticsearchQueries+name+".toml"))
			require.NoError(t, err)
			var file struct {
				Queries []struct {
					Name, Query      string
					Expected         []any `toml:"expected_event_ids"`
					JoinKeys         []any `toml:"join_keys"`
					Size             *int
					MaxSamplesPerKey int `toml:"max_samples_per_key"`
				}
			}
			require.NoError(t, toml.Unmarshal(data, &file))
			require.NotEmpty(t, file.Queries)
			for i, c := range file.Queries {
				t.Run(strconv.Itoa(i)+" "+c.Name, func(t *testing.T) {
					size := 50
					if c.Size != nil {
						size = *c.Size
					}
					opts := append([]eql.Option{eql.WithSize(size)}, x.options...)
					if c.MaxSamplesPerKey > 0 {
						opts = append(opts, eql.WithMaxSamplesPerKey(c.MaxSamplesPerKey))
					}
					matches := run(t, compile(t, c.Query, opts...), x.events)
					got := []int64{}
					for _, events := range ids(t, matches, x.id) {
						got = append(got, events...)
					}
					assert.Contains(t, answers(c.Expected), got, c.Query)
					if len(c.JoinKeys) == 0 {
						return
					}
					var have, want []string
					for _, of := range keys(matches) {
						for _, k := range of {
							have = append(have, text(t, k))
						}
					}
					for _, k := range c.JoinKeys {
						want = append(want, text(t, k))
					}
					assert.Equal(t, want, have, c.Query)
				})
			}
		})
	}
}

// TestSequenceSeries runs sequences over series of numbered events.
func TestSequenceSeries(t *testing.T) {
	var spec strings.Builder
	for _, line := range lines(t, shared(t, elasticsearchQueries+"sequences.series-spec")) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			spec.WriteString(string(line) + "\n")
		}
	}
	digits := regexp.MustCompile(`\d+`)
	parse := func(token string) (key string, id int64) {
		bar := strings.LastIndexByte(token, '|')
		id, err := strconv.ParseInt(digits.FindString(token[bar+1:]), 10, 64)
		require.NoError(t, err)
		return token[:max(bar, 0)], id
	}
	parts := strings.Split(spec.String(), ";\n")
	require.Greater(t, len(parts), 1)
	for i := 0; i+1 < len(parts); i += 2 {
		name, steps, _ := strings.Cut(strings.TrimSpace(parts[i]), "\n")
		t.Run(name, func(t *testing.T) {
			query := "sequence"
			if strings.Contains(steps, "|") {
				query += " by key"
			}
			var events []eql.Event
			for step, line := range strings.Split(steps, "\n") {
				category := "s" + strconv.Itoa(step)
				query += " [" + category + " where true]"
				for _, token := range strings.Fields(line) {
					key, id := parse(token)
					events = append(events, eql.Map{"@timestamp": id, "event.category": category, "id": id, "key": key})
				}
			}
			want := [][]int64{}
			for line := range strings.Lines(parts[i+1]) {
				var of []int64
				for _, token := range strings.Fields(line) {
					_, id := parse(token)
					of = append(of, id)
				}
				want = append(want, of)
			}
			order(events, "")
			assert.Equal(t, want, ids(t, run(t, compile(t, query), events), "id"), query)
		})
	}
}

// TestConstantExpressions compares the values of expressions without fields.
func TestConstantExpressions(t *testing.T) {
	type section struct {
		Fold struct {
			Tests []struct {
				Expression string
				Expected   any
			}
		}
	}
	sections := func(name string) (file map[string]section) {
		data, err := os.ReadFile(shared(t, elasticsearchQueries+name+".toml"))
		require.NoError(t, err)
		require.NoError(t, toml.Unmarshal(data, &file))
		return file
	}
	seen := map[string]bool{
		`substring("hello world", null, 5)`: true, // a null start is none
	}
	for _, s := range sections("test_unsupported") {
		for _, c := range s.Fold.Tests {
			seen[c.Expression] = true
		}
	}
	for _, file := range []string{"test_string_functions", "test_folding"} {
		for name, s := range sections(file) {
			for _, c := range s.Fold.Tests {
				if seen[c.Expression] {
					continue
				}
				seen[c.Expression] = true
				t.Run(name+"/"+c.Expression, func(t *testing.T) {
					query := "any where (" + c.Expression + ") == " + literal(t, c.Expected)
					switch c.Expected {
					case true:
						query = "any where " + c.Expression
					case false:
						query = "any where not (" + c.Expression + ")"
					}
					doc := eql.JSON([]byte(`{"@timestamp": 0, "event": {"category": "x"}}`))
					assert.Len(t, run(t, compile(t, query), []eql.Event{doc}), 1, query)
				})
			}
		}
	}
}

// literal is a constant as a query writes it.
func literal(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(v))
	return strings.TrimSpace(out.String())
}
