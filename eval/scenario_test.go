package eval_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
)

// A scenario is a query, what happens, and what the query makes of it.
type scenario struct {
	title, query string
	events       []string // JSON documents
	want         []string
}

// TestScenarios runs the files of testdata/scenarios. Each scenario goes down
// every path that an event can take into a stream.
func TestScenarios(t *testing.T) {
	scenarios(t, "testdata/scenarios/*.txt", ast.Elasticsearch)
}

// TestEndpointScenarios does so for those of the endpoint dialect.
func TestEndpointScenarios(t *testing.T) {
	scenarios(t, "testdata/scenarios/endpoint/*.txt", ast.Endpoint)
}

func scenarios(t *testing.T, pattern string, dialect ast.Dialect) {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			for _, s := range readScenarios(t, file) {
				t.Run(s.title, func(t *testing.T) {
					q := compileWith(t, s.query, eval.Config{Dialect: dialect})
					for kind, wrap := range eventKinds {
						require.Equal(t, s.want, matches(t, q, s.events, wrap), "events as %s", kind)
					}
					require.ElementsMatch(t, s.want, reference(t, q, s.events), "the plain evaluator")
				})
			}
		})
	}
}

// eventKinds are the ways to hand a document to a stream.
var eventKinds = map[string]func(doc []byte) eval.Event{
	"raw JSON":  func(doc []byte) eval.Event { return event.JSON(doc) },
	"a map":     func(doc []byte) eval.Event { return decoded(doc) },
	"an object": func(doc []byte) eval.Event { return opaque{decoded(doc)} },
}

func decoded(doc []byte) event.Map {
	m, err := event.Decode(doc)
	if err != nil {
		panic(err)
	}
	return event.Map(m)
}

// opaque is an embedder's event: it answers look-ups and nothing else.
type opaque struct{ m event.Map }

func (o opaque) Field(path string) value.Value { return o.m.Field(path) }

func compile(t testing.TB, text string) *eval.Query {
	t.Helper()
	return compileWith(t, text, eval.Config{})
}

func compileWith(t testing.TB, text string, c eval.Config) *eval.Query {
	t.Helper()
	tree, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: c.Dialect})
	require.NoError(t, err)
	q, err := eval.Compile(tree, c)
	require.NoError(t, err)
	return q
}

// matches runs the events and returns each match as "keys: ids".
func matches(t *testing.T, q *eval.Query, docs []string, wrap func([]byte) eval.Event) []string {
	t.Helper()
	var events iter.Seq[eval.Event] = func(yield func(eval.Event) bool) {
		for _, d := range docs {
			if !yield(wrap([]byte(d))) {
				return
			}
		}
	}
	var out []string
	for m, err := range eval.NewEngine(q).NewStream().Run(context.Background(), events) {
		require.NoError(t, err)
		out = append(out, show(m))
	}
	return out
}

// reference is what the plain evaluator makes of the events.
func reference(t *testing.T, q *eval.Query, events []string) []string {
	t.Helper()
	docs := make([]map[string]any, len(events))
	for i, e := range events {
		docs[i] = decoded([]byte(e))
	}
	results, err := evaltest.Evaluate(q.AST(), docs, evaltest.Options{Dialect: q.Dialect()})
	require.NoError(t, err)
	var out []string
	for _, r := range results {
		m := eval.Match{}
		for _, k := range r.Keys {
			m.Keys = append(m.Keys, event.Map{"k": k}.Field("k"))
		}
		for _, i := range r.Events {
			if i < 0 {
				m.Events = append(m.Events, nil)
				continue
			}
			m.Events = append(m.Events, event.Map(docs[i]))
		}
		out = append(out, show(m))
	}
	return out
}

func show(m eval.Match) string {
	var ids, keys []string
	for _, ev := range m.Events {
		if ev == nil {
			ids = append(ids, "-")
			continue
		}
		ids = append(ids, ev.Field("id").String())
	}
	for _, k := range m.Keys {
		keys = append(keys, k.String())
	}
	s := strings.Join(ids, " ")
	if keys != nil {
		s = strings.Join(keys, ", ") + ": " + s
	}
	return s
}

func readScenarios(t *testing.T, file string) []scenario {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var out []scenario
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if title, ok := strings.CutPrefix(line, "== "); ok {
			out = append(out, scenario{title: title})
			continue
		}
		s := &out[len(out)-1]
		switch {
		case strings.HasPrefix(line, "> "):
			s.events = append(s.events, document(t, fmt.Sprintf("%s:%d", file, i+1), line[2:]))
		case strings.HasPrefix(line, "= "):
			s.want = append(s.want, line[2:])
		default:
			s.query += line + "\n"
		}
	}
	return out
}

// document makes JSON of "time category id field=value ...". A value that is no
// JSON is text.
func document(t *testing.T, place, line string) string {
	t.Helper()
	parts := strings.SplitN(line, " ", 4)
	require.GreaterOrEqual(t, len(parts), 3, place)
	var b strings.Builder
	fmt.Fprintf(&b, `{"@timestamp": %s, "event.category": %q, "id": %s`, parts[0], parts[1], parts[2])
	if len(parts) == 4 {
		for _, f := range strings.Fields(parts[3]) {
			name, val, ok := strings.Cut(f, "=")
			require.True(t, ok, place)
			if !json.Valid([]byte(val)) {
				val = strconv.Quote(val)
			}
			fmt.Fprintf(&b, `, %q: %s`, name, val)
		}
	}
	return b.String() + "}"
}
