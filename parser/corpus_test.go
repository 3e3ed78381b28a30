package parser_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

// TestRealRules parses every EQL query of the rule files.
func TestRealRules(t *testing.T) {
	for top, want := range map[string]struct {
		dialect ast.Dialect
		atLeast int
	}{
		"corpus/detection-rules":       {ast.Elasticsearch, 900},
		"corpus/protections-artifacts": {ast.Endpoint, 1100},
	} {
		t.Run(filepath.Base(top), func(t *testing.T) {
			n := 0
			for path, text := range ruleQueries(t, shared(t, top)) {
				n++
				f := &source.File{Name: path, Text: text}
				q, err := parser.Parse(f, parser.Options{Dialect: want.dialect})
				if assert.NoError(t, err, path) {
					checkSpans(t, q)
				}
			}
			assert.GreaterOrEqual(t, n, want.atLeast)
		})
	}
}

// ruleQueries returns the EQL queries in the TOML files below root, by path.
func ruleQueries(t testing.TB, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".toml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var doc struct {
			Rule struct{ Query, Language string }
		}
		if err := toml.Unmarshal(data, &doc); err != nil {
			return nil // other layouts are not this test's business
		}
		if q := doc.Rule; q.Query != "" && (q.Language == "eql" || q.Language == "") {
			out[path] = q.Query
		}
		return nil
	}))
	return out
}
