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

const linted = `process where process.name like "a" and process.args in ("b", "b", "c*")`

func TestCheck_findings(t *testing.T) {
	got := execute(t, "", "check", "-q", linted)
	assert.Equal(t, exitOK, got.code, "warnings do not fail")
	assert.Contains(t, got.out, "<query>:1:28: info: the pattern has no wildcard")
	assert.Contains(t, got.out, "<query>:1:68: warning: in takes \"c*\" literally: wildcards do not work there [wildcard-as-text]\n")
	assert.Contains(t, got.err, "1 rule checked, 0 failed, 0 skipped; 1 warning, 2 notes")

	assert.Equal(t, exitProblems, execute(t, "", "check", "-q", linted, "--fail-on", "warning").code)
	assert.Equal(t, exitOK, execute(t, "", "check", "-q", `any where a like "b"`, "--fail-on", "warning").code)
	assert.Equal(t, exitProblems, execute(t, "", "check", "-q", `any where a like "b"`, "--fail-on", "info").code)
	assert.Equal(t, exitUsage, execute(t, "", "check", "-q", linted, "--fail-on", "never").code)
	assert.Equal(t, exitUsage, execute(t, "", "check", "-q", linted, "--fix", "--format", "json").code)
}

func TestCheck_jsonFixes(t *testing.T) {
	dir := ruleFolder(t, "r.toml", ruleFile("R", idPair, "process where\n  process.name like \"a\""))
	got := execute(t, "", "check", "--format", "json", dir)
	require.Equal(t, exitOK, got.code, got.out)
	lines := decode(t, got.out)
	require.Len(t, lines, 1)
	assert.Equal(t, true, lines[0]["ok"])
	assert.Equal(t, []any{map[string]any{
		"severity": "info", "code": "like-without-wildcard", "line": 20.0, "col": 16.0, "end_line": 20.0, "end_col": 20.0,
		"message": "the pattern has no wildcard, so == says the same",
		"fixes": []any{map[string]any{"title": "write ==", "safe": true, "edits": []any{map[string]any{
			"start": 29.0, "end": 33.0, "line": 20.0, "col": 16.0, "end_line": 20.0, "end_col": 20.0, "text": "==",
		}}}},
	}}, lines[0]["diagnostics"])
}

// TestCheck_sarif looks for what SARIF 2.1.0 requires, and for what code
// scanning services need beyond that.
func TestCheck_sarif(t *testing.T) {
	dir := ruleFolder(t,
		"r.toml", ruleFile("R", idPair, "process where\n  process.name like \"é\" and process.pid == \"4\""),
		"bad.eql", "process where (")
	got := execute(t, "", "check", "--format", "sarif", dir)
	assert.Equal(t, exitProblems, got.code)
	var log struct {
		Schema, Version string
		Runs            []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
					}
				}
			}
			ColumnKind string
			Results    []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
				Fixes []struct {
					Description     struct{ Text string }
					ArtifactChanges []struct {
						ArtifactLocation struct{ URI string }
						Replacements     []struct {
							DeletedRegion   struct{ StartLine, StartColumn, EndLine, EndColumn int }
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(strings.Replace(got.out, `"$schema"`, `"schema"`, 1)), &log))
	assert.Equal(t, "2.1.0", log.Version)
	assert.Contains(t, log.Schema, "sarif-2.1.0")
	require.Len(t, log.Runs, 1)
	run := log.Runs[0]
	assert.Equal(t, "eql", run.Tool.Driver.Name)
	assert.Equal(t, "unicodeCodePoints", run.ColumnKind)
	rules := map[string]bool{}
	for _, r := range run.Tool.Driver.Rules {
		assert.NotEmpty(t, r.ShortDescription.Text)
		rules[r.ID] = true
	}
	levels := map[string]string{}
	for _, r := range run.Results {
		assert.True(t, rules[r.RuleID], r.RuleID)
		assert.NotEmpty(t, r.Message.Text)
		require.Len(t, r.Locations, 1)
		at := r.Locations[0].PhysicalLocation
		assert.True(t, strings.HasPrefix(at.ArtifactLocation.URI, "file:///"), at.ArtifactLocation.URI)
		assert.Positive(t, at.Region.StartLine)
		assert.Positive(t, at.Region.StartColumn)
		levels[r.RuleID] = r.Level
		if r.RuleID == "like-without-wildcard" {
			require.Len(t, r.Fixes, 1)
			change := r.Fixes[0].ArtifactChanges[0]
			assert.Equal(t, at.ArtifactLocation.URI, change.ArtifactLocation.URI)
			assert.Equal(t, "==", change.Replacements[0].InsertedContent.Text)
			assert.Equal(t, struct{ StartLine, StartColumn, EndLine, EndColumn int }{20, 16, 20, 20}, change.Replacements[0].DeletedRegion)
		}
		if r.RuleID == "type-mismatch" {
			assert.Equal(t, 44, at.Region.StartColumn, "columns are characters")
		}
	}
	assert.Equal(t, map[string]string{"like-without-wildcard": "note", "type-mismatch": "warning", "syntax": "error"}, levels)

	empty := execute(t, "", "check", "--format", "sarif", "-q", "any where true")
	assert.Equal(t, exitOK, empty.code)
	assert.Contains(t, empty.out, `"results": []`)
	assert.Contains(t, empty.out, `"rules": []`)
}

