package rule_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/rule"
)

func TestReplaceQuery(t *testing.T) {
	tests := map[string]struct{ before, query, after string }{
		"multi-line literal":      {"query = '''\nold\n''' # why\nx = 1\n", "new\n", "query = '''\nnew\n''' # why\nx = 1\n"},
		"literal":                 {"query = 'old'\n", "new", "query = '''\nnew'''\n"},
		"basic":                   {"query = \"o\\tld\"\n", "a \"\\\\b\"", "query = '''\na \"\\\\b\"'''\n"},
		"multi-line basic":        {"query = \"\"\"\nold\"\"\"\n", "\nnew", "query = '''\n\nnew'''\n"},
		"unchanged":               {"query = \"same\"\n", "same", "query = \"same\"\n"},
		"triple quotes":           {"query = 'old'\n", "a '''\n\"\\", "query = \"\"\"\na '''\n\\\"\\\\\"\"\"\n"},
		"quote at the end":        {"query = 'old'\n", "a'", "query = \"\"\"\na'\"\"\"\n"},
		"control characters":      {"query = 'old'\n", "a\x01\r\tb\x7f", "query = \"\"\"\na\\u0001\\r\tb\\u007F\"\"\"\n"},
		"CR LF":                   {"x = 1\r\nquery = '''\r\nold\r\n'''\r\n", "a\nb\n", "x = 1\r\nquery = '''\r\na\r\nb\r\n'''\r\n"},
		"CR LF, unchanged":        {"x = 1\r\nquery = '''\r\na\r\n'''\r\n", "a\n", "x = 1\r\nquery = '''\r\na\r\n'''\r\n"},
		"other tables' query":     {"[rule.x]\nquery = 'sql'\n[rule]\nquery = 'old'\n", "new", "[rule.x]\nquery = 'sql'\n[rule]\nquery = '''\nnew'''\n"},
		"inline table":            {"rule = { query = 'old', x = 1 }\n", "new", "rule = { query = '''\nnew''', x = 1 }\n"},
		"byte order mark":         {"\uFEFF[rule]\nquery = 'old'\n", "new", "\uFEFF[rule]\nquery = '''\nnew'''\n"},
		"wide characters before":  {"a = 'é€😀'\nquery = 'old'\n", "é", "a = 'é€😀'\nquery = '''\né'''\n"},
		"no newline at the end":   {"query = 'old'", "new", "query = '''\nnew'''"},
		"hunt with one query":     {"[hunt]\nquery = 'old'", "new", "[hunt]\nquery = '''\nnew'''"},
		"hunt with a list of one": {"[hunt]\nquery = ['old']", "new", "[hunt]\nquery = ['''\nnew''']"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before, after := tt.before, tt.after
			if !strings.Contains(before, "[") && !strings.HasPrefix(before, "rule") {
				before, after = strings.Replace("[rule]\n", "\n", lineEnd(before), 1)+before, strings.Replace("[rule]\n", "\n", lineEnd(before), 1)+after
			}
			data := []byte(before)
			got, err := rule.ReplaceQuery(data, 0, tt.query)
			require.NoError(t, err)
			assert.Equal(t, after, string(got))
			assert.Equal(t, before, string(data), "the input stays")

			again, err := rule.ReplaceQuery(got, 0, tt.query)
			require.NoError(t, err)
			assert.Equal(t, string(got), string(again), "twice is once")
		})
	}
}

func lineEnd(s string) string {
	if strings.Contains(s, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

func TestReplaceQuery_hunt(t *testing.T) {
	data := []byte("[hunt]\nquery = ['a', \"b\", '''c''']\n")
	got, err := rule.ReplaceQuery(data, 1, "x")
	require.NoError(t, err)
	assert.Equal(t, "[hunt]\nquery = ['a', '''\nx''', '''c''']\n", string(got))
}

func TestReplaceQuery_error(t *testing.T) {
	for name, tt := range map[string]struct {
		data  string
		n     int
		query string
		want  string
	}{
		"not TOML":        {"[rule\n", 0, "x", "not TOML"},
		"no rule":         {"[tool]\nquery = 'x'\n", 0, "x", "no query 0"},
		"no query":        {"[rule]\nx = 1\n", 0, "x", "no query 0"},
		"not a string":    {"[rule]\nquery = 1\n", 0, "x", "no query 0"},
		"rule no table":   {"rule = 1\n", 0, "x", "no query 0"},
		"too high":        {"[rule]\nquery = 'a'\n", 1, "x", "no query 1"},
		"too high, hunt":  {"[hunt]\nquery = ['a']\n", 1, "x", "no query 1"},
		"below zero":      {"[hunt]\nquery = ['a']\n", -1, "x", "no query -1"},
		"query not UTF-8": {"[rule]\nquery = 'a'\n", 0, "\xff", "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rule.ReplaceQuery([]byte(tt.data), tt.n, tt.query)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func FuzzReplaceQuery(f *testing.F) {
	for _, s := range []string{"a", "'", "''''", "\r", "\r\n", "\\", `"""`, "\n\n", "\x00", "é\x7f"} {
		f.Add(s)
	}
	const before, after = head + "query = ", "\nname = \"y\"\n"
	f.Fuzz(func(t *testing.T, query string) {
		if strings.TrimSpace(query) == "" || !utf8.ValidString(query) {
			return
		}
		got, err := rule.ReplaceQuery([]byte(before+"'old'"+after), 0, query)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(got), before) && strings.HasSuffix(string(got), after))
		set := rule.Parse("x.toml", got)
		require.NoError(t, set.Err())
		assert.Equal(t, query, set.Rules[0].Query.Text)
	})
}

// addTestdata seeds f with every rule file of testdata.
func addTestdata(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/*/*.toml")
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
}
