package ast_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

// shared returns a file or folder of the test data that lies beside the
// repository, and skips the test where there is none.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		found := filepath.Join(dir, "shared", path)
		if _, err := os.Stat(found); err == nil {
			return found
		}
		if dir == filepath.Dir(dir) {
			t.Skipf("no shared/%s beside the repository", path)
		}
		dir = filepath.Dir(dir)
	}
}

// A fact is one line of the corpus' summary: what a rule's query holds.
type fact struct {
	File       string
	Kind       string
	Categories []string
	By         []string
	StepBy     [][]string `json:"step_by"`
	MaxSpan    int64      `json:"maxspan_ms"`
	Runs       []int
	Missing    []bool
	Alias      []*string
	Until      *struct {
		Category string
		By       []string
	}
	Pipes     []string
	Fields    map[string]int
	Functions map[string]int
}

// forCorpus calls f for every rule.
func forCorpus(t *testing.T, f func(t *testing.T, want fact, text string, dialect ast.Dialect)) {
	t.Helper()
	dir := shared(t, "corpus")
	summary, err := os.ReadFile(filepath.Join(dir, "summary.jsonl"))
	require.NoError(t, err)
	lines := bufio.NewScanner(bytes.NewReader(summary))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var want fact
		require.NoError(t, json.Unmarshal(lines.Bytes(), &want))
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(want.File)))
		require.NoError(t, err)
		var document struct {
			Rule struct{ Query string }
			Hunt struct{ Query []string }
		}
		require.NoError(t, toml.Unmarshal(content, &document), want.File)
		text := document.Rule.Query + strings.Join(document.Hunt.Query, "")
		dialect := ast.Elasticsearch
		if strings.HasPrefix(want.File, "protections-artifacts/") {
			dialect = ast.Endpoint
		}
		t.Run(want.File, func(t *testing.T) { f(t, want, text, dialect) })
	}
	require.NoError(t, lines.Err())
}

func TestFormatCorpus(t *testing.T) {
	forCorpus(t, func(t *testing.T, _ fact, text string, _ ast.Dialect) { requireStable(t, text) })
}

func TestFormatConformance(t *testing.T) {
	content, err := os.ReadFile(shared(t, "conformance/elasticsearch/parser/queries-supported.eql"))
	require.NoError(t, err)
	n := 0
	for text := range strings.SplitSeq(string(content), ";\n") {
		q, err := parser.Parse(&source.File{Text: text}, parser.Options{})
		if err != nil {
			continue // a join, or nothing but comments
		}
		again, err := parser.Parse(&source.File{Text: requireStable(t, text)}, parser.Options{})
		require.NoError(t, err)
		require.True(t, ast.Equal(q, again), "%s", text)
		n++
	}
	require.Greater(t, n, 150)
}

func TestSummarizeCorpus(t *testing.T) {
	forCorpus(t, func(t *testing.T, want fact, text string, dialect ast.Dialect) {
		q, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
		require.NoError(t, err)
		assert.Equal(t, want, factOf(want.File, ast.Summarize(q)))
	})
}

// factOf brings a Summary into the shape of the corpus.
func factOf(file string, s *ast.Summary) fact {
	got := fact{
		File:      file,
		Kind:      s.Kind,
		By:        s.By,
		MaxSpan:   int64(s.MaxSpan / time.Millisecond),
		Pipes:     s.Pipes,
		Fields:    map[string]int{},
		Functions: s.Functions,
	}
	var keyed, repeated, missing, named bool
	for _, step := range s.Steps {
		keyed = keyed || step.By != nil
		repeated = repeated || step.Runs != 1
		missing = missing || step.Missing
		named = named || step.Alias != ""
		got.Categories = append(got.Categories, step.Category)
	}
	for _, step := range s.Steps {
		if keyed {
			got.StepBy = append(got.StepBy, step.By)
		}
		if repeated {
			got.Runs = append(got.Runs, step.Runs)
		}
		if missing {
			got.Missing = append(got.Missing, step.Missing)
		}
		if named {
			var alias *string
			if step.Alias != "" {
				alias = &step.Alias
			}
			got.Alias = append(got.Alias, alias)
		}
	}
	if s.Until != nil {
		got.Until = &struct {
			Category string
			By       []string
		}{s.Until.Category, append([]string{}, s.Until.By...)}
	}
	for _, f := range s.Fields {
		got.Fields[f.Path] = f.Count
	}
	return got
}
