package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRun_profile(t *testing.T) {
	for _, workers := range []string{"1", "3"} {
		t.Run("workers "+workers, func(t *testing.T) { testProfile(t, workers) })
	}
	got := execute(t, "", "run", "--rules", exampleRules, "--profile-rules=2", exampleEvents)
	assert.Contains(t, got.err, "\n2  ")
	assert.NotContains(t, got.err, "\n3  ")
}

func testProfile(t *testing.T, workers string) {
	t.Helper()
	plain := execute(t, "", "run", "--rules", exampleRules, exampleEvents)
	got := execute(t, "", "run", "--rules", exampleRules, "--workers", workers, "--profile-rules", exampleEvents)
	require.Equal(t, exitOK, got.code, got.err)
	assert.Equal(t, plain.out, got.out, "the alerts are the same")
	assert.NotContains(t, plain.err, "NS/EVENT")

	lines := strings.Split(strings.TrimSpace(got.err), "\n")
	require.Len(t, lines, 9, got.err)
	assert.Equal(t, []string{"#", "TIME", "NS/EVENT", "CANDIDATES", "EVALUATIONS", "HITS", "MATCHES", "OPEN", "ID", "NAME"}, strings.Fields(lines[0]))
	assert.Regexp(t, `^1  \d`, lines[1])
	counts := make(map[string]string) // by name
	row := regexp.MustCompile(`^\d+ +[\d.]+ % +[\d.]+ +(\d+ +\d+ +\d+ +\d+ +\d+) +\S+ +(.*)$`)
	for _, line := range lines[1:6] {
		m := row.FindStringSubmatch(line)
		require.NotNil(t, m, line)
		counts[m[2]] = strings.Join(strings.Fields(m[1]), " ")
	}
	assert.Equal(t, "7 7 7 1 0", counts["Logon after Repeated Failures"])
	assert.Equal(t, "1 1 1 1 0", counts["Office Application Starts a Shell"])
	assert.Regexp(t, `^time per event [\d.]+ ns: [\d.]+ % rules, [\d.]+ % fields, [\d.]+ % index, [\d.]+ % output, [\d.]+ % rest$`, lines[6])
	assert.Equal(t, "5 of 5 rules took time; 21 of 21 events were timed", lines[7])
}

func TestExplain_wide(t *testing.T) {
	const list = "\nsteps tested for 50 % of the events of their category or more, as guessed: "
	got := execute(t, "", "explain", "--rules", exampleRules)
	require.Equal(t, exitOK, got.code, got.err)
	assert.Regexp(t, `\n +3  process +found by `, got.out)
	assert.True(t, strings.HasSuffix(got.out, list+"0\n"))

	all := ruleFolder(t, "all.toml", ruleFile("All", idPair, "process where true"), "most.toml", ruleFile("Most", idOther, "login where user.name != null"))
	got = execute(t, "", "explain", "--rules", exampleRules, "--rules", all)
	require.Equal(t, exitOK, got.code, got.err)
	_, text, ok := strings.Cut(got.out, list)
	require.True(t, ok, got.out)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	require.Equal(t, "1", lines[0], text)
	assert.Equal(t, []string{"EVENTS", "RULE", "STEP"}, strings.Fields(lines[1]))
	assert.Regexp(t, `^100.0 % +All +step 1: event.category is "process"$`, lines[2])
}
