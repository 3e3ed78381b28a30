package shard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/shard"
	"github.com/eqlkit/eqlkit/eval/value"
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
		st.Evaluations, all.Evaluations = 0, 0 // of what is found out ahead more may be tested
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
	require.LessOrEqual(t, s.Stats(nil).Events, uint64(300))
	require.ErrorIs(t, s.Advance(time.Now(), nil), eval.ErrClosed)
	require.ErrorIs(t, s.EndSource("", nil), eval.ErrClosed)
	require.ErrorIs(t, s.Snapshot(&bytes.Buffer{}, nil), eval.ErrClosed)
	_, err := s.Restore(&bytes.Buffer{})
	require.ErrorIs(t, err, eval.ErrClosed)
	_, err = s.Swap(e, nil)
	require.ErrorIs(t, err, eval.ErrClosed)
	s.Close(nil)
}

// A rogue is an event with a mistake.
type rogue struct{ do func() }

func (r rogue) Field(string) value.Value {
	r.do()
	return value.Value{}
}

// What a method of an event panics with in a worker can be recovered from, and
// neither leaves goroutines behind nor anybody waiting for them.
func TestPanics(t *testing.T) {
	e := engine(t, queries...)
	for name, f := range map[string]func(){
		"panic": func() { panic("an own mistake") },
		"exit": func() {
			if bytes.Contains(debug.Stack(), []byte("shard.(*worker).run")) { // not in the test's goroutine
				runtime.Goexit()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := shard.New(e, 3)
			caught := func() (p any) {
				defer func() { p = recover() }()
				for i := 0; ; i++ {
					var ev eval.Event = event.Map{"@timestamp": i, "event.category": "a", "id": i}
					if i > 1000 {
						ev = rogue{f}
					}
					if err := s.Push(ev, nil); err != nil {
						return err
					}
				}
			}()
			require.IsType(t, &shard.Panic{}, caught)
			if name == "panic" {
				require.ErrorContains(t, caught.(error), "panic in a worker: an own mistake\n")
				require.EqualValues(t, 1001, s.Stats(nil).Events, "those before were worked on")
			}
			require.ErrorIs(t, s.Push(event.Map{}, nil), eval.ErrClosed)
			s.Close(nil)
			goroutinesEnd(t, before)
		})
	}
}

// Errors tell which events they are about, however late they come.
func TestErrors(t *testing.T) {
	s := shard.New(engine(t, queries...), 2)
	bad := make(map[eval.Event]bool)
	var told []eval.Event
	note := func(err error) {
		for _, e := range shard.Errors(err) {
			var syntax *event.SyntaxError
			require.ErrorAs(t, e, &syntax)
			told = append(told, e.Event)
		}
	}
	for i := range 500 {
		ev := event.JSON([]byte("{}"))
		if i%7 == 0 {
			ev = event.JSON([]byte("{"))
			bad[ev] = true
		}
		note(s.Push(ev, nil))
	}
	note(s.Flush(nil))
	require.Len(t, told, len(bad))
	for _, ev := range told {
		require.True(t, bad[ev])
	}
	require.EqualValues(t, len(bad), s.Stats(nil).Refused)
	s.Close(nil)
	require.Equal(t, []*shard.Error{{Err: eval.ErrClosed}}, shard.Errors(s.Push(nil, nil)))
	require.Empty(t, shard.Errors(nil))
}

// A document is the caller's again as soon as it has been pushed, and a match has a
// copy of it.
func TestPushJSON(t *testing.T) {
	e := engine(t, queries...)
	one, several := e.NewStream(), shard.New(e, 3)
	var want, got []string
	add := func(to *[]string) func(eval.Match) bool {
		return func(m eval.Match) bool {
			*to = append(*to, ids(m))
			return true
		}
	}
	var doc []byte
	for _, ev := range events(1000) {
		text, err := json.Marshal(ev)
		require.NoError(t, err)
		require.NoError(t, one.PushJSON(text, add(&want)))
		doc = append(doc[:0], text...)
		require.NoError(t, several.PushJSON(doc, add(&got)))
		for i := range doc {
			doc[i] = '#'
		}
	}
	one.Close(add(&want))
	several.Close(add(&got))
	require.NotEmpty(t, want)
	require.Equal(t, want, got)
}

