package eql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

const telemetry = "data/real/"

// smallCapture is how many bytes a capture may have in short runs.
const smallCapture = 350_000

// capture returns the events of a file.
func capture(t *testing.T, path string) []eql.Event {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	if testing.Short() && info.Size() > smallCapture {
		t.Skip("large")
	}
	var events []eql.Event
	for _, line := range lines(t, path) {
		events = append(events, eql.JSON(line))
	}
	return events
}

// TestTelemetryFacts runs queries whose answers are known over captures.
func TestTelemetryFacts(t *testing.T) {
	type fact struct {
		ID, File, Kind, EQL string
		IDs                 json.RawMessage
	}
	facts := make(map[string][]fact)
	for _, f := range table[fact](t, shared(t, telemetry+"facts.jsonl")) {
		facts[f.File] = append(facts[f.File], f)
	}
	for file, facts := range facts {
		t.Run(strings.TrimSuffix(file, ".ndjson.gz"), func(t *testing.T) {
			events := capture(t, shared(t, telemetry+file))
			queries := make([]*eql.Query, len(facts))
			for i, f := range facts {
				q, err := eql.Compile(f.EQL, eql.WithTiebreakerField("event.sequence"))
				require.NoError(t, err, f.EQL)
				queries[i] = q
			}
			got := make(map[*eql.Query][]eql.Match)
			for _, m := range run(t, eql.NewEngine(queries...), events) {
				got[m.Query] = append(got[m.Query], m)
			}
			for i, f := range facts {
				t.Run(f.ID, func(t *testing.T) {
					var want [][]int64
					if f.Kind == "sequence" {
						require.NoError(t, json.Unmarshal(f.IDs, &want))
					} else {
						var flat []int64
						require.NoError(t, json.Unmarshal(f.IDs, &flat))
						for _, id := range flat {
							want = append(want, []int64{id})
						}
					}
					equalHits(t, want, ids(t, got[queries[i]], "event.sequence"), f.EQL)
				})
			}
		})
	}
}

// equalHits compares lists of events regardless of their order.
func equalHits(t *testing.T, want, got [][]int64, msg string) {
	t.Helper()
	sorted := func(hits [][]int64) [][]int64 {
		return slices.SortedFunc(slices.Values(hits), slices.Compare)
	}
	assert.Equal(t, sorted(want), sorted(got), msg)
}

// TestTelemetryAlerts runs all detection rules together over captures.
func TestTelemetryAlerts(t *testing.T) {
	type alerts struct {
		RuleID  string `json:"rule_id"`
		Capture string
		Hits    [][]*int64
		Count   *int
	}
	want := make(map[string]map[string]alerts)
	for _, a := range table[alerts](t, shared(t, telemetry+"alerts.jsonl")) {
		if want[a.Capture] == nil {
			want[a.Capture] = make(map[string]alerts)
		}
		want[a.Capture][a.RuleID] = a
	}
	engine, known := detectionRules(t)
	files, err := filepath.Glob(filepath.Join(shared(t, telemetry), "*.ndjson.gz"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".ndjson.gz")
		t.Run(name, func(t *testing.T) {
			got := make(map[string][]eql.Match)
			for _, m := range run(t, engine, capture(t, file)) {
				if id := eql.RuleOf(m.Query).ID; known[id] {
					got[id] = append(got[id], m)
				}
			}
			for id, matches := range got {
				if _, ok := want[name][id]; !ok {
					assert.Fail(t, "unexpected alerts", "%d of rule %s", len(matches), id)
				}
			}
			for id, a := range want[name] {
				t.Run(id, func(t *testing.T) {
					if a.Count != nil {
						assert.Len(t, got[id], *a.Count)
					}
					if a.Hits == nil {
						return
					}
					hits := make([][]int64, len(a.Hits))
					for i, hit := range a.Hits {
						hits[i] = numbers(hit)
					}
					equalHits(t, hits, ids(t, got[id], "event.sequence"), a.RuleID)
				})
			}
		})
	}
}

// detectionRules compiles all detection rules. Known are the ids of those that
// the expected alerts are complete for.
func detectionRules(t *testing.T) (engine *eql.Engine, known map[string]bool) {
	t.Helper()
	set := rule.Load(shared(t, "corpus/detection-rules"))
	for _, p := range set.Problems {
		assert.NotEqual(t, source.Err, p.Severity, p)
	}
	queries, err := eql.CompileRules(set.Rules)
	require.NoError(t, err)
	overridden := make(map[string]bool)
	for _, r := range set.Rules {
		overridden[r.ID] = overridden[r.ID] || r.EventCategoryField != ""
	}
	known = make(map[string]bool)
	type summary struct{ File, ID string }
	for _, s := range table[summary](t, shared(t, "corpus/summary.jsonl")) {
		if strings.HasPrefix(s.File, "detection-rules/rules") && !overridden[s.ID] {
			known[s.ID] = true
		}
	}
	return eql.NewEngine(queries...), known
}
