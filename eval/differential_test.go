package eval_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
)

// A trial is one query over some documents, to be answered by the engine and by
// the plain evaluator alike.
type trial struct {
	dialect    ast.Dialect
	query      string
	docs       []map[string]any // in order of time
	tiebreaker string
	perKey     int // samples for each key; 0 is 1
}

// trialOf makes up a trial.
func trialOf(g *evaltest.Gen, query string, docs int) trial {
	return trial{query: query, docs: g.DocsFor(query, docs)}
}

// check fails if the two evaluators differ.
func (x trial) check(t *testing.T) {
	t.Helper()
	tree, err := parser.Parse(&source.File{Text: x.query}, parser.Options{Dialect: x.dialect})
	require.NoError(t, err, x.query)
	ordered := eval.Config{Dialect: x.dialect, TiebreakerField: x.tiebreaker, MaxSamplesPerKey: x.perKey, Ordered: true}
	q, err := eval.Compile(tree, ordered)
	if err != nil && strings.Contains(err.Error(), "too complex") {
		return
	}
	require.NoError(t, err, x.query)
	results, err := evaltest.Evaluate(tree, x.docs, evaltest.Options{
		Dialect: x.dialect, TiebreakerField: x.tiebreaker, MaxSamplesPerKey: x.perKey, Sort: x.tiebreaker != "",
	})
	require.NoError(t, err, x.query)
	want := format(results)
	engine := eval.NewEngine(q)
	events := make([]eval.Event, len(x.docs))
	for _, kind := range differentialKinds {
		for i, d := range x.docs {
			events[i] = kind.event(t, d, i)
		}
		x.same(t, kind.name, run(t, engine, events), want)
	}
	if f, err := eval.NewFilter(q, nil); err == nil {
		x.same(t, "a filter", x.filtered(t, f, events), want)
	}
	if q.Kind() != "sequence" {
		return
	}
	// Out of order, as long as they come within the lateness, events of
	// different times make no difference.
	if x.tiebreaker == "" {
		late := slices.Clone(events)
		slices.SortStableFunc(late, func(a, b eval.Event) int {
			return int(timeOf(a)/7%3) - int(timeOf(b)/7%3)
		})
		x.same(t, "late events", run(t, engine, late, eval.WithLateness(time.Hour)), want)
	}
	// Without the order of the search API the matches are the same, unless
	// there are fewer of them by a pipe.
	if len(tree.Pipes) == 0 {
		ordered.Ordered = false
		q, err = eval.Compile(tree, ordered)
		require.NoError(t, err)
		got := run(t, eval.NewEngine(q), events)
		slices.Sort(got)
		slices.Sort(want)
		x.same(t, "matches in any order", got, want)
	}
}

// filtered returns what run would return of the events that f matches.
func (x trial) filtered(t *testing.T, f *eval.Filter, events []eval.Event) []string {
	t.Helper()
	var out []string
	for i, ev := range events {
		ok, err := f.Match(ev)
		require.NoError(t, err)
		if ok {
			out = append(out, fmt.Sprintf(" %d", i))
		}
	}
	return out
}

func (x trial) same(t *testing.T, kind string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		data, _ := json.Marshal(x.docs)
		t.Fatalf("%s\nover %s\nas %s, tiebreaker %q:\ngot  %q\nwant %q", x.query, data, kind, x.tiebreaker, got, want)
	}
}

// differentialKinds are the ways to hand a document to a stream.
var differentialKinds = []struct {
	name  string
	event func(t *testing.T, doc map[string]any, place int) eval.Event
}{
	{"raw JSON", func(t *testing.T, doc map[string]any, place int) eval.Event {
		t.Helper()
		text, err := json.Marshal(doc)
		require.NoError(t, err)
		return numberedJSON{event.JSON(text), place}
	}},
	{"a map", func(_ *testing.T, doc map[string]any, place int) eval.Event {
		return numberedMap{event.Map(doc), place}
	}},
	{"an object", func(_ *testing.T, doc map[string]any, place int) eval.Event {
		return numbered{opaque{event.Map(doc)}, place}
	}},
}

// The numbered events know their place; those that have a faster way than
// looking up fields keep it.
type (
	numbered struct {
		eval.Event
		index int
	}
	numberedJSON struct {
		*event.Document
		index int
	}
	numberedMap struct {
		event.Map
		index int
	}
)

func (n numbered) place() int     { return n.index }
func (n numberedJSON) place() int { return n.index }
func (n numberedMap) place() int  { return n.index }

func timeOf(ev eval.Event) int64 {
	ns, _ := event.ParseTime(ev.Field("@timestamp"))
	return ns
}

// run returns each match as text: its keys and the places of its events.
func run(t *testing.T, engine *eval.Engine, events []eval.Event, opts ...eval.StreamOption) []string {
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
	s := engine.NewStream(opts...)
	for _, ev := range events {
		require.NoError(t, s.Push(ev, add))
	}
	s.Close(add)
	return out
}

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

// eventTrial and sequenceTrial are what FuzzEval and FuzzSequence try.
func eventTrial(g *evaltest.Gen) trial { return trialOf(g, g.EventQuery(), 6) }

func sequenceTrial(g *evaltest.Gen) trial {
	kind := g.Choose(8)
	if kind == 0 {
		x := trialOf(g, g.SampleQuery(), 12)
		x.perKey = g.Choose(4)
		return x
	}
	query := g.SequenceQuery()
	if kind%2 == 0 {
		return trialOf(g, query, 12)
	}
	return trial{query: query, docs: g.DocsFor(query+" seq", 12), tiebreaker: "seq"}
}

// TestDifferential compares the two evaluators over a fixed walk through the
// generator; the fuzz targets below go on from there.
func TestDifferential(t *testing.T) {
	g := evaltest.NewGen(rand.New(rand.NewPCG(1, 2)))
	for range rounds(1500, 40_000) {
		eventTrial(g).check(t)
		sequenceTrial(g).check(t)
	}
}

// FuzzEval compares conditions, FuzzSequence sequences and samples. Give them
// "-fuzzminimizetime 1x": a failure prints its query and its documents, and
// making the bytes behind them fewer takes time away from new ones.
func FuzzEval(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) { eventTrial(evaltest.NewGenBytes(data)).check(t) })
}

func FuzzSequence(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) { sequenceTrial(evaltest.NewGenBytes(data)).check(t) })
}

// endpointTrial is what FuzzEndpoint tries.
func endpointTrial(g *evaltest.Gen) trial {
	x := trial{dialect: ast.Endpoint, docs: g.EndpointDocs(12)}
	switch g.Choose(7) {
	case 0, 1:
		x.query = g.EndpointQuery()
	case 2, 3:
		x.query = g.EndpointSequence()
	case 4:
		x.query = g.EndpointSample()
	default:
		x.query, x.tiebreaker = g.EndpointSequence(), "seq"
	}
	return x
}

// TestDifferentialEndpoint does the same in the endpoint dialect.
func TestDifferentialEndpoint(t *testing.T) {
	g := evaltest.NewGen(rand.New(rand.NewPCG(5, 6)))
	for range rounds(600, 15_000) {
		endpointTrial(g).check(t)
	}
}

func FuzzEndpoint(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) { endpointTrial(evaltest.NewGenBytes(data)).check(t) })
}

// seed adds bytes for all ways that the generator may begin.
func seed(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 64 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
}
