package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ruleText = `[metadata]
creation_date = "2024/01/02"
maturity = "%MATURITY%"
updated_date = "2024/01/02"

[rule]
author = ["Ann"]
description = "d"
index = ["logs-*"]
language = "%LANGUAGE%"
license = "Apache-2.0"
name = "%NAME%"
risk_score = 47
rule_id = "%ID%"
severity = "medium"
tags = ["Domain: Test"]
type = "eql"
query = '''
%QUERY%
'''
`

// ruleFile returns a rule; pairs replace its placeholders.
func ruleFile(name, id, query string, pairs ...string) string {
	all := append(pairs, "%NAME%", name, "%ID%", id, "%QUERY%", query, "%MATURITY%", "production", "%LANGUAGE%", "eql")
	return strings.NewReplacer(all...).Replace(ruleText)
}

const (
	idFailed = "11111111-1111-4111-8111-111111111111"
	idPair   = "22222222-2222-4222-8222-222222222222"
	idOther  = "33333333-3333-4333-8333-333333333333"
)

// ruleFolder writes files into a folder, given by name and content.
func ruleFolder(t *testing.T, pairs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, pairs[i]), []byte(pairs[i+1]), 0o600))
	}
	return dir
}

func goodRules(t *testing.T) string {
	t.Helper()
	return ruleFolder(t,
		"failed.toml", ruleFile("Failed login", idFailed, "login where ok == false", "%MATURITY%", "beta"),
		"pair.toml", ruleFile("Failed, then not", idPair, "sequence by user with maxspan=1m\n  [login where ok == false]\n  [login where ok == true]"),
		"other.toml", strings.Replace(ruleFile("Other language", idOther, "a : b", "%LANGUAGE%", "kuery"), `type = "eql"`, `type = "query"`, 1),
		"plain.eql", "file where n == 5",
	)
}

func decode(t *testing.T, lines string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(lines) {
		var v map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &v), line)
		out = append(out, v)
	}
	return out
}

func TestRun(t *testing.T) {
	dir := goodRules(t)
	got := execute(t, logins, "run", "--rules", dir, "--summary")
	require.Equal(t, exitOK, got.code, got.err)
	alerts := decode(t, got.out)
	require.Len(t, alerts, 4)
	assert.Contains(t, got.err, "5 events read, 0 refused, 4 alerts, ")
	assert.Contains(t, got.err, "3 of 3 rules gave alerts")
	assert.Regexp(t, `(?m)^2 +medium +11111111-1111-4111-8111-111111111111 +Failed login$`, got.err)

	var pair map[string]any
	for _, a := range alerts {
		if a["kind"] == "sequence" {
			pair = a
		}
	}
	require.NotNil(t, pair)
	assert.Len(t, pair["id"], 32)
	delete(pair, "id")
	assert.Equal(t, "2024-05-01T10:00:09.000Z", pair["@timestamp"])
	assert.Equal(t, []any{"ann"}, pair["join_keys"])
	assert.Len(t, pair["events"], 2)
	assert.Equal(t, map[string]any{
		"id": idPair, "name": "Failed, then not", "severity": "medium", "risk_score": 47.0,
		"tags": []any{"Domain: Test"}, "file": filepath.Join(dir, "pair.toml"),
	}, pair["rule"])

	again := execute(t, logins, "run", "--rules", dir)
	assert.Equal(t, got.out, again.out, "ids are the same in every run")
}

func TestRun_maturity(t *testing.T) {
	got := execute(t, logins, "run", "--rules", goodRules(t), "--maturity", "beta,experimental")
	assert.Equal(t, exitOK, got.code, got.err)
	assert.Equal(t, 2, strings.Count(got.out, "\n"))
	assert.Equal(t, 2, strings.Count(got.out, "Failed login"))
}

func TestRun_brokenRule(t *testing.T) {
	dir := ruleFolder(t,
		"bad.toml", ruleFile("Bad", idOther, "login where\n  ok = "),
		"good.toml", ruleFile("Good", idFailed, "login where ok == false"))
	got := execute(t, logins, "run", "--rules", dir)
	assert.Equal(t, exitProblems, got.code)
	assert.Equal(t, 2, strings.Count(got.out, "\n"), "the other rule runs")
	assert.Regexp(t, `(?m)^\S+bad\.toml:20:\d+: \S`, got.err)
}

