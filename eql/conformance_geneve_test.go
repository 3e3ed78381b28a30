package eql_test

import (
	"cmp"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
)

// A geneveCase is one query with documents that were made from its text. Cases
// are alternatives: lists of documents, or in rules_negative objects with one.
type geneveCase struct {
	ID, Query, From, Mutation string

	Needs       any
	Complete    *bool
	Signals     any   `json:"es_signals"` // a number unless it was capped
	ShouldMatch *bool `json:"should_match"`
	Events      []json.RawMessage
	Cases       []geneveDocs
}

type geneveDocs struct {
	events      []json.RawMessage
	shouldMatch bool
}

func (d *geneveDocs) UnmarshalJSON(data []byte) error {
	d.shouldMatch = true
	if data[0] == '[' {
		return json.Unmarshal(data, &d.events)
	}
	object := struct {
		Events      *[]json.RawMessage
		ShouldMatch *bool `json:"should_match"`
	}{&d.events, &d.shouldMatch}
	return json.Unmarshal(data, &object)
}

// engines compiles each query once.
type engines map[string]*eql.Engine

// count returns the number of matches in the documents of cases, one after the
// other; those without a time get one.
func (e engines) count(t *testing.T, query string, cases ...geneveDocs) int {
	t.Helper()
	engine, ok := e[query]
	if !ok {
		engine = compile(t, query)
		e[query] = engine
	}
	var events []eql.Event
	now := int64(1700000000000)
	for _, c := range cases {
		for _, doc := range c.events {
			var fields map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(doc, &fields))
			if _, ok := fields["@timestamp"]; !ok {
				fields["@timestamp"] = strconv.AppendInt(nil, now, 10)
				now++
			}
			text, err := json.Marshal(fields)
			require.NoError(t, err)
			events = append(events, eql.JSON(text))
		}
	}
	order(events, "")
	return len(run(t, engine, events))
}

// TestGeneratedDocuments runs queries, most of them of detection rules, over
// documents made to match or not to match them.
func TestGeneratedDocuments(t *testing.T) {
	all := make(engines)
	check := map[string]func(t *testing.T, c *geneveCase){
		"unit_queries":   all.atLeast,
		"rules_capped":   all.atLeast,
		"rules_verified": all.signals,
		"rules_negative": func(t *testing.T, c *geneveCase) {
			for i, docs := range c.Cases {
				assert.Equal(t, docs.shouldMatch, all.count(t, c.Query, docs) > 0, "case %d of %s", i, c.Query)
			}
		},
		"unit_unsolvable": func(t *testing.T, c *geneveCase) {
			if c.ShouldMatch == nil {
				t.Skip("limits of the generator")
			}
			assert.Zero(t, all.count(t, c.Query, geneveDocs{events: c.Events}), c.Query)
		},
		"derived": func(t *testing.T, c *geneveCase) {
			docs := geneveDocs{events: c.Events}
			if len(c.Events) == 0 {
				docs = c.Cases[0]
			}
			require.NotNil(t, c.ShouldMatch)
			assert.Equal(t, *c.ShouldMatch, all.count(t, c.Query, docs) > 0, c.Query)
		},
	}
	for file, check := range check {
		t.Run(file, func(t *testing.T) {
			for i, c := range table[geneveCase](t, shared(t, "conformance/geneve/"+file+".jsonl")) {
				if !sampled(i) || c.Needs != nil {
					continue
				}
				t.Run(cmp.Or(c.ID, c.From+"/"+c.Mutation), func(t *testing.T) { check(t, &c) })
			}
		})
	}
}

// atLeast wants a match for every case.
func (e engines) atLeast(t *testing.T, c *geneveCase) {
	assert.GreaterOrEqual(t, e.count(t, c.Query, c.Cases...), len(c.Cases), c.Query)
}

// signals wants as many matches as the cases gave alerts, if they are all there.
func (e engines) signals(t *testing.T, c *geneveCase) {
	want, ok := c.Signals.(float64)
	if !ok || want == 0 || c.Complete != nil && !*c.Complete {
		e.atLeast(t, c)
		return
	}
	assert.Equal(t, int(want), e.count(t, c.Query, c.Cases...), c.Query)
}
