package eval_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
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
	"github.com/eqlkit/eqlkit/eval/shard"
	"github.com/eqlkit/eqlkit/parser"
)

// The property: the same events, in any order within the lateness, from any
// number of sources, in any batches, however often delivered, with a stop and
// restore at any point, give the same alerts with the same ids.

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
		return fmt.Sprintf(`any where e == %s and descendant of [any where e == %s]`, letter(), letter())
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

// A delivery is one way in which events can come.
type delivery struct {
	lateness time.Duration
	sources  int
	advance  bool // now and then time passes without an event
	restarts int  // one in so many events the stream is stopped and restored; 0 is never
	crashes  bool // a restart goes back to an earlier snapshot
	swaps    bool // now and then the engine is exchanged by an equal one
	twice    bool // some events are delivered again
	shards   int  // 0 is a stream on its own
	wrap     func([]byte) eval.Event
}

// A stream is an eval.Stream or a shard.Stream.
type stream interface {
	PushFrom(source string, ev eval.Event, yield func(eval.Match) bool) error
	Advance(t time.Time, yield func(eval.Match) bool) error
	EndSource(name string, yield func(eval.Match) bool) error
	Close(yield func(eval.Match) bool)
	SetPosition(source string, position []byte)
	Positions() map[string][]byte
	Restore(r io.Reader) (eval.Changes, error)

	swap(e *eval.Engine, yield func(eval.Match) bool) (eval.Changes, error)
	snapshot(w io.Writer, yield func(eval.Match) bool) error
	stats(yield func(eval.Match) bool) eval.Stats
	stop()
}

type wholeStream struct{ *eval.Stream }

func (s wholeStream) swap(e *eval.Engine, _ func(eval.Match) bool) (eval.Changes, error) {
	return s.Swap(e)
}
func (s wholeStream) snapshot(w io.Writer, _ func(eval.Match) bool) error { return s.Snapshot(w) }
func (s wholeStream) stats(func(eval.Match) bool) eval.Stats              { return s.Stats() }
func (s wholeStream) stop()                                               {}

type shardStream struct{ *shard.Stream }

func (s shardStream) swap(e *eval.Engine, yield func(eval.Match) bool) (eval.Changes, error) {
	return s.Swap(e, yield)
}

func (s shardStream) snapshot(w io.Writer, yield func(eval.Match) bool) error {
	return s.Snapshot(w, yield)
}
func (s shardStream) stats(yield func(eval.Match) bool) eval.Stats { return s.Stats(yield) }
func (s shardStream) stop()                                        { s.Stop() }

func (d delivery) stream(e *eval.Engine, opts []eval.StreamOption) stream {
	if d.shards > 0 {
		return shardStream{shard.New(e, d.shards, opts...)}
	}
	return wholeStream{e.NewStream(opts...)}
}

func (d delivery) String() string {
	return fmt.Sprintf("lateness %v, %d sources, advance %v, restarts %d, crashes %v, swaps %v, twice %v, shards %d", d.lateness, d.sources, d.advance, d.restarts, d.crashes, d.swaps, d.twice, d.shards)
}

