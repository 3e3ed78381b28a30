package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What conditions report is counted, and the first of it told, with the rule's file.
func TestTrouble(t *testing.T) {
	events := strings.Join([]string{
		`{"@timestamp":1,"event":{"category":"file"},"x":0}`,
		`{"@timestamp":2,"event":{"category":"file"},"x":0}`,
		`{"@timestamp":3,"event":{"category":"process"},"x":0}`,
	}, "\n")
	const named = "sequence with maxspan=1h [file where true] as a [process where x == a.x]"
	tests := []struct {
		name, query string
		args        []string
		want        []string
	}{
		{"nothing", "any where x == 0", nil, nil},
		{"errors", "file where 1 / x == 1", nil, []string{"2 errors while conditions were computed; the first: %sdivision by zero\n"}},
		{"a limit", named, []string{"--dialect", "endpoint", "--partials-per-key", "1"}, []string{
			"partial matches dropped to stay inside limits: 1; see --partials-per-key, and --max-state of eql run\n",
			"1 error while conditions were computed; the first: %stoo many partial sequences of one key; the oldest is forgotten\n",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			told := func(place string, args ...string) {
				t.Helper()
				got := execute(t, events, append(args, tt.args...)...)
				assert.Zero(t, got.code, got.err)
				for _, want := range tt.want {
					assert.Contains(t, got.err, "eql: "+strings.ReplaceAll(want, "%s", place))
				}
				assert.Equal(t, len(tt.want) > 0, strings.Contains(got.err, "the first: "), got.err)
			}
			told("", "query", tt.query)
			rule := file(t, "rule.eql", tt.query)
			told(rule+": ", "run", "--rules", rule)
			told(rule+": ", "run", "--rules", rule, "--workers", "2")
		})
	}
}
