package eql_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/rule"
)

// TestSameAlertsOfRules runs the sequences among the rules, and queries that have
// answers, over captures: in order, and out of order from several sources, with
// restarts, on several goroutines. The alerts have to be the same, ids included.
// With EQL_TEST_ALL it takes all captures whole and more ways.
func TestSameAlertsOfRules(t *testing.T) {
	long := os.Getenv("EQL_TEST_ALL") != ""
	tiebreaker := eql.WithTiebreakerField("event.sequence")
	var queries []*eql.Query
	for _, set := range []string{"corpus/detection-rules", "corpus/protections-artifacts"} {
		compiled, _ := eql.CompileRules(rule.Load(shared(t, set)).Rules, tiebreaker) // other tests want them all
		for i, q := range compiled {
			if q.Kind() != "event" && (long || i%4 == 0) {
				queries = append(queries, q)
			}
		}
	}
	type fact struct{ ID, File, Kind, EQL string }
	facts := make(map[string][]*eql.Query)
	for i, f := range table[fact](t, shared(t, telemetry+"facts.jsonl")) {
		if f.Kind == "sequence" && (long || i%3 == 0) {
			q, err := eql.Compile(f.EQL, tiebreaker, eql.WithID(f.ID))
			require.NoError(t, err)
			facts[f.File] = append(facts[f.File], q)
		}
	}
	files, err := filepath.Glob(filepath.Join(shared(t, telemetry), "*.ndjson.gz"))
	require.NoError(t, err)
	found := 0
	for i, file := range files {
		info, err := os.Stat(file)
		require.NoError(t, err)
		if !long && info.Size() > smallCapture/2 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".ndjson.gz"), func(t *testing.T) {
			events := capture(t, file)
			order(events, "event.sequence")
			engine := eql.NewEngine(slices.Concat(queries, facts[filepath.Base(file)])...)
			s := engine.NewStream()
			want := matchIDs(t, events, s.Push, s.Close)
			found += len(want)
			r := rand.New(rand.NewPCG(uint64(i), 1))
			ways := 1
			if long {
				ways = 2
			}
			for range ways {
				require.Equal(t, want, disordered(t, engine, events, r, 0))
				require.Equal(t, want, disordered(t, engine, events, r, 1+r.IntN(8)))
			}
		})
	}
	require.NotZero(t, found)
}

// matchIDs returns the ids of all matches, sorted.
func matchIDs(t *testing.T, events []eql.Event, push func(eql.Event, func(eql.Match) bool) error, end func(func(eql.Match) bool)) []string {
	t.Helper()
	var out []string
	add := func(m eql.Match) bool {
		out = append(out, m.Query.ID()+" "+m.ID())
		return true
	}
	for _, ev := range events {
		require.NoError(t, push(ev, add))
	}
	end(add)
	slices.Sort(out)
	return out
}

// disordered returns the same for the events out of order by up to a minute,
// with three restarts, on so many goroutines; 0 is a stream on its own.
func disordered(t *testing.T, engine *eql.Engine, events []eql.Event, r *rand.Rand, shards int) []string {
	t.Helper()
	const lateness = time.Minute
	type coming struct {
		ev eql.Event
		at int64
	}
	feed := make([]coming, len(events))
	for i, ev := range events {
		at, ok := event.ParseTime(ev.Field("@timestamp"))
		require.True(t, ok)
		feed[i] = coming{ev, at + r.Int64N(int64(lateness))}
	}
	slices.SortStableFunc(feed, func(a, b coming) int { return int(min(max(a.at-b.at, -1), 1)) })
	late := func(eql.Event) { t.Error("an event was late") }
	opts := []eql.StreamOption{eql.WithLateness(lateness), eql.WithOnLate(late)}

	var out []string
	add := func(m eql.Match) bool {
		out = append(out, m.Query.ID()+" "+m.ID())
		return true
	}
	var state bytes.Buffer
	parts := 4
	for i := range parts {
		chunk := feed[len(feed)*i/parts : len(feed)*(i+1)/parts]
		if shards == 0 {
			s := engine.NewStream(opts...)
			if i > 0 {
				_, err := s.Restore(bytes.NewReader(state.Bytes()))
				require.NoError(t, err)
			}
			for _, c := range chunk {
				require.NoError(t, s.Push(c.ev, add))
			}
			state.Reset()
			require.NoError(t, s.Snapshot(&state))
			if i == parts-1 {
				s.Close(add)
			}
			continue
		}
		s := eql.NewShardedStream(engine, 1+(shards+i)%8, opts...)
		if i > 0 {
			_, err := s.Restore(bytes.NewReader(state.Bytes()))
			require.NoError(t, err)
		}
		for _, c := range chunk {
			require.NoError(t, s.Push(c.ev, add))
		}
		state.Reset()
		require.NoError(t, s.Snapshot(&state, add))
		if i == parts-1 {
			s.Close(add)
		}
		s.Stop()
	}
	slices.Sort(out)
	return out
}