func TestCheck_github(t *testing.T) {
	got := execute(t, "", "check", "--format", "github", "-q", "any where a == \"x*\" and\n  (")
	assert.Equal(t, exitProblems, got.code)
	assert.Regexp(t, `^::error file=<query>,line=2,endLine=2,col=4,endColumn=4,title=syntax::[^\n]+\n$`, got.out)

	dir := ruleFolder(t, "a,b:c.eql", "any where a == \"x%*\"")
	got = execute(t, "", "check", "--format", "github", dir)
	assert.Equal(t, exitOK, got.code)
	assert.Contains(t, got.out, "a%2Cb%3Ac.eql,line=1,endLine=1,col=16,endColumn=21,title=wildcard-as-text::== takes \"x%25*\" literally: wildcards do not work there%0Ause ")
}

func TestCheck_fix(t *testing.T) {
	const loose = "process   where process.name like \"a\"\n  and process.args : (\"b\", \"B\" , \"c\") // eql:ignore list-subsumed why"
	const tidy = "process where process.name == \"a\" and process.args : (\"b\", \"c\") // eql:ignore list-subsumed why\n"
	t.Run("query", func(t *testing.T) {
		got := execute(t, "", "check", "--fix", "-q", loose)
		assert.Equal(t, exitOK, got.code)
		assert.Equal(t, tidy, got.out)
		assert.Contains(t, got.err, "warning: there is no finding list-subsumed to ignore here")
	})
	t.Run("standard input", func(t *testing.T) {
		assert.Equal(t, tidy, execute(t, loose, "check", "--fix").out)
	})
	t.Run("query file", func(t *testing.T) {
		path := file(t, "q.eql", loose)
		got := execute(t, "", "check", "--fix", path)
		assert.Contains(t, got.err, "2 findings fixed, 1 files written")
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, tidy, string(text))
		again := execute(t, "", "check", "--fix", path)
		assert.NotContains(t, again.err, "fixed")
	})
	t.Run("rule file", func(t *testing.T) {
		before := strings.Replace(ruleFile("R", idPair, loose), "[rule]", "# kept\n[rule]  # this, too", 1)
		path := file(t, "r.toml", before)
		got := execute(t, "", "check", "--fix", path)
		assert.Equal(t, exitOK, got.code, got.out)
		assert.Contains(t, got.out, "r.toml:20:65: warning: there is no finding", "places are those of the new file")
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, strings.Replace(before, loose, strings.TrimSuffix(tidy, "\n"), 1), string(text))
	})
	t.Run("mistake", func(t *testing.T) {
		path := file(t, "q.eql", "process where (")
		assert.Equal(t, exitProblems, execute(t, "", "check", "--fix", path).code)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "process where (", string(text))
	})
}

