package eval_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// slow is a function that takes its time and returns true.
func slow(d time.Duration) fn.Func {
	return fn.Func{
		Name: "slow", Params: []fn.Param{{Name: "x"}}, Result: fn.Boolean,
		Prepare: func(bool, []*value.Value) (fn.Impl, error) {
			return func([]value.Value) (value.Value, error) {
				spend(d)
				return value.OfBool(true), nil
			}, nil
		},
	}
}

func spend(d time.Duration) {
	for from := time.Now(); time.Since(from) < d; {
	}
}

// A slowEvent takes its time to be read.
type slowEvent struct{ event.Event }

func (e slowEvent) Field(path string) value.Value {
	spend(100 * time.Microsecond)
	return e.Event.Field(path)
}

// requireWhole requires that nothing of the total is left over.
func requireWhole(t *testing.T, p *eval.Profile) {
	t.Helper()
	sum := p.Extraction + p.Index + p.Delivery + p.Rest
	for i := range p.Queries {
		require.Equal(t, p.Queries[i].Conditions+p.Queries[i].State, p.Queries[i].Time())
		sum += p.Queries[i].Time()
	}
	require.Equal(t, p.Total, sum)
	require.Positive(t, p.Total)
	require.InDelta(t, 1, p.Share(sum), 1e-9)
}

// untimed returns the counts of a query alone.
func untimed(q eval.QueryProfile) eval.QueryProfile {
	q.Query, q.Conditions, q.State = nil, 0, 0
	return q
}

func TestProfileCounts(t *testing.T) {
	queries := []*eval.Query{
		compile(t, "a where id == 1"),
		compile(t, "sequence [a where id == 1] [b where id == 2] until [c where true]"),
		compile(t, "sequence [b where id > 0] [b where id * 1 > 2] [d where true]"),
		compile(t, "d where id == 7"),
	}
	engine := eval.NewEngine(queries...)
	events := []event.Map{
		at(0, "a", 1), at(1, "a", 2), at(2, "b", 2), at(3, "a", 1), at(4, "c", 5), at(5, "b", 2), at(6, "b", 3), at(7, "e", 1),
	}
	want := []eval.QueryProfile{
		{Candidates: 2, Evaluations: 2, Hits: 2, Matches: 2},
		// Nothing waits for the second step when the last but one comes.
		{Candidates: 4, Evaluations: 4, Hits: 4, Matches: 1},
		// What has to be computed does not come from the index.
		{Candidates: 5, Evaluations: 5, Hits: 4, Open: 2},
		{},
	}
	run := func(opts ...eval.StreamOption) eval.Profile {
		s := engine.NewStream(opts...)
		for _, ev := range events {
			require.NoError(t, s.Push(ev, func(eval.Match) bool { return true }))
		}
		require.Error(t, s.Push(nil, nil))
		return s.Profile()
	}
	check := func(p eval.Profile) {
		t.Helper()
		require.Len(t, p.Queries, len(queries))
		for i, q := range p.Queries {
			require.Same(t, queries[i], q.Query)
			require.Equal(t, want[i], untimed(q), "query %d", i)
		}
	}
	p := run(eval.WithProfile())
	check(p)
	require.EqualValues(t, len(events)+1, p.Events)
	require.Equal(t, p.Events, p.Timed)
	requireWhole(t, &p)
	for i := range want {
		require.Equal(t, want[i].Evaluations > 0, p.Queries[i].Time() > 0, "query %d", i)
	}
	require.Positive(t, p.PerEvent(p.Total))

	p = run()
	check(p)
	require.Zero(t, p.Total)
	require.Zero(t, p.Events)
	require.Zero(t, p.Share(p.Total))

	// Events that wait for late ones before them are charged when their turn comes.
	p = run(eval.WithProfile(), eval.WithLateness(3*time.Millisecond))
	requireWhole(t, &p)
	require.EqualValues(t, 1, p.Queries[1].Matches)
	require.Positive(t, p.Queries[1].State)

	// Without the index all steps of the category are candidates.
	p = run(eval.WithProfile(), eval.WithoutIndex())
	require.Equal(t, eval.QueryProfile{Candidates: 3, Evaluations: 3, Hits: 2, Matches: 2}, untimed(p.Queries[0]))
}

// Until is asked about although nothing waits, if the event begins something.
func TestProfileUntilOfItself(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence [a where true] [b where true] until [a where id == 1]")).NewStream(eval.WithProfile())
	require.NoError(t, s.Push(at(0, "a", 1), nil))
	require.Equal(t, eval.QueryProfile{Candidates: 1, Evaluations: 2, Hits: 2}, untimed(s.Profile().Queries[0]))
}

