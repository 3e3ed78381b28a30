package bench_test

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/bench"
	"github.com/eqlkit/eqlkit/rule"
)

func examples(t *testing.T) bench.Config {
	t.Helper()
	text, err := os.ReadFile("../../examples/events.ndjson")
	require.NoError(t, err)
	return bench.Config{
		Load:   func() *rule.Set { return rule.Load("../../examples/rules") },
		Events: bytes.Split(bytes.TrimSpace(text), []byte("\n")),
		Rounds: 1,
	}
}

func TestRun(t *testing.T) {
	c := examples(t)
	ran := 0
	c.Extra = []bench.Case{{Name: "of the caller", Run: func() error { ran++; return nil }}}
	r, err := bench.Run(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, bench.Rules{Used: 5}, r.Rules)
	assert.Equal(t, len(c.Events), r.Events.Count)
	assert.Equal(t, 4, r.Events.Alerts)
	assert.Equal(t, "authentication", r.Events.Mix[0].Category)
	assert.Equal(t, len(c.Events), r.Events.Hits.Sampled)
	assert.Positive(t, r.Events.Hits.First)
	assert.Positive(t, r.Latency.P50)
	assert.LessOrEqual(t, r.Latency.P50, r.Latency.P99)
	assert.LessOrEqual(t, r.Latency.P99, r.Latency.Max)
	assert.Positive(t, ran)
	ratio, ok := r.Times.Ratio("of the caller", bench.CaseAll)
	assert.True(t, ok)
	assert.Less(t, ratio.Median, 1.0)
	for _, c := range r.Cases {
		assert.NotEqual(t, bench.CaseMany, c.Case, "there are no 1000 rules")
	}
	for _, row := range r.Rows {
		assert.True(t, row.Skipped != "" || row.Unit != "", row.Name)
	}
}

func TestRun_leftOut(t *testing.T) {
	c := examples(t)
	load := c.Load
	c.Load = func() *rule.Set {
		set := load()
		set.Rules[0].Query.Text = "process where"
		return set
	}
	r, err := bench.Run(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, bench.Rules{Used: 4, LeftOut: 1}, r.Rules)
}

func TestRun_nothing(t *testing.T) {
	c := examples(t)
	c.Load = func() *rule.Set { return &rule.Set{} }
	_, err := bench.Run(t.Context(), c)
	require.EqualError(t, err, "there is no rule that can be used")
	c = examples(t)
	c.Events = nil
	_, err = bench.Run(t.Context(), c)
	require.EqualError(t, err, "there are no events")
}

func TestQuiet(t *testing.T) {
	single, err := eql.Compile(`process where name == "x"`)
	require.NoError(t, err)
	sequence, err := eql.Compile(`sequence [file where true] [process where true]`)
	require.NoError(t, err)
	docs := [][]byte{
		[]byte(`{"@timestamp":1,"event":{"category":"process"},"name":"y"}`),
		[]byte(`{"@timestamp":2,"event":{"category":"process"},"name":"x"}`), // an alert
		[]byte(`{"@timestamp":3,"event":{"category":"file"}}`),               // a first step
		[]byte(`{"@timestamp":4,"event":{"category":"process"},"name":"y"}`), // quiet for want of a first step
		[]byte(`{`),
		[]byte(`{"@timestamp":5,"event":{"category":"network"}}`),
	}
	got := bench.Quiet(eql.NewEngine(single, sequence), docs, 10)
	assert.Equal(t, [][]byte{docs[0], docs[3], docs[5]}, got)
	got = bench.Quiet(eql.NewEngine(single, sequence), docs, 2)
	assert.Equal(t, slices.Concat(docs[:1], docs[3:4]), got)
}
