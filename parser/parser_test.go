package parser_test

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

func TestExpressions(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Precedence and association.
		{"a or b and c", "(or a (and b c))"},
		{"a and b or c and d", "(or (and a b) (and c d))"},
		{"a or b or c", "(or (or a b) c)"},
		{"not a and b", "(and (not a) b)"},
		{"not a == 1 and b", "(and (not (== a 1)) b)"},
		{"not not a < b", "(not (not (< a b)))"},
		{"a and not b or not c", "(or (and a (not b)) (not c))"},
		{"1 - 2 - 3", "(- (- 1 2) 3)"},
		{"1 - 2 * 3 % 4 + 5", "(+ (- 1 (% (* 2 3) 4)) 5)"},
		{"1 + 2 <= 3 / 4", "(<= (+ 1 2) (/ 3 4))"},
		{"-a * -b", "(* (- a) (- b))"},
		{"- - +a", "(- (- (+ a)))"},
		{"1 - -2", "(- 1 (- 2))"},
		{"(a == 1) == true", "(== (== a 1) true)"},
		{"(1 + 2) * 3", "(* (+ 1 2) 3)"},
		{"a == b and c != d", "(and (== a b) (!= c d))"},
		// Predicates bind to the operand before them.
		{"a + 1 in (2)", "(+ a (in 1 [2]))"},
		{"(a + 1) in (2)", "(in (+ a 1) [2])"},
		{"-a in (1)", "(- (in a [1]))"},
		{"a in (1) == true", "(== (in a [1]) true)"},
		{"true == a in (1)", "(== true (in a [1]))"},
		{`not a : "x" and b`, `(and (not (: a ["x"])) b)`},
		{"a not in (1, 2)", "(not (in a [1 2]))"},
		{"a not in~ (f(b), c + 1)", "(not (in~ a [(call f [b]) (+ c 1)]))"},
		{`a : ("x", 1, null, true)`, `(: a ["x" 1 null true])`},
		{`a like "x" or b like~ "y" or c regex "z" or d regex~ ("v", "w")`, `(or (or (or (like a ["x"]) (like~ b ["y"])) (regex c ["z"])) (regex~ d ["v" "w"]))`},
		{`f(a) : "x"`, `(: (call f [a]) ["x"])`},
		{`"x" : "y"`, `(: "x" ["y"])`},
		// Calls.
		{"f()", "(call f [])"},
		{"f (a, g~(b and c), \"d\")", `(call f [a (call g~ [(and b c)]) "d"])`},
		{"and~(a)", "(call and~ [a])"},
		// Fields.
		{"a.b.c", "a.b.c"},
		{"a . /* x */ b // y\n . c", "a.b.c"},
		{"?a.b", "?a.b"},
		{"? a", "?a"},
		{"`a.b`.c", "a.b.c"},
		{"`a``b`.`x y`", "a`b.x y"},
		{"a.`sequence`", "a.sequence"},
		{"source.as.number", "source.as.number"},
		{"@timestamp == _id", "(== @timestamp _id)"},
		{"runs == head", "(== runs head)"},
		{"AND == Where", "(== AND Where)"},
		{"a-b", "(- a b)"},
		{"$e.a == $e", "(== $e[a] $e[])"},
		// Literals beside operators.
		{"a==1and b==2or c", "(or (and (== a 1) (== b 2)) c)"},
		{"a==1in (1)", "(== a (in 1 [1]))"},
		{"a-1", "(- a 1)"},
		{"1.5.5", ""},
		// Lineage.
		{"descendant of [process where a == 1] and b", "(and (descendant of (where process (== a 1))) b)"},
		{"not child of [any where event of [any where b]]", "(not (child of (where any (event of (where any b)))))"},
		{"child == 1 and event.of", ""},
		{"child == 1 and event.x", "(and (== child 1) event.x)"},
	} {
		t.Run(c.text, func(t *testing.T) {
			if c.want == "" {
				problems(t, "any where "+c.text, parser.Options{Dialect: ast.Endpoint})
				return
			}
			assert.Equal(t, c.want, shape(condition(t, c.text)))
		})
	}
}

