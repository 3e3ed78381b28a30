package rule_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// report shows all that came of a file.
func report(set *rule.Set) string {
	var b strings.Builder
	for _, p := range set.Problems {
		b.WriteString("[" + p.Code + "] " + p.Render() + "\n")
	}
	for _, s := range set.Skipped {
		b.WriteString("skipped " + s.ID + " (" + s.Name + "): " + s.Reason + "\n")
	}
	for _, r := range set.Rules {
		b.WriteString("rule " + r.ID + "\n")
	}
	return b.String()
}

func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	seen := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			set := rule.Parse(filepath.Base(file), data)
			for _, p := range set.Problems {
				seen[p.Code] = true
				i := slices.IndexFunc(rule.Checks(), func(c rule.Check) bool { return c.Code == p.Code })
				require.GreaterOrEqual(t, i, 0, "%s is not among Checks", p.Code)
				assert.Equal(t, rule.Checks()[i].Severity, p.Severity)
			}
			golden := strings.TrimSuffix(file, ".toml") + ".golden"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(report(set)), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), report(set))
		})
	}

	for _, c := range rule.Checks() {
		elsewhere := strings.HasPrefix(c.Code, "duplicate-") || slices.Contains([]string{
			"file-unreadable", "file-too-large", "folder-empty", "folder-linked", "problems-left-out",
		}, c.Code)
		assert.NotEqual(t, elsewhere, seen[c.Code], c.Code)
	}
}

func TestChecks(t *testing.T) {
	checks := rule.Checks()
	assert.True(t, slices.IsSortedFunc(checks, func(a, b rule.Check) int { return strings.Compare(a.Code, b.Code) }))
	for i, c := range checks {
		assert.Regexp(t, `^[a-z]+(-[a-z]+)*$`, c.Code)
		assert.Regexp(t, `^[A-Za-z].*\.$`, c.Doc)
		if i > 0 {
			assert.NotEqual(t, checks[i-1].Code, c.Code)
		}
	}
	checks[0].Code = "changed"
	assert.NotEqual(t, "changed", rule.Checks()[0].Code)
}

func TestProblemsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("[rule]\nrule_id = \"x\"\nlanguage = \"eql\"\nquery = \"process where true\"\n")
	for i := range 1000 {
		b.WriteString("k" + strings.Repeat("x", i) + " = 1\n")
	}
	set := rule.Parse("many.toml", []byte(b.String()))
	require.NoError(t, set.Err())
	assert.Len(t, set.Problems, 101)
	assert.True(t, slices.ContainsFunc(set.Problems, func(p *source.Error) bool { return p.Code == "problems-left-out" }))
	require.Len(t, set.Rules, 1)
	assert.Len(t, set.Rules[0].Extra["rule"], 1000)
}