// Work done beforehand is in the profile once it has been added, and none of it twice.
func TestProfileOfPreparers(t *testing.T) {
	const pause, n = 100 * time.Microsecond, 20
	queries := []*eval.Query{
		compile(t, "a where id > 0"),
		compileWith(t, "a where slow(id)", eval.Config{Functions: []fn.Func{slow(pause)}}),
		compile(t, "sequence [a where id > 1] [a where id > 2]"),
	}
	engine := eval.NewEngine(queries...)
	run := func(opts ...eval.StreamOption) (*eval.Stream, *eval.Preparer) {
		s := engine.NewStream(opts...)
		p := s.NewPreparer()
		var f eval.Forecast
		var prepared eval.Prepared
		for i := range n {
			s.Forecast(&f)
			p.Prepare(slowEvent{at(int64(i), "a", i+1)}, &f, &prepared)
			require.NoError(t, s.PushPrepared("", &prepared, func(eval.Match) bool { return true }))
		}
		require.Error(t, s.PushPrepared("", &prepared, nil))
		return s, p
	}
	s, preparer := run(eval.WithProfile())
	before := s.Profile()
	requireWhole(t, &before)
	require.Less(t, before.Extraction, n*pause/2)
	require.Less(t, before.Queries[1].Conditions, n*pause/2)
	s.AddProfile(preparer)
	p := s.Profile()
	requireWhole(t, &p)
	require.EqualValues(t, n+1, p.Events)
	require.GreaterOrEqual(t, p.Extraction, n*pause*9/10)
	require.GreaterOrEqual(t, p.Queries[1].Conditions, n*pause*9/10)
	require.Same(t, queries[1], p.Costliest()[0].Query)
	require.Greater(t, p.Index, before.Index)
	s.AddProfile(preparer)
	require.Equal(t, p, s.Profile())

	// The counts are those of a stream that does everything itself.
	one := engine.NewStream()
	for i := range n {
		require.NoError(t, one.Push(at(int64(i), "a", i+1), func(eval.Match) bool { return true }))
	}
	for i, q := range one.Profile().Queries {
		require.Equal(t, untimed(q), untimed(p.Queries[i]), "query %d", i)
	}

	s, preparer = run()
	s.AddProfile(preparer)
	require.Zero(t, s.Profile().Total)
	_, err := s.Swap(eval.NewEngine(queries[0]))
	require.NoError(t, err)
	require.Panics(t, func() { s.AddProfile(preparer) })
}

// Time is charged to what takes it.
func TestProfileFindsWhatCosts(t *testing.T) {
	const pause, n = 100 * time.Microsecond, 20
	slowConfig := eval.Config{Functions: []fn.Func{slow(pause)}}
	queries := []*eval.Query{
		compile(t, "a where id > 0"),
		compileWith(t, "a where slow(id)", slowConfig),
		compile(t, "a where id > 1"),
	}
	s := eval.NewEngine(queries...).NewStream(eval.WithProfile())
	for i := range n {
		require.NoError(t, s.Push(slowEvent{at(int64(i), "a", i+1)}, func(m eval.Match) bool {
			if m.Query == queries[0] {
				spend(pause)
			}
			return true
		}))
	}
	p := s.Profile()
	requireWhole(t, &p)
	require.Same(t, queries[1], p.Costliest()[0].Query)
	require.Same(t, queries[1], p.Queries[1].Query, "the profile itself keeps the order of the engine")
	require.GreaterOrEqual(t, p.Queries[1].Conditions, n*pause*9/10)
	require.GreaterOrEqual(t, p.Delivery, n*pause*9/10)
	require.GreaterOrEqual(t, p.Extraction, n*pause*9/10)
}

// Of many events some are timed, and stand for the others.
func TestProfileSamples(t *testing.T) {
	const pause, n, all = 10 * time.Microsecond, 9216, 1024
	q := compileWith(t, "a where slow(id)", eval.Config{Functions: []fn.Func{slow(pause)}})
	s := eval.NewEngine(q).NewStream(eval.WithProfile())
	for i := range n {
		require.NoError(t, s.Push(at(int64(i), "a", i), nil))
	}
	p := s.Profile()
	requireWhole(t, &p)
	require.EqualValues(t, n, p.Events)
	require.InDelta(t, all+(n-all)/16, p.Timed, 16)
	require.EqualValues(t, n, p.Queries[0].Evaluations)
	stoodFor := all + 16*(p.Timed-all)
	require.GreaterOrEqual(t, p.Queries[0].Conditions, time.Duration(stoodFor)*pause*9/10)
}

