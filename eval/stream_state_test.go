package eval_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// keyed is an event of a category with a key.
func keyed(ms int64, category string, key any, id int) event.Map {
	ev := at(ms, category, id)
	ev["k"] = key
	return ev
}

// showMiss returns a near miss as "reason key: ids of needed by id".
func showMiss(m eval.NearMiss) string {
	var b strings.Builder
	b.WriteString(m.Reason.String())
	for _, k := range m.Keys {
		b.WriteString(" " + k.String())
	}
	b.WriteByte(':')
	for _, ev := range m.Events {
		b.WriteString(" " + ev.Field("id").String())
	}
	fmt.Fprintf(&b, " of %d", m.Needed)
	if m.By != nil {
		b.WriteString(" by " + m.By.Field("id").String())
	}
	return b.String()
}

// Partial matches that end without a match are reported, with the reason.
func TestNearMisses(t *testing.T) {
	for query, want := range map[string][]string{
		"sequence by k with maxspan=10ms [a where true] [b where true] [c where true]": {
			"timed out 1: 0 1 of 3", "timed out 2: 2 of 3", "ended with the stream 2: 9 of 3",
		},
		"sequence by k with maxspan=1h [a where true] [c where true] until [u where true]": {
			"cancelled by until 2: 2 of 2 by 4", "ended with the stream 1: 0 of 2", "ended with the stream 2: 9 of 2",
		},
		"sequence by k with maxspan=10ms [a where true] ![u where true]": {
			"refuted by an event that must be missing 2: 2 of 1 by 4",
		},
		"sequence by k with maxspan=1h [a where true] ![b where true] [x where true]": {
			"refuted by an event that must be missing 1: 0 8 of 2", "ended with the stream 2: 9 of 2",
		},
		"sample by k [a where true] [c where true]": {
			"ended with the stream 1: 0 of 2", "ended with the stream 2: 2 of 2",
		},
	} {
		var got []string
		s := eval.NewEngine(compile(t, query)).NewStream(eval.WithOnNearMiss(func(m eval.NearMiss) { got = append(got, showMiss(m)) }))
		for i, ev := range []struct {
			ms       int64
			category string
			key      int
		}{
			{0, "a", 1}, {5, "b", 1}, {6, "a", 2}, {7, "b", 3}, {8, "u", 2}, {11, "o", 1}, {17, "o", 1}, {18, "o", 3}, {20, "x", 1}, {21, "a", 2},
		} {
			require.NoError(t, s.Push(keyed(ev.ms, ev.category, ev.key, i), nil))
		}
		s.Close(nil)
		require.Equal(t, want, got, query)
		require.Zero(t, s.Stats().Bytes, query)
		require.Zero(t, s.Stats().Open, query)
	}
}

// Sequences whose steps have names report the same.
func TestNearMissesOfNamedSteps(t *testing.T) {
	var got []string
	s := eval.NewEngine(endpoint(t, `sequence by k with maxspan=10ms [a where true] as x [b where id > x.id] ![m where k == x.k] until [u where true]`)).NewStream(
		eval.WithPartialsPerKey(2),
		eval.WithOnNearMiss(func(m eval.NearMiss) { got = append(got, showMiss(m)) }),
		eval.WithOnEvict(func(m eval.NearMiss) { got = append(got, showMiss(m)) }))
	for i, ev := range []struct {
		ms       int64
		category string
		key      int
	}{{0, "a", 1}, {1, "b", 1}, {3, "m", 1}, {4, "a", 2}, {5, "u", 2}, {6, "a", 3}, {6, "a", 3}, {6, "a", 3}, {20, "o", 1}, {21, "a", 4}} {
		doc := keyed(ev.ms, ev.category, ev.key, i)
		doc["host.id"] = "h"
		require.NoError(t, s.Push(doc, nil))
	}
	s.Close(nil)
	require.Equal(t, []string{
		"refuted by an event that must be missing 1: 0 1 of 2 by 2",
		"cancelled by until 2: 3 of 2 by 4",
		"evicted 3: 5 of 2",
		"timed out 3: 6 of 2", "timed out 3: 7 of 2",
		"ended with the stream 4: 9 of 2",
	}, got)
	require.Zero(t, s.Stats().Bytes)
}

