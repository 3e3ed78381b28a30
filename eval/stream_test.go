package eval_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// collector gathers matches as text.
type collector struct{ got []string }

func (c *collector) add(m eval.Match) bool {
	c.got = append(c.got, show(m))
	return true
}

func at(ms int64, category string, id int) event.Map {
	return event.Map{"@timestamp": ms, "event.category": category, "id": id}
}

// An absence is decided as soon as time has passed maxspan, not before.
func TestAdvanceDecidesAbsence(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=10s [a where true] ![b where true]")).NewStream()
	var c collector
	require.NoError(t, s.Push(at(0, "a", 1), c.add))
	s.Advance(time.UnixMilli(10_000), c.add)
	require.Empty(t, c.got)
	require.Equal(t, 1, s.Stats().Open)
	s.Advance(time.UnixMilli(10_001), c.add)
	require.Equal(t, []string{"1 -"}, c.got)
	require.Zero(t, s.Stats().Open)
}

// An event of another category lets time pass as well.
func TestOtherEventsLetTimePass(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=10s [a where true] ![b where true]")).NewStream()
	var c collector
	require.NoError(t, s.Push(at(0, "a", 1), c.add))
	require.NoError(t, s.Push(at(10_001, "x", 2), c.add))
	require.Equal(t, []string{"1 -"}, c.got)
}

// What maxspan has outlived is forgotten.
func TestMaxSpanFrees(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence by id with maxspan=1s [a where true] [b where true]")).NewStream()
	for i := range 100 {
		require.NoError(t, s.Push(at(int64(i), "a", i), nil))
	}
	require.Equal(t, 100, s.Stats().Open)
	s.Advance(time.UnixMilli(1050), nil)
	require.Equal(t, 50, s.Stats().Open)
	s.Advance(time.UnixMilli(5000), nil)
	require.Zero(t, s.Stats().Open)
}

// Late events are seen by event queries only, and counted.
func TestLateEvents(t *testing.T) {
	var late int
	engine := eval.NewEngine(compile(t, "sequence [a where true] [b where true]"), compile(t, "a where true"))
	s := engine.NewStream(eval.WithOnLate(func(eval.Event) { late++ }))
	var c collector
	require.NoError(t, s.Push(at(1000, "x", 1), c.add))
	require.NoError(t, s.Push(at(500, "a", 2), c.add))
	require.NoError(t, s.Push(at(1500, "b", 3), c.add))
	require.Equal(t, []string{"2"}, c.got)
	require.Equal(t, 1, late)
	require.EqualValues(t, 1, s.Stats().Late)
}

// Within the allowed lateness the order of arrival does not matter.
func TestLateness(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=1s [a where true] [b where true]")).NewStream(eval.WithLateness(time.Second))
	var c collector
	require.NoError(t, s.Push(at(1500, "b", 3), c.add))
	require.NoError(t, s.Push(at(500, "a", 2), c.add))
	require.Empty(t, c.got)
	require.NoError(t, s.Push(at(2500, "x", 4), c.add))
	require.Equal(t, []string{"2 3"}, c.got)
}

// A tiebreaker orders events of one time whatever their order of arrival.
func TestTiebreaker(t *testing.T) {
	q := compileWith(t, "sequence [a where true] [b where true]", eval.Config{TiebreakerField: "id"})
	s := eval.NewEngine(q).NewStream()
	var c collector
	for _, ev := range []event.Map{at(1, "b", 2), at(1, "a", 1), at(1, "b", 0)} {
		require.NoError(t, s.Push(ev, c.add))
	}
	s.Close(c.add)
	require.Equal(t, []string{"1 2"}, c.got)
}

// An event that cannot be read is refused and stops nothing.
func TestUnreadableEvent(t *testing.T) {
	s := eval.NewEngine(compile(t, "any where id > 0")).NewStream()
	var c collector
	require.NoError(t, s.Push(event.JSON([]byte(`{"id": 1}`)), c.add))
	require.ErrorContains(t, s.Push(event.JSON([]byte(`{"id": 2`)), c.add), "event 2")
	require.NoError(t, s.Push(event.JSON([]byte(`{"id": 3}`)), c.add))
	require.Equal(t, []string{"1", "3"}, c.got)
	require.EqualValues(t, 1, s.Stats().Refused)
	s.Close(c.add)
	require.ErrorIs(t, s.Push(event.Map{}, c.add), eval.ErrClosed)
}

// Errors of evaluation are reported with their query.
func TestOnError(t *testing.T) {
	q := compile(t, "any where 1 / id == 1")
	var from []*eval.Query
	s := eval.NewEngine(q).NewStream(eval.WithOnError(func(q *eval.Query, err error) {
		require.ErrorContains(t, err, "division by zero")
		from = append(from, q)
	}))
	require.NoError(t, s.Push(event.Map{"id": 0}, nil))
	require.Equal(t, []*eval.Query{q}, from)
	require.EqualValues(t, 1, s.Stats().Errors)
}

// Ids depend on the query and the events alone.
func TestMatchID(t *testing.T) {
	const doc = `{"@timestamp": 1, "event": {"category": "a"}, "id": 1}`
	id := func(q *eval.Query, ev eval.Event) string {
		var out string
		s := eval.NewEngine(q).NewStream()
		require.NoError(t, s.Push(at(0, "x", 7), nil))
		require.NoError(t, s.Push(ev, func(m eval.Match) bool {
			out = m.ID()
			return true
		}))
		require.Len(t, out, 32)
		return out
	}
	q := compile(t, "a where true")
	first := id(q, event.JSON([]byte(doc)))
	require.Equal(t, first, id(q, event.JSON([]byte(doc))))
	require.Equal(t, first, id(q, decoded([]byte(doc))), "raw and decoded documents are the same")
	require.Equal(t, first, id(compile(t, "a  where  true // as before"), event.JSON([]byte(doc))))
	require.NotEqual(t, first, id(compile(t, "a where id == 1"), event.JSON([]byte(doc))))
	require.NotEqual(t, first, id(q, event.JSON([]byte(`{"@timestamp": 1, "event": {"category": "a"}, "id": 2}`))))
}

// Engines may be shared.
func TestConcurrentStreams(t *testing.T) {
	engine := eval.NewEngine(
		compile(t, `any where concat(id, "-", m) regex "[0-9]+-[ab]" and m : ("A*", "b*")`),
		compile(t, "sequence by m [a where true] [b where true]"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s := engine.NewStream()
			n := 0
			for i := range 200 {
				ev := event.Map{"@timestamp": i, "event.category": []string{"a", "b"}[i%2], "id": i, "m": []any{"a", "b"}}
				if err := s.Push(ev, func(eval.Match) bool { n++; return true }); err != nil {
					t.Error(err)
				}
			}
			if n != 200+2*100 {
				t.Errorf("%d matches", n)
			}
		})
	}
	wg.Wait()
}

// A query that never matches anything costs nothing and says nothing.
func TestNeverTrue(t *testing.T) {
	s := eval.NewEngine(compile(t, "any where null"), compile(t, "any where not null"), compile(t, "any where 1 == 2")).NewStream()
	var c collector
	require.NoError(t, s.Push(event.Map{"id": 1}, c.add))
	s.Close(c.add)
	require.Empty(t, c.got)
}
