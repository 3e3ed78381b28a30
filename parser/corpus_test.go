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

// TestRuleFacts compares the trees with facts about the rules that were counted
// without this parser.
func TestRuleFacts(t *testing.T) {
	type facts struct {
		File, Kind           string
		Categories           []string
		MaxSpan              int64 `json:"maxspan_ms"`
		Fields               map[string]int
		Functions, Operators map[string]int
	}
	want := sharedLines[facts](t, "corpus/summary.jsonl")
	root := shared(t, "corpus")
	queries := ruleQueries(t, root)
	compared := 0
	for _, w := range want {
		text, ok := queries[filepath.Join(root, filepath.FromSlash(w.File))]
		if !ok {
			continue
		}
		compared++
		opts := parser.Options{}
		if strings.HasPrefix(w.File, "protections-artifacts/") {
			opts.Dialect = ast.Endpoint
		}
		q, err := parser.Parse(&source.File{Name: w.File, Text: text}, opts)
		if !assert.NoError(t, err) {
			continue
		}
		got := facts{
			File: w.File, Kind: "event",
			Fields: map[string]int{}, Functions: map[string]int{}, Operators: map[string]int{},
		}
		category := func(f *ast.EventFilter) { got.Categories = append(got.Categories, f.Category.Name) }
		switch body := q.Body.(type) {
		case *ast.EventFilter:
			category(body)
		case *ast.Sequence:
			got.Kind = "sequence"
			for _, s := range body.Terms {
				category(s.Filter)
			}
			if body.MaxSpan != nil {
				got.MaxSpan = body.MaxSpan.Value.Milliseconds()
			}
		case *ast.Sample:
			got.Kind = "sample"
			for _, s := range body.Terms {
				category(s.Filter)
			}
		}
		for n := range ast.Preorder(q) {
			switch n := n.(type) {
			case *ast.Field:
				switch {
				case n.Var == "":
					got.Fields[n.Path]++
				case n.Path != "":
					got.Fields["$"+n.Var+"."+n.Path]++
				}
			case *ast.Call:
				name := n.Name.Name
				if n.Fold {
					name += "~"
				}
				got.Functions[name]++
			case *ast.Lineage:
				got.Functions[n.Relation.Name+" of"]++
			case *ast.Binary:
				switch {
				case n.Op.IsArithmetic():
					got.Operators["arith "+n.Op.String()]++
				case n.Op.IsComparison():
					got.Operators[n.Op.String()]++
				}
			case *ast.Match:
				op := n.Op.String()
				if n.Not {
					op = "not " + op
				}
				got.Operators[op]++
			}
		}
		assert.Equal(t, w, got)
	}
	assert.Greater(t, compared, 2000)
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
