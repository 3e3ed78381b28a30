package rule_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// parse returns what is in a file of testdata/ok.
func parse(t *testing.T, name string) *rule.Set {
	t.Helper()
	data, err := os.ReadFile("testdata/ok/" + name)
	require.NoError(t, err)
	set := rule.Parse(name, data)
	require.Empty(t, set.Problems)
	return set
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDetection(t *testing.T) {
	set := parse(t, "detection.toml")
	require.Len(t, set.Rules, 1)
	r := set.Rules[0]
	assert.Equal(t, source.Position{Line: 34, Column: 1}, r.Query.Position(source.PosAt(0)))
	assert.Equal(t, "process where host.os.type == \"linux\" and\n  process.parent.name : \"nginx\\\\*\"\n", r.Query.Text)
	assert.Equal(t, &rule.Rule{
		Layout:             rule.Detection,
		Path:               "detection.toml",
		Dialect:            ast.Elasticsearch,
		ID:                 "11111111-2222-3333-4444-555555555555",
		Name:               "Shell of a Web Server",
		Description:        "Finds a shell that a web server starts.",
		Version:            "3",
		License:            "Apache-2.0",
		Authors:            []string{"Ann", "Bob"},
		References:         []string{"https://example.com/a"},
		FalsePositives:     []string{"Administrators"},
		Tags:               []string{"OS: Linux", "OS: macOS", "Tactic: Execution"},
		Note:               "Look at $osquery_0.",
		Setup:              "None",
		Severity:           "high",
		RiskScore:          73,
		RiskScoreGiven:     true,
		MaxSignals:         33,
		Maturity:           "deprecated",
		Deprecated:         true,
		BuildingBlock:      true,
		BypassBBRTiming:    true,
		OS:                 []string{"linux", "macos"},
		Indices:            []string{"logs-endpoint.events.*"},
		Integrations:       []string{"endpoint", "windows"},
		EventCategoryField: "event.type",
		TimestampField:     "event.start",
		TiebreakerField:    "event.sequence",
		TimestampOverride:  "event.ingested",
		Schedule: rule.Schedule{
			From: 2 * time.Hour, To: time.Minute, Interval: time.Hour,
			FromGiven: true, ToGiven: true, IntervalGiven: true,
		},
		Suppression: &rule.Suppression{GroupBy: []string{"host.id"}, Duration: 2 * time.Hour, MissingFields: "suppress"},
		Threats: []rule.Threat{{
			Framework: "MITRE ATT&CK",
			Tactic:    rule.ThreatRef{ID: "TA0002", Name: "Execution", Reference: "https://attack.mitre.org/tactics/TA0002/"},
			Techniques: []rule.Technique{{
				ThreatRef: rule.ThreatRef{
					ID: "T1059", Name: "Command and Scripting Interpreter",
					Reference: "https://attack.mitre.org/techniques/T1059/",
				},
				Subtechniques: []rule.ThreatRef{{
					ID: "T1059.004", Name: "Unix Shell",
					Reference: "https://attack.mitre.org/techniques/T1059/004/",
				}},
			}},
		}},
		MinStackVersion:     "8.3.0",
		Created:             day("2024-01-31"),
		Updated:             day("2024-02-01"),
		DeprecatedOn:        day("2024-03-01"),
		InvestigationFields: []string{"user.name"},
		TimelineID:          "1",
		TimelineTitle:       "One",
		Transform: map[string]any{"osquery": []any{
			map[string]any{"label": "Sessions", "query": "SELECT * FROM logged_in_users"},
		}},
		Extra: map[string]any{
			"metadata": map[string]any{"deprecated_reason": "superseded"},
			"rule":     map[string]any{"enabled": true},
		},
	}, r.Plain())
	assert.Equal(t, []string{"TA0002"}, r.Tactics())
	assert.Equal(t, []string{"T1059", "T1059.004"}, r.Techniques())
	assert.Equal(t, 119*time.Minute, r.Schedule.Lookback())
}

func TestDefaults(t *testing.T) {
	set := parse(t, "minimal.toml")
	require.Len(t, set.Rules, 1)
	r := set.Rules[0]
	assert.True(t, r.QueryFromBasicString)
	assert.Equal(t, rule.Schedule{From: 6 * time.Minute, Interval: 5 * time.Minute}, r.Schedule)
	assert.Equal(t, 100, r.MaxSignals)
	assert.False(t, r.RiskScoreGiven)
	assert.Nil(t, r.Extra)
	assert.Nil(t, r.Suppression)
	assert.Empty(t, r.OS)
}

func TestBehavior(t *testing.T) {
	set := parse(t, "behavior.toml")
	require.Len(t, set.Rules, 1)
	r := set.Rules[0]
	require.Len(t, r.Responses, 2)
	for i, want := range []string{"behavior.toml:23:1: state = 1", "behavior.toml:29:1: state = 0"} {
		src := r.Responses[i].Source
		e := &source.Error{File: src, Span: source.SpanAt(0, len(src.Text)), Msg: src.Text}
		assert.Equal(t, want, e.Error())
		r.Responses[i].Source = nil
	}
	assert.Equal(t, &rule.Rule{
		Layout:      rule.Behavior,
		Path:        "behavior.toml",
		Dialect:     ast.Endpoint,
		ID:          "33333333-2222-3333-4444-555555555555",
		Name:        "Shell of a Document",
		Description: "Finds a shell that a document starts.",
		Version:     "1.0.12",
		License:     "Apache-2.0",
		References:  []string{"https://example.com/b"},
		Reputation:  true,
		OS:          []string{"windows", "macos"},
		Threats: []rule.Threat{{
			Framework: "MITRE ATT&CK",
			Tactic:    rule.ThreatRef{ID: "TA0002", Name: "Execution", Reference: "https://attack.mitre.org/tactics/TA0002/"},
		}},
		Responses: []rule.Response{
			{Action: "kill_process", Field: "process.entity_id", State: 1, Tree: true},
			{Action: "rollback", Field: "process.parent.entity_id", Optional: true},
		},
		MinEndpointVersion: "8.1.0",
		MaxEndpointVersion: "8.14.1",
	}, r.Plain())
}

func TestHunt(t *testing.T) {
	set := parse(t, "hunt.toml")
	require.Len(t, set.Rules, 2)
	first, second := set.Rules[0], set.Rules[1]
	assert.Equal(t, "44444444-2222-3333-4444-555555555555#1", first.ID)
	assert.Equal(t, "44444444-2222-3333-4444-555555555555#3", second.ID)
	assert.Equal(t, []int{0, 2}, []int{first.Index, second.Index})
	assert.Equal(t, source.Position{Line: 12, Column: 1}, first.Query.Position(source.PosAt(0)))
	assert.Equal(t, source.Position{Line: 17, Column: 1}, second.Query.Position(source.PosAt(0)))
	assert.Equal(t, "One.\nTwo.", first.Note)
	assert.Equal(t, []string{"Ann"}, first.Authors)
	assert.Equal(t, []string{"TA0002"}, first.Tactics())
	assert.Equal(t, []string{"T1059", "T1059.004", "T1204", "T1204.002"}, first.Techniques())
	assert.Nil(t, first.Extra)

	require.Len(t, set.Skipped, 2)
	assert.Equal(t, "44444444-2222-3333-4444-555555555555#2", set.Skipped[0].ID)
	assert.Equal(t, "44444444-2222-3333-4444-555555555555#4", set.Skipped[1].ID)
}

func TestLooksLikeEQL(t *testing.T) {
	for text, want := range map[string]bool{
		"process where true":                     true,
		"any where true":                         true,
		"/* x */ // y\n any where true":          true,
		`"my category" where true`:               true,
		"sequence [a where true] [b where true]": true,
		"sequence by x [a where true]":           true,
		"sequence with maxspan=1m [a where b]":   true,
		"sample by x [a where true]":             true,
		"SELECT a FROM b WHERE c":                false,
		"select where":                           true, // a category may be called so
		"from logs-* | where a == 1":             false,
		"row a = 1":                              false,
		"process.name: x":                        false,
		"sequence":                               false,
		"sample [a where true]":                  false,
		"[a where true]":                         false,
		`"open where`:                            false,
		"/* open":                                false,
		"":                                       false,
	} {
		assert.Equal(t, want, rule.LooksLikeEQL(text), text)
	}
}

func TestParseBack(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"now": 0, "now-9m": 9 * time.Minute, "now-119m": 119 * time.Minute, "now-12h": 12 * time.Hour,
		"now-2d": 48 * time.Hour, "now-30s": 30 * time.Second,
	} {
		got, ok := rule.ParseBack(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "9m", "now+9m", "now-", "now-m", "now-9", "now-9w", "now--9m", "now-1d/d", "now-99999999999d", "now-1.5h", "Now"} {
		_, ok := rule.ParseBack(text)
		assert.False(t, ok, text)
	}
}
