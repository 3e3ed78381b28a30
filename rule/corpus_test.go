package rule_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// corpus returns the folder of published rules, and skips the test without it.
func corpus(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	require.NoError(tb, err)
	for {
		p := filepath.Join(dir, "shared", "corpus")
		if _, err := os.Stat(p); err == nil {
			return p
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Skip("no corpus")
		}
		dir = up
	}
}

func TestCorpus(t *testing.T) {
	root := corpus(t)
	start := time.Now()
	set := rule.Load(root)
	t.Logf("%d rules, %d skipped in %v", len(set.Rules), len(set.Skipped), time.Since(start))
	codes := map[string]int{}
	for _, p := range set.Problems {
		codes[p.Code]++
		if codes[p.Code] <= 3 {
			t.Log(p.Render())
		}
	}
	t.Logf("problems: %v", codes)
	require.NoError(t, set.Err())
	assert.Len(t, set.Skipped, 36)
	for _, s := range set.Skipped {
		assert.NotEmpty(t, s.Reason, s.Path)
		assert.NotEmpty(t, s.ID, s.Path)
	}

	ids := map[string]string{}
	for _, r := range set.Rules {
		if r.Layout == rule.Hunt {
			continue
		}
		p, err := filepath.Rel(root, r.Path)
		require.NoError(t, err)
		ids[filepath.ToSlash(p)] = r.ID
		assert.Nil(t, r.Extra["rule"], r.Path)
	}
	summary, err := os.ReadFile(filepath.Join(root, "summary.jsonl"))
	require.NoError(t, err)
	want := map[string]string{}
	for data := range bytes.Lines(summary) {
		var line struct{ File, ID string }
		require.NoError(t, json.Unmarshal(data, &line))
		want[line.File] = line.ID
	}
	assert.Equal(t, want, ids)
}

// Every line of a published query stands where its position says, and replacing
// a query forth and back restores the file.
func TestCorpusQueries(t *testing.T) {
	for _, r := range rule.Load(corpus(t)).Rules {
		data, err := os.ReadFile(r.Path)
		require.NoError(t, err)
		lines := strings.Split(string(data), "\n")
		off := 0
		for line := range strings.Lines(r.Query.Text) {
			p := r.Query.Position(source.PosAt(off))
			require.Equal(t, 1, p.Column, r.Path)
			require.Equal(t, strings.TrimSuffix(line, "\n"), lines[p.Line-1][:len(strings.TrimSuffix(line, "\n"))], r.Path)
			off += len(line)
		}
		changed, err := rule.ReplaceQuery(data, r.Index, "any where '''")
		require.NoError(t, err)
		require.NotEqual(t, string(data), string(changed))
		back, err := rule.ReplaceQuery(changed, r.Index, r.Query.Text)
		require.NoError(t, err)
		require.Equal(t, string(data), string(back), r.Path)
	}
}