// What else lets time pass is timed as well.
func TestProfileOfTime(t *testing.T) {
	for name, pass := range map[string]func(*eval.Stream){
		"advance":    func(s *eval.Stream) { _ = s.Advance(time.UnixMilli(60_000), nil) },
		"end source": func(s *eval.Stream) { _ = s.EndSource("x", nil) },
		"close":      func(s *eval.Stream) { s.Close(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			s := eval.NewEngine(
				compile(t, "sequence with maxspan=10s [a where true] ![b where true]"),
				compile(t, "any where true | tail 1"),
			).NewStream(eval.WithProfile(), eval.WithSources("x"), eval.WithManualTime())
			require.NoError(t, s.Push(at(0, "a", 1), nil))
			before := s.Profile()
			pass(s)
			p := s.Profile()
			requireWhole(t, &p)
			require.Greater(t, p.Total, before.Total)
			require.Equal(t, before.Events, p.Events)
		})
	}
}

func TestProfileAcrossEngines(t *testing.T) {
	kept, gone, added := compile(t, "a where id == 1"), compile(t, "a where id == 2"), compile(t, "a where id > 0")
	s := eval.NewEngine(gone, kept).NewStream(eval.WithProfile())
	push := func(s *eval.Stream) {
		for i := range 4 {
			require.NoError(t, s.Push(at(int64(i), "a", i), nil))
		}
	}
	push(s)
	_, err := s.Swap(eval.NewEngine(kept, added))
	require.NoError(t, err)
	push(s)
	p := s.Profile()
	require.EqualValues(t, 8, p.Events)
	require.EqualValues(t, 2, p.Queries[0].Hits)
	require.EqualValues(t, 3, p.Queries[1].Hits)
	require.Greater(t, p.Total, p.Extraction+p.Index+p.Delivery+p.Rest+p.Queries[0].Time()+p.Queries[1].Time(), "the query that is gone counts")

	// What a snapshot tells of was before.
	fresh := eval.NewEngine(kept, added).NewStream(eval.WithProfile())
	_, err = fresh.Restore(bytes.NewReader(snapshot(t, s)))
	require.NoError(t, err)
	require.EqualValues(t, 2, fresh.QueryStats()[0].Evaluations)
	p = fresh.Profile()
	require.Zero(t, p.Events)
	require.Zero(t, p.Queries[0].Evaluations)
	require.Zero(t, p.Queries[0].Candidates)
	push(fresh)
	require.EqualValues(t, 1, fresh.Profile().Queries[0].Evaluations)
}

func TestProfileAdd(t *testing.T) {
	q, other := compile(t, "a where id == 1"), compile(t, "sequence [a where id * 1 > 2] [b where true]")
	run := func(queries ...*eval.Query) eval.Profile {
		s := eval.NewEngine(queries...).NewStream(eval.WithProfile())
		for i := range 4 {
			require.NoError(t, s.Push(at(int64(i), "a", i), nil))
		}
		return s.Profile()
	}
	one, two := run(q, q), run(q, other, q)
	sum := one
	sum.Queries = slices.Clone(one.Queries)
	sum.Add(two)
	requireWhole(t, &sum)
	require.Equal(t, one.Total+two.Total, sum.Total)
	require.EqualValues(t, 8, sum.Events)
	require.EqualValues(t, 8, sum.Timed)
	require.Len(t, sum.Queries, 3)
	for i, q := range []eval.QueryProfile{
		{Candidates: 2, Evaluations: 2, Hits: 2},
		{Candidates: 2, Evaluations: 2, Hits: 2},
		{Candidates: 4, Evaluations: 4, Hits: 1, Open: 1},
	} {
		require.Equal(t, q, untimed(sum.Queries[i]), "query %d", i)
	}
	require.Equal(t, one.Queries[1].Time()+two.Queries[2].Time(), sum.Queries[1].Time())
}

func TestWideSteps(t *testing.T) {
	wide := compile(t, "sequence [a where true] [a where user.name == \"ann\"] [b where false]")
	e := eval.NewEngine(compile(t, "a where id == 1"), wide, compile(t, "b where not id == 3"))
	steps := e.WideSteps(0.5)
	require.Len(t, steps, 2)
	require.Same(t, wide, steps[0].Query)
	require.Equal(t, 1.0, steps[0].Share)
	for _, s := range steps {
		require.LessOrEqual(t, 0.5, s.Share)
		require.Contains(t, s.Title, "step 1: event.category is ")
		require.Zero(t, s.Step)
	}
	require.True(t, slices.IsSortedFunc(e.WideSteps(0), func(x, y eval.WideStep) int {
		return -int(1e6 * (x.Share - y.Share))
	}))
	require.Len(t, e.WideSteps(0), 4, "but for the step that is never satisfied")
	require.Empty(t, e.WideSteps(1.1))
	require.Contains(t, e.Explain(), "found by ")
}
