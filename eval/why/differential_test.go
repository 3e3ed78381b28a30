package why_test

import (
	"encoding/json"
	"math/rand/v2"
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
	q, err := parser.Parse(&source.File{Name: "q", Text: text}, parser.Options{})
	require.NoError(t, err, text)
	return q
}

// oracle is the plain evaluator.
func oracle(t testing.TB, text string, docs []map[string]any) []evaltest.Result {
	t.Helper()
	results, err := evaltest.Evaluate(parse(t, text), docs, evaltest.Options{})
	require.NoError(t, err, text)
	return results
}

// account runs a query over documents.
func account(t testing.TB, text string, docs []map[string]any) (*why.Recorder, *why.Account, bool) {
	t.Helper()
	q, err := eval.Compile(parse(t, text), eval.Config{Ordered: true})
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
func checkFindings(t testing.TB, query string, doc map[string]any, findings []why.Finding) {
	t.Helper()
	for _, f := range findings {
		text := "any where " + query[f.Span.Start.Offset():f.Span.End.Offset()]
		got := len(oracle(t, text, []map[string]any{doc})) > 0
		if got != f.Held {
			data, _ := json.Marshal(doc)
			t.Fatalf("the account of\n%s\nsays that this is %v:\n%s\nover %s", query, f.Held, text, data)
		}
	}
}

// check compares an account with the plain evaluator.
func check(t testing.TB, query string, docs []map[string]any) {
	t.Helper()
	r, a, ok := account(t, query, docs)
	if !ok {
		return
	}
	want := oracle(t, query, docs)
	require.Len(t, a.Matches, len(want), query)
	for i, m := range a.Matches {
		require.Equal(t, want[i].Events, m.Index, query)
		for _, p := range m.Passed {
			checkFindings(t, query, docs[p.Event], p.Findings)
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
		checkObstacle(t, query, docs, o)
	}
}

// checkObstacle checks that an obstacle tells the truth.
func checkObstacle(t testing.TB, query string, docs []map[string]any, o why.Obstacle) {
	t.Helper()
	if o.Kind == why.NoEvent {
		require.Equal(t, -1, o.Event)
		return
	}
	require.GreaterOrEqual(t, o.Event, 0, "%s: %s", query, o.Kind)
	require.Less(t, o.Event, len(docs))
	filter := filters(parse(t, query))[o.Step]
	whole := "any where " + query[filter.Where.Span().Start.Offset():filter.Where.Span().End.Offset()]
	step := query[filter.Span().Start.Offset():filter.Span().End.Offset()]
	doc := docs[o.Event : o.Event+1]
	switch o.Kind {
	case why.False:
		require.Empty(t, oracle(t, whole, doc), "%s: %s", query, o.Kind)
		require.NotEmpty(t, o.Findings, query)
		checkFindings(t, query, doc[0], o.Findings)
	case why.Category:
		require.Empty(t, oracle(t, step, doc), "%s: %s", query, o.Kind)
	case why.KeyDiffers, why.KeyMissing, why.TooLate, why.OutOfOrder, why.Late, why.Untimed, why.Cancelled, why.Refuted:
		require.NotEmpty(t, oracle(t, step, doc), "%s: %s", query, o.Kind)
	case why.Pending:
		t.Fatalf("%s: the stream is closed", query)
	}
}

// filters returns the filters of a query, that of until last.
func filters(q *ast.Query) []*ast.EventFilter {
	var out []*ast.EventFilter
	for n := range ast.Preorder(q) {
		if f, ok := n.(*ast.EventFilter); ok {
			out = append(out, f)
		}
	}
	return out
}

// TestDifferential compares accounts of random queries over random events.
func TestDifferential(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	g := evaltest.NewGen(rand.New(rand.NewPCG(7, 8)))
	for range rounds {
		check(t, g.EventQuery(), g.Docs(3))
		check(t, g.SequenceQuery(), g.Docs(10))
		check(t, g.SampleQuery(), g.Docs(8))
	}
}

func FuzzAccount(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		data := make([]byte, 300+r.IntN(3))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		switch len(data) % 3 {
		case 0:
			check(t, g.EventQuery(), g.Docs(3))
		case 1:
			check(t, g.SequenceQuery(), g.Docs(10))
		default:
			check(t, g.SampleQuery(), g.Docs(8))
		}
	})
}
