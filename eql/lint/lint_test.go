package lint_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

// mark stands before the place of a finding.
const mark = "§"

// query makes a rule of text, and returns the offset of the mark, or -1.
func query(text string) (*rule.Rule, int) {
	r := &rule.Rule{Path: "q", ID: "q", Name: "q"}
	if rest, ok := strings.CutPrefix(text, "endpoint "); ok {
		r.Dialect, text = ast.Endpoint, rest
	}
	at := strings.Index(text, mark)
	r.Query = &source.File{Name: "q", Text: strings.Replace(text, mark, "", 1)}
	return r, at
}

// everything enables the checks that are off.
func everything(string) *lint.Config {
	c := &lint.Config{}
	for _, check := range lint.Checks() {
		if check.Off {
			c.Enable = append(c.Enable, check.Code)
		}
	}
	return c
}

// found returns the places of the findings with a code.
func found(r *lint.Report, code string) (at []int) {
	for _, e := range r.Problems {
		if e.Code == code {
			at = append(at, e.Span.Start.Offset())
		}
	}
	return at
}

// covered collects the codes that tests have shown to be found, and not found.
type covered struct{ hit, miss map[string]bool }

// TestChecks runs the queries of a file.
func TestChecks(t *testing.T) {
	data, err := os.ReadFile("testdata/checks.txt")
	require.NoError(t, err)
	seen := covered{map[string]bool{}, map[string]bool{}}
	var code, last string
	for line := range strings.Lines(string(data)) {
		word, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "", "#":
		case "==":
			code = text
		case "hit", "miss":
			t.Run(code+"/"+word+" "+text, func(t *testing.T) {
				o := lint.Options{}
				if code == "blank-at-edge" || strings.HasSuffix(code, "-strict") {
					o.Config = everything
				}
				r, at := query(text)
				report := lint.Rule(r, o)
				require.NotNil(t, report.Query, report.Problems.Render())
				got := found(report, code)
				if word == "miss" {
					assert.Empty(t, got, report.Problems.Render())
					return
				}
				assert.Equal(t, []int{at}, got, report.Problems.Render())
			})
			last = text
			if word == "hit" {
				seen.hit[code] = true
			} else {
				seen.miss[code] = true
			}
		case "fix":
			t.Run(code+"/fix "+last, func(t *testing.T) {
				r, _ := query(last)
				got, n, err := lint.Fix(r, lint.Options{})
				require.NoError(t, err)
				assert.Equal(t, text, strings.TrimSpace(strings.Join(strings.Fields(got), " ")))
				assert.Positive(t, n)
			})
		default:
			if !strings.HasPrefix(word, "#") {
				t.Fatalf("unexpected line %q", line)
			}
		}
	}
	for c := range seen.hit {
		assert.True(t, seen.miss[c], "%s has no near miss", c)
	}
}