func TestStatements(t *testing.T) {
	for _, c := range []struct {
		title, text string
		want        []string
	}{
		{"event", `process where a | head 5 | count | x.y`, nil},
		{"pipes", `process where a | head 5 - 1 | count | sort b, f(c)`, []string{"(where process a)", "pipe head [(- 5 1)]", "pipe count []", "pipe sort [b (call f [c])]"}},
		{"any", `any where a`, []string{"(where any a)"}},
		{"quoted any", `"any" where a`, []string{`(where "any" a)`}},
		{"raw category", `"""net\flow""" where a`, []string{`(where "net\\flow" a)`}},
		{"words that are no keywords", `runs where as`, []string{"(where runs as)"}},
		{"bare sequence", `sequence [a where b]`, []string{"sequence by []", "step (where a b)"}},
		{
			"sequence",
			`sequence by a.b, ?c with maxspan = 5 m [a where b] by d, e with runs = 3 ![any where f] by g until [h where i] by j | tail 1`,
			[]string{
				"sequence by [a.b ?c]", "maxspan 5m0s", "step (where a b) by [d e] runs 3", "step missing (where any f) by [g]",
				"until (where h i) by [j]", "pipe tail [1]",
			},
		},
		{"sequence with maxspan only", `sequence with maxspan=250ms [a where b]`, []string{"sequence by []", "maxspan 250ms", "step (where a b)"}},
		{"keys of any kind", `sequence by f(a) + 1 [a where b] by null`, []string{"sequence by [(+ (call f [a]) 1)]", "step (where a b) by [null]"}},
		{"any number of runs", `sequence [a where b] with runs=0 [a where b] with runs=99999999999999999999`, []string{"sequence by []", "step (where a b) runs 0", "step (where a b) runs 2147483647"}},
		{"until with everything", `sequence [a where b] until ![c where d] with runs=2`, []string{"sequence by []", "step (where a b)", "until missing (where c d) runs 2"}},
		{"sample", `sample by a [b where c] by d ![e where f]`, []string{"sample by [a]", "step (where b c) by [d]", "step missing (where e f)"}},
		{"sample without keys", `sample [b where c]`, []string{"sample by []", "step (where b c)"}},
	} {
		t.Run(c.title, func(t *testing.T) {
			if c.want == nil {
				problems(t, c.text, parser.Options{})
				return
			}
			q, err := parse(c.text)
			require.NoError(t, err)
			assert.Equal(t, c.want, strings.Split(strings.TrimSpace(shapeQuery(q)), "\n"))
			checkSpans(t, q)
		})
	}
}

func TestEndpointStatements(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`sequence with maxspan=1m by a [a where b] as c`, "sequence by [a]\nmaxspan 1m0s\nstep (where a b) as c\n"},
		{`sequence [a where b] as c by d with runs=2`, "sequence by []\nstep (where a b) by [d] runs 2 as c\n"},
		{`sequence [a where b] with runs=2 by d as c`, "sequence by []\nstep (where a b) by [d] runs 2 as c\n"},
		{`sequence [a where b] with runs=2 by d`, "sequence by []\nstep (where a b) by [d] runs 2\n"},
		{`sequence [a where b] by d as c [a where c.x == 1]`, "sequence by []\nstep (where a b) by [d] as c\nstep (where a (== c.x 1))\n"},
	} {
		q, err := parser.Parse(&source.File{Text: c.text}, parser.Options{Dialect: ast.Endpoint})
		require.NoError(t, err, c.text)
		assert.Equal(t, c.want, shapeQuery(q))
		checkSpans(t, q)
		problems(t, c.text, parser.Options{})
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text  string
		kind  ast.NumberKind
		uint  uint64
		float float64
	}{
		{"0", ast.Int, 0, 0},
		{"007", ast.Int, 7, 0},
		{"9223372036854775807", ast.Int, math.MaxInt64, 0},
		{"9223372036854775808", ast.Uint, math.MaxInt64 + 1, 0},
		{"18446744073709551615", ast.Uint, math.MaxUint64, 0},
		{"18446744073709551616", ast.Float, 0, 18446744073709551616},
		{"1.5", ast.Float, 0, 1.5},
		{"5.", ast.Float, 0, 5},
		{".5", ast.Float, 0, .5},
		{"1e3", ast.Float, 0, 1000},
		{"5.E-1", ast.Float, 0, .5},
		{".5e+1", ast.Float, 0, 5},
	} {
		t.Run(c.text, func(t *testing.T) {
			got := condition(t, c.text).(*ast.Number)
			assert.Equal(t, &ast.Number{Range: got.Range, Text: c.text, Kind: c.kind, Uint: c.uint, Float: c.float}, got)
		})
	}
}

