package shard_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/shard"
	"github.com/eqlkit/eqlkit/parser"
)

func engine(t testing.TB, queries ...string) *eval.Engine {
	t.Helper()
	out := make([]*eval.Query, len(queries))
	for i, text := range queries {
		tree, err := parser.Parse(&source.File{Text: text}, parser.Options{})
		require.NoError(t, err)
		out[i], err = eval.Compile(tree, eval.Config{})
		require.NoError(t, err)
	}
	return eval.NewEngine(out...)
}

var queries = []string{
	"sequence by host with maxspan=1m [a where true] [b where true]",
	"sequence by host, user with maxspan=1m [a where true] [b where true]",
	"sequence with maxspan=1m [a where true] by user [b where true] by target",
	"sequence with maxspan=1m [a where true] [b where true]",
	"sequence by host [a where true] [b where true] | head 2",
	"a where true",
	"b where true | tail 1",
	"sample by ?host [a where true] [b where true]",
}

// What can be divided, by what, and why the rest cannot.
func TestPlan(t *testing.T) {
	e := engine(t, queries...)
	q := e.Queries()
	p := e.PartitionPlan()
	require.Equal(t, []eval.PartitionGroup{
		{Fields: []string{"host"}, Queries: []*eval.Query{q[0], q[1]}},
		{Fields: []string{"user", "target"}, Queries: []*eval.Query{q[2]}},
		{Fields: []string{"host"}, Queries: []*eval.Query{q[7]}}, // takes events without a host, too
	}, p.Groups)
	require.Equal(t, []eval.GlobalQuery{
		{Query: q[3], Reason: "its events are joined by nothing"},
		{Query: q[4], Reason: "head, tail and size count the matches of all keys"},
		{Query: q[6], Reason: "head, tail and size count the matches of all keys"},
	}, p.Global)
	require.Equal(t, []*eval.Query{q[5]}, p.Stateless)
	require.Contains(t, p.String(), "2 queries divided by host\n")
	text := e.Explain()
	require.Contains(t, text, p.String())
	for _, place := range []string{" (divided by user, target)\n", " (anywhere)\n", " (in one place: its events are joined by nothing)\n"} {
		require.Contains(t, text, place)
	}

	// Events that have to meet go the same way, whatever else they are.
	way := func(ev event.Map) []int {
		parts, err := p.Route(ev, 8)
		require.NoError(t, err)
		return parts
	}
	one, two := way(event.Map{"host": "h", "user": "u"}), way(event.Map{"host": "h", "target": "u"})
	require.Equal(t, one, two)
	require.NotEmpty(t, way(event.Map{}), "no host is a host for the sample")
	hosts := make(map[int]bool)
	for i := range 100 {
		for _, part := range way(event.Map{"host": fmt.Sprint("h", i)}) {
			hosts[part] = true
		}
	}
	require.Len(t, hosts, 8)
	_, err := p.Route(event.JSON([]byte("{")), 8)
	require.Error(t, err)
}

func events(n int) []eval.Event {
	out := make([]eval.Event, n)
	for i := range out {
		out[i] = event.Map{
			"@timestamp": int64(i), "event.category": []string{"a", "b"}[i/7%2], "id": i,
			"host": fmt.Sprint("h", i%5), "user": fmt.Sprint("u", i%3), "target": fmt.Sprint("u", i%4),
		}
	}
	return out
}

func ids(m eval.Match) string { return m.ID() + fmt.Sprint(m.Keys) }

// Several workers find what one stream finds, in its order.
func TestRun(t *testing.T) {
	e := engine(t, queries...)
	evs := slices.Insert(events(2000), 7, eval.Event(event.JSON([]byte("{"))), nil)
	collect := func(run func(func(eval.Match, error) bool)) (found, errs []string) {
		for m, err := range run {
			if err != nil {
				errs = append(errs, err.Error())
			} else {
				found = append(found, ids(m))
			}
		}
		return found, errs
	}
	one := e.NewStream(eval.WithLateness(time.Second))
	want, wantErrs := collect(one.Run(context.Background(), slices.Values(evs)))
	require.Len(t, wantErrs, 2)
	for n := range 9 {
		s := shard.New(e, n, eval.WithLateness(time.Second))
		got, errs := collect(s.Run(context.Background(), slices.Values(evs)))
		require.Equal(t, want, got)
		require.Equal(t, wantErrs, errs)
		st, all := one.Stats(), s.Stats(nil)
		st.Evaluations, all.Evaluations = 0, 0 // an event may be evaluated at several places
		require.Equal(t, st, all)
		require.ErrorIs(t, s.Push(evs[0], nil), eval.ErrClosed)
	}
}

