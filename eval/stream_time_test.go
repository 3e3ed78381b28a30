package eval_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// A feed is what happens to a stream, step by step, and what must come of it.
type feed struct {
	source   string
	category string // "" lets time pass, "end" ends the source
	ms       int64
	want     string // the matches of this step
}

// TestTime walks through the ways in which time passes. The query of each case
// is "a then b" unless it says otherwise; an event has its place in the feed as id.
func TestTime(t *testing.T) {
	const ab = "sequence with maxspan=10s [a where true] [b where true]"
	const absence = "sequence with maxspan=10s [a where true] ![b where true]"
	for _, c := range []struct {
		name, query string
		opts        []eval.StreamOption
		feed        []feed
		atEnd       string
	}{
		{
			name: "the slowest source sets the time", query: ab,
			feed: []feed{
				{source: "x", category: "a", ms: 1000},
				{source: "y", category: "o", ms: 1000},
				{source: "x", category: "b", ms: 3000},
				{source: "y", category: "a", ms: 2000},
				{source: "y", category: "o", ms: 3000, want: "3 2"},
			},
		},
		{
			name: "a source that is named beforehand is waited for", query: ab,
			opts: []eval.StreamOption{eval.WithSources("x", "y")},
			feed: []feed{
				{source: "x", category: "a", ms: 1000},
				{source: "x", category: "b", ms: 3000},
				{source: "y", category: "a", ms: 2000},
				{source: "y", category: "o", ms: 4000, want: "2 1"},
			},
		},
		{
			name: "a silent source is not waited for longer than its time-out", query: ab,
			opts: []eval.StreamOption{eval.WithSources("x", "y"), eval.WithIdleTimeout(5 * time.Second)},
			feed: []feed{
				{source: "x", category: "a", ms: 1000},
				{source: "x", category: "b", ms: 3000},
				{source: "x", category: "o", ms: 6000},
				{source: "x", category: "o", ms: 6001, want: "0 1"},
				{source: "y", category: "a", ms: 6100}, // is waited for again
				{source: "x", category: "b", ms: 6200},
				{source: "y", category: "o", ms: 6300, want: "4 5"},
			},
		},
		{
			name: "a source that ends is not waited for", query: ab,
			feed: []feed{
				{source: "x", category: "a", ms: 1000},
				{source: "y", category: "o", ms: 1000},
				{source: "x", category: "b", ms: 3000},
				{source: "y", category: "end", want: "0 2"},
			},
		},
		{
			name: "time by hand", query: ab,
			opts: []eval.StreamOption{eval.WithManualTime()},
			feed: []feed{
				{category: "b", ms: 3000},
				{category: "a", ms: 1000},
				{ms: 2000},
				{ms: 3000, want: "1 0"},
			},
		},
		{
			name: "an absence is decided to the millisecond", query: absence,
			opts: []eval.StreamOption{eval.WithLateness(time.Second)},
			feed: []feed{
				{category: "a", ms: 0},
				{category: "o", ms: 11_000},
				{category: "o", ms: 11_001, want: "0 -"},
			},
		},
		{
			name: "an event within the lateness still refutes", query: absence,
			opts: []eval.StreamOption{eval.WithLateness(time.Second)},
			feed: []feed{
				{category: "a", ms: 0},
				{category: "o", ms: 11_000},
				{category: "b", ms: 10_000},
				{category: "o", ms: 30_000},
			},
		},
		{
			name: "absences come in order of their deadlines", query: absence,
			opts: []eval.StreamOption{eval.WithLateness(time.Second)},
			feed: []feed{
				{category: "a", ms: 500},
				{category: "a", ms: 0},
				{category: "o", ms: 60_000, want: "1 -; 0 -"},
			},
		},
		{
			name: "one wrong clock does not move time", query: ab,
			opts: []eval.StreamOption{eval.WithMaxJump(time.Minute, 3)},
			feed: []feed{
				{category: "o", ms: 0},
				{category: "o", ms: 1},
				{category: "o", ms: 2},
				{category: "a", ms: 1000},
				{category: "b", ms: 4e12}, // the year 2096
				{category: "b", ms: 2000, want: "3 5"},
			},
		},
		{
			name: "after a gap time goes on", query: ab,
			opts: []eval.StreamOption{eval.WithMaxJump(time.Minute, 3)},
			feed: []feed{
				{category: "o", ms: 0},
				{category: "o", ms: 1},
				{category: "o", ms: 2},
				{category: "a", ms: 3_600_000},
				{category: "b", ms: 3_600_001},
				{category: "a", ms: 3_600_002, want: "3 4"},
				{category: "b", ms: 3_600_003, want: "5 6"},
			},
		},
		{
			name: "a stream that begins with a wrong clock", query: ab,
			opts: []eval.StreamOption{eval.WithMaxJump(time.Minute, 3)},
			feed: []feed{
				{category: "b", ms: 4e12},
				{category: "a", ms: 1000},
				{category: "b", ms: 2000, want: "1 2"},
			},
		},
		{
			name: "a stream that ends in doubt", query: ab,
			opts: []eval.StreamOption{eval.WithMaxJump(time.Minute, 5)},
			feed: []feed{
				{category: "a", ms: 1000},
				{category: "b", ms: 2000},
			},
			atEnd: "0 1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := eval.NewEngine(compile(t, c.query)).NewStream(c.opts...)
			for i, f := range c.feed {
				var got collector
				switch f.category {
				case "":
					require.NoError(t, s.Advance(time.UnixMilli(f.ms), got.add))
				case "end":
					require.NoError(t, s.EndSource(f.source, got.add))
				default:
					require.NoError(t, s.PushFrom(f.source, at(f.ms, f.category, i), got.add))
				}
				require.Equal(t, f.want, got.text(), "step %d", i)
			}
			var got collector
			s.Close(got.add)
			require.Equal(t, c.atEnd, got.text(), "at the end")
			require.Zero(t, s.Stats().Late)
			require.Zero(t, s.Stats().Bytes, "everything is given back")
		})
	}
}

