package eql_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/rule"
)

// TestIndexOfRules wants the index over all published rules to make no difference:
// over the captures they raise the same alerts in the same order with it and
// without it, the endpoint rules as they are and without regard to the system they
// are made for. In short runs it is the first events of each capture, and a third of
// the rules without the index; EQL_TEST_ALL makes it everything.
func TestIndexOfRules(t *testing.T) {
	long := os.Getenv("EQL_TEST_ALL") != ""
	captures, err := filepath.Glob(filepath.Join(shared(t, "data/real"), "*.ndjson.gz"))
	require.NoError(t, err)
	require.NotEmpty(t, captures)
	streams := map[string][][]byte{}
	for _, path := range append(captures, shared(t, "data/bench/defend-20k.ndjson.gz")) {
		info, err := os.Stat(path)
		require.NoError(t, err)
		events, most := 500, int64(smallCapture/4)
		if strings.Contains(path, "bench") {
			events, most = 3000, info.Size()
		}
		if !long && info.Size() > most {
			continue
		}
		all := lines(t, path)
		if !long && len(all) > events {
			all = all[:events]
		}
		streams[strings.TrimSuffix(filepath.Base(path), ".ndjson.gz")] = all
	}
	for name, anySystem := range map[string]bool{"as they are": false, "for any system": true} {
		t.Run(name, func(t *testing.T) {
			rules := rule.Load(shared(t, "corpus")).Rules
			if anySystem {
				for _, r := range rules {
					r.OS = nil
				}
			}
			queries, _ := eql.CompileRules(rules) // other tests want them all
			some := make([]*eql.Query, 0, len(queries))
			for i, q := range queries {
				if long || i%3 == 0 {
					some = append(some, q)
				}
			}
			all, few := eql.NewEngine(queries...), eql.NewEngine(some...)
			found := 0
			for name, docs := range streams {
				t.Run(name, func(t *testing.T) {
					want := alertsInOrder(t, few, docs, few.Queries(), eval.WithoutIndex())
					require.Equal(t, want, alertsInOrder(t, all, docs, few.Queries()))
					found += len(want)
				})
			}
			require.NotZero(t, found)
		})
	}
}

// alertsInOrder returns rules and ids of the alerts of some of an engine's queries.
func alertsInOrder(t *testing.T, e *eql.Engine, docs [][]byte, of []*eql.Query, opts ...eql.StreamOption) []string {
	t.Helper()
	wanted := make(map[*eql.Query]bool, len(of))
	for _, q := range of {
		wanted[q] = true
	}
	var out []string
	add := func(m eql.Match) bool {
		if wanted[m.Query] {
			out = append(out, m.Query.ID()+" "+m.ID())
		}
		return true
	}
	s := e.NewStream(opts...)
	for _, doc := range docs {
		require.NoError(t, s.PushJSON(doc, add))
	}
	s.Close(add)
	return out
}