// Events from the future, gaps and restarts among them are the same for all.
func TestDoubts(t *testing.T) {
	e := engine(t, queries...)
	evs := events(600)
	for i, ev := range evs {
		at := int64(i)
		if i > 300 {
			at += 100_000 // a gap
		}
		if i%50 == 3 {
			at += 4e12 // a wrong clock
		}
		ev.(event.Map)["@timestamp"] = at
	}
	run := func(n int) (found []string, st eval.Stats) {
		ahead := 0
		opts := []eval.StreamOption{
			eval.WithLateness(20 * time.Millisecond), eval.WithMaxJump(time.Second, 5),
			eval.WithOnAhead(func(eval.Event) { ahead++ }),
		}
		add := func(m eval.Match) bool {
			found = append(found, ids(m))
			return true
		}
		if n == 0 {
			s := e.NewStream(opts...)
			for _, ev := range evs {
				require.NoError(t, s.Push(ev, add))
			}
			s.Close(add)
			st = s.Stats()
		} else {
			s := shard.New(e, n, opts...)
			for i, ev := range evs {
				require.NoError(t, s.Push(ev, add))
				if i%101 == 100 {
					var state bytes.Buffer
					require.NoError(t, s.Snapshot(&state, add))
					s.Stop()
					s = shard.New(e, n, opts...)
					_, err := s.Restore(&state)
					require.NoError(t, err)
				}
			}
			s.Close(add)
			st = s.Stats(nil)
		}
		require.EqualValues(t, st.Ahead, ahead)
		st.Evaluations = 0
		return found, st
	}
	want, wantStats := run(0)
	require.NotEmpty(t, want)
	require.EqualValues(t, 12, wantStats.Ahead)
	require.Zero(t, wantStats.Late)
	for _, n := range []int{1, 3, 8} {
		got, st := run(n)
		require.Equal(t, want, got, "%d workers", n)
		require.Equal(t, wantStats, st, "%d workers", n)
	}
}

// The goroutines end, however the stream does.
func TestGoroutinesEnd(t *testing.T) {
	e := engine(t, queries...)
	before := runtime.NumGoroutine()
	for i := range 20 {
		s := shard.New(e, 4)
		for _, ev := range events(300) {
			require.NoError(t, s.Push(ev, nil))
		}
		if i%2 == 0 {
			s.Close(nil)
		}
		s.Stop()
		s.Stop()
	}
	goroutinesEnd(t, before)
}

// goroutinesEnd waits until there are no more goroutines than before.
func goroutinesEnd(t *testing.T, before int) {
	t.Helper()
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// A stream that was stopped says so, whatever was not yet worked on.
func TestStopped(t *testing.T) {
	e := engine(t, queries...)
	s := shard.New(e, 2)
	for _, ev := range events(300) {
		require.NoError(t, s.Push(ev, nil))
	}
	s.Stop()
	for _, ev := range events(600) {
		require.ErrorIs(t, s.Push(ev, nil), eval.ErrClosed)
	}
	require.NoError(t, s.Flush(nil))
	require.EqualValues(t, 300, s.Stats(nil).Events)
	require.ErrorIs(t, s.Advance(time.Now(), nil), eval.ErrClosed)
	require.ErrorIs(t, s.EndSource("", nil), eval.ErrClosed)
	require.ErrorIs(t, s.Snapshot(&bytes.Buffer{}, nil), eval.ErrClosed)
	_, err := s.Restore(&bytes.Buffer{})
	require.ErrorIs(t, err, eval.ErrClosed)
	_, err = s.Swap(e, nil)
	require.ErrorIs(t, err, eval.ErrClosed)
	s.Close(nil)
}

// What a function of an option panics with in a worker can be recovered from, and
// neither leaves goroutines behind nor anybody waiting for them.
func TestPanics(t *testing.T) {
	e := engine(t, "sequence by id with maxspan=1s [a where true] [b where true]")
	for name, f := range map[string]func(eval.NearMiss){
		"panic": func(eval.NearMiss) { panic("an own mistake") },
		"exit":  func(eval.NearMiss) { runtime.Goexit() },
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := shard.New(e, 3, eval.WithOnNearMiss(f))
			caught := func() (p any) {
				defer func() { p = recover() }()
				for i := range 5000 {
					if err := s.Push(event.Map{"@timestamp": 10 * i, "event.category": "a", "id": i}, nil); err != nil {
						return err
					}
				}
				return nil
			}()
			require.IsType(t, &shard.Panic{}, caught)
			if name == "panic" {
				require.ErrorContains(t, caught.(error), "panic in a worker: an own mistake\n")
			}
			require.ErrorIs(t, s.Push(event.Map{}, nil), eval.ErrClosed)
			s.Close(nil)
			goroutinesEnd(t, before)
		})
	}
}