func TestRun_noRule(t *testing.T) {
	got := execute(t, logins, "run", "--rules", filepath.Join(t.TempDir(), "gone"))
	assert.Equal(t, exitProblems, got.code)
	assert.Contains(t, got.err, "gone")
	assert.Contains(t, got.err, "there is no rule to run")

	empty := t.TempDir()
	got = execute(t, logins, "run", "--rules", empty)
	assert.Equal(t, exitProblems, got.code)
	assert.Contains(t, got.err, empty+":1:1: warning: the folder holds no *.toml file")

	dir := ruleFolder(t, "good.toml", ruleFile("Good", idFailed, "login where ok == false"))
	got = execute(t, logins, "run", "--rules", dir, "--maturity", "retired,beta")
	assert.Equal(t, exitProblems, got.code)
	assert.Contains(t, got.err, "none of 1 rule has the maturity retired or beta")
}

func TestRun_missingEvent(t *testing.T) {
	rules := file(t, "silence.eql", "sequence with maxspan=1s [file where n == 5] ![login where true]")
	got := execute(t, logins, "run", "--rules", rules)
	require.Equal(t, exitOK, got.code, got.err)
	alerts := decode(t, got.out)
	require.Len(t, alerts, 1)
	events := alerts[0]["events"].([]any)
	require.Len(t, events, 2)
	assert.Nil(t, events[1])
	assert.NotContains(t, alerts[0], "join_keys")
	assert.NotContains(t, alerts[0]["rule"], "risk_score", "the rule has none")
}

func TestCheck(t *testing.T) {
	t.Run("good rules", func(t *testing.T) {
		got := execute(t, "", "check", goodRules(t))
		assert.Equal(t, exitOK, got.code, got.out)
		assert.Contains(t, got.err, "other.toml: skipped: ")
		assert.Contains(t, got.err, "3 rules checked, 0 failed, 1 skipped")
	})
	t.Run("files without a rule", func(t *testing.T) {
		dir := goodRules(t)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.toml"), []byte("[rule\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.eql"), []byte("process wher true"), 0o600))
		got := execute(t, "", "check", dir)
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.err, "4 rules checked, 1 failed, 1 skipped, 1 file unusable")
		assert.Contains(t, got.out, "broken.toml:1:6: not TOML: ")
	})
	t.Run("query", func(t *testing.T) {
		got := execute(t, "", "check", "-q", "process where true")
		assert.Equal(t, exitOK, got.code, got.out)
		assert.Empty(t, got.out)
	})
	t.Run("query with a mistake", func(t *testing.T) {
		got := execute(t, "", "check", "-q", "process where lenght(user.name) > 1")
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.out, "<query>:1:15: ")
		assert.Contains(t, got.out, "\n    process where lenght(user.name) > 1\n                  ^")
	})
	t.Run("standard input", func(t *testing.T) {
		got := execute(t, "process where", "check")
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.out, "<stdin>:1:")
	})
	t.Run("unknown field of a mapping", func(t *testing.T) {
		m := file(t, "m.json", `{"properties":{"user":{"properties":{"name":{"type":"keyword"}}}}}`)
		assert.Equal(t, exitOK, execute(t, "", "check", "--mapping", m, "-q", `any where user.name == "a"`).code)
		got := execute(t, "", "check", "--mapping", m, "-q", `any where user.nam == "a"`)
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.out, "<query>:1:11: ")
	})
	t.Run("missing file", func(t *testing.T) {
		got := execute(t, "", "check", filepath.Join(t.TempDir(), "gone.eql"))
		assert.Equal(t, exitProblems, got.code)
		assert.Regexp(t, `gone\.eql:1:1: cannot read: no such file`, got.out)
	})
}

