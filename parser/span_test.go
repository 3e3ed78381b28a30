package parser_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

// checkSpans checks that every node stands inside its parent and that names,
// literals and expressions span a text that begins and ends with a token of
// theirs.
func checkSpans(t testing.TB, q *ast.Query) {
	t.Helper()
	require.NotNil(t, q.File)
	outer := []source.Span{source.SpanAt(0, len(q.File.Text))}
	ast.Inspect(q, func(n ast.Node) bool {
		if n == nil {
			outer = outer[:len(outer)-1]
			return true
		}
		s, parent := n.Span(), outer[len(outer)-1]
		text := q.File.Slice(s)
		if !s.IsValid() || s.Start > s.End || s.Start < parent.Start || s.End > parent.End || strings.TrimSpace(text) != text || text == "" {
			assert.Fail(t, "wrong span", "%T %v in %v: %q", n, s, parent, text)
		}
		switch n := n.(type) {
		case *ast.Ident:
			if strings.Trim(text, "`~") != strings.ReplaceAll(n.Name, "`", "``") && !strings.HasPrefix(text, "`") {
				assert.Fail(t, "wrong name", "%q: %q", n.Name, text)
			}
		case *ast.Number:
			if n.Text != text {
				assert.Fail(t, "wrong number", "%q: %q", n.Text, text)
			}
		}
		outer = append(outer, s)
		return true
	})
	for _, c := range q.Comments {
		if q.File.Slice(c.Range) != c.Text {
			assert.Fail(t, "wrong comment", "%q", c.Text)
		}
	}
}

func TestSpans(t *testing.T) {
	const text = "sequence by `a`.b, ?c with maxspan=1 m\n" +
		"  [ any where not ( x == -1.5 ) and f~( a . b, \"s\" ) ] by d with runs=2 as y // end\n" +
		"  ![ process where $v . w in ( 1, 2 ) or child of [ a where b : \"*\" ] ]\n" +
		"until [ \"c d\" where null ] | head 1 + 1"
	q, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: ast.Endpoint})
	require.NoError(t, err)
	checkSpans(t, q)

	var got []string
	for n := range ast.Preorder(q) {
		got = append(got, q.File.Slice(n.Span()))
	}
	step := func(i int) string { return strings.TrimSpace(strings.Split(text, "\n")[i]) }
	first, second := strings.TrimSuffix(step(1), " // end"), step(2)
	for _, want := range []string{
		text, first, second, "[ \"c d\" where null ]", "| head 1 + 1", "1 m", "`a`.b", "?c", "2", "y", "-1.5", "( x == -1.5 )",
		"not ( x == -1.5 )", "f~( a . b, \"s\" )", "a . b", "$v . w in ( 1, 2 )", "$v . w", "child of [ a where b : \"*\" ]", "b : \"*\"", "1 + 1",
		"\"c d\"", "\"c d\" where null",
	} {
		assert.Contains(t, got, want)
	}
}

// Blank lines before a query move every position by as much.
func TestSpansShift(t *testing.T) {
	const blank = "\n\n\t\n"
	shift := source.Pos(len(blank))
	for _, text := range samples {
		opts := parser.Options{Dialect: ast.Endpoint}
		q, err := parser.Parse(&source.File{Text: text}, opts)
		moved, movedErr := parser.Parse(&source.File{Text: blank + text}, opts)
		if err != nil {
			list, movedList := err.(source.List), movedErr.(source.List)
			require.Len(t, movedList, len(list))
			for i := range list {
				assert.Equal(t, list[i].Span.Start+shift, movedList[i].Span.Start)
				assert.Equal(t, list[i].Span.End+shift, movedList[i].Span.End)
			}
			continue
		}
		require.NoError(t, movedErr)
		var spans, movedSpans []source.Span
		for n := range ast.Preorder(q) {
			s := n.Span()
			spans = append(spans, source.Span{Start: s.Start + shift, End: s.End + shift})
		}
		for n := range ast.Preorder(moved) {
			movedSpans = append(movedSpans, n.Span())
		}
		assert.Equal(t, spans, movedSpans, text)
		require.Len(t, moved.Comments, len(q.Comments))
		for i, c := range q.Comments {
			assert.Equal(t, c.Range.Start+shift, moved.Comments[i].Range.Start)
		}
	}
}

// samples are queries with something of everything, good and bad.
var samples = []string{
	`any where true`,
	`process where process.name : ("cmd.exe", "power*") and not user.id in ("a", "b") /* c */ // d`,
	`file where -length(file.path) + 2 * 3 >= 1e3 or ?x.y != null | head 5 | tail 2`,
	`"net-flow" where """C:\temp""" == a.b or c regex~ """[a-z]+"""`,
	`sequence by host.id, user.id with maxspan=30s [process where true] by a [file where true] by b with runs=3 until [any where x == "\u{1F600}"] by c`,
	`sequence with maxspan=1h by a [any where true] as e1 ![any where e1.b == $v.c] by d`,
	`sample by host.id [process where a] by b [file where c] by d`,
	`api where _arraysearch(p.q, $e, $e.name : "x*") and descendant of [process where a == 1]`,
	"any where `a b`.`c``d` == 18446744073709551615 and 18446744073709551616 > .5",
	`sequence [process wher x] [file where a = 1] [file where b]`,
	`process where (a == 1`,
	`process where a == "x\q"`,
	`process where a && b`,
	"process where `a",
}