func TestStrings(t *testing.T) {
	for _, c := range []struct {
		text, want string
		raw        bool
	}{
		{`""`, "", false},
		{`"it's"`, "it's", false},
		{`"a\b\t\n\f\r\"\'\\z"`, "a\b\t\n\f\r\"'\\z", false},
		{`"\u{41}\u{0001f600}"`, "A\U0001F600", false},
		{`"\\u{41}"`, `\u{41}`, false},
		{`"// no comment /*"`, "// no comment /*", false},
		{`"é漢"`, "é漢", false},
		{`""""""`, "", true},
		{`"""C:\temp\"""`, `C:\temp\`, true},
		{`"""say "hi" """`, `say "hi" `, true},
		{`"""a"b""c"""`, `a"b""c`, true},
		{`"""""""`, `"`, true},
		{`""""""""`, `""`, true},
		{`"""foo"""""`, `foo""`, true},
		{`""""x""""`, `"x"`, true},
	} {
		t.Run(c.text, func(t *testing.T) {
			got := condition(t, c.text).(*ast.String)
			assert.Equal(t, c.want, got.Value)
			assert.Equal(t, c.raw, got.Raw)
		})
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1ms":                   time.Millisecond,
		"30s":                   30 * time.Second,
		"5 m":                   5 * time.Minute,
		"2/* two */h":           2 * time.Hour,
		"1d":                    24 * time.Hour,
		"007s":                  7 * time.Second,
		"9223372036854ms":       9223372036854 * time.Millisecond,
		"106751d":               106751 * 24 * time.Hour,
		"00000000000000000001s": time.Second,
	} {
		q, err := parse("sequence with maxspan=" + text + " [a where b]")
		require.NoError(t, err, text)
		d := q.Body.(*ast.Sequence).MaxSpan
		assert.Equal(t, want, d.Value, text)
		assert.Equal(t, text, q.File.Slice(d.Range))
	}
}

func TestComments(t *testing.T) {
	const text = "// one\r\n/* two /* nested */ end */any/**/where// three\na\n/* four\n*/ // five"
	f := &source.File{Name: "x.eql", Text: text}
	q, err := parser.Parse(f, parser.Options{})
	require.NoError(t, err)
	assert.Same(t, f, q.File)
	var got []string
	for _, c := range q.Comments {
		got = append(got, c.Text)
		assert.Equal(t, c.Text, f.Slice(c.Range))
	}
	assert.Equal(t, []string{"// one", "/* two /* nested */ end */", "/**/", "// three", "/* four\n*/", "// five"}, got)
}

func TestDepthLimit(t *testing.T) {
	nest := func(open string, n int, inner, closing string) string {
		return "any where " + strings.Repeat(open, n) + inner + strings.Repeat(closing, n)
	}
	for _, c := range []struct{ open, inner, closing string }{
		{"(", "a", ")"},
		{"f(", "a", ")"},
		{"not ", "a", ""},
		{"-", "a", ""},
		{"a in (", "b", ")"},
		{"child of [any where ", "a", "]"},
	} {
		t.Run(c.open, func(t *testing.T) {
			_, err := parser.Parse(&source.File{Text: nest(c.open, 20, c.inner, c.closing)}, parser.Options{Dialect: ast.Endpoint, MaxDepth: 20})
			require.NoError(t, err)
			list := problems(t, nest(c.open, 21, c.inner, c.closing), parser.Options{Dialect: ast.Endpoint, MaxDepth: 20})
			assert.Equal(t, "the query nests deeper than 20 levels", list[0].Msg)
			_, err = parser.Parse(&source.File{Text: nest(c.open, parser.DefaultMaxDepth, c.inner, c.closing)}, parser.Options{Dialect: ast.Endpoint})
			require.NoError(t, err)
			list = problems(t, nest(c.open, 100_000, "", ""), parser.Options{MaxSize: 10_000_000})
			assert.Equal(t, "limit", list[0].Code)
			assert.Len(t, list, 1)
		})
	}
	t.Run("breadth does not count", func(t *testing.T) {
		wide := "any where (a) - (b) - -(c) and not (d) " + strings.Repeat("and not -(d) > -e ", 1000)
		_, err := parser.Parse(&source.File{Text: wide}, parser.Options{MaxDepth: 3})
		require.NoError(t, err)
	})
	t.Run("the most there is", func(t *testing.T) {
		_, err := parser.Parse(&source.File{Text: nest("(", 100_000, "a", ")")}, parser.Options{MaxDepth: math.MaxInt})
		require.NoError(t, err)
		problems(t, nest("(", 100_001, "a", ")"), parser.Options{MaxDepth: math.MaxInt})
	})
}

func TestSizeLimit(t *testing.T) {
	list := problems(t, strings.Repeat("(", 3<<20), parser.Options{})
	assert.Equal(t, "1:1: the query has 3145728 bytes, the limit is 1048576", list.Error())
	problems(t, "any where a", parser.Options{MaxSize: 10})
	_, err := parser.Parse(&source.File{Text: "any where a"}, parser.Options{MaxSize: 11})
	require.NoError(t, err)
}

// Long queries without nesting take linear time.
func TestLongQueries(t *testing.T) {
	const n, many = 100_000, 20_000
	for title, text := range map[string]string{
		"or":           "any where a" + strings.Repeat(" or b", n),
		"sum":          "any where a" + strings.Repeat("+b", n),
		"list":         "any where a in (1" + strings.Repeat(",2", n) + ")",
		"path":         "any where a" + strings.Repeat(".b", n),
		"raw strings":  `any where a : ("b"` + strings.Repeat(`,"""c"""`, n) + ")",
		"keys":         "sequence by a" + strings.Repeat(",b", many) + " [any where c]",
		"steps":        "sequence" + strings.Repeat("[a where b]", many),
		"pipes":        "any where a" + strings.Repeat("|b c", n),
		"comments":     strings.Repeat("/*/**/*/", n) + "any where a",
		"bad steps":    "sequence" + strings.Repeat("[a where =]", many),
		"bad strings":  "any where " + strings.Repeat("\"\"\"\n", n),
		"bad quotes":   "any where " + strings.Repeat("``a", n),
		"open quote":   "any where `" + strings.Repeat("``\n", n),
		"open comment": "any where " + strings.Repeat("/*", n),
		"open steps":   strings.Repeat("[", 200) + strings.Repeat("a.", n),
	} {
		t.Run(title, func(t *testing.T) {
			begin := time.Now()
			_, err := parser.Parse(&source.File{Text: text}, parser.Options{MaxSize: 2 << 20})
			bad := strings.HasPrefix(title, "bad") || strings.HasPrefix(title, "open")
			assert.Equal(t, bad, err != nil)
			assert.Less(t, time.Since(begin), 10*time.Second)
		})
	}
}

func TestParseConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, text := range samples {
				for _, d := range []ast.Dialect{ast.Elasticsearch, ast.Endpoint} {
					_, _ = parser.Parse(&source.File{Text: text}, parser.Options{Dialect: d})
				}
			}
		})
	}
	wg.Wait()
}

func TestParseRecovers(t *testing.T) {
	_, err := parser.Parse(nil, parser.Options{})
	require.ErrorContains(t, err, "internal error")
}