// What limits take is counted for its query and reported, and the state of other
// queries stays as it is.
func TestLimits(t *testing.T) {
	flooded, quiet := "sequence by k with maxspan=1h [a where true] [b where true]", "sequence by k with maxspan=1h [q where true] [b where true]"
	for _, c := range []struct {
		name     string
		limits   eval.Limits
		evicted  uint64
		rejected uint64
		oldest   bool // whether the first or the last keys of the flood are gone
	}{
		{"per query", eval.Limits{PerQuery: 100}, 900, 0, true},
		{"in total", eval.Limits{Total: 110}, 900, 0, true},
		{"refusing new ones", eval.Limits{Total: 110, Policy: eval.RejectNew}, 0, 900, false},
		{"failing", eval.Limits{PerQuery: 100, Policy: eval.FailNew}, 0, 900, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			reported := 0
			s := eval.NewEngine(compile(t, quiet), compile(t, flooded)).NewStream(
				eval.WithLimits(c.limits), eval.WithOnEvict(func(m eval.NearMiss) {
					require.Equal(t, fmt.Sprintf("evicted %d: %d of 2", reported, reported), showMiss(m))
					reported++
				}))
			for i := range 10 {
				require.NoError(t, s.Push(keyed(0, "q", i, i), nil))
			}
			for i := range 1000 {
				err := s.Push(keyed(int64(i), "a", i, i), nil)
				if i >= 100 && c.limits.Policy == eval.FailNew {
					var full *eval.LimitError
					require.ErrorAs(t, err, &full)
					require.ErrorContains(t, err, "no room for another partial match")
				} else {
					require.NoError(t, err)
				}
			}
			st := s.QueryStats()
			require.Equal(t, 10, st[0].Open)
			require.Zero(t, st[0].Evicted+st[0].Rejected)
			require.Equal(t, 100, st[1].Open)
			require.Equal(t, c.evicted, st[1].Evicted)
			require.Equal(t, c.rejected, st[1].Rejected)
			require.EqualValues(t, c.evicted, reported)
			for i := range 1000 {
				var got collector
				require.NoError(t, s.Push(keyed(2000, "b", i, -1), got.add))
				flood := (i >= 900) == c.oldest && (i < 100 || i >= 900)
				require.Equal(t, b2i(i < 10)+b2i(flood), len(got.got), "key %d", i)
			}
			require.Zero(t, s.Stats().Bytes)
		})
	}
}

// Whatever is evicted is counted and reported, the oldest first: also what a query
// remembers beside partial matches, which leaves room for these.
func TestAllEvictionsAreReported(t *testing.T) {
	for _, c := range []struct {
		query   string
		dialect ast.Dialect
		evicted uint64
		open    int
	}{
		{"sequence by k with maxspan=1h ![a where true] [b where true] [c where true]", ast.Elasticsearch, 190, 10},
		{"sequence by k with maxspan=1h ![a where true] [b where true] as x [c where id == x.id]", ast.Endpoint, 190, 10},
		{"sequence by k with maxspan=1h [a where true] [b where true] ![c where true]", ast.Elasticsearch, 90, 10},
		{"sample by k [a where true] [b where true]", ast.Elasticsearch, 190, 10},
		{"any where descendant of [a where true]", ast.Endpoint, 90, 0},
	} {
		t.Run(c.query, func(t *testing.T) {
			reported := 0
			s := eval.NewEngine(compileWith(t, c.query, eval.Config{Dialect: c.dialect})).NewStream(
				eval.WithLimits(eval.Limits{PerQuery: 10}), eval.WithOnEvict(func(m eval.NearMiss) {
					require.Equal(t, eval.Evicted, m.Reason)
					reported++
				}))
			for i := range 200 {
				ev := keyed(int64(i), []string{"a", "b"}[i/100], i%100, i%100)
				ev["process.entity_id"] = fmt.Sprint(i)
				require.NoError(t, s.Push(ev, nil))
			}
			st := s.Stats()
			require.Equal(t, c.evicted, st.Evicted)
			require.EqualValues(t, c.evicted, reported)
			require.Equal(t, c.open, st.Open)
			s.Close(nil)
			require.Zero(t, s.Stats().Bytes)
		})
	}
}

