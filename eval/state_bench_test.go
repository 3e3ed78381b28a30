package eval_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// pair is the query of the benchmarks: two steps, two keys.
const pair = "sequence by host.id, process.entity_id with maxspan=%s [a where true] [b where true]"

// A pairEvent is an event of pair. It implements Extractor as an embedder's
// fast event would, so that the benchmarks measure the state and not JSON.
type pairEvent struct {
	category, host, entity string
	ms                     int64
}

func (e *pairEvent) Field(path string) value.Value {
	switch path {
	case "event.category":
		return value.OfString(e.category)
	case "host.id":
		return value.OfString(e.host)
	case "process.entity_id":
		return value.OfString(e.entity)
	case "@timestamp":
		return value.OfInt(e.ms)
	default:
		return value.Value{}
	}
}

// Extract implements event.Extractor.
func (e *pairEvent) Extract(l *event.Layout, r *event.Record) error {
	for i := range l.Len() {
		r.Set(event.Slot(i), e.Field(l.Source(event.Slot(i))))
	}
	return nil
}

// Size implements eval.Sizer.
func (e *pairEvent) Size() int { return 56 + len(e.host) + len(e.entity) }

// hosts and entities of the length they have in practice: 36 and 40 characters.
func hostID(i int) string   { return fmt.Sprintf("%08x-1111-4222-8333-%012x", i, i) }
func entityID(i int) string { return fmt.Sprintf("%040d", i) }

// open returns a stream with n open partials of pair, begun a millisecond apart.
func open(tb testing.TB, n int, opts ...eval.StreamOption) *eval.Stream {
	tb.Helper()
	s := eval.NewEngine(compile(tb, fmt.Sprintf(pair, "1000d"))).NewStream(opts...)
	hosts := make([]string, 1000)
	for i := range hosts {
		hosts[i] = hostID(i)
	}
	for i := range n {
		require.NoError(tb, s.Push(&pairEvent{"a", hosts[i%len(hosts)], entityID(i), int64(i)}, nil))
	}
	require.Equal(tb, n, s.Stats().Open)
	return s
}

// BenchmarkOpenPartials measures an event that completes one partial and one
// that opens another, with more and more of them open. The cost per event is
// half of what is shown.
func BenchmarkOpenPartials(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s := open(b, n)
			keys := make([]string, n)
			for i := range keys {
				keys[i] = entityID(i)
			}
			hosts := make([]string, 1000)
			for i := range hosts {
				hosts[i] = hostID(i)
			}
			i := 0
			matches := 0
			for b.Loop() {
				k := i * 7919 % n // in no order
				ms := int64(n + i)
				_ = s.Push(&pairEvent{"b", hosts[k%len(hosts)], keys[k], ms}, func(eval.Match) bool {
					matches++
					return true
				})
				_ = s.Push(&pairEvent{"a", hosts[k%len(hosts)], keys[k], ms}, nil)
				i++
			}
			require.Equal(b, i, matches)
			require.Equal(b, n, s.Stats().Open)
		})
	}
}

// BenchmarkExpiry measures an event that opens a partial and lets another one
// expire.
func BenchmarkExpiry(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s := eval.NewEngine(compile(b, fmt.Sprintf(pair, strconv.Itoa(n)+"ms"))).NewStream()
			ev := func(i int) *pairEvent { return &pairEvent{"a", "host", entityID(i), int64(i)} }
			for i := range n {
				_ = s.Push(ev(i), nil)
			}
			i := n
			for b.Loop() {
				_ = s.Push(ev(i), nil)
				i++
			}
			require.LessOrEqual(b, s.Stats().Open, n+1)
		})
	}
}

// heap returns the bytes in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// bytesPerPartial measures what n open partials take beside their events.
func bytesPerPartial(tb testing.TB, n int) float64 {
	events := make([]*pairEvent, n)
	for i := range events {
		events[i] = &pairEvent{"a", hostID(i % 1000), entityID(i), int64(i)}
	}
	s := eval.NewEngine(compile(tb, fmt.Sprintf(pair, "1000d"))).NewStream()
	before := heap()
	for _, ev := range events {
		require.NoError(tb, s.Push(ev, nil))
	}
	used := heap() - before
	require.Equal(tb, n, s.Stats().Open)
	account := s.Stats().Bytes - int64(n*events[0].Size())
	require.InEpsilon(tb, used, account, 0.2, "the stream knows what it takes")
	runtime.KeepAlive(events)
	return float64(used) / float64(n)
}

