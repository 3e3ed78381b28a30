// Package examples holds programs that use eqlkit, and rules with their tests.
package examples

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/eqltest"
	"github.com/eqlkit/eqlkit/eql/ruletest"
)

func TestRules(t *testing.T) {
	eqltest.Run(t, os.DirFS("rules"), eqltest.WithParallel(), eqltest.WithMinCoverage(100))
}

// TestREADME checks that the rule and the test of the README are those of this
// folder, and that a mistake in the rule gives the message that it shows.
func TestREADME(t *testing.T) {
	readme := read(t, "../README.md")
	rule, test := read(t, "rules/downloaded_file_runs.toml"), read(t, "rules/downloaded_file_runs_test.toml")
	assert.Contains(t, readme, "```toml\n"+rule+"```\n")
	assert.Contains(t, readme, "```toml\n"+test+"```\n")

	broken := strings.Replace(rule, `"curl"`, `"crul"`, 1)
	require.NotEqual(t, rule, broken)
	suite := ruletest.Load(fstest.MapFS{
		"downloaded_file_runs.toml":      {Data: []byte(broken)},
		"downloaded_file_runs_test.toml": {Data: []byte(test)},
	}, ruletest.Options{Base: "rules"})
	require.Len(t, suite.Rules, 1)
	require.NoError(t, suite.Rules[0].Problem)
	failures := suite.Rules[0].Cases[0].Run(false).Failures
	require.Len(t, failures, 1)
	message := "    " + strings.ReplaceAll(failures[0].String(), "\n", "\n    ")
	assert.Contains(t, readme, "--- FAIL: downloaded_file_runs/downloaded and run (0.00s)\n"+message+"\n```\n")
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
