package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pairTests = `
[base]
event.category = "login"
user = "ann"
ok = true

[[case]]
name = "failed, then not"
alerts = [{ events = ["bad", "good"], keys = ["ann"] }]
events = [{ "@id" = "bad", ok = false }, { "@id" = "good", "@offset" = "+30s" }]

[[case]]
name = "too late"
alerts = 0
events = [{ ok = false }, { "@offset" = "+61s" }]
`

const pairQuery = "sequence by user with maxspan=1m\n  [login where ok == false]\n  [login where ok == true]"

// untimed takes away how long cases took, which depends on the machine.
func untimed(s string) string { return regexp.MustCompile(` \(\d+\.\d\ds\)`).ReplaceAllString(s, "") }

func TestTest(t *testing.T) {
	good := ruleFolder(t, "pair.toml", ruleFile("Pair", idPair, pairQuery), "pair_test.toml", pairTests,
		"plain.toml", ruleFile("Untested", idOther, `file where true`))
	bad := ruleFolder(t, "pair.toml", ruleFile("Pair", idPair, strings.Replace(pairQuery, "1m", "20s", 1)), "pair_test.toml", pairTests)

	t.Run("passes", func(t *testing.T) {
		assert.Equal(t, result{0, "ok\t2 rules, 2 cases, 0 failed\n", ""}, execute(t, "", "test", good))
	})
	t.Run("verbose", func(t *testing.T) {
		got := execute(t, "", "test", "-v", filepath.Join(good, "pair.toml"))
		assert.Equal(t, 0, got.code, got.err)
		assert.Contains(t, untimed(got.out), "--- PASS: pair/too late\n")
		assert.NotContains(t, got.out, "plain")
	})
	t.Run("fails", func(t *testing.T) {
		got := execute(t, "", "test", bad)
		assert.Equal(t, 1, got.code, got.err)
		assert.Contains(t, untimed(got.out), "--- FAIL: pair/failed, then not\n    "+filepath.Join(bad, "pair_test.toml")+`:9:13: no alert of event 1 "bad", event 2 "good"`)
		assert.Contains(t, got.out, "satisfies step 2 [login where ok == true], but arrived 10s after maxspan=20s\n")
		assert.Contains(t, got.out, "FAIL\t1 rule, 2 cases, 1 failed\n")
	})
	t.Run("some", func(t *testing.T) {
		got := execute(t, "", "test", "--run", "pair/too", bad, good)
		assert.Equal(t, result{0, "ok\t2 rules, 2 cases, 0 failed\n", ""}, got)
	})
	t.Run("none", func(t *testing.T) {
		got := execute(t, "", "test", "--run", "no such case", good)
		assert.Equal(t, exitProblems, got.code)
		assert.Equal(t, "FAIL\t0 rules, 0 cases, 0 failed\n", got.out)
		assert.Contains(t, got.err, "no rule or case matches --run no such case")
	})
	t.Run("empty folder", func(t *testing.T) {
		got := execute(t, "", "test", t.TempDir())
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, untimed(got.out), "--- FAIL: .\n")
		assert.Contains(t, got.out, "the folder holds no *.toml file")
	})
	t.Run("json", func(t *testing.T) {
		got := execute(t, "", "test", "--format", "json", bad)
		assert.Equal(t, 1, got.code, got.err)
		lines := decode(t, got.out)
		require.Len(t, lines, 2)
		assert.Equal(t, "pair", lines[0]["rule"])
		assert.Equal(t, "failed, then not", lines[0]["case"])
		assert.Equal(t, false, lines[0]["ok"])
		failure := lines[0]["failures"].([]any)[0].(map[string]any)
		assert.Equal(t, filepath.Join(bad, "pair_test.toml")+":9:13", failure["place"])
		assert.Contains(t, failure["detail"], "after maxspan")
		assert.Equal(t, map[string]any{"rule": "pair", "file": filepath.Join(bad, "pair.toml"), "case": "too late", "ok": true}, lines[1])
	})
	t.Run("coverage", func(t *testing.T) {
		got := execute(t, "", "test", "--coverage", "-", "--min-coverage", "95", good)
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.out, "plain.toml: 0.0% (0 of 1)\n")
		assert.Contains(t, got.out, ":19:1: step 1 never reached\n")
		assert.Contains(t, got.out, "FAIL\t2 rules, 2 cases, 1 failed, coverage 87.5%\n")
		assert.Contains(t, got.err, "coverage is 87.5%, less than 95.0%")
		page := filepath.Join(t.TempDir(), "c.html")
		assert.Equal(t, 0, execute(t, "", "test", "--coverage", page, "--min-coverage", "87", good).code)
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		assert.Contains(t, string(text), `title="true: 2, false: 2">ok == false</mark>`)
	})
	t.Run("update", func(t *testing.T) {
		dir := ruleFolder(t, "pair.toml", ruleFile("Pair", idPair, pairQuery), "pair_test.ndjson", logins)
		got := execute(t, "", "test", dir)
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.out, "run with --update to write it")
		assert.Equal(t, 0, execute(t, "", "test", "--update", dir).code)
		text, err := os.ReadFile(filepath.Join(dir, "pair_test.golden"))
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(string(text), "\n"), string(text))
		assert.Equal(t, 0, execute(t, "", "test", dir).code)
	})
	t.Run("rules with mistakes", func(t *testing.T) {
		dir := ruleFolder(t, "a.toml", ruleFile("A", idPair, "login where lenght(user) > 1"), "b.toml", "[rule", "c.toml", ruleFile("C", idOther, "login where true"), "c_test.toml", "[[case]]\nnam = 1")
		got := execute(t, "", "test", dir)
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.out, "a.toml:19:13: unknown function lenght")
		assert.Contains(t, got.out, "b.toml:1:5: not TOML: ")
		assert.Contains(t, got.out, "c_test.toml:2:1: unknown key nam of a case")
		assert.Contains(t, got.out, "FAIL\t3 rules, 0 cases, 3 failed\n")
	})
	t.Run("usage", func(t *testing.T) {
		assert.Equal(t, 2, execute(t, "", "test").code)
		assert.Equal(t, 2, execute(t, "", "test", "--run", "(", good).code)
		got := execute(t, "", "test", filepath.Join(good, "gone"))
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.err, "gone: no such file or directory")
	})
}