// A yield that panics costs the batch that it was called for, and nothing else.
func TestYieldPanics(t *testing.T) {
	s := shard.New(engine(t, "a where true"), 2)
	push := func(yield func(eval.Match) bool) {
		for i := range 300 {
			require.NoError(t, s.Push(event.Map{"@timestamp": i, "event.category": "a"}, yield))
		}
	}
	push(nil)
	require.Panics(t, func() { push(func(eval.Match) bool { panic("an own mistake") }) })
	require.NoError(t, s.Flush(nil))
	found := 0
	add := func(eval.Match) bool {
		found++
		return true
	}
	push(add)
	s.Close(add)
	require.Equal(t, 300, found)
}

// Queries count the matches that are delivered, as in one stream.
func TestCountsOfQueries(t *testing.T) {
	e := engine(t, queries...)
	all := func(eval.Match) bool { return true }
	one, several := e.NewStream(eval.WithoutRepeats(1000)), shard.New(e, 3, eval.WithoutRepeats(1000))
	for range 2 {
		for _, ev := range events(100) {
			ev.(event.Map)["@timestamp"] = 5
			require.NoError(t, one.Push(ev, all))
			require.NoError(t, several.Push(ev, all))
		}
	}
	want, got := one.QueryStats(), several.QueryStats(all)
	require.NotZero(t, one.Stats().Repeats)
	for i := range want {
		require.Equal(t, want[i].Matches, got[i].Matches, queries[i])
	}
	several.Close(nil)
}

// Each part may remember as many processes as the limit says, so that all remember
// more than one stream that goes on may.
func TestProcessesOfAllParts(t *testing.T) {
	tree, err := parser.Parse(&source.File{Text: `process where descendant of [process where process.name == "x"] and process.name == "y"`}, parser.Options{Dialect: ast.Endpoint})
	require.NoError(t, err)
	q, err := eval.Compile(tree, eval.Config{Dialect: ast.Endpoint})
	require.NoError(t, err)
	e, limit := eval.NewEngine(q), eval.WithProcessLimits(10, 0)
	s := shard.New(e, 4, limit)
	for i := range 200 {
		require.NoError(t, s.Push(event.Map{
			"@timestamp": i, "event.category": "process", "event.type": "start", "process.name": "x",
			"host.id": fmt.Sprint("h", i), "process.entity_id": fmt.Sprint("p", i),
		}, nil))
	}
	var state bytes.Buffer
	require.NoError(t, s.Snapshot(&state, nil))
	s.Close(nil)
	same := shard.New(e, 4, limit)
	_, err = same.Restore(bytes.NewReader(state.Bytes()))
	require.NoError(t, err)
	require.EqualValues(t, 160, same.Stats(nil).Evicted)
	same.Close(nil)
	one := e.NewStream(limit)
	_, err = one.Restore(bytes.NewReader(state.Bytes()))
	require.NoError(t, err)
	require.EqualValues(t, 190, one.Stats().Evicted)
	found := 0
	for i := range 200 { // the latest ones are those that are left
		require.NoError(t, one.Push(event.Map{
			"@timestamp": 200 + i, "event.category": "process", "event.type": "start", "process.name": "y",
			"host.id": fmt.Sprint("h", i), "process.entity_id": fmt.Sprint("c", i), "process.parent.entity_id": fmt.Sprint("p", i),
		}, func(eval.Match) bool {
			require.GreaterOrEqual(t, i, 190)
			found++
			return true
		}))
	}
	require.NotZero(t, found)
}

// A snapshot does not know how many workers there were.
func TestResize(t *testing.T) {
	e := engine(t, queries...)
	evs := events(1000)
	one := e.NewStream()
	var want []string
	add := func(list *[]string) func(eval.Match) bool {
		return func(m eval.Match) bool {
			*list = append(*list, ids(m))
			return true
		}
	}
	for _, ev := range evs {
		require.NoError(t, one.Push(ev, add(&want)))
	}
	one.Close(add(&want))

	var got []string
	var state bytes.Buffer
	for i, n := range []int{3, 1, 8, 0, 2} {
		var s interface {
			Push(eval.Event, func(eval.Match) bool) error
			Close(func(eval.Match) bool)
		}
		if n == 0 {
			whole := e.NewStream()
			_, err := whole.Restore(bytes.NewReader(state.Bytes()))
			require.NoError(t, err)
			s = whole
		} else {
			parts := shard.New(e, n)
			if i > 0 {
				_, err := parts.Restore(bytes.NewReader(state.Bytes()))
				require.NoError(t, err)
			}
			s = parts
		}
		for _, ev := range evs[200*i : 200*i+200] {
			require.NoError(t, s.Push(ev, add(&got)))
		}
		state.Reset()
		switch s := s.(type) {
		case *eval.Stream:
			require.NoError(t, s.Snapshot(&state))
		case *shard.Stream:
			require.NoError(t, s.Snapshot(&state, add(&got)))
			if i < 4 {
				s.Stop()
			}
		}
		if i == 4 {
			s.Close(add(&got))
		}
	}
	require.Equal(t, want, got)
}

