package eql_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/bench"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/rule"
)

// BenchmarkRules measures rule sets of several sizes, from the text of events to
// alerts, over streams of events that complete no, few and many matches. An iteration
// is a stream. Beside the time of an event it reports how many times as many events a
// second that are as encoding/json decodes into maps, measured in turn.
func BenchmarkRules(b *testing.B) {
	queries, streams := benchRules(b)
	sizes := []int{1, 10, 100, 1000}
	for _, n := range append(sizes, len(queries)) {
		if n > len(queries) || n == len(queries) && slices.Contains(sizes, n) {
			continue
		}
		name := fmt.Sprint(n)
		if n == len(queries) {
			name = "all"
		}
		e := eql.NewEngine(queries[:n]...)
		for _, s := range streams {
			b.Run(name+"/"+s.name, func(b *testing.B) { benchStream(b, e, s.docs) })
		}
	}
}

func benchStream(b *testing.B, e *eql.Engine, docs [][]byte) {
	alerts := 0
	count := func(eql.Match) bool {
		alerts++
		return true
	}
	var decoding time.Duration
	before := mallocs()
	decoded := uint64(0)
	for b.Loop() {
		b.StopTimer()
		m := mallocs()
		began := time.Now()
		for _, doc := range docs {
			var v map[string]any
			require.NoError(b, json.Unmarshal(doc, &v))
		}
		decoding += time.Since(began)
		decoded += mallocs() - m
		b.StartTimer()
		s := e.NewStream()
		for _, doc := range docs {
			if err := s.Push(eql.JSON(doc), count); err != nil {
				b.Fatal(err)
			}
		}
		s.Close(count)
	}
	events := float64(b.N * len(docs))
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
	b.ReportMetric(float64(mallocs()-before-decoded)/events, "allocs/event")
	b.ReportMetric(float64(alerts)/events, "alerts/event")
	b.ReportMetric(decoding.Seconds()/b.Elapsed().Seconds(), "x-encoding/json")
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// A benchEvents is a stream of events.
type benchEvents struct {
	name string
	docs [][]byte
}

// benchEventCount is the length of a stream.
const benchEventCount = 4000

// benchRules returns the public rules, those that find most in the public stream
// first, and streams made of it; without these, the examples.
func benchRules(b *testing.B) ([]*eql.Query, []benchEvents) {
	b.Helper()
	corpus, stream := "../examples/rules", "../examples/events.ndjson"
	if _, err := os.Stat("../../shared/corpus"); err == nil {
		corpus, stream = shared(b, "corpus"), shared(b, "data/bench/defend-20k.ndjson.gz")
	}
	events := lines(b, stream)
	set := rule.Load(corpus)
	for _, r := range set.Rules {
		r.OS = nil // the events of one system are to concern all of them
	}
	queries, _ := eql.CompileRules(set.Rules)
	all := eql.NewEngine(queries...)

	found := make(map[*eql.Query]int)
	var matches [][][]byte // by match, the documents of its events
	s := all.NewStream()
	take := func(m eql.Match) bool {
		found[m.Query]++
		var docs [][]byte
		for _, ev := range m.Events {
			if d, ok := ev.(*event.Document); ok && len(docs) < 10 {
				docs = append(docs, d.Bytes())
			}
		}
		matches = append(matches, docs)
		return true
	}
	for _, doc := range events {
		require.NoError(b, s.Push(eql.JSON(doc), take))
	}
	s.Close(take)
	require.NotEmpty(b, matches)
	slices.SortStableFunc(queries, func(x, y *eql.Query) int { return cmp.Compare(found[y], found[x]) })

	streams := []benchEvents{
		{"none", bench.Quiet(all, events[:min(len(events), benchEventCount)], benchEventCount)},
		{"few", events[:min(len(events), benchEventCount)]},
		{"many", replay(b, matches, benchEventCount)},
	}
	return queries, slices.DeleteFunc(streams, func(s benchEvents) bool { return len(s.docs) == 0 })
}

// replay makes a stream of n events out of those of matches, again and again, at later
// and later times.
func replay(b *testing.B, matches [][][]byte, n int) [][]byte {
	b.Helper()
	out := make([][]byte, 0, n)
	now := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := 0; ; i++ {
		var first int64
		var at time.Time
		for j, doc := range matches[i%len(matches)] {
			if len(out) == n {
				return out
			}
			var head struct {
				Time string `json:"@timestamp"`
			}
			require.NoError(b, json.Unmarshal(doc, &head))
			ns, ok := event.ParseTime(value.OfString(head.Time))
			require.True(b, ok, head.Time)
			if j == 0 {
				first = ns
			}
			at = now.Add(time.Duration(ns - first))
			out = append(out, bytes.Replace(doc, []byte(head.Time), []byte(at.Format(time.RFC3339Nano)), 1))
		}
		now = at.Add(time.Millisecond)
	}
}