func TestCheck_config(t *testing.T) {
	dir := ruleFolder(t, ".eqllint.toml", "[severity]\nwildcard-as-text = \"error\"\n", "q.eql", `any where a == "x*"`)
	broken := execute(t, "", "check", dir)
	assert.Equal(t, exitProblems, broken.code)
	assert.NotContains(t, broken.err, "eqllint.toml", "it is no rule file")
	off := file(t, "off.toml", `disable = ["wildcard-as-text"]`)
	got := execute(t, "", "check", "--config", off, dir)
	assert.Equal(t, exitOK, got.code)
	assert.Empty(t, got.out)

	require.NoError(t, os.WriteFile(filepath.Join(dir, ".eqllint.toml"), []byte("disable = [\"x\"]\n"), 0o600))
	got = execute(t, "", "check", dir)
	assert.Equal(t, exitProblems, got.code)
	assert.Contains(t, got.err, `.eqllint.toml: disable: there is no code "x"`)
}

func TestCheck_schemas(t *testing.T) {
	reference := file(t, "fields.csv", "Field,Type,Normalization\nprocess.name,keyword,\nevent.category,keyword,array\n")
	got := execute(t, "", "check", "--ecs", reference, "-q", `process where proces.name == "a" and ?mine == 1`)
	assert.Equal(t, exitOK, got.code)
	assert.Contains(t, got.out, "<query>:1:15: warning: the field reference has no proces.name")
	assert.Contains(t, got.out, "hint: did you mean process.name?")

	events := file(t, "events.ndjson", `{"event": {"category": "process"}, "process": {"name": "a"}}`+"\n{broken\n")
	got = execute(t, "", "check", "--events", events, "--ecs", reference, "-q", `network where process.nam == "a"`)
	assert.Contains(t, got.out, "<query>:1:1: warning: no event of the sample (of 1) is of category network")
	assert.Contains(t, got.out, "<query>:1:15: warning: process.nam is in no event of the sample (of 1)")
	assert.Contains(t, got.err, "event refused: ")

	mapping := file(t, "m.json", `{"properties": {"process": {"properties": {"pid": {"type": "long"}}}, "event": {"properties": {"category": {"type": "keyword"}}}}}`)
	both := execute(t, "", "check", "--mapping", mapping, "--ecs", reference, "-q", `process where process.pid == 4 and process.name == "a"`)
	assert.Equal(t, result{exitOK, "", "1 rule checked, 0 failed, 0 skipped\n"}, both)

	for _, args := range [][]string{{"--ecs", "gone.yml"}, {"--events", "gone.ndjson"}, {"--mapping", "gone.json"}, {"--config", "gone.toml"}} {
		got := execute(t, "", append([]string{"check", "-q", "any where true"}, args...)...)
		assert.Equal(t, exitProblems, got.code, args)
		assert.Contains(t, got.err, "gone", args)
	}
}

func TestCheck_listCodes(t *testing.T) {
	got := execute(t, "", "check", "--list-codes")
	assert.Equal(t, exitOK, got.code)
	assert.Regexp(t, `(?m)^never-true +warning +A condition`, got.out)
	assert.Regexp(t, `(?m)^blank-at-edge +off +`, got.out)
	codes := decode(t, execute(t, "", "check", "--list-codes", "--format", "json").out)
	assert.Len(t, codes, strings.Count(got.out, "\n"))
	assert.NotEmpty(t, codes[0]["doc"])
}

// A missing event without maxspan is an error, which says what to write.
func TestCheck_missingWithoutMaxspan(t *testing.T) {
	got := execute(t, "", "check", "-q", "sequence by a [any where true] ![any where x == 1]")
	assert.Equal(t, exitProblems, got.code)
	assert.Equal(t, 1, strings.Count(got.out, "maxspan: without it"))
	assert.NotContains(t, got.out, "sequence-without-maxspan")
}
