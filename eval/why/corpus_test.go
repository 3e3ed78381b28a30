package why_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/why"
)

type document = map[string]any

// A generated case is a query of a published rule with documents that were made
// to match it, or changed so that they do not.
type generated struct {
	Query, Mutation string
	Needs           any
	Cases           [][]document
	Events          []document
	ShouldMatch     bool `json:"should_match"`
}

// eachGenerated calls f for the cases of a file, few of them in short runs.
func eachGenerated(t *testing.T, name string, f func(c *generated)) {
	t.Helper()
	file, err := os.Open("../../../shared/conformance/geneve/" + name)
	if err != nil {
		t.Skip("needs the shared test data")
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for i := 0; lines.Scan(); i++ {
		if testing.Short() && i%20 != 0 {
			continue
		}
		var c generated
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		require.NoError(t, d.Decode(&c))
		if c.Needs == nil {
			f(&c)
		}
	}
	require.NoError(t, lines.Err())
}

// timed gives documents without a time one.
func timed(docs []document) []document {
	for i, d := range docs {
		if _, ok := d["@timestamp"]; !ok {
			d["@timestamp"] = json.Number(strconv.FormatInt(1700000000000+int64(i), 10))
		}
	}
	return docs
}

// TestPositiveDocuments: an account of documents that match says so, and what
// let them through is true. Without a field that a predicate read there is
// still a match, or the account names a predicate that reads this field.
func TestPositiveDocuments(t *testing.T) {
	fields := 0
	eachGenerated(t, "rules_verified.jsonl", func(c *generated) {
		docs := timed(c.Cases[0])
		_, a, ok := account(t, c.Query, docs)
		require.True(t, ok, c.Query)
		require.NotEmpty(t, a.Matches, c.Query)
		for _, p := range a.Matches[0].Passed {
			require.NotEmpty(t, p.Findings, c.Query)
		}
		if a.Query.Kind() != "event" {
			return
		}
		p := a.Matches[0].Passed[0]
		for _, path := range readBy(p.Findings) {
			doc := without(t, docs[p.Event], path)
			_, b, _ := account(t, c.Query, []document{doc})
			if len(b.Matches) > 0 {
				continue
			}
			fields++
			o := b.Obstacles[0]
			require.Equal(t, why.False, o.Kind, c.Query)
			require.Contains(t, readBy(o.Findings), path, c.Query)
		}
	})
	assert.Greater(t, fields, 100)
}

// readBy returns the fields that findings are about, each once.
func readBy(fs []why.Finding) []string {
	var out []string
	for _, f := range fs {
		for _, k := range f.Fields {
			if !slices.Contains(out, k.Path) && k.Path != "event.category" {
				out = append(out, k.Path)
			}
		}
	}
	return out
}

// without returns a document that has a null at a path whatever lies below, and
// so no value there.
func without(t *testing.T, doc document, path string) document {
	t.Helper()
	data, err := json.Marshal(doc)
	require.NoError(t, err)
	var out document
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	require.NoError(t, d.Decode(&out))
	remove(out, path)
	return out
}

// remove deletes the values at a path, however it is nested.
func remove(doc document, path string) {
	for k, v := range doc {
		switch below := v.(type) {
		case document:
			if len(path) > len(k) && path[:len(k)] == k && path[len(k)] == '.' {
				remove(below, path[len(k)+1:])
			}
		default:
			if k == path {
				delete(doc, k)
			}
		}
	}
}

// TestNegativeDocuments: of documents that were changed in one way, the account
// names this way first.
func TestNegativeDocuments(t *testing.T) {
	falsified := 0
	wanted := map[string][]why.Kind{
		"beyond_maxspan":     {why.TooLate},
		"join_key_differs":   {why.KeyDiffers},
		"join_key_missing":   {why.KeyMissing, why.False}, // a rule may test its key
		"no_category":        {why.Category},
		"other_category":     {why.Category},
		"without_last_step":  {why.NoEvent},
		"without_first_step": {why.Category, why.False, why.NoEvent},
	}
	eachGenerated(t, "derived.jsonl", func(c *generated) {
		docs := c.Events
		if docs == nil {
			docs = c.Cases[0]
		}
		_, a, ok := account(t, c.Query, timed(docs))
		require.True(t, ok, c.Query)
		require.Equal(t, c.ShouldMatch, len(a.Matches) > 0, "%s: %s", c.Mutation, c.Query)
		if c.ShouldMatch {
			return
		}
		require.Contains(t, wanted[c.Mutation], a.Obstacles[0].Kind, "%s: %s", c.Mutation, c.Query)
		if c.Mutation == "join_key_missing" && a.Obstacles[0].Kind == why.False {
			falsified++
		}
	})
	assert.Less(t, falsified, 5)
}
