package why_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/why"
	"github.com/eqlkit/eqlkit/parser"
)

func parse(t testing.TB, text string) *ast.Query {
	t.Helper()
	return parseIn(t, ast.Elasticsearch, text)
}

func parseIn(t testing.TB, d ast.Dialect, text string) *ast.Query {
	t.Helper()
	q, err := parser.Parse(&source.File{Name: "q", Text: text}, parser.Options{Dialect: d})
	require.NoError(t, err, text)
	return q
}

// A comparison is one of accounts with the plain evaluator, in a dialect.
type comparison struct {
	testing.TB
	dialect ast.Dialect
}

// oracle is the plain evaluator.
func (t comparison) oracle(text string, docs []map[string]any) []evaltest.Result {
	t.Helper()
	results, err := evaltest.Evaluate(parseIn(t, t.dialect, text), docs, evaltest.Options{Dialect: t.dialect})
	require.NoError(t, err, text)
	return results
}

// alone reports whether a part of a query has a meaning by itself: it refers
// neither to earlier steps nor to processes seen before.
func alone(text string) bool { return !needsMore.MatchString(text) }

var needsMore = regexp.MustCompile(`descendant of|\be\d+\.`)

// account runs a query over documents.
func account(t testing.TB, text string, docs []map[string]any) (*why.Recorder, *why.Account, bool) {
	t.Helper()
	return comparison{t, ast.Elasticsearch}.account(text, docs)
}

func (t comparison) account(text string, docs []map[string]any) (*why.Recorder, *why.Account, bool) {
	t.Helper()
	q, err := eval.Compile(parseIn(t, t.dialect, text), eval.Config{Ordered: true, Dialect: t.dialect})
	if err != nil {
		return nil, nil, false // too complex a regular expression
	}
	r := why.NewRecorder(q)
	for _, d := range docs {
		data, err := json.Marshal(d)
		require.NoError(t, err)
		require.NoError(t, r.Push(event.JSON(data)))
	}
	r.Close()
	return r, r.Account(), true
}

// checkFindings asks the plain evaluator about every predicate by itself.
func (t comparison) findings(query string, doc map[string]any, findings []why.Finding) {
	t.Helper()
	for _, f := range findings {
		text := "any where " + query[f.Span.Start.Offset():f.Span.End.Offset()]
		if !alone(text) {
			continue
		}
		got := len(t.oracle(text, []map[string]any{doc})) > 0
		if got != f.Held {
			data, _ := json.Marshal(doc)
			t.Fatalf("the account of\n%s\nsays that this is %v:\n%s\nover %s", query, f.Held, text, data)
		}
	}
}

// check compares an account with the plain evaluator.
func (t comparison) check(query string, docs []map[string]any) {
	t.Helper()
	r, a, ok := t.account(query, docs)
	if !ok {
		return
	}
	want := t.oracle(query, docs)
	require.Len(t, a.Matches, len(want), query)
	for i, m := range a.Matches {
		require.Equal(t, want[i].Events, m.Index, query)
		for _, p := range m.Passed {
			t.findings(query, docs[p.Event], p.Findings)
		}
	}
	text := r.Printer(nil).Account(a)
	require.NotEmpty(t, text)
	if len(want) > 0 {
		require.Empty(t, a.Obstacles)
		return
	}
	require.NotEmpty(t, a.Obstacles, query)
	require.NotNil(t, a.Reached, query)
	for _, o := range a.Obstacles {
		t.obstacle(query, docs, o)
	}
}

// checkObstacle checks that an obstacle tells the truth.
func (t comparison) obstacle(query string, docs []map[string]any, o why.Obstacle) {
	t.Helper()
	if o.Kind == why.NoEvent {
		require.Equal(t, -1, o.Event)
		return
	}
	require.GreaterOrEqual(t, o.Event, 0, "%s: %s", query, o.Kind)
	require.Less(t, o.Event, len(docs))
	filter := filters(parseIn(t, t.dialect, query))[o.Step]
	whole := "any where " + query[filter.Where.Span().Start.Offset():filter.Where.Span().End.Offset()]
	step := query[filter.Span().Start.Offset():filter.Span().End.Offset()]
	doc := docs[o.Event : o.Event+1]
	if o.Kind == why.False {
		require.NotEmpty(t, o.Findings, query)
		t.findings(query, doc[0], o.Findings)
	}
	if !alone(step) {
		return
	}
	switch o.Kind {
	case why.False:
		require.Empty(t, t.oracle(whole, doc), "%s: %s", query, o.Kind)
	case why.Category:
		require.Empty(t, t.oracle(step, doc), "%s: %s", query, o.Kind)
	case why.KeyDiffers, why.KeyMissing, why.TooLate, why.OutOfOrder, why.Late, why.Untimed, why.Cancelled, why.Refuted:
		require.NotEmpty(t, t.oracle(step, doc), "%s: %s", query, o.Kind)
	case why.Pending:
		t.Fatalf("%s: the stream is closed", query)
	}
}

// filters returns the filters of a query, that of until last.
func filters(q *ast.Query) []*ast.EventFilter {
	var out []*ast.EventFilter
	ast.Inspect(q, func(n ast.Node) bool {
		if f, ok := n.(*ast.EventFilter); ok {
			out = append(out, f)
		}
		_, lineage := n.(*ast.Lineage) // whose filter is no step
		return !lineage
	})
	return out
}

// TestDifferential compares accounts of random queries over random events.
func TestDifferential(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	g := evaltest.NewGen(rand.New(rand.NewPCG(7, 8)))
	for range rounds {
		for _, kind := range kinds {
			kind(t, g)
		}
	}
}

// kinds are the comparisons by the kind of the query.
var kinds = []func(t testing.TB, g *evaltest.Gen){
	func(t testing.TB, g *evaltest.Gen) { comparison{t, ast.Elasticsearch}.check(g.EventQuery(), g.Docs(3)) },
	func(t testing.TB, g *evaltest.Gen) {
		comparison{t, ast.Elasticsearch}.check(g.SequenceQuery(), g.Docs(10))
	},
	func(t testing.TB, g *evaltest.Gen) {
		comparison{t, ast.Elasticsearch}.check(g.SampleQuery(), g.Docs(8))
	},
	func(t testing.TB, g *evaltest.Gen) {
		comparison{t, ast.Endpoint}.check(g.EndpointQuery(), g.EndpointDocs(6))
	},
	func(t testing.TB, g *evaltest.Gen) {
		comparison{t, ast.Endpoint}.check(g.EndpointSequence(), g.EndpointDocs(10))
	},
}

func FuzzAccount(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		data := make([]byte, 300+r.IntN(5))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		kinds[len(data)%len(kinds)](t, g)
	})
}
