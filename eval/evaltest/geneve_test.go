package evaltest_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/evaltest"
)

// TestGeneratedDocuments runs detection rules over documents that were made to
// match them, and over changed ones that must not.
func TestGeneratedDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many documents")
	}
	// count evaluates over cases joined to one stream, with timestamps.
	count := func(t *testing.T, query string, cases ...[]map[string]any) int {
		var docs []map[string]any
		for _, c := range cases {
			for _, doc := range c {
				if _, ok := doc["@timestamp"]; !ok {
					doc["@timestamp"] = json.Number(strconv.FormatInt(1700000000000+int64(len(docs)), 10))
				}
				docs = append(docs, doc)
			}
		}
		results, err := evaltest.Evaluate(parse(t, query), docs, evaltest.Options{Sort: true})
		require.NoError(t, err, query)
		return len(results)
	}
	t.Run("rules", func(t *testing.T) {
		lines(t, shared(t, "conformance/geneve/rules_verified.jsonl"), func(line string) {
			var c struct {
				ID, Query string
				Needs     any
				Cases     [][]map[string]any
				Complete  *bool
				Signals   int `json:"es_signals"`
			}
			decode(t, line, &c)
			if c.Needs != nil {
				return
			}
			n := count(t, c.Query, c.Cases...)
			if c.Signals > 0 && (c.Complete == nil || *c.Complete) {
				assert.Equal(t, c.Signals, n, c.Query)
			} else {
				assert.GreaterOrEqual(t, n, len(c.Cases), c.Query)
			}
		})
	})
	t.Run("mutations", func(t *testing.T) {
		lines(t, shared(t, "conformance/geneve/derived.jsonl"), func(line string) {
			var c struct {
				From, Mutation, Query string
				Events                []map[string]any
				Cases                 [][]map[string]any
				ShouldMatch           bool `json:"should_match"`
			}
			decode(t, line, &c)
			if c.Events == nil {
				c.Events = c.Cases[0]
			}
			assert.Equal(t, c.ShouldMatch, count(t, c.Query, c.Events) > 0, "%s: %s: %s", c.From, c.Mutation, c.Query)
		})
	})
}
