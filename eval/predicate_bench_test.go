package eval_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/bench/hand"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/parser"
)

// BenchmarkPredicate measures one predicate over events that are extracted
// already, against what one would write by hand: a function over a struct whose
// texts are in lower case and whose addresses are parsed. An iteration is one
// event.
func BenchmarkPredicate(b *testing.B) {
	lines := handLines(b)
	for _, r := range hand.Rules() {
		for _, kind := range hand.Kinds {
			c := newHandCase(b, r, kind, lines)
			b.Run(c.name+"/engine", func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					c.filter.Test(c.records[i])
					if i++; i == len(c.records) {
						i = 0
					}
				}
			})
			b.Run(c.name+"/straight", func(b *testing.B) {
				i := 0
				for b.Loop() {
					c.straight(c.structs[i])
					if i++; i == len(c.structs) {
						i = 0
					}
				}
			})
		}
	}
}

// BenchmarkPredicateRatio prints how many times as long as the function by hand
// the predicate takes: the median of rounds that interleave all cases, and the
// geometric mean over the cases.
func BenchmarkPredicateRatio(b *testing.B) {
	lines := handLines(b)
	var cases []*handCase
	for _, r := range hand.Rules() {
		for _, kind := range hand.Kinds {
			cases = append(cases, newHandCase(b, r, kind, lines))
		}
	}
	const rounds, repeats = 99, 10
	engine, straight := make([][]float64, len(cases)), make([][]float64, len(cases))
	ratios := make([][]float64, len(cases))
	for b.Loop() {
		for range rounds {
			for i, c := range cases {
				x, y := c.time(repeats)
				engine[i], straight[i] = append(engine[i], x), append(straight[i], y)
				ratios[i] = append(ratios[i], x/y)
			}
		}
	}
	logs := 0.0
	for i, c := range cases {
		b.ReportMetric(median(ratios[i]), c.name+"-x")
		b.ReportMetric(median(engine[i]), c.name+"-engine-ns")
		b.ReportMetric(median(straight[i]), c.name+"-straight-ns")
		logs += math.Log(median(ratios[i]))
	}
	b.ReportMetric(math.Exp(logs/float64(len(cases))), "geomean-x")
	b.ReportMetric(0, "ns/op")
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[len(xs)/2]
}

// TestHandRules makes sure that the benchmark compares functions with the same
// answers.
func TestHandRules(t *testing.T) {
	lines := handLines(t)
	for _, r := range hand.Rules() {
		for _, kind := range hand.Kinds {
			c := newHandCase(t, r, kind, lines)
			held := 0
			for i, rec := range c.records {
				want := c.straight(c.structs[i])
				require.Equal(t, want, c.filter.Test(rec), "%s, event %d", c.name, i)
				if want {
					held++
				}
			}
			require.NotEmpty(t, c.records)
			if kind == "deep" {
				require.Equal(t, len(c.records), held, c.name)
			}
			require.Zero(t, testing.AllocsPerRun(10, func() {
				for _, rec := range c.records {
					c.filter.Test(rec)
				}
			}), c.name)
		}
	}
}

// A handCase is a rule with events, in both forms.
type handCase struct {
	name     string
	filter   *eval.Filter
	records  []*event.Record
	straight func(*hand.Event) bool
	structs  []*hand.Event
}

// handEvents is how many events a case has.
const handEvents = 500

func newHandCase(tb testing.TB, r hand.Rule, kind string, lines [][]byte) *handCase {
	tb.Helper()
	query, err := r.Query("../../shared/corpus/detection-rules/rules")
	require.NoError(tb, err)
	tree, err := parser.Parse(&source.File{Text: query}, parser.Options{Dialect: ast.Elasticsearch})
	require.NoError(tb, err)
	q, err := eval.Compile(tree, eval.Config{Dialect: ast.Elasticsearch})
	require.NoError(tb, err)
	f, err := eval.NewFilter(q, nil)
	require.NoError(tb, err)
	c := &handCase{name: r.Name + "/" + kind, filter: f, straight: r.Straight(query)}
	docs, err := r.Docs(lines, kind, handEvents)
	require.NoError(tb, err)
	for _, doc := range docs {
		rec := f.NewRecord()
		require.NoError(tb, rec.Fill(event.Map(doc)))
		c.records = append(c.records, rec)
		c.structs = append(c.structs, hand.NewEvent(doc))
	}
	return c
}

// time returns the nanoseconds an event of both forms.
func (c *handCase) time(repeats int) (engine, straight float64) {
	start := time.Now()
	for range repeats {
		for _, rec := range c.records {
			c.filter.Test(rec)
		}
	}
	middle := time.Now()
	for range repeats {
		for _, e := range c.structs {
			c.straight(e)
		}
	}
	end := time.Now()
	n := float64(repeats * len(c.records))
	return float64(middle.Sub(start)) / n, float64(end.Sub(middle)) / n
}

// handLines returns the recorded events.
func handLines(tb testing.TB) [][]byte {
	tb.Helper()
	f, err := os.Open("../../shared/data/bench/defend-20k.ndjson.gz")
	if errors.Is(err, fs.ErrNotExist) {
		tb.Skip("there is no ../shared")
	}
	require.NoError(tb, err)
	defer f.Close()
	r, err := gzip.NewReader(f)
	require.NoError(tb, err)
	text, err := io.ReadAll(r)
	require.NoError(tb, err)
	return bytes.Split(bytes.TrimSpace(text), []byte("\n"))
}
