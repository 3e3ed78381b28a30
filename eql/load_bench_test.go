package eql_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

// BenchmarkLoadRules measures the way from rule files to a ready engine: the
// phases read (files to rules), parse (of all queries), compile (parsing
// included) and engine, then all of them, and all for ten rules. It reports
// milliseconds, the live heap in MB of what a phase has made together with what
// that rests on, and for all the ratio to the time in which encoding/json
// decodes 10,000 events into maps, taken in turns with it.
func BenchmarkLoadRules(b *testing.B) {
	roots := []string{
		shared(b, "corpus/detection-rules/rules"),
		shared(b, "corpus/detection-rules/rules_building_block"),
		shared(b, "corpus/protections-artifacts"),
	}
	read := func(b *testing.B) []*rule.Rule {
		set := rule.Load(roots...)
		require.NoError(b, set.Err())
		return set.Rules
	}
	compile := func(b *testing.B, rules []*rule.Rule) []*eql.Query {
		queries, err := eql.CompileRules(rules)
		if err != nil && len(queries) < len(rules)*9/10 {
			b.Fatal(err)
		}
		return queries
	}

	b.Run("read", func(b *testing.B) {
		loading(b, func() any { return read(b) })
	})
	b.Run("parse", func(b *testing.B) {
		rules := read(b)
		loading(b, func() any {
			trees := make([]*ast.Query, len(rules))
			for i, r := range rules {
				var err error
				trees[i], err = parser.Parse(r.Query, parser.Options{Dialect: r.Dialect})
				require.NoError(b, err)
			}
			return trees
		})
		runtime.KeepAlive(rules)
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(rules)), "us/rule")
	})
	b.Run("compile", func(b *testing.B) {
		rules := read(b)
		loading(b, func() any { return compile(b, rules) })
		runtime.KeepAlive(rules)
	})
	b.Run("engine", func(b *testing.B) {
		queries := compile(b, read(b))
		loading(b, func() any { return eql.NewEngine(queries...) })
		runtime.KeepAlive(queries)
	})
	b.Run("all", func(b *testing.B) {
		docs := events(b, 10_000)
		var decode time.Duration
		loading(b, func() any {
			b.StopTimer()
			start := time.Now()
			for _, doc := range docs {
				var m map[string]any
				require.NoError(b, json.Unmarshal(doc, &m))
			}
			decode += time.Since(start)
			runtime.GC()
			b.StartTimer()
			return eql.NewEngine(compile(b, read(b))...)
		})
		b.ReportMetric(float64(b.Elapsed())/float64(decode), "/json")
	})
	b.Run("ten", func(b *testing.B) {
		rules := read(b)
		var files []string
		for i := range 10 {
			files = append(files, rules[i*len(rules)/10].Path)
		}
		loading(b, func() any {
			return eql.NewEngine(compile(b, rule.Load(files...).Rules)...)
		})
	})
}

// loading runs f for b and reports what one call takes and what its result keeps
// alive.
func loading(b *testing.B, f func() any) {
	before := liveHeap()
	var made any
	for b.Loop() {
		made = f()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
	b.ReportMetric(float64(liveHeap()-before)/1e6, "live-MB")
	runtime.KeepAlive(made)
}

// liveHeap returns the bytes of all that can be reached.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// events returns the first n events of the stream for benchmarks.
func events(tb testing.TB, n int) [][]byte {
	f, err := os.Open(shared(tb, "data/bench/defend-20k.ndjson.gz"))
	require.NoError(tb, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(tb, err)
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<20)
	var docs [][]byte
	for len(docs) < n && in.Scan() {
		docs = append(docs, bytes.Clone(in.Bytes()))
	}
	require.NoError(tb, in.Err())
	return docs
}
