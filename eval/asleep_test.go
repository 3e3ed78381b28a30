package eval_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// TestLateSource has a process that is first heard of in a late event, after a
// time in which nobody had to be asked: it is as old as the stream is, not as old
// as the event.
func TestLateSource(t *testing.T) {
	q := compileWith(t, `any where n == 9 and descendant of [process where n == 1]`, eval.Config{Dialect: ast.Endpoint})
	for _, opts := range [][]eval.StreamOption{{}, {eval.WithoutIndex()}} {
		for _, timed := range []bool{true, false} {
			s := eval.NewEngine(q).NewStream(append(opts, eval.WithProcessLimits(0, time.Hour))...)
			found := 0
			push := func(at time.Duration, n int, process, parent string) {
				ev := event.Map{
					"@timestamp": time.Unix(0, 0).UTC().Add(at).Format(time.RFC3339), "n": n,
					"event.category": "process", "event.type": "start", "process.entity_id": process, "process.parent.entity_id": parent,
				}
				if n == 1 && !timed {
					delete(ev, "@timestamp")
				}
				require.NoError(t, s.Push(ev, func(eval.Match) bool {
					found++
					return true
				}))
			}
			push(time.Hour, 9, "p0", "")
			push(10*time.Hour, 9, "p0", "")
			push(time.Hour, 1, "p1", "")
			push(10*time.Hour+30*time.Minute, 9, "p2", "p1")
			require.Equal(t, 1, found, fmt.Sprint(len(opts), timed))
			push(13*time.Hour, 9, "p3", "p1")
			require.Equal(t, 1, found, fmt.Sprint(len(opts), timed))
		}
	}
}

// TestRepeatedAsleep delivers an event twice: at first, when no step asks for it,
// and again when one does. It is the same event.
func TestRepeatedAsleep(t *testing.T) {
	q := compile(t, `sequence [any where n == 1] [any where n == 2]`)
	delivered := func(n int, id string) eval.Event {
		return identified{event.Map{"@timestamp": "2024-05-01T00:00:00Z", "event.category": "a", "n": n}, id}
	}
	for _, opts := range [][]eval.StreamOption{{}, {eval.WithoutIndex()}} {
		s := eval.NewEngine(q).NewStream(append(opts, eval.WithDistinct(eval.EventID))...)
		found := 0
		for _, ev := range []eval.Event{delivered(2, "x"), delivered(1, "y"), delivered(2, "x"), delivered(2, "z")} {
			require.NoError(t, s.Push(ev, func(m eval.Match) bool {
				found++
				require.Equal(t, "z", m.Events[1].(identified).id)
				return true
			}))
		}
		require.Equal(t, 1, found)
		require.EqualValues(t, 1, s.Stats().Duplicates)
	}
}

// TestNoProcessKnown has a step that holds of descendants, among others: it is not
// tested as long as there is no process to descend from and nothing else speaks for it.
func TestNoProcessKnown(t *testing.T) {
	q := compileWith(t, `process where (n == 5 or user.name == null and descendant of [process where n == 1]) and not n == 4`, eval.Config{Dialect: ast.Endpoint})
	s := eval.NewEngine(q).NewStream(eval.WithProfile(), eval.WithProcessLimits(0, time.Hour))
	for i, e := range []struct {
		at          time.Duration
		n           int
		parent      string
		matches     int
		evaluations uint64 // of the query's steps, also those that tell of processes
	}{
		{0, 2, "", 0, 0},
		{0, 5, "p0", 1, 1},
		{0, 4, "p0", 0, 0},
		{0, 1, "", 0, 1},   // tells of a process
		{0, 3, "p3", 1, 2}, // and of its child
		{0, 4, "p3", 0, 1},
		{0, 2, "p0", 0, 2},
		{2 * time.Hour, 2, "p3", 0, 0}, // forgotten
		{2 * time.Hour, 5, "p3", 1, 1},
	} {
		before, found := s.Profile().Queries[0].Evaluations, 0
		require.NoError(t, s.Push(event.Map{
			"@timestamp": time.Unix(0, 0).UTC().Add(e.at).Format(time.RFC3339), "n": e.n, "event.type": "start",
			"event.category": "process", "process.entity_id": fmt.Sprint("p", i), "process.parent.entity_id": e.parent,
		}, func(eval.Match) bool {
			found++
			return true
		}))
		require.Equal(t, e.matches, found, "event %d", i)
		require.Equal(t, e.evaluations, s.Profile().Queries[0].Evaluations-before, "event %d", i)
	}
}

// TestAnswersOfNoProcess wants to be told of every event that asks, also while no
// process is known.
func TestAnswersOfNoProcess(t *testing.T) {
	q := compileWith(t, `process where n == 5 or descendant of [process where n == 1]`, eval.Config{Dialect: ast.Endpoint})
	var asked []uint64
	s := eval.NewEngine(q).NewStream(eval.WithAnswers(func(_ *eval.Query, event uint64, _ source.Span, yes bool) {
		require.False(t, yes)
		asked = append(asked, event)
	}))
	for n := range 3 {
		require.NoError(t, s.Push(event.Map{"@timestamp": "2024-05-01T00:00:00Z", "n": 5 - n, "event.category": "process", "process.entity_id": "p"}, nil))
	}
	require.Equal(t, []uint64{1, 2, 3}, asked)
}
