package eql_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

// The soak: many events, disordered and late, with fresh keys all the time,
// through many rules, inside a limit of memory, on one goroutine and on several.
const (
	soakRules    = 1000
	soakLateness = 20 * time.Second
	soakBytes    = 128 << 20
	soakRows     = 100
)

// soakLong is how many events are enough to see whether memory grows.
const soakLong = 1_000_000

// soakEvents returns how many events the soak has: few, or as many as EQL_SOAK
// says, such as 20000000 (with go test -timeout 0 -v -run TestSoak).
func soakEvents(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("EQL_SOAK")); err == nil {
		return n
	}
	if testing.Short() {
		return 2_000
	}
	return 20_000
}

// A soakRow is what has been measured at one moment.
type soakRow struct {
	events     int
	rate       float64 // events a second since the row before
	heap       uint64  // live bytes after a collection
	rss        uint64
	goroutines int
	stats      eql.Stats
}

const soakHead = "    events  events/s  live MB   RSS MB  goroutines     open  state MB   evicted   expired  buffered  hurried     late    alerts"

func (r soakRow) String() string {
	const mb = 1e6
	return fmt.Sprintf("%10d %9.0f %8.1f %8.1f %11d %8d %9.1f %9d %9d %9d %8d %8d %9d",
		r.events, r.rate, float64(r.heap)/mb, float64(r.rss)/mb, r.goroutines, r.stats.Open, float64(r.stats.Bytes)/mb,
		r.stats.Evicted, r.stats.Expired, r.stats.Buffered, r.stats.Hurried, r.stats.Late, r.stats.Matches)
}

func (r soakRow) live() float64   { return float64(r.heap) }
func (r soakRow) beside() float64 { return float64(r.heap) - float64(r.stats.Bytes) }

// highest returns the greatest value of f.
func highest(rows []soakRow, f func(soakRow) float64) float64 {
	most := 0.0
	for _, r := range rows {
		most = max(most, f(r))
	}
	return most
}

// A soaked is a stream to be soaked: on this goroutine, or on workers.
type soaked struct {
	push  func(eql.Event, func(eql.Match) bool) error
	stats func() eql.Stats
	close func(func(eql.Match) bool)
}

func newSoaked(e *eql.Engine, workers int, opts ...eql.StreamOption) soaked {
	if workers == 1 {
		s := e.NewStream(opts...)
		return soaked{s.Push, s.Stats, s.Close}
	}
	s := eql.NewShardedStream(e, workers, opts...)
	return soaked{s.Push, func() eql.Stats { return s.Stats(accept) }, s.Close}
}

func accept(eql.Match) bool { return true }

func TestSoak(t *testing.T) { soak(t, 1) }

func TestSoak_workers(t *testing.T) { soak(t, 3) }

func soak(t *testing.T, workers int) {
	t.Helper()
	events := soakEvents(t)
	gen := newSoakStream(t, shared(t, "data/bench/defend-20k.ndjson.gz"), soakLateness)
	queries := soakQueries(t)
	before := runtime.NumGoroutine()
	s := newSoaked(eql.NewEngine(queries...), workers,
		eql.WithLateness(soakLateness),
		eql.WithLimits(eql.Limits{Bytes: soakBytes}))

	rows := []soakRow{measure(0, 0, s.stats())}
	t.Logf("%d rules, lateness %v, limit %d MB\n%s", len(queries), soakLateness, soakBytes/1_000_000, soakHead)
	began, every := time.Now(), max(events/soakRows, min(events/8, 10_000))
	for n := 1; n <= events; n++ {
		require.NoError(t, s.push(eql.JSON(gen.event()), accept))
		if n%every == 0 {
			row := measure(n, float64(every)/time.Since(began).Seconds(), s.stats())
			rows = append(rows, row)
			t.Log(row)
			began = time.Now()
		}
	}
	st := s.stats()
	assert.EqualValues(t, events, st.Events)
	assert.Zero(t, st.Refused)
	assert.Zero(t, st.Untimed)
	assert.NotZero(t, st.Matches)
	if st.Hurried == 0 {
		assert.Equal(t, gen.late, st.Late)
	}
	for _, r := range rows {
		assert.LessOrEqual(t, r.stats.Bytes, int64(soakBytes))
		assert.Equal(t, rows[0].goroutines, r.goroutines)
	}
	// What is kept beside the state must not grow, and the state is limited.
	warm := rows[len(rows)/4:]
	early, later := warm[:len(warm)/3], warm[len(warm)/3:]
	if events >= soakLong {
		assert.Less(t, highest(later, soakRow.beside), 1.2*highest(early, soakRow.beside), "what is kept beside the state grows")
	}
	if early[0].stats.Evicted > 0 {
		assert.Less(t, highest(later, soakRow.live), 1.1*highest(early, soakRow.live), "the heap grows")
	}
	s.close(accept)
	for range 100 { // workers need a moment to end
		if runtime.NumGoroutine() == before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	assert.Equal(t, before, runtime.NumGoroutine(), "goroutines are left")
}

// soakQueries returns rules of all kinds.
func soakQueries(t *testing.T) []*eql.Query {
	t.Helper()
	set := rule.Load(shared(t, "corpus/detection-rules/rules"), shared(t, "corpus/protections-artifacts/behavior/rules"))
	queries, _ := eql.CompileRules(set.Rules) // not all of them can be evaluated
	require.NotEmpty(t, queries)
	var out []*eql.Query
	for i := range min(soakRules, len(queries)) {
		out = append(out, queries[i*len(queries)/min(soakRules, len(queries))])
	}
	return out
}

func measure(events int, rate float64, st eql.Stats) soakRow {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return soakRow{events, rate, m.HeapAlloc, rss(), runtime.NumGoroutine(), st}
}

// rss returns the memory of the process that is resident; 0 where that cannot be
// told.
func rss() uint64 {
	text, _ := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseUint(string(fields[1]), 10, 64)
	return pages * uint64(os.Getpagesize())
}
