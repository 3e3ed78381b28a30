package eval_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/parser"
)

// A world is queries and events in order. Events have an own number, "n", which
// is the tiebreaker, since the order of arrival is not to matter.
type world struct {
	queries []worldQuery
	events  []worldEvent
}

type worldQuery struct {
	text    string
	dialect ast.Dialect
}

type worldEvent struct {
	doc []byte
	at  time.Time
}

// compile compiles the queries afresh, as a restarted process does.
func (w *world) compile(t testing.TB) []*eval.Query {
	t.Helper()
	return w.compileBy(t, "n")
}

func (w *world) compileBy(t testing.TB, tiebreaker string) []*eval.Query {
	t.Helper()
	out := make([]*eval.Query, len(w.queries))
	for i, q := range w.queries {
		tree, err := parser.Parse(&source.File{Text: q.text}, parser.Options{Dialect: q.dialect})
		require.NoError(t, err, q.text)
		out[i], err = eval.Compile(tree, eval.Config{ID: fmt.Sprint("q", i), TiebreakerField: tiebreaker, Dialect: q.dialect})
		require.NoError(t, err, q.text)
	}
	return out
}

// randomWorld makes up queries of all kinds and events.
func randomWorld(r *rand.Rand, queries, events int) *world {
	g := evaltest.NewGen(r)
	w := &world{}
	if r.IntN(3) == 0 {
		for range queries {
			text := g.EndpointSequence()
			if r.IntN(4) == 0 {
				text = g.EndpointQuery()
			}
			w.queries = append(w.queries, worldQuery{text, ast.Endpoint})
		}
		w.add(g.EndpointDocs(events))
		return w
	}
	for range queries {
		switch r.IntN(8) {
		case 0:
			text, _, _ := strings.Cut(g.EventQuery(), " | ") // pipes of these go by arrival
			w.queries = append(w.queries, worldQuery{text: text})
		case 1:
			w.queries = append(w.queries, worldQuery{text: g.SampleQuery()})
		case 2, 3:
			w.queries = append(w.queries, worldQuery{aliasQuery(r), ast.Endpoint})
		default:
			w.queries = append(w.queries, worldQuery{text: g.SequenceQuery()})
		}
	}
	docs := g.Docs(events)
	for _, doc := range docs {
		// What endpoint rules ask about.
		doc["host.id"] = fmt.Sprint("h", r.IntN(2))
		doc["process.entity_id"] = fmt.Sprint("p", r.IntN(6))
		doc["process.parent.entity_id"] = fmt.Sprint("p", r.IntN(6))
		if r.IntN(3) == 0 {
			doc["event.type"] = "start"
		}
	}
	w.add(docs)
	return w
}

// add adds events.
func (w *world) add(docs []map[string]any) {
	for i, doc := range docs {
		doc["n"] = i
		data, _ := json.Marshal(doc)
		w.events = append(w.events, worldEvent{data, instant(doc["@timestamp"])})
	}
}

func instant(v any) time.Time {
	if n, ok := v.(json.Number); ok {
		ms, _ := n.Int64()
		return time.UnixMilli(ms)
	}
	at, _ := time.Parse(time.RFC3339Nano, v.(string))
	return at
}

// aliasQuery makes up a sequence whose steps have names, or a query about
// processes.
func aliasQuery(r *rand.Rand) string {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	letter := func() string { return pick(`"A"`, `"B"`, `"C"`, `"D"`) }
	if r.IntN(4) == 0 {
		above := fmt.Sprintf(`descendant of [any where e == %s]`, letter())
		return fmt.Sprintf(pick(
			`any where e == %s and %s`, `any where e == %s or %s`, `any where e == %s and not %s`, `any where e == %s or not %s`,
			`any where not (e == %s and %s)`, `any where src != null and (e == %s or not (dst == null and not %s))`,
			`any where (e == %s or 10 / (n %% 4) > 2 or %s) and src != null`,
		), letter(), above)
	}
	b := "sequence" + pick("", " by k", " by ?ok") + " with maxspan=" + pick("3ms", "10ms", "2s")
	b += fmt.Sprintf(" [any where e == %s] as x", letter())
	if r.IntN(3) == 0 {
		b += fmt.Sprintf(" ![any where e == %s]", letter())
	}
	b += fmt.Sprintf(" [any where e == %s and src == x.%s] as y", letter(), pick("dst", "src"))
	switch r.IntN(4) {
	case 0:
		b += fmt.Sprintf(" [any where t == y.t and e != %s]", letter())
	case 1:
		b += fmt.Sprintf(" ![any where e == %s and k2 == x.k2]", letter())
	case 2:
		b += fmt.Sprintf(" until [any where e == %s]", letter())
	}
	return b
}

// expected returns what the plain evaluator finds for a query, as the ends of
// descriptions.
func (w *world) expected(t testing.TB, i int) []string {
	t.Helper()
	docs := make([]map[string]any, len(w.events))
	for j, ev := range w.events {
		docs[j] = decoded(ev.doc)
	}
	q := w.queries[i]
	tree, err := parser.Parse(&source.File{Text: q.text}, parser.Options{Dialect: q.dialect})
	require.NoError(t, err)
	results, err := evaltest.Evaluate(tree, docs, evaltest.Options{Dialect: q.dialect, TiebreakerField: "n", Sort: true})
	require.NoError(t, err)
	return format(results)
}
