package eql_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// missing stands for the id of an event that had to be missing.
const missing = -1

// compile makes an engine of one query that answers in the order of the search
// API.
func compile(t *testing.T, query string, opts ...eql.Option) *eql.Engine {
	t.Helper()
	q, err := eql.Compile(query, append(opts, eql.WithResultOrder())...)
	require.NoError(t, err, query)
	return eql.NewEngine(q)
}

// run pushes events through a new stream and returns what it finds.
func run(t *testing.T, engine *eql.Engine, events []eql.Event) []eql.Match {
	t.Helper()
	var got []eql.Match
	collect := func(m eql.Match) bool {
		got = append(got, m)
		return true
	}
	s := engine.NewStream()
	for _, ev := range events {
		require.NoError(t, s.Push(ev, collect))
	}
	s.Close(collect)
	return got
}

// order sorts events as a search does: by time, then by tiebreaker with null
// last, then as they came; events without a time go last.
func order(events []eql.Event, tiebreaker string) {
	type row struct {
		ev   eql.Event
		time int64
		tie  value.Value
	}
	rows := make([]row, len(events))
	for i, ev := range events {
		ns, ok := event.ParseTime(ev.Field("@timestamp"))
		if !ok {
			ns = math.MaxInt64
		}
		rows[i] = row{ev: ev, time: ns}
		if tiebreaker != "" {
			rows[i].tie = ev.Field(tiebreaker)
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.time != b.time:
			return cmp.Compare(a.time, b.time)
		case a.tie.IsNull() != b.tie.IsNull():
			if a.tie.IsNull() {
				return 1
			}
			return -1
		}
		return value.Order(a.tie, b.tie)
	})
	for i, r := range rows {
		events[i] = r.ev
	}
}

// ids are the numbers in a field of the events of each match.
func ids(t *testing.T, matches []eql.Match, field string) [][]int64 {
	t.Helper()
	out := make([][]int64, len(matches))
	for i, m := range matches {
		for _, ev := range m.Events {
			id := int64(missing)
			if ev != nil {
				v := ev.Field(field)
				require.Equal(t, value.Int, v.Kind(), field)
				id = v.Int()
			}
			out[i] = append(out[i], id)
		}
	}
	return out
}

// numbers are ids as expected results have them, with null for a missing event.
func numbers(expected []*int64) []int64 {
	var out []int64
	for _, id := range expected {
		if id == nil {
			out = append(out, missing)
		} else {
			out = append(out, *id)
		}
	}
	return out
}

// keys are the join keys of each match, fit to become JSON as the search API
// prints them.
func keys(matches []eql.Match) [][]any {
	out := make([][]any, len(matches))
	for i, m := range matches {
		out[i] = []any{}
		for _, k := range m.Keys {
			key := k.Any()
			if k.Kind() == value.Date && m.Query.Kind() == "sample" {
				key = k.Nanos() / int64(time.Millisecond) // as aggregations print dates
			}
			out[i] = append(out[i], key)
		}
	}
	return out
}

// documents makes events of JSON objects.
func documents(docs []json.RawMessage) []eql.Event {
	out := make([]eql.Event, len(docs))
	for i, doc := range docs {
		out[i] = eql.JSON(doc)
	}
	return out
}

// decoded makes events of JSON objects, too, but through maps.
func decoded(t *testing.T, docs []json.RawMessage) []eql.Event {
	t.Helper()
	out := make([]eql.Event, len(docs))
	for i, doc := range docs {
		m, err := event.Decode(doc)
		require.NoError(t, err)
		out[i] = eql.Map(m)
	}
	return out
}

// lines returns the lines of a file, unpacked if it ends in .gz.
func lines(t testing.TB, path string) [][]byte {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		r, err = gzip.NewReader(f)
		require.NoError(t, err)
	}
	var out [][]byte
	s := bufio.NewScanner(r)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		out = append(out, bytes.Clone(s.Bytes()))
	}
	require.NoError(t, s.Err())
	return out
}

// table decodes a file with one JSON value a line.
func table[T any](t *testing.T, path string) []T {
	t.Helper()
	rows := lines(t, path)
	require.NotEmpty(t, rows)
	out := make([]T, len(rows))
	for i, row := range rows {
		require.NoError(t, json.Unmarshal(row, &out[i]), "line %d", i+1)
	}
	return out
}

// sampled tells whether case i is to run: all are, but for a few in short runs.
func sampled(i int) bool { return !testing.Short() || i%20 == 0 }