// An event that takes most of the room can be kept, whether it has to wait or not.
func TestEventNearTheLimit(t *testing.T) {
	for _, lateness := range []time.Duration{0, time.Second} {
		s := eval.NewEngine(compile(t, "sequence by k [a where true] [b where true]")).NewStream(
			eval.WithLimits(eval.Limits{Bytes: 1 << 20}), eval.WithLateness(lateness))
		big := keyed(1000, "a", 1, 1)
		big["text"] = strings.Repeat("x", 7<<17)
		var got collector
		require.NoError(t, s.Push(big, got.add))
		require.NoError(t, s.Push(keyed(1001, "b", 1, 2), got.add))
		s.Close(got.add)
		require.Equal(t, []string{"1: 1 2"}, got.got)
		require.Zero(t, s.Stats().Evicted+s.Stats().Rejected)
		require.Zero(t, s.Stats().Bytes)
	}
}

// An event for which there could never be room costs nobody else anything.
func TestEventBeyondTheLimit(t *testing.T) {
	const limit = 1 << 20
	giant := func(ms int64, category string) eval.Event {
		ev := keyed(ms, category, -1, -1)
		ev["text"] = strings.Repeat("x", 2*limit)
		return ev
	}
	small := func(ms int64, category string) eval.Event { return keyed(ms, category, -1, -1) }
	for name, c := range map[string]struct {
		query             string
		feed              []eval.Event
		evicted, rejected uint64
		matches           int
	}{
		"first":            {"sequence by k [x where true] [y where true]", []eval.Event{giant(1000, "x"), small(1001, "y")}, 0, 1, 0},
		"in the middle":    {"sequence by k [x where true] [y where true] [z where true]", []eval.Event{small(1000, "x"), giant(1001, "y"), small(1002, "z")}, 1, 0, 0},
		"of a named step":  {"sequence by k [x where true] as p [y where id == p.id] [z where true]", []eval.Event{small(1000, "x"), giant(1001, "y"), small(1002, "z")}, 1, 0, 0},
		"last":             {"sequence by k [x where true] [y where true]", []eval.Event{small(1000, "x"), giant(1001, "y")}, 0, 0, 1},
		"before a missing": {"sequence by k with maxspan=1s [x where true] [y where true] ![z where true]", []eval.Event{small(1000, "x"), giant(1001, "y")}, 0, 1, 0},
		"of a sample":      {"sample by k [x where true] [y where true]", []eval.Event{small(1000, "x"), giant(1001, "y")}, 0, 1, 0},
	} {
		for _, lateness := range []time.Duration{0, time.Second} {
			t.Run(name+" "+lateness.String(), func(t *testing.T) {
				config := eval.Config{}
				if strings.Contains(c.query, " as ") {
					config.Dialect = ast.Endpoint
				}
				s := eval.NewEngine(compile(t, "sequence by k [a where true] [b where true]"), compileWith(t, c.query, config)).NewStream(
					eval.WithLimits(eval.Limits{Bytes: limit}), eval.WithLateness(lateness))
				for i := range 1000 {
					require.NoError(t, s.Push(keyed(0, "a", i, i), nil))
				}
				var got collector
				for _, ev := range c.feed {
					require.NoError(t, s.Advance(time.UnixMilli(999), got.add))
					require.NoError(t, s.Push(ev, got.add))
				}
				require.NoError(t, s.Advance(time.UnixMilli(5000), got.add))
				st := s.QueryStats()
				require.Equal(t, 1000, st[0].Open)
				require.Zero(t, st[0].Evicted+st[0].Rejected)
				if lateness == 0 {
					require.Equal(t, c.evicted, st[1].Evicted)
					require.Equal(t, c.rejected, st[1].Rejected)
					require.Len(t, got.got, c.matches)
				} else { // an event just before it may find no room while it waits
					require.EqualValues(t, 1, st[1].Evicted+st[1].Rejected)
					require.Empty(t, got.got)
				}
				s.Close(nil)
				require.Zero(t, s.Stats().Bytes)
			})
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A flood of keys stays inside the bytes that it may have.
func TestFloodStaysInsideItsBytes(t *testing.T) {
	const limit = 1 << 20
	s := eval.NewEngine(
		compile(t, "sequence by k with maxspan=1h [q where true] [b where true]"),
		compile(t, "sequence by k with maxspan=1h [a where true] [b where true]"),
		compile(t, "sequence by k with maxspan=1h ![a where true] [c where true]"),
		compile(t, "sequence by k with maxspan=1h [a where true] ![c where true]"),
		compile(t, "sample by k [a where true] [c where true]"),
		endpoint(t, "sequence by k with maxspan=1h [a where true] as x [b where id == x.id]"),
		endpoint(t, "c where descendant of [a where true]"),
	).NewStream(eval.WithLimits(eval.Limits{Bytes: limit}))
	for i := range 50 {
		require.NoError(t, s.Push(keyed(0, "q", i, i), nil))
	}
	for i := range 20_000 {
		ev := keyed(int64(i/10), "a", i, i)
		ev["process.entity_id"] = i
		require.NoError(t, s.Push(ev, nil))
		require.LessOrEqual(t, s.Stats().Bytes, int64(limit))
	}
	st := s.QueryStats()
	require.Equal(t, 50, st[0].Open)
	require.Zero(t, st[0].Evicted)
	for _, q := range st[1:] {
		require.NotZero(t, q.Evicted)
	}
	s.Close(nil)
	require.Zero(t, s.Stats().Bytes)
}

// Events that are kept back do not exceed the limits either: the watermark
// moves on.
func TestBufferStaysInsideItsBytes(t *testing.T) {
	const limit = 1 << 16
	s := eval.NewEngine(compile(t, "sequence with maxspan=1h [a where true] [a where true]")).NewStream(
		eval.WithLateness(time.Hour), eval.WithLimits(eval.Limits{Bytes: limit}))
	var got collector
	for i := range 1000 {
		require.NoError(t, s.Push(at(int64(i), "a", i), got.add))
		require.LessOrEqual(t, s.Stats().Bytes, int64(limit))
	}
	require.NotZero(t, s.Stats().Hurried)
	s.Close(got.add)
	require.Len(t, got.got, 999, "nothing is lost")
}

// A sequence without maxspan can be given one.
func TestDefaultMaxSpan(t *testing.T) {
	s := eval.NewEngine(
		compile(t, "sequence [a where true] [b where true]"),
		compile(t, "sequence with maxspan=1h [a where true] [b where true]"),
	).NewStream(eval.WithDefaultMaxSpan(time.Second))
	require.NoError(t, s.Push(at(0, "a", 0), nil))
	require.NoError(t, s.Advance(time.UnixMilli(1000), nil))
	require.Equal(t, 2, s.Stats().Open)
	require.NoError(t, s.Advance(time.UnixMilli(1001), nil))
	require.Equal(t, 1, s.Stats().Open)
	require.EqualValues(t, 1, s.Stats().Expired)
}

// What is kept of an event stands in the match, and makes no difference to ids.
func TestRetain(t *testing.T) {
	const doc = `{"@timestamp": %d, "event": {"category": "%s"}, "id": %d, "host": {"name": "h"}, "tags": ["x", "y"]}`
	run := func(make func(ms int, category string, id int) eval.Event, opts ...eval.StreamOption) (out eval.Match) {
		s := eval.NewEngine(compile(t, "sequence with maxspan=1m [a where true] [b where true]")).NewStream(opts...)
		require.NoError(t, s.Push(make(0, "a", 1), nil))
		require.NoError(t, s.Push(make(1, "b", 2), func(m eval.Match) bool {
			out = m
			return true
		}))
		require.Len(t, out.Events, 2)
		return out
	}
	raw := func(ms int, category string, id int) eval.Event {
		return event.JSON(fmt.Appendf(nil, doc, ms, category, id))
	}
	mapped := func(ms int, category string, id int) eval.Event {
		return decoded(fmt.Appendf(nil, doc, ms, category, id))
	}
	named := func(ms int, category string, id int) eval.Event { return namedEvent{raw(ms, category, id)} }

	whole := run(raw)
	fields := eval.WithRetain(eval.RetainFields("host.name", "id", "tags", "nothing"))
	for _, m := range []eval.Match{run(raw, fields), run(mapped, fields)} {
		require.Equal(t, whole.ID(), m.ID())
		require.Equal(t, "h", m.Events[0].Field("host.name").Str())
		require.True(t, m.Events[0].Field("@timestamp").IsNull())
		shown, err := m.Events[1].(*eval.Excerpt).MarshalJSON()
		require.NoError(t, err)
		require.JSONEq(t, `{"host.name": "h", "id": 2, "tags": ["x", "y"]}`, string(shown))
	}
	reference := eval.WithRetain(eval.RetainReference(nil))
	m := run(named, reference)
	require.Equal(t, eval.Reference("event 1"), m.Events[0])
	require.Equal(t, run(named).ID(), m.ID())
	require.Equal(t, run(named, fields).ID(), m.ID())
	require.IsType(t, &event.Document{}, run(raw, reference).Events[0], "without an id the event is kept")
	byID := eval.WithRetain(eval.RetainReference(func(ev eval.Event) string { return ev.Field("id").String() }))
	require.Equal(t, eval.Reference("1"), run(raw, byID).Events[0])
}

// namedEvent is an event with an id of its own.
type namedEvent struct{ eval.Event }

func (n namedEvent) EventID() string { return "event " + n.Field("id").String() }

// Samples do not depend on the order of arrival, and take late events, too.
func TestSamplesPutEventsInOrder(t *testing.T) {
	q := compile(t, "sample by k [a where true] [b where true]")
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		s := eval.NewEngine(q).NewStream()
		var got collector
		for _, i := range order {
			require.NoError(t, s.Push(keyed(int64(10*i), []string{"a", "a", "b", "b"}[i], "x", i), got.add))
		}
		untimed := event.Map{"event.category": "a", "k": "x", "id": 9}
		require.NoError(t, s.Push(untimed, got.add))
		s.Close(got.add)
		require.Equal(t, []string{"x: 0 2"}, got.got)
	}
}

// Keys are equal and shown as they are, of whatever type.
func TestKeysOfAllTypes(t *testing.T) {
	for _, key := range []any{"text", "", 1, -1, uint64(1 << 63), 1.5, true, false, "\x00\xff"} {
		s := eval.NewEngine(compile(t, "sequence by k, ?n [a where true] [b where true]")).NewStream()
		var keys []value.Value
		require.NoError(t, s.Push(keyed(0, "a", key, 1), nil))
		require.NoError(t, s.Push(keyed(1, "b", key, 2), func(m eval.Match) bool {
			keys = m.Keys
			return true
		}))
		require.Len(t, keys, 2, "%v", key)
		require.True(t, value.Equal(keys[0], event.Map{"k": key}.Field("k")), "%v", key)
		require.True(t, keys[1].IsNull())
	}
}