// TestBytesPerPartial holds an open two-step partial of two keys to 200 bytes
// beside its event. With EQL_TEST_ALL it has a million of them.
func TestBytesPerPartial(t *testing.T) {
	n := 100_000
	if os.Getenv("EQL_TEST_ALL") != "" {
		n = 1_000_000
	}
	bytes := bytesPerPartial(t, n)
	t.Logf("%d open partials: %.1f bytes each", n, bytes)
	require.Less(t, bytes, 200.0)
}

// BenchmarkSnapshot measures the time that a million open partials take to be
// written and read, with documents for events.
func BenchmarkSnapshot(b *testing.B) {
	const n = 1_000_000
	engine := eval.NewEngine(compile(b, fmt.Sprintf(pair, "1000d")))
	s := engine.NewStream()
	for i := range n {
		doc := fmt.Appendf(nil, `{"@timestamp":%d,"event.category":"a","host.id":"%s","process.entity_id":"%s"}`, i, hostID(i%1000), entityID(i))
		require.NoError(b, s.Push(event.JSON(doc), nil))
	}
	var data bytes.Buffer
	require.NoError(b, s.Snapshot(&data))
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(data.Len()))
		for b.Loop() {
			require.NoError(b, s.Snapshot(io.Discard))
		}
		b.ReportMetric(float64(data.Len())/n, "B/partial")
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(data.Len()))
		for b.Loop() {
			again := engine.NewStream()
			_, err := again.Restore(bytes.NewReader(data.Bytes()))
			require.NoError(b, err)
			require.Equal(b, n, again.Stats().Open)
		}
	})
}

// BenchmarkBusyFleet measures a sequence by process over the events of a fleet:
// 500 hosts, 40,000 events in an hour, 15,500 processes, maxspan 9 minutes, with
// some disorder. An operation is all of it.
func BenchmarkBusyFleet(b *testing.B) {
	const hosts, events, processes = 500, 40_000, 15_500
	r := rand.New(rand.NewPCG(1, 2))
	docs := make([]eval.Event, events)
	seen := make([]int, processes)
	for i := range docs {
		// Processes come and go; those of one time do things in turn.
		p := min(max(i*processes/events+r.IntN(200)-100, 0), processes-1)
		at := int64(i)*3_600_000/events - int64(r.IntN(30_000))
		category := []string{"process", "file", "library", "network"}[seen[p]%4]
		seen[p]++
		docs[i] = event.JSON(fmt.Appendf(nil, `{"@timestamp":%d,"event":{"category":"%s","type":"start"},"host":{"id":"%s"},"process":{"entity_id":"%s","name":"p%d.exe"},"padding":"%01000d"}`,
			at, category, hostID(p%hosts), entityID(p), p%100, i))
	}
	engine := eval.NewEngine(compile(b, `sequence by host.id, process.entity_id with maxspan=9m
		[process where event.type == "start" and process.name : "p*.exe"]
		[file where process.name != "p1.exe"]
		[library where true]
		[network where true]`))
	matches := 0
	for b.Loop() {
		matches = 0
		s := engine.NewStream(eval.WithLateness(time.Minute))
		add := func(eval.Match) bool { matches++; return true }
		for _, ev := range docs {
			_ = s.Push(ev, add)
		}
		s.Close(add)
		require.Zero(b, s.Stats().Late)
	}
	b.ReportMetric(float64(matches), "matches")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*events), "ns/event")
}

// BenchmarkFlood measures an event of a flood of keys against a limit, beside a
// thousand other queries.
func BenchmarkFlood(b *testing.B) {
	queries := []*eval.Query{compile(b, fmt.Sprintf(pair, "1h"))}
	for i := range 1000 {
		queries = append(queries, compile(b, fmt.Sprintf("sequence by host.id with maxspan=1h [c%d where true] [b where true]", i)))
	}
	s := eval.NewEngine(queries...).NewStream(eval.WithLimits(eval.Limits{Bytes: 64 << 20}))
	for i := range 1000 {
		_ = s.Push(&pairEvent{fmt.Sprint("c", i), "host", "", 0}, nil)
	}
	i := 0
	for b.Loop() {
		_ = s.Push(&pairEvent{"a", "host", entityID(i), int64(time.Hour) / 1e6 * int64(i) / 10_000_000}, nil)
		i++
	}
	b.ReportMetric(float64(s.Stats().Bytes)/(1<<20), "MiB")
	require.EqualValues(b, 1000, s.Stats().Open-s.QueryStats()[0].Open)
}