// Events that are not believed are counted and reported.
func TestAheadIsReported(t *testing.T) {
	var reported []string
	s := eval.NewEngine(compile(t, "sequence [a where true] [b where true]"), compile(t, "b where true")).NewStream(
		eval.WithMaxJump(time.Minute, 2),
		eval.WithOnAhead(func(ev eval.Event) { reported = append(reported, ev.Field("id").String()) }))
	var got collector
	for i, ms := range []int64{0, 1, 4e12, 2, 4e12 + 1} {
		category := []string{"a", "o", "b", "o", "x"}[i]
		require.NoError(t, s.Push(at(ms, category, i), got.add))
	}
	require.Equal(t, []string{"2"}, got.got, "a query for single events sees it at once")
	s.Close(got.add)
	require.Equal(t, []string{"2", "4"}, reported)
	require.EqualValues(t, 2, s.Stats().Ahead)
	require.Zero(t, s.Stats().Bytes)
}

// An event that is not believed by two timestamp fields is counted and reported once.
func TestToldOnce(t *testing.T) {
	const ab = "sequence [a where true] [b where true]"
	late, ahead := 0, 0
	s := eval.NewEngine(compile(t, ab), compileWith(t, ab, eval.Config{TimestampField: "ingested"})).NewStream(
		eval.WithMaxJump(time.Minute, 2),
		eval.WithOnLate(func(eval.Event) { late++ }), eval.WithOnAhead(func(eval.Event) { ahead++ }))
	for _, ms := range [][2]int64{{0, 0}, {0, 0}, {4e12, 4e12}, {1, 1}, {0, 0}, {0, 4e12}, {1, 1}} {
		ev := at(ms[0], "a", 0)
		ev["ingested"] = ms[1]
		require.NoError(t, s.Push(ev, nil))
	}
	require.Equal(t, []int{2, 1}, []int{late, ahead})
	st := s.Stats()
	require.EqualValues(t, 2, st.Late)
	require.EqualValues(t, 1, st.Ahead)
	require.Zero(t, st.Buffered)
}

// Events in doubt that Advance has overtaken are late when they are believed.
func TestDoubtsThatTimeOvertakes(t *testing.T) {
	late := 0
	s := eval.NewEngine(compile(t, "sequence with maxspan=10s [a where true] [b where true]")).NewStream(
		eval.WithMaxJump(time.Minute, 4), eval.WithOnLate(func(eval.Event) { late++ }))
	var got collector
	push := func(ms int64, category string) { require.NoError(t, s.Push(at(ms, category, 0), got.add)) }
	for range 4 {
		push(0, "o")
	}
	push(120_000, "a")
	push(121_000, "b")
	push(3_600_000, "o")
	require.NoError(t, s.Advance(time.UnixMilli(180_000), got.add))
	push(9_000_000, "o")
	s.Close(got.add)
	require.Empty(t, got.got)
	require.Equal(t, 2, late)
	st := s.Stats()
	require.EqualValues(t, 2, st.Late)
	require.EqualValues(t, 2, st.Ahead)
	require.Zero(t, st.Bytes)
}

// Only events that some step needs are kept back.
func TestBufferKeepsWhatIsNeeded(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence by id [a where true] [b where true]")).NewStream(eval.WithLateness(time.Hour))
	for i := range 100 {
		require.NoError(t, s.Push(at(int64(i), []string{"a", "o"}[i%2], i), nil))
	}
	require.Equal(t, 50, s.Stats().Buffered)
	require.Zero(t, s.Stats().Open)
	require.Equal(t, time.UnixMilli(99).Add(-time.Hour).UTC(), s.Stats().Watermark)
	require.NoError(t, s.Advance(time.UnixMilli(49), nil))
	require.Equal(t, 25, s.Stats().Buffered)
	require.Equal(t, 25, s.Stats().Open)
}

// Many sources cost no more than few.
func BenchmarkSources(b *testing.B) {
	for _, sources := range []int{1, 1000} {
		b.Run(fmt.Sprint(sources), func(b *testing.B) {
			s := eval.NewEngine(compile(b, "sequence with maxspan=1s [a where true] [b where true]")).NewStream(eval.WithIdleTimeout(time.Hour))
			names := make([]string, sources)
			for i := range names {
				names[i] = fmt.Sprint("source", i)
			}
			ev := event.Map{"event.category": "o"}
			i := 0
			for b.Loop() {
				ev["@timestamp"] = int64(i)
				if err := s.PushFrom(names[i%sources], ev, nil); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}