// alerts returns the alerts as text: for each its id, keys and events. They are
// sorted, and each is there once if it is raised again after a crash.
func (w *world) alerts(t testing.TB, d delivery, r *rand.Rand) []string {
	t.Helper()
	opts := []eval.StreamOption{
		eval.WithLateness(d.lateness), eval.WithDistinct(eval.EventID), eval.WithoutRepeats(1 << 20),
		eval.WithOnLate(func(ev eval.Event) {
			if !d.twice {
				t.Errorf("late: event %s", ev.Field("n"))
			}
		}),
	}
	names := make([]string, d.sources)
	for i := range names {
		names[i] = fmt.Sprint("source ", i)
	}
	opts = append(opts, eval.WithSources(names...))
	feed := w.arrivals(d, r)
	s := d.stream(eval.NewEngine(w.compile(t)...), opts)
	var out []string
	add := func(m eval.Match) bool {
		out = append(out, describe(m))
		return true
	}
	var snapshot bytes.Buffer
	since := 0
	save := func(next int) {
		s.SetPosition("feed", fmt.Append(nil, next))
		snapshot.Reset()
		require.NoError(t, s.snapshot(&snapshot, add))
		since = next
	}
	save(0)
	for i := 0; i < len(feed); i++ {
		step := feed[i]
		if step.end {
			require.NoError(t, s.EndSource(step.source, add))
		} else {
			require.NoError(t, s.PushFrom(step.source, d.wrap(w.events[step.event].doc), add))
		}
		if d.advance && r.IntN(4) == 0 {
			require.NoError(t, s.Advance(step.next, add))
		}
		if d.swaps && r.IntN(8) == 0 {
			changes, err := s.swap(eval.NewEngine(w.compile(t)...), add)
			require.NoError(t, err)
			require.Len(t, changes.Kept, len(w.queries))
		}
		if d.restarts == 0 || r.IntN(d.restarts) > 0 {
			continue
		}
		if !d.crashes || r.IntN(2) == 0 {
			save(i + 1)
		}
		if d.shards > 0 {
			d.shards = 1 + r.IntN(8)
		}
		again := d.stream(eval.NewEngine(w.compile(t)...), opts)
		changes, err := again.Restore(bytes.NewReader(snapshot.Bytes()))
		require.NoError(t, err)
		require.Len(t, changes.Kept, len(w.queries))
		require.Equal(t, fmt.Sprint(since), string(again.Positions()["feed"]))
		if i+1 == since {
			was, is := s.stats(add), again.stats(nil)
			if d.shards == 0 {
				require.InDelta(t, was.Bytes, is.Bytes, float64(was.Bytes)/8)
			} else {
				was.Buffered, is.Buffered = 0, 0 // an event may be kept back at several places
			}
			was.Bytes, is.Bytes = 0, 0
			require.Equal(t, was, is)
			if d.shards == 0 {
				var same bytes.Buffer
				require.NoError(t, again.snapshot(&same, nil))
				require.True(t, bytes.Equal(snapshot.Bytes(), same.Bytes()), "a snapshot of what was restored is the same")
			}
		}
		s.stop()
		s = again
		if d.crashes && i+1 > since && r.IntN(3) > 0 {
			i = since - 1 // so that this comes to an end
		} else if i+1 > since {
			i = since - 1
			d.restarts *= 2
		}
	}
	s.Close(add)
	require.Zero(t, s.stats(nil).Bytes, "everything is given back")
	if d.twice {
		out = slices.DeleteFunc(out, w.asksLate)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// asksLate reports whether an alert is of a query for single events that asks
// about processes. Such a query sees late events, too, and so asks again when an
// event is repeated, by when more may be known.
func (w *world) asksLate(alert string) bool {
	for i, q := range w.queries {
		if strings.HasPrefix(alert, fmt.Sprint("q", i, " ")) {
			return !strings.HasPrefix(q.text, "sequence") && strings.Contains(q.text, "descendant of")
		}
	}
	return false
}

// An arrival is an event that comes, or the end of a source.
type arrival struct {
	source string
	event  int
	end    bool
	next   time.Time // no later event is before it
}

// arrivals returns the events in one of the orders that the delivery allows.
func (w *world) arrivals(d delivery, r *rand.Rand) []arrival {
	type coming struct {
		event int
		at    time.Time
	}
	lines := make([][]coming, d.sources)
	for i, ev := range w.events {
		k := r.IntN(d.sources)
		at := ev.at
		if d.lateness > 0 {
			at = at.Add(time.Duration(r.Int64N(int64(d.lateness) + 1)))
		}
		lines[k] = append(lines[k], coming{i, at})
	}
	var out []arrival
	for k := range lines {
		slices.SortStableFunc(lines[k], func(a, b coming) int { return a.at.Compare(b.at) })
	}
	for len(lines) > 0 {
		k := r.IntN(d.sources)
		source := fmt.Sprint("source ", k)
		if len(lines[k]) == 0 {
			out = append(out, arrival{source: source, end: true})
			if !slices.ContainsFunc(lines, func(l []coming) bool { return len(l) > 0 }) {
				break
			}
			continue
		}
		out = append(out, arrival{source: source, event: lines[k][0].event})
		lines[k] = lines[k][1:]
		if d.twice && r.IntN(3) == 0 {
			before := out[r.IntN(len(out))]
			if !before.end {
				out = append(out, before)
			}
		}
	}
	next := w.events[len(w.events)-1].at
	for i := len(out) - 1; i >= 0; i-- {
		out[i].next = next
		if !out[i].end {
			next = earlier(next, w.events[out[i].event].at)
		}
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// describe returns all that is known of an alert: the query, the id, the time,
// and the keys and events as format shows them.
func describe(m eval.Match) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d ", m.Query.ID(), m.ID(), m.Time.UnixNano())
	for _, k := range m.Keys {
		b.WriteString(plain(k) + " ")
	}
	for _, ev := range m.Events {
		if ev == nil {
			b.WriteString(" -1")
		} else {
			b.WriteString(" " + ev.Field("n").String())
		}
	}
	return b.String()
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

// long is whether tests may take minutes.
func long() bool { return os.Getenv("EQL_LONG") != "" }

func rounds(short, many int) int {
	switch {
	case long():
		return many
	case testing.Short():
		return max(short/5, 1)
	default:
		return short
	}
}

// deliveries are the ways in which the events of a world must not matter.
func deliveries(r *rand.Rand) []delivery {
	late := []time.Duration{time.Millisecond, 5 * time.Millisecond, time.Second, time.Hour}[r.IntN(4)]
	wraps := []func([]byte) eval.Event{
		func(doc []byte) eval.Event { return event.JSON(doc) },
		func(doc []byte) eval.Event { return decoded(doc) },
		func(doc []byte) eval.Event { return numberedEvent{decoded(doc)} },
	}
	wrap := wraps[r.IntN(2)]
	return []delivery{
		{lateness: late, sources: 1, wrap: wrap},
		{lateness: 0, sources: 1, advance: true, restarts: 4, wrap: wrap},
		{lateness: late, sources: 1 + r.IntN(3), advance: true, wrap: wrap},
		{lateness: late, sources: 1 + r.IntN(3), restarts: 4, wrap: wrap},
		{lateness: late, sources: 2, restarts: 6, crashes: true, swaps: true, wrap: wrap},
		{lateness: late, sources: 1, advance: true, twice: true, restarts: 5, wrap: wrap},
		{lateness: late, sources: 1 + r.IntN(3), advance: true, swaps: true, shards: 1 + r.IntN(8), wrap: wrap},
		{lateness: late, sources: 1, restarts: 8, crashes: r.IntN(2) == 0, shards: 1 + r.IntN(8), wrap: wrap},
		{lateness: late, sources: 1, restarts: 8, twice: true, shards: 1 + r.IntN(8), wrap: wrap},
	}
}

// numberedEvent is an event of an embedder with an id.
type numberedEvent struct{ event.Map }

func (e numberedEvent) EventID() string { return e.Field("n").String() }

// TestSameAlerts is the property over random queries and events.
func TestSameAlerts(t *testing.T) {
	for seed := range uint64(rounds(40, 1500)) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := randomWorld(r, 6, 30)
		ways := deliveries(r)
		want := w.alerts(t, delivery{sources: 1, wrap: ways[0].wrap}, r)
		for i := range w.queries {
			got := ends(want, fmt.Sprint("q", i, " "))
			require.ElementsMatch(t, w.expected(t, i), got, "seed %d: %s", seed, w.queries[i].text)
		}
		for _, d := range ways {
			got, want := w.alerts(t, d, r), want
			if d.twice {
				want = slices.DeleteFunc(slices.Clone(want), w.asksLate)
			}
			if !slices.Equal(want, got) {
				report(t, w, want, got, fmt.Sprintf("seed %d: %v", seed, d))
			}
		}
	}
}

// ends returns keys and events of the alerts of a query.
func ends(alerts []string, prefix string) []string {
	out := []string{}
	for _, a := range alerts {
		if strings.HasPrefix(a, prefix) {
			out = append(out, strings.SplitN(a, " ", 4)[3])
		}
	}
	return out
}

// report fails with what differs.
func report(t *testing.T, w *world, want, got []string, title string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(title + "\n")
	concerned := make(map[string]bool)
	for _, a := range want {
		if !slices.Contains(got, a) {
			b.WriteString("missing: " + a + "\n")
			concerned[strings.Fields(a)[0]] = true
		}
	}
	for _, a := range got {
		if !slices.Contains(want, a) {
			b.WriteString("wrong:   " + a + "\n")
			concerned[strings.Fields(a)[0]] = true
		}
	}
	for i, q := range w.queries {
		if concerned[fmt.Sprint("q", i)] {
			fmt.Fprintf(&b, "q%d: %s\n", i, q.text)
		}
	}
	t.Fatal(b.String())
}

// TestSameOrder wants shards to deliver matches in the very order in which a
// stream of its own does.
func TestSameOrder(t *testing.T) {
	for seed := range uint64(rounds(40, 2000)) {
		r := rand.New(rand.NewPCG(seed, 13))
		w := randomWorld(r, 8, 60)
		late := []time.Duration{0, 5 * time.Millisecond, time.Hour}[r.IntN(3)]
		d := delivery{lateness: late, sources: 1 + r.IntN(2), wrap: func(doc []byte) eval.Event { return event.JSON(doc) }}
		tiebreaker := []string{"", "n"}[r.IntN(2)]
		feed := w.arrivals(d, r)
		engine := eval.NewEngine(w.compileBy(t, tiebreaker)...)
		run := func(shards int) []string {
			d.shards = shards
			s := d.stream(engine, []eval.StreamOption{eval.WithLateness(late)})
			var out []string
			add := func(m eval.Match) bool {
				out = append(out, describe(m))
				return true
			}
			for _, step := range feed {
				if step.end {
					require.NoError(t, s.EndSource(step.source, add))
				} else {
					require.NoError(t, s.PushFrom(step.source, event.JSON(w.events[step.event].doc), add))
				}
				if step.event%5 == 0 {
					require.NoError(t, s.Advance(step.next, add))
				}
			}
			s.Close(add)
			return out
		}
		want := run(0)
		for _, shards := range []int{1, 2, 3, 8} {
			require.Equal(t, want, run(shards), "seed %d: %d shards, %v, tiebreaker %q", seed, shards, d, tiebreaker)
		}
	}
}