// Matches of a slow stream do not wait until every worker has got all the work that it
// may have: a call that finds a batch ready takes it.
func TestSlowStream(t *testing.T) {
	s := shard.New(engine(t, "any where true"), 8)
	defer s.Close(nil)
	const pushed = 20 * 16
	found := 0
	for i := range pushed {
		if i%16 == 0 {
			time.Sleep(2 * time.Millisecond) // the workers have long done what there is
		}
		require.NoError(t, s.Push(event.Map{"@timestamp": i, "event.category": "a"}, func(eval.Match) bool {
			found++
			return true
		}))
	}
	require.Greater(t, found, pushed/2)
}

// An event that leaves nothing behind costs no memory, once there are as many batches
// as it takes.
func TestAllocations(t *testing.T) {
	s := shard.New(engine(t, queries...), 2)
	defer s.Close(nil)
	doc := []byte(`{"@timestamp":1,"event":{"category":"c"},"host":"h"}`)
	push := func() {
		for range 1000 {
			if err := s.PushJSON(doc, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	push()
	require.Less(t, testing.AllocsPerRun(5, push), 100.0, "for a thousand events")
}

// A yield that panics costs what the call would have yielded, and nothing else.
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

// Limits hold as for one stream.
func TestLimits(t *testing.T) {
	e := engine(t, "sequence by id [a where true] [b where true]")
	evicted := 0
	s := shard.New(e, 4, eval.WithLimits(eval.Limits{Total: 400}), eval.WithOnEvict(func(eval.NearMiss) { evicted++ }))
	for i := range 4000 {
		require.NoError(t, s.Push(event.Map{"@timestamp": i, "event.category": "a", "id": i}, nil))
	}
	st := s.Stats(nil)
	require.Equal(t, 400, st.Open)
	require.EqualValues(t, 3600, evicted)
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
}

// Where limits leave no room to wait, what comes too late is counted and reported once.
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

// The profile has the work of all goroutines, whenever it is asked for.
func TestProfile(t *testing.T) {
	const workers, pause = 3, 50 * time.Microsecond
	e := engine(t, queries...)
	s := shard.New(e, workers, eval.WithProfile())
	all, take := events(200), func(eval.Match) bool { return true }
	push := func() {
		for _, ev := range all {
			require.NoError(t, s.Push(slowEvent{ev, pause}, take))
		}
	}
	push()
	_, err := s.Swap(engine(t, queries...), take) // the same queries, which go on
	require.NoError(t, err)
	p := s.Profile(take)
	require.EqualValues(t, len(all), p.Events)
	require.GreaterOrEqual(t, p.Extraction, time.Duration(len(all))*pause*9/10)
	one := e.NewStream()
	for _, ev := range all {
		require.NoError(t, one.Push(ev, take))
	}
	for i, want := range one.Profile().Queries {
		got := p.Queries[i]
		require.Positive(t, got.Time())
		want.Query, got.Query, got.Conditions, got.State = nil, nil, 0, 0
		require.Equal(t, want, got, "query %d", i)
	}
	require.Equal(t, p, s.Profile(take), "nothing is charged twice")
	push()
	more := s.Profile(take)
	push()
	s.Close(take)
	last := s.Profile(take)
	require.EqualValues(t, 3*len(all), last.Events)
	least := time.Duration(len(all)) * pause * 9 / 10
	require.GreaterOrEqual(t, more.Extraction-p.Extraction, least)
	require.GreaterOrEqual(t, last.Extraction-more.Extraction, least)
	require.Greater(t, last.Queries[0].Conditions, p.Queries[0].Conditions)
}

// A slowEvent takes its time to be read.
type slowEvent struct {
	eval.Event
	pause time.Duration
}

func (e slowEvent) Field(path string) value.Value {
	for from := time.Now(); time.Since(from) < e.pause; {
	}
	return e.Event.Field(path)
}