func TestCheck_json(t *testing.T) {
	const query = `sequence by host with maxspan=2s
  [process where a.b == 1 and length(c) > 2] by x with runs=2
  ![file where true] by y
  [any where cidrmatch(?ip, "10.0.0.0/8")] by z
until [process where d == 4] by w`
	rules := file(t, "one.eql", query)
	bad := file(t, "bad.eql", "process where (")
	got := execute(t, "", "check", "--format", "json", rules, bad)
	assert.Equal(t, exitProblems, got.code)
	lines := decode(t, got.out)
	require.Len(t, lines, 2)
	if lines[0]["file"] == bad {
		lines[0], lines[1] = lines[1], lines[0]
	}
	assert.Equal(t, map[string]any{
		"file": rules, "ok": true, "id": "one", "name": "one", "kind": "sequence",
		"categories":  []any{"process", "file", "any"},
		"by":          []any{"host"},
		"step_by":     []any{[]any{"x"}, []any{"y"}, []any{"z"}},
		"maxspan_ms":  2000.0,
		"runs":        []any{2.0, 1.0, 1.0},
		"missing":     []any{false, true, false},
		"until":       map[string]any{"category": "process", "by": []any{"w"}},
		"fields":      []any{"a.b", "c", "d", "host", "ip", "w", "x", "y", "z"},
		"functions":   map[string]any{"length": 1.0, "cidrmatch": 1.0},
		"diagnostics": []any{},
	}, lines[0])
	assert.Equal(t, false, lines[1]["ok"])
	diagnostics := lines[1]["diagnostics"].([]any)
	require.NotEmpty(t, diagnostics)
	first := diagnostics[0].(map[string]any)
	assert.Equal(t, "error", first["severity"])
	assert.Equal(t, 1.0, first["line"])
	assert.NotEmpty(t, first["message"])
	assert.NotContains(t, lines[1], "kind")
}

func TestFmt(t *testing.T) {
	const loose = "process   where\n a==1   and b :  \"x\""
	tidy := execute(t, "", "fmt", "-q", loose)
	require.Equal(t, exitOK, tidy.code, tidy.err)
	assert.Equal(t, "process where a == 1 and b : \"x\"\n", tidy.out)

	t.Run("standard input", func(t *testing.T) {
		assert.Equal(t, tidy, execute(t, loose, "fmt"))
	})
	t.Run("file", func(t *testing.T) {
		path := file(t, "q.eql", loose)
		assert.Equal(t, tidy, execute(t, "", "fmt", path))
		assert.Equal(t, result{}, execute(t, "", "fmt", "-w", path))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, tidy.out, string(text))
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})
	t.Run("rule file", func(t *testing.T) {
		path := file(t, "r.toml", ruleFile("R", idPair, loose))
		assert.Equal(t, result{}, execute(t, "", "fmt", "-w", path))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, ruleFile("R", idPair, strings.TrimSpace(tidy.out)), string(text))
	})
	t.Run("mistake", func(t *testing.T) {
		path := file(t, "q.eql", "process where (")
		got := execute(t, "", "fmt", "-w", path)
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.err, "q.eql:1:")
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "process where (", string(text))
	})
}

func TestExplain(t *testing.T) {
	got := execute(t, "", "explain", "process where user.name == \"ann\"")
	assert.Equal(t, exitOK, got.code, got.err)
	assert.Contains(t, got.out, "user.name")
	assert.True(t, strings.HasSuffix(got.out, "\n"))

	got = execute(t, "", "explain", "--rules", goodRules(t))
	assert.Equal(t, exitOK, got.code, got.err)
	assert.Contains(t, got.out, "ok")

	assert.Equal(t, exitProblems, execute(t, "", "explain", "process where").code)
}

// Links to files with a query are followed; a link to a folder is no file.
func TestQueryFiles_links(t *testing.T) {
	dir, elsewhere := ruleFolder(t, "one.eql", "file where n == 5"), ruleFolder(t, "two", "file where n == 6")
	if os.Symlink(filepath.Join(elsewhere, "two"), filepath.Join(dir, "two.eql")) != nil {
		t.Skip("there are no links")
	}
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, "three.eql")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "four.eql")))
	got := execute(t, "", "check", dir)
	assert.Equal(t, exitOK, got.code, got.err)
	assert.Contains(t, got.err, "2 rules checked, 0 failed")
}
