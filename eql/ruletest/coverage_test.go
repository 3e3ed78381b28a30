package ruletest_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/ruletest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// ruleFile is a rule with a query and nothing that matters otherwise.
func ruleFile(id, query string) string {
	return "[rule]\nrule_id = \"11111111-1111-4111-8111-1111111111" + id + "\"\nname = \"Rule <" + id + ">\"\nlanguage = \"eql\"\ntype = \"eql\"\nindex = [\"x\"]\nquery = '''\n" + query + "\n'''\n"
}

// folder makes a file system of pairs of name and text.
func folder(pairs ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return out
}

// cover runs all cases, which must pass.
func cover(t *testing.T, fsys fstest.MapFS) *ruletest.Coverage {
	t.Helper()
	c := &ruletest.Coverage{}
	for _, r := range ruletest.Load(fsys, ruletest.Options{}).Rules {
		require.NoError(t, r.Problem)
		c.Add(r, nil)
		for _, tc := range r.Cases {
			result := tc.Run(false)
			require.Empty(t, result.Failures)
			c.Add(r, result)
		}
	}
	return c
}

var gaps = folder(
	"a/sequence.toml", ruleFile("01", `sequence by host.id with maxspan=1m
  [process where process.name == "a" and (process.pid > 4 or process.pid < 0)]
  ![process where process.name : "b<c*"]
  [process where process.name == "d" and not process.pid in (1, 2)]
  [network where true]
until [process where event.type == "end"]`),
	"a/sequence_test.toml", `
[base]
event.category = "process"
host.id = "h"
process = { name = "a", pid = 5 }

[[case]]
name = "until the third step"
alerts = 0
events = [{}, { process.name = "d", "@offset" = "+1s" }, { "@advance" = "+2m" }]
`,
	"b.toml", ruleFile("02", "file where file.path : (\n    \"/etc/*\",\n    \"/usr/*\")"),
	"c.toml", ruleFile("03", `file where true`),
	"c_test.toml", "[[case]]\nname = 'one'\nalerts = 1\nevents = [{ event.category = 'file' }]\n",
)

func TestCoverage(t *testing.T) {
	c := cover(t, gaps)
	var text, html strings.Builder
	require.NoError(t, c.WriteText(&text))
	require.NoError(t, c.WriteHTML(&html))
	for name, got := range map[string]string{"coverage.txt": text.String(), "coverage.html": html.String()} {
		golden := filepath.Join("testdata", name)
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), got)
	}
	assert.NotRegexp(t, regexp.MustCompile(`(?i)https?://|<link|<script|src=`), html.String(), "the page needs nothing else")
	assert.Contains(t, html.String(), "prefers-color-scheme: dark")

	// Whatever is marked or not, the text of the query is all there.
	pre := regexp.MustCompile(`(?s)<pre>(.*?)</pre>`).FindAllStringSubmatch(html.String(), -1)
	require.Len(t, pre, 3)
	plain := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(pre[0][1], "")
	for entity, char := range map[string]string{"&lt;": "<", "&gt;": ">", "&#34;": `"`, "&amp;": "&"} {
		plain = strings.ReplaceAll(plain, entity, char)
	}
	assert.Contains(t, string(gaps["a/sequence.toml"].Data), plain)

	marks := regexp.MustCompile(`<mark class="none" title="[^"]*">([^<]*)</mark>`).FindAllStringSubmatch(pre[1][1], -1)
	require.Len(t, marks, 3, "one for each line of the predicate")
	assert.Equal(t, "&#34;/etc/*&#34;,\n", marks[1][1], "what is marked is the text, not the blanks before it")

	rules := c.Rules()
	require.Len(t, rules, 3)
	assert.Equal(t, "a/sequence.toml", rules[0].Rule.Path)
	assert.InDelta(t, 100, rules[2].Percent(), 0)
	total, tried := 0, 0
	for _, r := range rules {
		total += r.Outcomes
		tried += r.Tried
		missed := 0
		for _, g := range r.Gaps {
			missed++
			if g.Kind == ruletest.NeverEvaluated {
				missed++
			}
		}
		assert.Equal(t, r.Outcomes-r.Tried, missed, r.Rule.Path)
	}
	assert.InDelta(t, 100*float64(tried)/float64(total), c.Percent(), 1e-9)
}

// The operating systems of a rule stand in no query, and no case has to try them.
func TestCoverage_systems(t *testing.T) {
	c := cover(t, folder(
		"a.toml", "[rule]\nid = \"11111111-1111-4111-8111-111111111111\"\nname = \"a\"\nversion = \"1.0.0\"\nos_list = [\"linux\"]\nquery = 'file where n == 1'\n",
		"a_test.toml", `
[base]
event.category = "file"
host.os.type = "linux"

[[case]]
name = "both"
alerts = [1]
events = [{ n = 1 }, { n = 2 }]
`))
	require.Len(t, c.Rules(), 1)
	assert.Empty(t, c.Rules()[0].Gaps)
	assert.Equal(t, 3, c.Rules()[0].Outcomes)
}

func TestCoverageOfNothing(t *testing.T) {
	c := &ruletest.Coverage{}
	assert.InDelta(t, 100, c.Percent(), 0)
	var text strings.Builder
	require.NoError(t, c.WriteText(&text))
	assert.Equal(t, "coverage: 100.0% of 0 outcomes of 0 rules, 0 with gaps\n", text.String())
	require.Error(t, c.WriteFile(filepath.Join(t.TempDir(), "no", "folder.html")))
}
