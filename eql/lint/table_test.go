package lint_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

func place(line, column int) string { return strconv.Itoa(line) + ":" + strconv.Itoa(column) }

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestTable(t *testing.T) {
	codes := map[string]bool{}
	for _, c := range lint.Checks() {
		assert.False(t, codes[c.Code], "%s stands twice", c.Code)
		codes[c.Code] = true
		assert.Regexp(t, `^[a-z][a-z-]*$`, c.Code)
		assert.Regexp(t, `^\S.*\.$`, c.Doc, c.Code)
	}
	for _, c := range rule.Checks() {
		assert.True(t, codes[c.Code], c.Code)
	}
}

// TestDocumentation compares the table in the documentation of the package with
// that of the program.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, codes, ok := strings.Cut(string(text), "# Codes")
	require.True(t, ok)
	listed := map[string]string{}
	for line := range strings.Lines(codes) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "//\t") && len(fields) >= 3 {
			listed[fields[1]] = fields[2]
		}
	}
	own := map[string]bool{}
	for _, c := range rule.Checks() {
		own[c.Code] = true
	}
	for _, c := range lint.Checks() {
		want := c.Severity.String()
		if c.Off {
			want = "off"
		}
		if own[c.Code] {
			continue // described by package rule
		}
		assert.Equal(t, want, listed[c.Code], c.Code)
		delete(listed, c.Code)
	}
	assert.Empty(t, listed, "these codes are gone")
}

// TestEveryCheck holds that every code of this package has its tests.
func TestEveryCheck(t *testing.T) {
	tested := map[string]bool{}
	for _, name := range []string{"testdata/checks.txt", "rule_test.go", "schema_test.go"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, c := range lint.Checks() {
			if strings.Contains(string(text), c.Code) {
				tested[c.Code] = true
			}
		}
	}
	own := map[string]bool{}
	for _, c := range rule.Checks() {
		own[c.Code] = true
	}
	for _, c := range lint.Checks() {
		if c.Severity != source.Err && !own[c.Code] {
			assert.True(t, tested[c.Code], "%s has no test", c.Code)
		}
	}
}

// TestErrorCodes looks for errors of the compiler that the table does not know.
func TestErrorCodes(t *testing.T) {
	known := map[string]bool{}
	for _, c := range lint.Checks() {
		known[c.Code] = true
	}
	queries := []string{
		`any where`, `any where "a`, `any where nofn(a)`, `any where length(a, b) > 1`, `any where cidrMatch(a, "x")`,
		`any where length~(a) > 1`, `any where a == b`, `any where a regex "("`, `any where 1/0 == a`, `any where 5`,
		`any where true | count`, `sequence [any where true]`, `sample [any where true] [any where true]`, `join [any where true] [any where true]`,
		`sequence by a [any where true] by b [any where true]`, `sequence [any where true] with runs=0 [any where true]`,
		`any where @timestamp > "x"`, `any where a in (b)`, `any where $x == 1`,
		`endpoint any where $x == 1`, `endpoint sequence [any where true] as x [any where true] as x`, `endpoint sequence [any where x.a == 1] [any where true] as x`,
	}
	if data, err := os.ReadFile("../../../shared/conformance/elasticsearch/parser/errors.jsonl"); err == nil {
		for line := range strings.Lines(string(data)) {
			var c struct{ Query string }
			require.NoError(t, json.Unmarshal([]byte(line), &c))
			queries = append(queries, c.Query)
		}
	}
	errors := 0
	for _, q := range queries {
		r, _ := query(q)
		for _, e := range lint.Rule(r, lint.Options{}).Problems {
			assert.True(t, known[e.Code], "%q: %s", e.Code, e)
			if e.Severity == source.Err {
				errors++
			}
		}
	}
	assert.Greater(t, errors, 20)
}

func mkdirs(dir, below string) error {
	return os.MkdirAll(filepath.Join(dir, filepath.FromSlash(below)), 0o700)
}
