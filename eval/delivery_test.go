package eval_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/shard"
)

// A delivery is one way in which events can come.
type delivery struct {
	lateness time.Duration
	sources  int
	advance  bool // now and then time passes without an event
	restarts int  // one in so many events the stream is stopped and restored; 0 is never
	crashes  bool // a restart goes back to an earlier snapshot
	swaps    bool // now and then the engine is exchanged by an equal one
	twice    bool // some events are delivered again
	shards   int  // 0 is a stream on its own
	wrap     func([]byte) eval.Event
}

// A stream is an eval.Stream or a shard.Stream.
type stream interface {
	PushFrom(source string, ev eval.Event, yield func(eval.Match) bool) error
	Advance(t time.Time, yield func(eval.Match) bool) error
	EndSource(name string, yield func(eval.Match) bool) error
	Close(yield func(eval.Match) bool)
	SetPosition(source string, position []byte)
	Positions() map[string][]byte
	Restore(r io.Reader) (eval.Changes, error)

	swap(e *eval.Engine, yield func(eval.Match) bool) (eval.Changes, error)
	snapshot(w io.Writer, yield func(eval.Match) bool) error
	stats(yield func(eval.Match) bool) eval.Stats
	stop()
}

type wholeStream struct{ *eval.Stream }

func (s wholeStream) swap(e *eval.Engine, _ func(eval.Match) bool) (eval.Changes, error) {
	return s.Swap(e)
}

func (s wholeStream) snapshot(w io.Writer, _ func(eval.Match) bool) error { return s.Snapshot(w) }

func (s wholeStream) stats(func(eval.Match) bool) eval.Stats { return s.Stats() }

func (s wholeStream) stop() {}

type shardStream struct{ *shard.Stream }

func (s shardStream) swap(e *eval.Engine, yield func(eval.Match) bool) (eval.Changes, error) {
	return s.Swap(e, yield)
}

func (s shardStream) snapshot(w io.Writer, yield func(eval.Match) bool) error {
	return s.Snapshot(w, yield)
}

func (s shardStream) stats(yield func(eval.Match) bool) eval.Stats { return s.Stats(yield) }

func (s shardStream) stop() { s.Stop() }

func (d delivery) stream(e *eval.Engine, opts []eval.StreamOption) stream {
	if d.shards > 0 {
		return shardStream{shard.New(e, d.shards, opts...)}
	}
	return wholeStream{e.NewStream(opts...)}
}

func (d delivery) String() string {
	return fmt.Sprintf("lateness %v, %d sources, advance %v, restarts %d, crashes %v, swaps %v, twice %v, shards %d", d.lateness, d.sources, d.advance, d.restarts, d.crashes, d.swaps, d.twice, d.shards)
}

// An arrival is an event that comes, or the end of a source.
type arrival struct {
	source string
	event  int
	end    bool
	next   time.Time // no later event is before it
}

// arrivals returns the events in one of the orders that the delivery allows.
func (w *world) arrivals(d delivery, r *rand.Rand) []arrival {
	type coming struct {
		event int
		at    time.Time
	}
	lines := make([][]coming, d.sources)
	for i, ev := range w.events {
		k := r.IntN(d.sources)
		at := ev.at
		if d.lateness > 0 {
			at = at.Add(time.Duration(r.Int64N(int64(d.lateness) + 1)))
		}
		lines[k] = append(lines[k], coming{i, at})
	}
	var out []arrival
	for k := range lines {
		slices.SortStableFunc(lines[k], func(a, b coming) int { return a.at.Compare(b.at) })
	}
	for len(lines) > 0 {
		k := r.IntN(d.sources)
		source := fmt.Sprint("source ", k)
		if len(lines[k]) == 0 {
			out = append(out, arrival{source: source, end: true})
			if !slices.ContainsFunc(lines, func(l []coming) bool { return len(l) > 0 }) {
				break
			}
			continue
		}
		out = append(out, arrival{source: source, event: lines[k][0].event})
		lines[k] = lines[k][1:]
		if d.twice && r.IntN(3) == 0 {
			before := out[r.IntN(len(out))]
			if !before.end {
				out = append(out, before)
			}
		}
	}
	next := w.events[len(w.events)-1].at
	for i := len(out) - 1; i >= 0; i-- {
		out[i].next = next
		if !out[i].end {
			next = earlier(next, w.events[out[i].event].at)
		}
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// deliveries are the ways in which the events of a world must not matter.
func deliveries(r *rand.Rand) []delivery {
	late := []time.Duration{time.Millisecond, 5 * time.Millisecond, time.Second, time.Hour}[r.IntN(4)]
	wraps := []func([]byte) eval.Event{
		func(doc []byte) eval.Event { return event.JSON(doc) },
		func(doc []byte) eval.Event { return decoded(doc) },
		func(doc []byte) eval.Event { return numberedEvent{decoded(doc)} },
	}
	wrap := wraps[r.IntN(2)]
	return []delivery{
		{lateness: late, sources: 1, wrap: wrap},
		{lateness: 0, sources: 1, advance: true, restarts: 4, wrap: wrap},
		{lateness: late, sources: 1 + r.IntN(3), advance: true, wrap: wrap},
		{lateness: late, sources: 1 + r.IntN(3), restarts: 4, wrap: wrap},
		{lateness: late, sources: 2, restarts: 6, crashes: true, swaps: true, wrap: wrap},
		{lateness: late, sources: 1, advance: true, twice: true, restarts: 5, wrap: wrap},
		{lateness: late, sources: 1 + r.IntN(3), advance: true, swaps: true, shards: 1 + r.IntN(8), wrap: wrap},
		{lateness: late, sources: 1, restarts: 8, crashes: r.IntN(2) == 0, shards: 1 + r.IntN(8), wrap: wrap},
		{lateness: late, sources: 1, restarts: 8, twice: true, shards: 1 + r.IntN(8), wrap: wrap},
	}
}

// numberedEvent is an event of an embedder with an id.
type numberedEvent struct{ event.Map }

func (e numberedEvent) EventID() string { return e.Field("n").String() }
