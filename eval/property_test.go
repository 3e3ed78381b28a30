package eval_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// The property: the same events, in any order within the lateness, from any
// number of sources, in any batches, however often delivered, with a stop and
// restore at any point, give the same alerts with the same ids.

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
			require.InDelta(t, was.Bytes, is.Bytes, float64(was.Bytes)/2+1024) // it is an estimate
			was.Bytes, is.Bytes = 0, 0
			require.Equal(t, was, is)
			var same bytes.Buffer
			require.NoError(t, again.snapshot(&same, nil))
			require.True(t, bytes.Equal(snapshot.Bytes(), same.Bytes()), "a snapshot of what was restored is the same")
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

// long is whether tests may take minutes.
func long() bool { return os.Getenv("EQL_TEST_ALL") != "" }

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

// TestSameAlerts is the property over random queries and events.
func TestSameAlerts(t *testing.T) {
	for seed := range uint64(rounds(10, 1500)) {
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
	for seed := range uint64(rounds(16, 2000)) {
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
