package eval_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// TestTailKeepsEvents wants what tail keeps to the end to be what it was, whatever
// else is done with the events in between: a stream uses the descriptions of
// events again that nothing keeps.
func TestTailKeepsEvents(t *testing.T) {
	two := 2
	for _, tt := range []struct {
		query  string
		config eval.Config
		want   []string
	}{
		{`any where n == 1 | tail 2`, eval.Config{ID: "q"}, []string{"[1]", "[1]"}},
		{`sample by k [any where n == 2] [any where n == 1]`, eval.Config{ID: "q", Limit: &two}, []string{"[2 1]", "[2 1]"}},
	} {
		engine := eval.NewEngine(compileWith(t, tt.query, tt.config), compile(t, `sequence by k [any where n == 9] [any where n != 9]`))
		for _, restored := range []bool{false, true} {
			s := engine.NewStream(eval.WithLateness(time.Second))
			var got []string
			add := func(m eval.Match) bool {
				var ns []string
				for _, ev := range m.Events {
					ns = append(ns, ev.Field("n").String())
				}
				got = append(got, fmt.Sprint(ns))
				return true
			}
			at := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
			push := func(k string, n int) {
				at = at.Add(100 * time.Millisecond)
				require.NoError(t, s.Push(event.Map{"@timestamp": at.Format(time.RFC3339Nano), "event": map[string]any{"category": "a"}, "k": k, "n": n}, add))
			}
			for _, k := range []string{"a", "b"} {
				push(k, 1)
				push(k, 2)
			}
			if restored {
				var state bytes.Buffer
				require.NoError(t, s.Snapshot(&state))
				s = engine.NewStream(eval.WithLateness(time.Second))
				_, err := s.Restore(&state)
				require.NoError(t, err)
			}
			for range 50 {
				push("c", 3)
			}
			s.Close(add)
			require.Equal(t, tt.want, got, "%s, restored: %v", tt.query, restored)
		}
	}
}
