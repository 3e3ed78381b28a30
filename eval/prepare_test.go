package eval_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// TestPreparedSame compares streams of prepared events with plain ones: matches in
// order, what is reported, and counts. Events are prepared several at once, by several
// Preparers in turn, with forecasts that are good, old, or none.
func TestPreparedSame(t *testing.T) {
	for seed := range uint64(rounds(25, 3000)) {
		r := rand.New(rand.NewPCG(seed, 17))
		w := randomWorld(r, 8, 60)
		w.queries = append(w.queries,
			worldQuery{text: `any where 1 / (n % 3) > 0`},
			worldQuery{text: `sequence by host.id [any where 10 / (n % 4) > 2] [any where 10 / (n % 5) > 2] until [any where 1 / (n % 7) > 1]`},
		)
		e := eval.NewEngine(w.compileBy(t, []string{"", "n"}[r.IntN(2)])...)
		late := []time.Duration{0, 5 * time.Millisecond, time.Hour}[r.IntN(3)]
		var reports []string
		opts := []eval.StreamOption{
			eval.WithLateness(late),
			eval.WithOnError(func(q *eval.Query, err error) { reports = append(reports, q.ID()+": "+err.Error()) }),
		}
		if r.IntN(4) == 0 {
			opts = append(opts, eval.WithDistinct(eval.EventID))
		}
		if r.IntN(4) == 0 {
			opts = append(opts, eval.WithoutIndex())
		}
		feed := w.arrivals(delivery{lateness: late, sources: 1 + r.IntN(2), twice: r.IntN(2) == 0}, r)

		var found []string
		add := func(m eval.Match) bool {
			found = append(found, describe(m))
			return true
		}
		s := e.NewStream(opts...)
		for _, step := range feed {
			if step.end {
				require.NoError(t, s.EndSource(step.source, add))
			} else {
				require.NoError(t, s.PushJSONFrom(step.source, w.events[step.event].doc, add))
			}
		}
		s.Close(add)
		want, wantReports, wantStats := found, reports, s.Stats()

		found, reports = nil, nil
		s = e.NewStream(opts...)
		preparers := []*eval.Preparer{s.NewPreparer(), s.NewPreparer(), s.NewPreparer()}
		prepared := make([]eval.Prepared, 1+r.IntN(10))
		forecasts := make([]eval.Forecast, 2) // the first is none
		for len(feed) > 0 {
			if r.IntN(2) == 0 {
				s.Forecast(&forecasts[1])
			}
			batch := feed[:min(len(prepared), len(feed))]
			feed = feed[len(batch):]
			for _, i := range r.Perm(len(batch)) {
				if batch[i].end {
					continue
				}
				p, f, doc := preparers[r.IntN(3)], &forecasts[min(r.IntN(6), 1)], w.events[batch[i].event].doc
				if r.IntN(2) == 0 {
					p.PrepareJSON(doc, f, &prepared[i])
				} else {
					p.Prepare(event.JSON(doc), f, &prepared[i])
				}
			}
			for i, step := range batch {
				if step.end {
					require.NoError(t, s.EndSource(step.source, add))
				} else {
					require.NoError(t, s.PushPrepared(step.source, &prepared[i], add))
				}
			}
		}
		s.Close(add)
		got := s.Stats()
		wantStats.Evaluations, got.Evaluations = 0, 0 // the index is not asked about everything
		require.Equal(t, want, found, "seed %d", seed)
		require.Equal(t, wantReports, reports, "seed %d", seed)
		require.Equal(t, wantStats, got, "seed %d", seed)
	}
}

// What cannot be read is refused in the order of the events, as Push does.
func TestPreparedRefused(t *testing.T) {
	w := randomWorld(rand.New(rand.NewPCG(1, 1)), 3, 1)
	e := eval.NewEngine(w.compile(t)...)
	events := []eval.Event{nil, event.Map{}, event.JSON([]byte(`{"a":`)), event.Map{}}
	plain, s := e.NewStream(), e.NewStream()
	p := s.NewPreparer()
	var f eval.Forecast
	prepared := make([]eval.Prepared, len(events))
	for i, ev := range events {
		p.Prepare(ev, &f, &prepared[i])
	}
	for i, ev := range events {
		require.Equal(t, fmt.Sprint(plain.Push(ev, nil)), fmt.Sprint(s.PushPrepared("", &prepared[i], nil)))
	}
	want, got := plain.Stats(), s.Stats()
	want.Evaluations, got.Evaluations = 0, 0
	require.Equal(t, want, got)
	require.EqualValues(t, 2, got.Refused)

	p.Prepare(event.Map{}, &f, &prepared[0])
	_, err := s.Swap(eval.NewEngine())
	require.NoError(t, err)
	require.Panics(t, func() { _ = s.PushPrepared("", &prepared[0], nil) })
	s.Close(nil)
	require.ErrorIs(t, s.PushPrepared("", &prepared[0], nil), eval.ErrClosed)
}

// countedEvent counts how often its key is read.
type countedEvent struct {
	fields event.Map
	reads  *int
}

func (e countedEvent) Field(path string) value.Value {
	if path == "k" {
		*e.reads++
	}
	return e.fields.Field(path)
}

// An event is read again if it needs what the forecast did not know; from then on
// forecasts know it.
func TestPreparedReadAgain(t *testing.T) {
	s := eval.NewEngine(compile(t, `sequence by k [a where true] [b where true]`)).NewStream()
	p := s.NewPreparer()
	matches := 0
	for i, want := range []int{2, 1, 1} {
		var f eval.Forecast
		s.Forecast(&f) // nothing waits for b
		var prepared [2]eval.Prepared
		var reads [2]int
		for j, category := range []string{"a", "b"} {
			p.Prepare(countedEvent{event.Map{
				"@timestamp": int64(2*i + j), "event.category": category, "k": "x",
			}, &reads[j]}, &f, &prepared[j])
		}
		for j := range prepared {
			require.NoError(t, s.PushPrepared("", &prepared[j], func(eval.Match) bool {
				matches++
				return true
			}))
		}
		require.Equal(t, [2]int{1, want}, reads)
		require.Equal(t, i+1, matches)
	}
}
