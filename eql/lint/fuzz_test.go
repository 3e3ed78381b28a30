package lint_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

// TestHostile lints queries that are made to take long.
func TestHostile(t *testing.T) {
	repeat := func(n int, sep, format string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = strings.ReplaceAll(format, "N", fmt.Sprint(i))
		}
		return strings.Join(parts, sep)
	}
	list := repeat(400, ", ", `"aN"`)
	for name, text := range map[string]string{
		"or":         "any where " + repeat(10000, " or ", `process.name == "aN"`),
		"and":        "any where " + repeat(4000, " and ", `process.args like ("aN*", "bN")`),
		"list":       "any where process.args like (" + repeat(15000, ", ", `"*aN*"`) + ")",
		"directives": "any where true " + repeat(8000, "\n", "// eql:ignore list-subsumed N"),
		"lists":      "any where " + repeat(100, " and ", "process.name in ("+list+")"),
		"patterns":   `any where a : ("` + strings.Repeat("*a", 100_000) + `", "` + strings.Repeat("a*", 100_000) + `b")`,
		"blocks":     "any where cidrMatch(a, " + repeat(10000, ", ", `"10.0.0.0/8"`) + ")",
		"nested":     "any where " + strings.Repeat("not (a == 1 or ", 120) + "b == 2" + strings.Repeat(")", 120),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r, _ := query(text)
			report := lint.Rule(r, lint.Options{})
			require.NotNil(t, report.Query, name)
			assert.Less(t, time.Since(start), 30*time.Second, "it takes about one")
			assert.LessOrEqual(t, len(report.Problems), 9000)
		})
	}
}

// TestNested has a long condition cost the same however deep it lies.
func TestNested(t *testing.T) {
	var inner strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&inner, "b == %d * c or ", i)
	}
	allocated := func(depth int) uint64 {
		r, _ := query("any where " + strings.Repeat(`(a regex "q.*" and (b regex "q.*" or `, depth/2) + inner.String() + "d" + strings.Repeat("))", depth/2))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NotNil(t, lint.Rule(r, lint.Options{}).Query)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	assert.Less(t, allocated(100), 2*allocated(2))
}

func FuzzRule(f *testing.F) {
	data, err := os.ReadFile("testdata/checks.txt")
	require.NoError(f, err)
	for line := range strings.Lines(string(data)) {
		word, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "hit" {
			endpoint := strings.HasPrefix(text, "endpoint ")
			f.Add(strings.Replace(strings.TrimPrefix(text, "endpoint "), mark, "", 1), endpoint)
		}
	}
	known := map[string]bool{}
	for _, c := range lint.Checks() {
		known[c.Code] = true
	}
	f.Fuzz(func(t *testing.T, text string, endpoint bool) {
		r := &rule.Rule{Path: "q", Query: &source.File{Name: "q", Text: text}}
		if endpoint {
			r.Dialect = ast.Endpoint
		}
		for _, e := range lint.Rule(r, lint.Options{Config: everything}).Problems {
			assert.True(t, known[e.Code], e.Code)
			assert.True(t, e.Span.Start.Offset() >= 0 && e.Span.Start <= e.Span.End && e.Span.End.Offset() <= len(text), e.Error())
			for _, fix := range e.Fixes {
				changed, err := source.Apply(text, fix.Edits)
				require.NoError(t, err, e.Error())
				if fix.Safe {
					_, err := parser.Parse(&source.File{Text: changed}, parser.Options{Dialect: r.Dialect})
					require.NoError(t, err, "%s\n%s", e.Error(), changed)
				}
			}
		}
	})
}
