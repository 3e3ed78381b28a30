package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

const detection = `[metadata]
creation_date = "2024/01/02"
updated_date = "2024/01/02"
maturity = "production"
[rule]
rule_id = "11111111-1111-4111-8111-111111111111"
name = "n"
author = ["Ann"]
description = "d"
language = "eql"
type = "eql"
index = ["logs-*"]
severity = "low"
risk_score = 21
tags = ["a"]
license = "l"
from = "now-9m"
query = '''
sequence by host.id with maxspan=2m
  [process where true]
  [network where true]
'''
`

const behavior = `[rule]
id = "11111111-1111-4111-8111-111111111111"
name = "n"
description = "d"
version = "1.0.1"
license = "l"
min_endpoint_version = "8.0.0"
os_list = ["linux"]
query = 'process where process.name == "a"'
[[actions]]
action = "kill_process"
field = "process.entity_id"
state = 0
[[threat]]
framework = "MITRE ATT&CK"
[threat.tactic]
id = "TA0001"
name = "t"
reference = "https://attack.mitre.org/tactics/TA0001/"
`

// TestRuleChecks changes a rule file that has no findings.
func TestRuleChecks(t *testing.T) {
	tests := []struct {
		name     string
		text     string
		old, new string
		want     string // "LINE:COL code", a line each
	}{
		{"detection", detection, "", "", ""},
		{"behavior", behavior, "", "", ""},
		{"maxspan longer than look-back", detection, "maxspan=2m", "maxspan=10m", "19:34 lookback-short"},
		{"maxspan longer than the overlap", detection, "maxspan=2m", "maxspan=5m", "19:34 lookback-overlap"},
		{"maxspan as long as the overlap", detection, "maxspan=2m", "maxspan=4m", ""},
		{"metadata", detection, "author = [\"Ann\"]\ndescription = \"d\"", "author = []\ndescription = ' '", "6:11 metadata-missing"},
		{"metadata of a behaviour rule", behavior, "version = \"1.0.1\"\n", "", "2:6 metadata-missing"},
		{"deprecated", detection, `"production"`, `"deprecated"`, "4:12 deprecated"},
		{"deprecated by date", detection, `maturity =`, "deprecation_date = \"2024/02/01\"\nmaturity =", "4:20 deprecated"},
		{"response", behavior, "state = 0", "state = 1", "13:1 response-state"},
		{"response to a later step", behavior, "state = 0", "state = -1", "13:1 response-state"},
		{"risk score", detection, "risk_score = 21", "risk_score = 73", "14:14 risk-score-severity"},
		{"threat", behavior, "id = \"TA0001\"", "id = \"T1059\"", "17:6 threat-id\n19:13 threat-reference"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.old != "" {
				require.Contains(t, tt.text, tt.old)
			}
			set := rule.Parse("r.toml", []byte(strings.Replace(tt.text, tt.old, tt.new, 1)))
			var got []string
			for _, r := range lint.Set(set, lint.Options{}) {
				for _, e := range r.Problems {
					p := e.Position()
					got = append(got, place(p.Line, p.Column)+" "+e.Code)
				}
			}
			assert.Equal(t, tt.want, strings.Join(got, "\n"))
		})
	}
}

func TestRepeatedRule(t *testing.T) {
	set := rule.Parse("a.toml", []byte(detection))
	require.Empty(t, set.Problems)
	dir := t.TempDir()
	write(t, dir, "a.toml", detection)
	write(t, dir, "b.toml", detection)
	reports := lint.Set(rule.Load(dir), lint.Options{})
	require.Len(t, reports, 2)
	assert.Empty(t, reports[0].Problems)
	require.Len(t, reports[1].Problems, 1)
	assert.Equal(t, "duplicate-id", reports[1].Problems[0].Code)
	assert.NotNil(t, reports[1].Query, "the query is checked all the same")
}

// TestBasicString tells of TOML's own escapes where they are the cause.
func TestBasicString(t *testing.T) {
	const text = "[rule]\nid = \"11111111-1111-4111-8111-111111111111\"\nname = \"n\"\nos_list = [\"linux\"]\n"
	query := func(quotes string) []string {
		set := rule.Parse("r.toml", []byte(text+"query = "+quotes+`any where a regex "\\d"`+quotes+"\n"))
		var hints []string
		for _, r := range lint.Set(set, lint.Options{}) {
			for _, e := range r.Problems {
				if e.Code == "lexical" {
					hints = append(hints, e.Hint)
				}
			}
		}
		return hints
	}
	assert.Empty(t, query("'''"))
	require.Len(t, query(`"""`), 1)
	assert.Contains(t, query(`"""`)[0], "TOML")
}
