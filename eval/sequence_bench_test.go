package eval_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
)

// BenchmarkSequence measures what one event does to a sequence of two steps and
// two keys, three for "advance": it opens a partial, finds none to go on with,
// takes one a step further, completes one, or lets one expire; "none" is an event
// that concerns no step, whose cost the others include. An operation is that
// event; what has to go before it is not measured.
func BenchmarkSequence(b *testing.B) {
	const keys = 1 << 13 // of which none is measured twice without a fresh state
	events := func(category string, from int64) []*pairEvent {
		out := make([]*pairEvent, keys)
		for i := range out {
			out[i] = &pairEvent{category, hostID(i % 100), entityID(i), from + int64(i)}
		}
		return out
	}
	first, second, elsewhere := events("a", 0), events("b", keys), events("b", keys)
	for i, ev := range elsewhere {
		ev.entity = entityID(keys + i)
	}
	later := events("c", 2*keys)
	for _, c := range []struct {
		name          string
		query         string
		before, event []*pairEvent
		open          int // partials in the end
	}{
		{"none", fmt.Sprintf(pair, "1d"), first, later, keys},
		{"open", fmt.Sprintf(pair, "1d"), nil, first, keys},
		{"miss", fmt.Sprintf(pair, "1d"), first, elsewhere, keys},
		{"advance", fmt.Sprintf(pair, "1d") + " [c where true]", first, second, keys},
		{"complete", fmt.Sprintf(pair, "1d"), first, second, 0},
		{"expire", fmt.Sprintf(pair, fmt.Sprint(2*keys-1, "ms")), first, later, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			engine := eval.NewEngine(compile(b, c.query))
			b.ReportAllocs()
			matches := 0
			match := func(eval.Match) bool { matches++; return true }
			var s *eval.Stream
			for i := range b.N {
				if i%keys == 0 {
					b.StopTimer()
					s = engine.NewStream()
					for _, ev := range c.before {
						require.NoError(b, s.Push(ev, nil))
					}
					b.StartTimer()
				}
				if err := s.Push(c.event[i%keys], match); err != nil {
					b.Fatal(err)
				}
			}
			if b.N%keys == 0 {
				require.Equal(b, c.open, s.Stats().Open)
			}
		})
	}
}

// TestSequenceAllocations wants an event that completes nothing and begins
// nothing to leave nothing behind, whether it has to wait or not.
func TestSequenceAllocations(t *testing.T) {
	for name, opts := range map[string][]eval.StreamOption{
		"at once": nil,
		"waiting": {eval.WithLateness(50 * time.Millisecond)},
	} {
		t.Run(name, func(t *testing.T) {
			s := eval.NewEngine(compile(t, fmt.Sprintf(pair, "1d")+" until [c where true]")).NewStream(opts...)
			for i := range 100 {
				require.NoError(t, s.Push(&pairEvent{"a", hostID(0), entityID(i), int64(i)}, nil))
			}
			events := []*pairEvent{
				{category: "b", host: hostID(1), entity: entityID(1)},
				{category: "c", host: hostID(2), entity: entityID(2)},
				{category: "b"},
				{category: "z", host: hostID(1), entity: entityID(1)},
			}
			ms := int64(100)
			push := func() {
				for _, ev := range events {
					ms++
					ev.ms = ms
					require.NoError(t, s.Push(ev, nil))
				}
			}
			for range 100 {
				push()
			}
			require.Zero(t, testing.AllocsPerRun(100, push))
			require.Equal(t, 100, s.Stats().Open)
		})
	}
}
