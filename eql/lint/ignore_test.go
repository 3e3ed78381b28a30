package lint_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

func codes(problems source.List) []string {
	out := []string{}
	for _, e := range problems {
		out = append(out, e.Code)
	}
	return out
}

func TestIgnoreComments(t *testing.T) {
	const anchor = `a regex "^x"`
	tests := []struct{ name, query, want string }{
		{"own line", "any where\n  " + anchor + " // eql:ignore regex-anchor because\n", ""},
		{"line before", "any where\n  // eql:ignore regex-anchor because\n  " + anchor, ""},
		{"line before, other comments between", "any where\n  // eql:ignore regex-anchor because\n\n  // more /* of it */\n  /* and */ " + anchor, ""},
		{"block", "any where /* eql:ignore regex-anchor because */ " + anchor, ""},
		{"block of several lines", "any where\n/* eql:ignore regex-anchor\n because */\n" + anchor, ""},
		{"block after a comment", "any where /* a */\n /* b */ /* eql:ignore regex-anchor because */\n  // c\n  " + anchor, ""},
		{"block at the end of a line", "any where\n" + anchor + " /* a */ /* eql:ignore regex-anchor because */\n", ""},
		{"after the end of a long comment", "any where b == 1 and /* a\n */ // eql:ignore regex-anchor because\n" + anchor, ""},
		{"without blanks", "any where " + anchor + " //eql:ignore regex-anchor because", ""},
		{"several codes", "any where " + anchor + " and b like \"c\" // eql:ignore regex-anchor,like-without-wildcard because", ""},
		{"one of two findings", "any where " + anchor + " and b like \"c\" // eql:ignore regex-anchor because", "like-without-wildcard"},
		{"both findings of a line", "any where a regex (\"^x\", \"^y\") // eql:ignore regex-anchor because", ""},
		{"another line", "any where // eql:ignore regex-anchor because\n  " + anchor, "ignore-unused regex-anchor"},
		{"whole query", "any where // eql:ignore-query regex-anchor because\n  " + anchor + " or\n  b regex \"^x\"", ""},
		{"two comments, one of them for nothing", "any where // eql:ignore regex-plain because\n  " + anchor + " // eql:ignore regex-anchor because", "ignore-unused"},
		{"an error stays", "any where nofn(a) // eql:ignore unknown-function because", "unknown-function ignore-error"},
		{"in a string", "any where a == \"// eql:ignore regex-anchor because\" and " + anchor, "regex-anchor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := query(tt.query)
			assert.Equal(t, tt.want, strings.Join(codes(lint.Rule(r, lint.Options{}).Problems), " "))
		})
	}
}

func TestIgnoreInRule(t *testing.T) {
	lines := func(text string) string {
		var out []string
		for _, r := range lint.Set(rule.Parse("r.toml", []byte(text)), lint.Options{}) {
			for _, e := range r.Problems {
				out = append(out, place(e.Position().Line, e.Position().Column)+" "+e.Code)
			}
		}
		return strings.Join(out, "\n")
	}
	bad := strings.NewReplacer("maxspan=2m", "maxspan=10m", "risk_score = 21", "risk_score = 73").Replace(detection)
	require.Equal(t, "14:14 risk-score-severity\n19:34 lookback-short", lines(bad))
	with := func(entries string) string {
		return lines(strings.Replace(bad, "[rule]", "[metadata.eqlkit]\nignore = ["+entries+"]\n[rule]", 1))
	}
	assert.Empty(t, with(`"lookback-short so it is", "risk-score-severity by decision"`))
	assert.Equal(t, "6:50 ignore-unused\n16:14 risk-score-severity", with(`"lookback-short because of reasons..", "deprecated because"`))
	assert.Equal(t, "6:11 ignore-error\n6:35 ignore-unknown-code\n16:14 risk-score-severity\n21:34 lookback-short", with(`"duplicate-id because", "lookback because"`))
}

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	name := write(t, dir, lint.ConfigName, `
disable = ["like-without-wildcard"]
enable = ["blank-at-edge"]

[severity]
regex-anchor = "error"
syntax = "info"

[[paths]]
match = ["old/*"]
disable = ["regex-anchor", "blank-at-edge"]
enable = ["like-without-wildcard"]

[[paths]]
match = ["old/deep/*", "*.x"]
disable = ["like-without-wildcard"]
severity = { regex-anchor = "info" }
`)
	require.NoError(t, mkdirs(dir, "old/deep"))
	assert.Equal(t, name, lint.FindConfig(filepath.Join(dir, "old", "deep")))
	assert.Equal(t, name, lint.FindConfig(dir))
	c, err := lint.LoadConfig(name)
	require.NoError(t, err)

	const text = `any where a regex "^x" and b like "c" and process.name == "d "`
	check := func(path string) string {
		r, _ := query(text)
		r.Path = path
		var out []string
		for _, e := range lint.Rule(r, lint.Options{Config: func(string) *lint.Config { return c }}).Problems {
			out = append(out, e.Severity.String()+" "+e.Code)
		}
		return strings.Join(out, ", ")
	}
	assert.Equal(t, "error regex-anchor, info blank-at-edge", check(filepath.Join(dir, "new.eql")))
	assert.Equal(t, "info like-without-wildcard", check(filepath.Join(dir, "old", "a.eql")))
	assert.Empty(t, check(filepath.Join(dir, "old", "deep", "a.eql")))
	assert.Equal(t, "info regex-anchor, info blank-at-edge", check(filepath.Join(dir, "a.x")))

	r, _ := query("any where")
	report := lint.Rule(r, lint.Options{Config: func(string) *lint.Config { return c }})
	require.NotEmpty(t, report.Problems)
	assert.Equal(t, source.Err, report.Problems[0].Severity, "errors stay what they are")
}

func TestConfig_mistakes(t *testing.T) {
	for text, want := range map[string]string{
		"disable = [":                              "c.toml:1:11: ",
		"disabel = []":                             "c.toml:1:1: unknown key disabel",
		`disable = ["regex-ancor"]`:                `c.toml: disable: there is no code "regex-ancor"; did you mean regex-anchor?`,
		`enable = ["x"]`:                           `c.toml: enable: there is no code "x"`,
		"[severity]\nregex-anchor = \"bad\"":       `c.toml: severity.regex-anchor: unknown severity "bad" (error, warning or info)`,
		"[[paths]]\ndisable = []":                  "c.toml: paths[0].match is missing",
		"[[paths]]\nmatch=[\"x\"]\nenable=[\"y\"]": `c.toml: paths[0].enable: there is no code "y"`,
		"disable = 3":                              "c.toml:1:11: ",
	} {
		_, err := lint.ParseConfig("c.toml", "/", []byte(text))
		require.Error(t, err, text)
		assert.True(t, strings.HasPrefix(err.Error(), want), "%q", err)
	}
	_, err := lint.LoadConfig(filepath.Join(t.TempDir(), "gone.toml"))
	assert.ErrorContains(t, err, "gone.toml: no such file")
}
