package event_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/rule"
)

// benchPaths are fields that rules about processes tend to read.
var benchPaths = []string{
	"@timestamp", "event.category", "event.type", "event.action", "event.dataset",
	"host.id", "host.name", "host.os.type", "process.entity_id", "process.pid",
	"process.name", "process.executable", "process.args", "process.command_line",
	"process.parent.name", "process.parent.executable", "process.parent.entity_id",
	"process.code_signature.trusted", "user.id", "user.name",
}

const shared = "../../../shared/"

// lines returns up to n lines of a file.
func lines(tb testing.TB, name string, n int) [][]byte {
	tb.Helper()
	f, err := os.Open(name)
	require.NoError(tb, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(tb, err)
	s := bufio.NewScanner(z)
	s.Buffer(nil, 16<<20)
	var out [][]byte
	for len(out) < n && s.Scan() {
		out = append(out, bytes.Clone(s.Bytes()))
	}
	require.NoError(tb, s.Err())
	return out
}

// benchEvents returns events of several kinds, or one where there are none.
func benchEvents(tb testing.TB) [][]byte {
	tb.Helper()
	if files, _ := filepath.Glob(shared + "data/bench/*.ndjson.gz"); len(files) > 0 {
		return lines(tb, files[0], 5000)
	}
	doc, err := os.ReadFile("testdata/event.json")
	require.NoError(tb, err)
	return [][]byte{doc}
}

// ruleFields returns the fields of all rules there are, those that most rules
// read first.
func ruleFields(tb testing.TB) []string {
	tb.Helper()
	var rules []*rule.Rule
	for _, set := range []string{"corpus/detection-rules", "corpus/protections-artifacts"} {
		rules = append(rules, rule.Load(shared+set).Rules...)
	}
	queries, _ := eql.CompileRules(rules) // other tests want them all
	read := make(map[string]int)
	for _, q := range queries {
		for _, path := range q.Fields() {
			read[path]++
		}
	}
	for _, path := range benchPaths {
		read[path] += len(queries)
	}
	var paths []string
	for path := range read {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if read[a] != read[b] {
			return read[b] - read[a]
		}
		return bytes.Compare([]byte(a), []byte(b))
	})
	return paths
}

// layoutOf returns a layout as an engine makes it.
func layoutOf(paths []string) *event.Layout {
	l := event.NewLayout()
	for _, path := range paths {
		l.AddTyped(path, event.SlotOptions{Scalars: true})
	}
	return l
}

// BenchmarkExtract reads fields of raw events, the way it is done for rules, and
// the whole of them with encoding/json.
func BenchmarkExtract(b *testing.B) {
	docs := benchEvents(b)
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	paths := ruleFields(b)
	run := func(name string, one func(doc []byte) error) {
		b.Run(name, func(b *testing.B) {
			for _, doc := range docs {
				require.NoError(b, one(doc))
			}
			b.SetBytes(int64(size / len(docs)))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := one(docs[i%len(docs)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
	for _, c := range []struct {
		name   string
		fields int
	}{{"20-fields", 20}, {"100-fields", 100}, {"all-fields", len(paths)}} {
		n := min(c.fields, len(paths))
		r := event.NewRecord(layoutOf(paths[:n]))
		var d event.Document
		run(c.name+"/extract", func(doc []byte) error {
			d.Reset(doc)
			return r.Fill(&d)
		})
		run(c.name+"/encoding-json", func(doc []byte) error {
			var m map[string]any
			return json.Unmarshal(doc, &m)
		})
	}
}
