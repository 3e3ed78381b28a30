package eql_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
)

// TestRandomQueries runs generated queries over generated events, both in the
// form of JSON text and decoded.
func TestRandomQueries(t *testing.T) {
	type testCase struct {
		ID, Query, Tiebreaker string
		Events                []json.RawMessage
		Expected              [][]*int64
		JoinKeys              json.RawMessage `json:"join_keys"`
	}
	for i, c := range table[testCase](t, shared(t, "conformance/random/cases.jsonl")) {
		if !sampled(i) {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			var opts []eql.Option
			if c.Tiebreaker != "" {
				opts = append(opts, eql.WithTiebreakerField(c.Tiebreaker))
			}
			engine := compile(t, c.Query, opts...)
			want := make([][]int64, len(c.Expected))
			for i, events := range c.Expected {
				want[i] = numbers(events)
			}
			for form, events := range map[string][]eql.Event{"JSON": documents(c.Events), "Map": decoded(t, c.Events)} {
				order(events, c.Tiebreaker)
				got := run(t, engine, events)
				assert.Equal(t, want, ids(t, got, "id"), "%s: %s", form, c.Query)
				if c.JoinKeys != nil {
					have, err := json.Marshal(keys(got))
					require.NoError(t, err)
					assert.JSONEq(t, string(c.JoinKeys), string(have), "%s: %s", form, c.Query)
				}
			}
		})
	}
}
