package eval_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
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

// differ runs one query down both evaluators and fails if they differ.
func differ(t *testing.T, text string, docs []map[string]any, tiebreaker string) {
	t.Helper()
	differIn(t, ast.Elasticsearch, text, docs, tiebreaker)
}

func differIn(t *testing.T, dialect ast.Dialect, text string, docs []map[string]any, tiebreaker string) {
	t.Helper()
	tree, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
	require.NoError(t, err, text)
	q, err := eval.Compile(tree, eval.Config{Dialect: dialect, TiebreakerField: tiebreaker, Ordered: true})
	if err != nil {
		if strings.Contains(err.Error(), "too complex") {
			t.Skip(err)
		}
		require.NoError(t, err, text)
	}
	want, err := evaltest.Evaluate(tree, docs, evaltest.Options{Dialect: dialect, TiebreakerField: tiebreaker, Sort: tiebreaker != ""})
	require.NoError(t, err, text)
	for kind, wrap := range eventKinds {
		got := run(t, q, docs, wrap)
		if !slices.Equal(got, format(want)) {
			data, _ := json.Marshal(docs)
			t.Fatalf("%s\nover %s\nas %s:\ngot  %q\nwant %q", text, data, kind, got, format(want))
		}
	}
}

// numbered is an event that knows its place.
type numbered struct {
	eval.Event
	index int
}

// run returns each match as text: its keys and the places of its events.
func run(t *testing.T, q *eval.Query, docs []map[string]any, wrap func([]byte) eval.Event) []string {
	t.Helper()
	var out []string
	add := func(m eval.Match) bool {
		var b strings.Builder
		for _, k := range m.Keys {
			fmt.Fprintf(&b, "%s ", plain(k))
		}
		for _, ev := range m.Events {
			if ev == nil {
				b.WriteString(" -1")
			} else {
				fmt.Fprintf(&b, " %d", ev.(interface{ place() int }).place())
			}
		}
		out = append(out, b.String())
		return true
	}
	s := eval.NewEngine(q).NewStream()
	for i, d := range docs {
		doc, err := json.Marshal(d)
		require.NoError(t, err)
		require.NoError(t, s.Push(number(wrap(doc), i), add))
	}
	s.Close(add)
	return out
}

// number wraps an event, keeping its fast path if it has one.
func number(ev eval.Event, index int) eval.Event {
	n := numbered{ev, index}
	if x, ok := ev.(event.Extractor); ok {
		return numberedExtractor{n, x}
	}
	return n
}

type numberedExtractor struct {
	numbered
	event.Extractor
}

func (n numberedExtractor) Field(path string) value.Value { return n.Event.Field(path) }

func (n numbered) place() int { return n.index }

func plain(v value.Value) string {
	if v.Kind() == value.String {
		return fmt.Sprintf("%q", v.Str())
	}
	return v.String()
}

func format(results []evaltest.Result) []string {
	var out []string
	for _, r := range results {
		var b strings.Builder
		for _, k := range r.Keys {
			switch k := k.(type) {
			case nil:
				b.WriteString("null ")
			case string:
				fmt.Fprintf(&b, "%q ", k)
			case float64:
				fmt.Fprintf(&b, "%s ", value.OfFloat(k))
			default:
				fmt.Fprintf(&b, "%v ", k)
			}
		}
		for _, i := range r.Events {
			fmt.Fprintf(&b, " %d", i)
		}
		out = append(out, b.String())
	}
	return out
}

// TestDifferential compares the two evaluators over a fixed walk through the
// generator; the fuzz targets below go on from there.
func TestDifferential(t *testing.T) {
	rounds := 500
	if testing.Short() {
		rounds = 100
	}
	g := evaltest.NewGen(rand.New(rand.NewPCG(1, 2)))
	for range rounds {
		differ(t, g.EventQuery(), g.Docs(8), "")
		differ(t, g.SequenceQuery(), g.Docs(12), "")
		differ(t, g.SampleQuery(), g.Docs(12), "")
		differ(t, g.SequenceQuery(), g.Docs(12), "seq")
	}
}

func FuzzEval(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		q := g.EventQuery()
		differ(t, q, g.Docs(6), "")
	})
}

func FuzzSequence(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		q := g.SequenceQuery()
		if len(data)%4 == 0 {
			q = g.SampleQuery()
		}
		tiebreaker := ""
		if len(data)%2 == 0 {
			tiebreaker = "seq"
		}
		differ(t, q, g.Docs(12), tiebreaker)
	})
}

// TestDifferentialEndpoint does the same in the endpoint dialect.
func TestDifferentialEndpoint(t *testing.T) {
	rounds := 500
	if testing.Short() {
		rounds = 100
	}
	g := evaltest.NewGen(rand.New(rand.NewPCG(5, 6)))
	for range rounds {
		differIn(t, ast.Endpoint, g.EndpointQuery(), g.EndpointDocs(8), "")
		differIn(t, ast.Endpoint, g.EndpointSequence(), g.EndpointDocs(12), "")
		differIn(t, ast.Endpoint, g.EndpointSequence(), g.EndpointDocs(12), "seq")
	}
}

func FuzzEndpoint(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		q, tiebreaker := g.EndpointQuery(), ""
		switch len(data) % 3 {
		case 0:
			q = g.EndpointSequence()
		case 1:
			q, tiebreaker = g.EndpointSequence(), "seq"
		}
		differIn(t, ast.Endpoint, q, g.EndpointDocs(12), tiebreaker)
	})
}

// seed adds bytes that lead the generator far.
func seed(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		data := make([]byte, 300+r.IntN(5))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
}

// TestRunStops shows that a run ends when its caller wants no more, and that
// the stream goes on from there.
func TestRunStops(t *testing.T) {
	q := compile(t, "any where true")
	s := eval.NewEngine(q).NewStream()
	docs := slices.Values([]eval.Event{event.Map{"id": 1}, event.Map{"id": 2}, event.Map{"id": 3}})
	for m, err := range s.Run(context.Background(), docs) {
		require.NoError(t, err)
		require.Equal(t, "1", show(m))
		break
	}
	require.EqualValues(t, 1, s.Stats().Matches)
	var rest []string
	require.NoError(t, s.Push(event.Map{"id": 4}, func(m eval.Match) bool {
		rest = append(rest, show(m))
		return true
	}))
	require.Equal(t, []string{"4"}, rest)
}
