package ast_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// parse parses text in the endpoint dialect, which holds the other one.
func parse(t *testing.T, text string) *ast.Query {
	t.Helper()
	q, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: ast.Endpoint})
	require.NoError(t, err, "%s", text)
	return q
}

// requireStable formats a query and checks what Format promises for any query.
func requireStable(t *testing.T, text string) string {
	t.Helper()
	q := parse(t, text)
	got := ast.Format(q)
	again := parse(t, got)
	require.True(t, ast.Equal(q, again), "not the same tree:\n%s\n%s", text, got)
	require.Equal(t, got, ast.Format(again), "not stable:\n%s", text)
	if len(q.Comments) > 0 {
		require.Equal(t, commentPlaces(q), commentPlaces(again), "comments moved:\n%s\n%s", text, got)
	} else {
		require.NotContains(t, got, " \n", "blank at the end of a line")
	}
	return got
}

// A place is a comment and the number of tokens before it.
type place struct {
	comment string
	tokens  int
}

// tokenPattern finds tokens, where a field is one, and a duration.
var tokenPattern = regexp.MustCompile("\"\"\".*?\"\"\"+|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|" +
	`\d+\s*(?:ms|[dhms])\b|\d*\.\d+|\d+\.|(?:\?\s*)?[\w@$]+(?:\s*\.\s*\w+)*~?|!\[|[!=<>]=|[^\w\s]`)

// commentPlaces tells behind how many tokens each comment stands. One within a
// field or duration counts as being behind it.
func commentPlaces(q *ast.Query) []place {
	var (
		text   strings.Builder // without comments
		marks  []int           // where they were
		offset int
	)
	for _, c := range q.Comments {
		text.WriteString(q.File.Text[offset:c.Range.Start.Offset()] + " ")
		offset = c.Range.End.Offset()
		marks = append(marks, text.Len())
	}
	text.WriteString(q.File.Text[offset:])
	tokens := tokenPattern.FindAllStringIndex(text.String(), -1)
	places := make([]place, len(marks))
	n := 0
	for i, mark := range marks {
		for n < len(tokens) && tokens[n][0] < mark {
			n++
		}
		places[i] = place{q.Comments[i].Text, n}
	}
	return places
}

func TestFormatGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/format/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			var out strings.Builder
			for _, c := range goldenCases(string(text)) {
				t.Run(c.name, func(t *testing.T) {
					got := requireStable(t, c.query)
					out.WriteString("-- " + c.name + " --\n" + c.query + "-- formatted --\n" + got)
					if !*update {
						assert.Equal(t, c.want, got)
					}
				})
			}
			if *update && !t.Failed() {
				require.NoError(t, os.WriteFile(name, []byte(out.String()), 0o644))
			}
		})
	}
}

type goldenCase struct{ name, query, want string }

// goldenCases splits "-- name --", a query, "-- formatted --", its canonical text, and so on.
func goldenCases(text string) (cases []goldenCase) {
	formatted := false
	for line := range strings.Lines(text) {
		head, ok := strings.CutPrefix(line, "-- ")
		switch {
		case ok && head == "formatted --\n":
			formatted = true
		case ok:
			cases = append(cases, goldenCase{name: strings.TrimSuffix(head, " --\n")})
			formatted = false
		case formatted:
			cases[len(cases)-1].want += line
		default:
			cases[len(cases)-1].query += line
		}
	}
	return cases
}

func TestFormatKeepsCommentsInPlace(t *testing.T) {
	forms := []string{" /* %d */ ", " // %d\n", "\n/* %d */\n", "\n// %d\n// and so on\n", " /* %d\n */ /* here */ "}
	files, err := filepath.Glob("testdata/format/*.txt")
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, c := range goldenCases(string(text)) {
			if strings.ContainsAny(c.query, "`") || len(parse(t, c.query).Comments) > 0 {
				continue // tokens that the pattern cannot count
			}
			t.Run(c.name, func(t *testing.T) {
				gaps := tokenPattern.FindAllStringIndex(c.query, -1)
				insert := func(form string, some func(gap int) bool) string {
					var b strings.Builder
					offset := 0
					for i, gap := range gaps {
						if some(i) {
							b.WriteString(c.query[offset:gap[0]] + fmt.Sprintf(form, i))
							offset = gap[0]
						}
					}
					return b.String() + c.query[offset:]
				}
				for i := range gaps {
					requireStable(t, insert(forms[i%len(forms)], func(gap int) bool { return gap == i }))
				}
				for i, form := range forms {
					requireStable(t, insert(form, func(int) bool { return true }))
					requireStable(t, insert(form, func(gap int) bool { return gap%3 == i%3 }))
				}
			})
		}
	}
}

func TestFormatOrdersOptions(t *testing.T) {
	q := parse(t, "sequence\n[any where true] as x /* one */ by y // two\n  with runs=2 // three\n[any where false]")
	got := ast.Format(q)
	again := parse(t, got)
	assert.True(t, ast.Equal(q, again), "%s", got)
	assert.Equal(t, got, ast.Format(again))
	assert.Contains(t, strings.Join(strings.Fields(got), " "), "[any where true] by /* one */ y")
	for _, comment := range []string{"/* one */", "// two\n", "// three\n"} {
		assert.Equal(t, 1, strings.Count(got, comment), "%s", got)
	}
}

func FuzzFormat(f *testing.F) {
	files, err := filepath.Glob("testdata/format/*.txt")
	require.NoError(f, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		for _, c := range goldenCases(string(text)) {
			f.Add(c.query)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: ast.Endpoint})
		if err != nil {
			return
		}
		got := ast.Format(q)
		again := parse(t, got)
		require.True(t, ast.Equal(q, again), "not the same tree:\n%s\n%s", text, got)
		require.Equal(t, got, ast.Format(again), "not stable:\n%s", text)
		require.Len(t, again.Comments, len(q.Comments), "comments lost:\n%s", got)
	})
}
