package rule_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

const head = "[rule]\nrule_id = \"x\"\nlanguage = \"eql\"\n"

// marked is a TOML string in which each letter from A to Z stands for itself.
var marked = map[string]string{
	"literal":                     `query = 'AB  C'`,
	"multi-line literal":          "query = '''\nA\n  B\\nC\nD'''",
	"multi-line literal, inside":  "query = '''A\n\n B'''",
	"multi-line literal, quotes":  "query = ''''A'B'C'''''",
	"CR LF":                       "query = '''\r\nA\r\n  B\r\n'''",
	"wide characters":             "query = '''\n\té€😀 A é B'''",
	"basic":                       `query = "A \"B\" C"`,
	"basic, every escape":         `query = "\b\t\n\f\r\"\\A\u00e9B\U0001F600C\x41D\eE"`,
	"basic, escape first":         `query = "\"A"`,
	"multi-line basic":            "query = \"\"\"\nA\n  B\"\"\"",
	"multi-line basic, escapes":   "query = \"\"\"\\tA\\nB\n C \\\\ D\"\"\"",
	"multi-line basic, trimmed":   "query = \"\"\"A \\\n   \n\t B\\  \n\n C\\\n\"\"\"",
	"multi-line basic, CR LF":     "query = \"\"\"\r\nA \\\r\n   \r\n\t B\r\nC\"\"\"",
	"multi-line basic, quotes":    "query = \"\"\"\"A\"\"B\\\"\"\"\"",
	"multi-line basic, two trims": "query = \"\"\"\\\n\\\n  A\\\n\\\n  B\\t\\\n C\"\"\"",
	"after a long key":            "\"qu\\u0065ry\"\t =\t 'A'",
}

func TestQueryPositions(t *testing.T) {
	for name, line := range marked {
		t.Run(name, func(t *testing.T) {
			file := head + line + "\n"
			set := rule.Parse("x.toml", []byte(file))
			require.NoError(t, set.Err())
			query := set.Rules[0].Query
			assert.Equal(t, strings.Contains(line, `= "`), set.Rules[0].QueryFromBasicString)
			assert.Equal(t, "x.toml", query.Name)
			requirePositions(t, file, len(head), query)
		})
	}
}

// requirePositions requires that every capital letter of the query has the
// position at which it stands in the file, where they come in the same order.
func requirePositions(t *testing.T, file string, from int, query *source.File) {
	t.Helper()
	text := query.Text
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			continue
		}
		n := strings.IndexByte(file[from:], text[i])
		if text[i] == 'A' && strings.HasSuffix(text[:i], "C") { // \x41
			continue
		}
		require.GreaterOrEqual(t, n, 0)
		from += n
		before := file[:from]
		lineStart := strings.LastIndexByte(before, '\n') + 1
		want := source.Position{
			Line:   strings.Count(before, "\n") + 1,
			Column: utf8.RuneCountInString(before[lineStart:]) + 1,
		}
		assert.Equal(t, want, query.Position(source.PosAt(i)), "of %c", text[i])
	}
}

func FuzzRuleFile(f *testing.F) {
	for _, line := range marked {
		f.Add([]byte(head + line + "\n"))
	}
	for _, text := range documents {
		f.Add([]byte(text))
	}
	addTestdata(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		set := rule.Parse("fuzz.toml", data)
		for _, p := range set.Problems {
			_ = p.Render()
			assert.GreaterOrEqual(t, p.Span.End, p.Span.Start)
			assert.LessOrEqual(t, p.Span.End.Offset(), len(p.File.Text))
		}
		text := strings.TrimPrefix(string(data), "\uFEFF")
		last := strings.Count(text, "\n") + 1
		for _, r := range set.Rules {
			var values map[string]any
			require.NoError(t, toml.Unmarshal([]byte(text), &values))
			assert.Equal(t, wantQuery(values, r), r.Query.Text)
			for i := range len(r.Query.Text) + 1 {
				p := r.Query.Position(source.PosAt(i))
				assert.LessOrEqual(t, p.Line, last)
				assert.Positive(t, p.Column)
			}
			out, err := rule.ReplaceQuery(data, r.Index, "process where true\n")
			require.NoError(t, err)
			again := rule.Parse("fuzz.toml", out)
			require.Len(t, again.Rules, len(set.Rules))
		}
	})
}

// wantQuery returns a query as go-toml decodes it.
func wantQuery(values map[string]any, r *rule.Rule) any {
	if r.Layout != rule.Hunt {
		return values["rule"].(map[string]any)["query"]
	}
	switch q := values["hunt"].(map[string]any)["query"].(type) {
	case []any:
		return q[r.Index]
	default:
		return q
	}
}
