package eval_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// TestTypedComparisons shows how a mapping decides what a value and a literal
// mean. Each condition is tested on one document.
func TestTypedComparisons(t *testing.T) {
	mapping, err := schema.FromMapping([]byte(`{"properties": {
		"word": {"type": "keyword"}, "none": {"type": "keyword", "null_value": "NULL"}, "long": {"type": "long"}, "share": {"type": "double"}, "up": {"type": "boolean"},
		"ip": {"type": "ip"}, "release": {"type": "version"}, "when": {"type": "date"}, "day": {"type": "date", "format": "yyyy/MM/dd"}, "sec": {"type": "date", "format": "epoch_second"},
		"other": {"type": "alias", "path": "word"}
	}}`))
	require.NoError(t, err)
	const doc = `{"word": 5, "none": null, "long": "7", "share": "2.50", "up": "true", "ip": "::ffff:10.1.2.3", "release": "1.10.0",
		"when": "2024-05-31T12:00:00.5Z", "day": "2024/05/31", "sec": 1717156800, "id": 1}`
	tests := []struct {
		holds bool
		conds []string
	}{
		{true, []string{
			`word == 5`, `word == "5"`, `word in ("5")`, `word : "5*"`, `length(word) == 1`, `other == "5"`, `concat(word, long) == "57"`,
			`none == "NULL"`, `none != null`,
			`long == 7`, `long == "7"`, `long in (7.0)`, `long + 1 == 8`, `long < "8"`,
			`share == 2.5`, `share == "2.5"`, `share > 2`,
			`up`, `up == true`, `up == "true"`, `up != "false"`,
			`ip == "10.1.2.3"`, `ip == "10.0.0.0/8"`, `ip in ("1.1.1.1", "10.1.0.0/16")`, `ip > "9.0.0.0"`, `cidrmatch(ip, "10.0.0.0/8")`,
			`release > "1.9"`, `release < "1.10.1"`, `release == "1.10.0"`, `release > "1.10.0-rc1"`,
			`when == "2024-05-31"`, `when > "2024-05-31T11"`, `when == 1717156800500`, `when < "2024-06"`, `when >= "2024"`, `when in ("2024-05-30", "2024-05-31T12:00")`,
			`day == "2024/05/31"`, `day < "2024/06/01"`, `day == "2024-05-31"`, `day == "2024-05"`,
			`sec == 1717156800`, `sec == "1717156800"`, `sec < 1717156801`, `sec == "2024-05-31T12:00:00Z"`,
		}},
		{false, []string{
			`word == 6`, `word == "5 "`, `none == null`, `long == 8`, `long > "7"`, `share == 2`, `up == false`,
			`ip == "10.1.2.4"`, `ip == "11.0.0.0/8"`, `release > "1.10.0"`, `release < "1.9"`,
			`when == "2024-05-30"`, `when > "2024-05-31"`, `when <= "2024-05-30"`, `when == 1717156800000`, `when < "2024"`,
			`day == "2024/05/30"`, `day > "2024/05/31"`, `sec == 1717156801`, `sec > 1717156800`,
		}},
	}
	for _, tt := range tests {
		for _, cond := range tt.conds {
			for negated, holds := range map[string]bool{"any where " + cond: tt.holds, "any where not (" + cond + ")": !tt.holds} {
				q := compileWith(t, negated, eval.Config{Schema: mapping, StrictSchema: true})
				for kind, wrap := range eventKinds {
					if kind == "an object" && strings.HasPrefix(cond, "none") {
						continue // such an event cannot tell null from nothing
					}
					assert.Equal(t, holds, len(matches(t, q, []string{doc}, wrap)) == 1, "%s, event as %s", negated, kind)
				}
			}
		}
	}
}