func TestExplain_why(t *testing.T) {
	rule := file(t, "pair.toml", ruleFile("Pair", idPair, strings.Replace(pairQuery, "1m", "2s", 1)))
	const events = `{"@timestamp":1000,"event.category":"login","user":"ann","ok":false}
{"@timestamp":2000,"event.category":"login","user":"bob","ok":true}
{"@timestamp":4000,"event.category":"login","user":"ann","ok":true}
`
	t.Run("text", func(t *testing.T) {
		got := execute(t, events, "explain", "--why", rule)
		assert.Equal(t, 0, got.code, got.err)
		assert.Equal(t, rule+": Pair\n"+
			"no match: 1 of 2 steps found its event (<stdin>:1) for user \"ann\"\n"+
			"  the event at <stdin>:3 satisfies step 2 [login where ok == true], but arrived 1s after maxspan=2s\n"+
			"  the event at <stdin>:2 satisfies step 2 [login where ok == true], but the key differs: user \"bob\" against user \"ann\"\n", got.out)
	})
	t.Run("match", func(t *testing.T) {
		got := execute(t, events, "explain", "--why", "login where ok == true and user : (\"a*\", \"b*\")")
		assert.Equal(t, 0, got.code, got.err)
		assert.Contains(t, got.out, "match 2: <stdin>:3\n")
		assert.Contains(t, got.out, "    <query>:1:28: user : (\"a*\", \"b*\") was true\n      user is \"bob\"\n")
	})
	t.Run("json", func(t *testing.T) {
		got := execute(t, "", "explain", "--why", "--format", "json", rule, file(t, "e.ndjson", events))
		assert.Equal(t, 0, got.code, got.err)
		var a whyAccount
		require.NoError(t, json.Unmarshal([]byte(got.out), &a))
		assert.Equal(t, 1, a.Reached.Done)
		assert.JSONEq(t, `"ann"`, string(a.Reached.Keys["user"]))
		require.Len(t, a.Obstacles, 2)
		assert.EqualValues(t, "too-late", a.Obstacles[0].Kind)
		assert.InDelta(t, 1000, a.Obstacles[0].LateMS, 0)
		assert.Equal(t, 2, a.Obstacles[0].Step)
		assert.JSONEq(t, `"ann"`, string(a.Obstacles[1].Want["user"]))
	})
	t.Run("mistakes", func(t *testing.T) {
		assert.Equal(t, 2, execute(t, "", "explain", "--why").code)
		got := execute(t, "{\n", "explain", "--why", "login where true")
		assert.Contains(t, got.err, "event refused: <stdin>:1")
		got = execute(t, "", "explain", "--why", rule, filepath.Join(t.TempDir(), "gone"))
		assert.Equal(t, 1, got.code)
		got = execute(t, "", "explain", "--why", "login where (")
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.err, "<query>:1:")
	})
}