// Limits hold for all workers together, and their cost is reported by one at a
// time.
func TestLimits(t *testing.T) {
	e := engine(t, "sequence by id [a where true] [b where true]")
	evicted := 0
	s := shard.New(e, 4, eval.WithLimits(eval.Limits{Total: 400}), eval.WithOnEvict(func(eval.NearMiss) { evicted++ }))
	for i := range 4000 {
		require.NoError(t, s.Push(event.Map{"@timestamp": i, "event.category": "a", "id": i}, nil))
	}
	st := s.Stats(nil)
	require.LessOrEqual(t, st.Open, 400)
	require.EqualValues(t, 4000-st.Open, evicted)
	require.EqualValues(t, evicted, st.Evicted)
	s.Close(nil)

	s = shard.New(e, 2, eval.WithLimits(eval.Limits{PerQuery: 100, Policy: eval.FailNew}))
	var full *eval.LimitError
	for i := range 1000 {
		if err := s.Push(event.Map{"@timestamp": i, "event.category": "a", "id": i}, nil); err != nil {
			require.ErrorAs(t, err, &full)
		}
	}
	require.NotNil(t, full)
	st = s.Stats(nil)
	require.Equal(t, 100, st.Open)
	require.EqualValues(t, 900, st.Rejected)
	s.Close(nil)

	s = shard.New(e, 3, eval.WithLimits(eval.Limits{Total: 400})) // which 3 does not divide
	for i := range 4000 {
		require.NoError(t, s.Push(event.Map{"@timestamp": i, "event.category": "a", "id": i}, nil))
	}
	require.LessOrEqual(t, s.Stats(nil).Open, 400)
	s.Close(nil)
}

// Where limits leave no room to wait, what comes too late for a part is counted and
// reported once, whatever the number of parts that it goes to.
func TestLateForLackOfRoom(t *testing.T) {
	e := engine(t, "sequence by id [a where true] [b where true]", "sequence by other [a where true] [b where true]")
	late := make(map[int64]int)
	s := shard.New(e, 3, eval.WithLateness(time.Hour), eval.WithLimits(eval.Limits{Bytes: 1 << 18}),
		eval.WithOnLate(func(ev eval.Event) { late[ev.Field("n").Int()]++ }))
	for i := range 6000 {
		ms := i
		if i >= 3000 { // what was let go before has to be late now
			ms = i - 3000
		}
		require.NoError(t, s.Push(event.Map{"@timestamp": ms, "event.category": "a", "id": i % 10, "other": i % 7, "n": i}, nil))
	}
	st := s.Stats(nil)
	require.NotZero(t, st.Hurried)
	require.NotEmpty(t, late)
	require.EqualValues(t, len(late), st.Late)
	for n, times := range late {
		require.Equal(t, 1, times, "event %d", n)
	}
	var state bytes.Buffer
	require.NoError(t, s.Snapshot(&state, nil))
	s.Close(nil)
	again := e.NewStream()
	_, err := again.Restore(&state)
	require.NoError(t, err)
	require.Equal(t, st.Late, again.Stats().Late)
}

// BenchmarkWorkers measures an event of a kilobyte against 300 sequences.
func BenchmarkWorkers(b *testing.B) {
	queries := make([]string, 300)
	for i := range queries {
		queries[i] = fmt.Sprintf(`sequence by host.id with maxspan=1m
			[a where process.name : ("p%d*.exe", "*q%d.exe") and not process.command_line : "*--quiet-%d*"] [b where process.name == "p%d.exe"]`, i, i, i, i)
	}
	e := engine(b, queries...)
	docs := make([]eval.Event, 10_000)
	for i := range docs {
		docs[i] = event.JSON(fmt.Appendf(nil, `{"@timestamp":%d,"event":{"category":%q},"host":{"id":"host %d"},"process":{"name":"p%d.exe","command_line":"%0900d"}}`,
			i, []string{"a", "b"}[i%2], i%97, i%1000, i))
	}
	for _, n := range []int{0, 1, 2, 4} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				var s interface {
					Push(eval.Event, func(eval.Match) bool) error
					Close(func(eval.Match) bool)
				} = e.NewStream()
				if n > 0 {
					s = shard.New(e, n)
				}
				for _, ev := range docs {
					if err := s.Push(ev, nil); err != nil {
						b.Fatal(err)
					}
				}
				s.Close(nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(docs)), "ns/event")
		})
	}
}
