package eql_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/rule"
)

// A cost is what a piece of work takes.
type cost struct {
	bytes uint64 // of memory, also what is free again
	time  time.Duration
}

func measured(work func()) cost {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	work()
	spent := time.Since(start)
	runtime.ReadMemStats(&after)
	return cost{after.TotalAlloc - before.TotalAlloc, spent}
}

// requireLinear wants work on input that is times as large to take about as many
// times the memory and the time. Memory is counted and hardly varies. Time does,
// so it has much room (still not enough for a square), and is the least of some
// tries: whatever else the machine does, it does not always do.
func requireLinear(t *testing.T, small int, work func(n int) func()) {
	t.Helper()
	const times, tries = 16, 8
	if testing.Short() {
		small /= 2
	}
	// The large input goes first: it leaves no buffers behind that would serve for the
	// small one alone.
	last := measured(work(times * small))
	first := measured(work(small))
	allowed := func() time.Duration { return 6*times*first.time + 200*time.Millisecond }
	for range tries {
		if last.time <= allowed() {
			break
		}
		last.time = min(last.time, measured(work(times*small)).time)
	}
	assert.LessOrEqual(t, last.time, allowed(), "time; %d times less: %v", times, first.time)
	assert.LessOrEqual(t, last.bytes, 2*times*first.bytes+1<<20, "memory; %d times less: %d", times, first.bytes)
}

func repeated(prefix, s, suffix string) func(n int) string {
	return func(n int) string { return prefix + strings.Repeat(s, n) + suffix }
}

// hostileQueries grow with n. They compile, or fail with the message.
var hostileQueries = []struct {
	name    string
	query   func(n int) string
	message string
}{
	{"or", repeated("any where a == 1", " or b == 2", ""), ""},
	{"and in or", repeated("any where a == 1", ` or b == 2 and c : "x*"`, ""), ""},
	{"deep groups", repeated("any where a == 1", " or "+strings.Repeat("(a == 1 and not (b == 2 or ", 80)+"c == 3"+strings.Repeat("))", 80), ""), ""},
	{"sums", repeated("any where 1 == a", " + 1", ""), ""},
	{"constant sums", repeated("any where a == 1.0", " + 1", ""), ""},
	{"products of signs", repeated("any where 1 == a", " * -b", ""), ""},
	{"sums of text", repeated(`any where 1 == "a"`, ` + "b"`, ""), "must be a number"},
	{"arguments", repeated("any where concat(a", ", b", `) == "x"`), ""},
	{"list of text", repeated(`any where a in ("x"`, `, "y"`, ")"), ""},
	{"list of numbers", repeated("any where a in (1", ", 2 + 1", ")"), ""},
	{"list of dates", repeated("any where @timestamp in (1", `, "2024-01-01T00:00:00.00000001Z"`, ")"), ""},
	{"list of wildcards", repeated(`any where a : ("x"`, `, "y*z"`, ")"), ""},
	{"list of regular expressions", repeated(`any where a regex ("x"`, `, "y(a|b)*"`, ")"), ""},
	{"list of blocks", repeated(`any where cidrMatch(a, "10.0.0.0/8"`, `, "fe80::/10"`, ")"), ""},
	{"wildcards", repeated(`any where a : "`, "*a?", `"`), ""},
	{"text", repeated(`any where a == "`, "text of some length", `"`), ""},
	{"escapes", repeated(`any where a == "`, `\n\u{1F600}`, `"`), ""},
	{"digits", repeated("any where a == ", "9", ""), "is too large"},
	{"digits of a fraction", repeated("any where a == 0.", "9", ""), ""},
	{"digits of an exponent", repeated("any where a == 1e", "9", ""), "is too large"},
	{"unknown functions", repeated("any where true", " or f(1)", ""), "unknown function f"},
	{"faults of all kinds", repeated("any where true", " or length(1) == 2 or 1/0 == n or - \"a\"", ""), "must be a string"},
	{"names", repeated("any where a", ".b", " == 1"), ""},
	{"comments", repeated("any where a == 1", " /* c */ // d\n and b == 2", ""), ""},
	{"comments in comments", func(n int) string {
		return "any where " + strings.Repeat("/* a ", n) + strings.Repeat("*/", n) + "a == 1"
	}, ""},
	{"comment without end", repeated("any where ", "/* a ", "a == 1"), "the comment is not closed"},
	{"bytes that are no text", repeated("any where ", "\xff\x00\xed\xa0\x80", ""), "byte 0xff is not UTF-8"},
	{"NUL", repeated("any where a == 1", "\x00", ""), "unexpected"},
	{"quotes", repeated("any where a == ", `"`, ""), "raw string"},
	{"back quotes", repeated("any where ", "``", "`"), "back quotes is not closed"},
	{"brackets", repeated("sequence ", "[any where ", ""), "nests deeper than 256 levels"},
	{"steps", repeated("sequence ", "[any where a == 1] ", ""), "more than 256 steps"},
	{"faulty steps", repeated("sequence ", "[any where = 1] ", ""), "'=' is not a comparison"},
	{"keys", repeated("sequence by a", ", b", " [any where true] [any where true]"), ""},
	{"keys that are there twice", repeated("sample by a", ", b", " [any where true] [any where true]"), "is used twice"},
	{"pipes", repeated("any where true", " | head 5", ""), ""},
	{"empty lines", repeated("any where ", "\n", " a = 1"), "'=' is not a comparison"},
}

// TestHostileQueries compiles, formats and reports queries of growing size.
func TestHostileQueries(t *testing.T) {
	for _, c := range hostileQueries {
		t.Run(c.name, func(t *testing.T) {
			small := 1000
			if c.name == "deep groups" {
				small = 4
			}
			requireLinear(t, small, func(n int) func() {
				text := c.query(n)
				return func() {
					q, err := eql.Compile(text, eql.WithQueryLimits(1<<26, 0))
					if c.message != "" {
						var list eql.List
						require.ErrorAs(t, err, &list)
						require.Contains(t, list[0].Msg, c.message)
						require.True(t, list[0].Span.IsValid())
						require.NotEmpty(t, list.Render())
						return
					}
					require.NoError(t, err)
					_ = eql.NewEngine(q)
					require.NotEmpty(t, ast.Format(q.AST()))
				}
			})
		})
	}
}

// TestLimitsOfQueries has what is refused by default, and what raises the limit.
func TestLimitsOfQueries(t *testing.T) {
	deep := func(n int) string { return "any where " + strings.Repeat("(", n) + "a == 1" + strings.Repeat(")", n) }
	tests := []struct {
		name, query, want string
		raise             eql.Option
	}{
		{"size", "any where a == \"" + strings.Repeat("a", 1<<20) + "\"", "<query>:1:1: the query has 1048593 bytes, the limit is 1048576", eql.WithQueryLimits(1<<21, 0)},
		{"parentheses", deep(257), "<query>:1:267: the query nests deeper than 256 levels", eql.WithQueryLimits(0, 257)},
		{"not", "any where " + strings.Repeat("not ", 300) + "true", "<query>:1:1035: the query nests deeper than 256 levels", eql.WithQueryLimits(0, 300)},
		{"signs", "any where 1 == " + strings.Repeat("- ", 300) + "a", "<query>:1:528: the query nests deeper than 256 levels", eql.WithQueryLimits(0, 300)},
		{"calls", "any where 1 == " + strings.Repeat("add(1, ", 300) + "a" + strings.Repeat(")", 300), "<query>:1:1811: the query nests deeper than 256 levels", eql.WithQueryLimits(0, 300)},
		{
			"regular expression", "any where\n a regex (\"b\", \"" + strings.Repeat("c", 1100) + "\")",
			"<query>:2:16: invalid regular expression: the pattern has more than 1000 characters", eql.WithRegexLimits(1200, 0),
		},
		{
			"states", "any where a regex \"" + strings.Repeat(".?", 5) + "(.*a.{9})&(.*b.{11})\"",
			"<query>:1:19: invalid regular expression: the pattern is too complex: it needs more than 10000 states", eql.WithRegexLimits(0, 1_000_000),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := eql.Compile(tt.query)
			require.Error(t, err)
			assert.Equal(t, tt.want, err.Error())
			_, err = eql.Compile(tt.query, tt.raise)
			require.NoError(t, err)
		})
	}
	t.Run("as deep as can be", func(t *testing.T) {
		_, err := eql.Compile(deep(100_000), eql.WithQueryLimits(0, 1<<30))
		require.NoError(t, err)
		_, err = eql.Compile(deep(100_001), eql.WithQueryLimits(0, 1<<30))
		require.ErrorContains(t, err, "the query nests deeper than 100000 levels")
	})
	t.Run("problems", func(t *testing.T) {
		_, err := eql.Compile("any where true" + strings.Repeat(" or f(1)", 500))
		var list eql.List
		require.ErrorAs(t, err, &list)
		assert.Len(t, list, 100)
	})
}

// TestHostileSizes has what is far beyond anything sensible, and is answered all
// the same.
func TestHostileSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes much memory")
	}
	const megabyte = 1 << 20
	long := strings.Repeat("ab?", 10*megabyte/3)
	list := `"x"` + strings.Repeat(`, "element"`, 100_000)
	tests := []struct {
		name, query, message string
		matches              string // text that matches, if it compiles
	}{
		{"10 MB of text", `any where a == "` + long + `"`, "", long},
		{"10 MB of pattern", `any where a : "` + long + `"`, "", strings.ReplaceAll(long, "?", "x")},
		{"a list of 100,000", `any where a in (` + list + `)`, "", "element"},
		{"a list of 100,000 patterns", `any where a : (` + strings.ReplaceAll(list, "element", "e*x") + `)`, "", "element x"},
		{"10,000 stars", `any where a : "` + strings.Repeat("*a", 10_000) + `"`, "", strings.Repeat("xa", 10_000)},
		{"10,000 digits", `any where a == ` + strings.Repeat("9", 10_000), "is too large", ""},
		{"10,000 digits of a fraction", `any where a == 0.` + strings.Repeat("9", 10_000) + ` or a == "x"`, "", "x"},
		{"1 MB of regular expression", `any where a regex "` + strings.Repeat("(ab|c)*", megabyte/7) + `"`, "the pattern is too complex", ""},
		{"1 MB of letters", `any where a regex "` + strings.Repeat("abcd", megabyte/4) + `"`, "the pattern is too complex", ""},
		{"100,000 operands", "any where a == 1" + strings.Repeat(" or b == 2", 100_000) + ` or a == "x"`, "", "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := eql.Compile(tt.query)
			if len(tt.query) > megabyte {
				require.ErrorContains(t, err, "1:1: the query has")
			}
			q, err := eql.Compile(tt.query, eql.WithQueryLimits(1<<28, 0), eql.WithRegexLimits(1<<28, 0))
			if tt.message != "" {
				require.ErrorContains(t, err, tt.message)
				return
			}
			require.NoError(t, err)
			engine := eql.NewEngine(q)
			for _, ev := range []eql.Event{eql.Map{"a": tt.matches}, eql.JSON([]byte(`{"a": "` + tt.matches + `"}`))} {
				assert.Len(t, run(t, engine, []eql.Event{ev}), 1)
			}
			assert.Empty(t, run(t, engine, []eql.Event{eql.Map{"a": tt.matches + "!"}}))
		})
	}
}

// TestHostileRegularExpressions wants an answer within the limits, whatever it
// costs to say no: the effort is bounded, not only the size.
func TestHostileRegularExpressions(t *testing.T) {
	rep := strings.Repeat
	for name, p := range map[string]string{
		"determinised":       "(a|b)*a(a|b){500}",
		"optional groups":    "(" + rep("a?b?", 16) + "){50}",
		"optional letters":   rep("a?", 333) + rep("a", 333),
		"repeated repeats":   rep("(", 100) + "a" + rep("{1,9})", 100),
		"stars":              rep("a*b*c*", 166),
		"intervals":          rep("<1-999999999>", 76),
		"intersections":      ".*a.{3}" + rep("&.*b.{11}", 110),
		"complements":        rep("~(a", 120) + "b" + rep(".*)", 120),
		"mixed":              "~((a|b)*a(a|b){40}&~(.*c.{30}))|<3-77777>{9}",
		"groups":             rep("(", 490) + "a" + rep(")", 490),
		"classes":            rep("[一-丁丂-七]", 111),
		"bounds":             "a{999999999}",
		"bounds of bounds":   "((a{9999}){9999}){9999}",
		"bounds of the text": "(.{0,9999}){9999}",
	} {
		t.Run(name, func(t *testing.T) {
			spent := measured(func() {
				q, err := eql.Compile(`any where a regex "` + p + `"`)
				var list eql.List
				if err != nil {
					require.ErrorAs(t, err, &list)
					require.Equal(t, 19, list[0].Position().Column)
					return
				}
				require.Len(t, run(t, eql.NewEngine(q), []eql.Event{eql.Map{"a": "x"}}), len(run(t, eql.NewEngine(q), []eql.Event{eql.Map{"a": "x"}})))
			})
			assert.Less(t, spent.bytes, uint64(1<<30))
			assert.Less(t, spent.time, 10*time.Second)
		})
	}
}

// TestPatternsAreLinear matches patterns of all kinds against texts that nearly
// match them, of growing length.
func TestPatternsAreLinear(t *testing.T) {
	stars := strings.Repeat("*a?b", 200)
	for name, c := range map[string]struct{ condition, text string }{
		"equal":             {`a == "x"`, "x"},
		"stars":             {`a like "` + stars + `c"`, "ab"},
		"stars, any case":   {`a : "` + stars + `c"`, "aB"},
		"open word":         {`a like "*a` + strings.Repeat("?a", 300) + `b*"`, "a"},
		"repeated repeats":  {`a regex "(a*)*b"`, "a"},
		"alternatives":      {`a regex "(a|aa|aaa)*b"`, "a"},
		"large automaton":   {`a regex "(.*a.{300}c)|(b.*)"`, "a"},
		"complement":        {`a regex "~(.*ab.*)"`, "a"},
		"intersection":      {`a regex "(.*a.{3})&(.*b.{5})&@"`, "ab"},
		"complement within": {`a regex "(a|~(ab)c)*d"`, "abc"},
		"intervals":         {`a regex "(<1-1000>,)*x"`, "12,"},
		"any case":          {`a regex~ "(äb|ÄB)*c"`, "äB"},
		"beyond ASCII":      {`a regex "[а-я]*x"`, "привет"},
		"no UTF-8":          {`a regex ".*x"`, "\xff"},
		"list":              {`a : ("*a*b*c*d", "x*", "*yyy*", "ab?")`, "abc"},
		"between":           {`between~(a, "ab", "c") == "x"`, "aB"},
		"contains":          {`stringContains~(a, "aaaaaaaaaaaaaaaaaaaab")`, "aA"},
		"index":             {`indexOf(a, "ab", 5) == 2`, "a"},
		"substring":         {`substring(a, 10, -10) : "*b"`, "aé😀"},
		"concat":            {`concat(a, a, "x") == "y"`, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := eql.Compile("any where " + c.condition)
			require.NoError(t, err)
			engine := eql.NewEngine(q)
			requireLinear(t, 50_000/len(c.text), func(n int) func() {
				ev := []eql.Event{valued{value.OfString(strings.Repeat(c.text, n))}}
				return func() { run(t, engine, ev) }
			})
		})
	}
}

// A valued event has one field.
type valued struct{ v eql.Value }

func (e valued) Field(path string) eql.Value {
	if path == "a" {
		return e.v
	}
	return eql.Value{}
}

// TestHostileEvents reads documents of growing size.
func TestHostileEvents(t *testing.T) {
	q, err := eql.Compile(`any where a == "x" or a.b.c : "y" or length(t) > 3 or o.v in (1, 2)`)
	require.NoError(t, err)
	engine := eql.NewEngine(q)
	nested := func(open, closing string) func(n int) string {
		return func(n int) string {
			return `{"a": ` + strings.Repeat(open, n) + "1" + strings.Repeat(closing, n) + "}"
		}
	}
	for _, c := range []struct {
		name string
		doc  func(n int) string
		want string // part of the error, if there is one for large documents
	}{
		{"text", repeated(`{"t": "`, "long text, ", `"}`), ""},
		{"escapes", repeated(`{"t": "`, `\n\ud83d\ude00\u0000`, `"}`), ""},
		{"lone surrogates", repeated(`{"t": "`, `\ud83d`, `"}`), ""},
		{"bytes that are no text", repeated(`{"t": "`, "\xff\xc0\x80", `"}`), ""},
		{"digits", repeated(`{"a": `, "9", `}`), ""},
		{"digits of a fraction", repeated(`{"a": 0.`, "9", `e-400}`), ""},
		{"elements", repeated(`{"a": ["y"`, `, "y"`, `]}`), ""},
		{"objects", repeated(`{"o": [{}`, `, {"v": 3, "w": {"x": []}}`, `]}`), ""},
		{"keys", func(n int) string {
			var b strings.Builder
			b.WriteString(`{"o": {"v": 5`)
			for i := range n {
				fmt.Fprintf(&b, `, "key %d": {"v": 1}`, i)
			}
			b.WriteString("}}")
			return b.String()
		}, ""},
		{"one key many times", repeated(`{"a": "y"`, `, "a": "y", "a.b": {"c": "z"}, "a": {"b.c": 1}`, "}"), ""},
		{"dots in a key", repeated(`{"a.b`, ".c", `": 1}`), ""},
		{"nested arrays", nested("[", "]"), "nested deeper than 10000"},
		{"nested objects", nested(`{"b":`, "}"), "nested deeper than 10000"},
		{"open arrays", repeated(`{"a":`, "[", ""), "offset"},
		{"white space", repeated(`{`, " \n", ``), "expected a key"},
		{"NUL", repeated(`{"a": 1}`, "\x00", ""), "expected the end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireLinear(t, 2000, func(n int) func() {
				ev := eql.JSON([]byte(c.doc(n)))
				return func() {
					s := engine.NewStream()
					err := s.Push(ev, nil)
					if c.want == "" || n <= 10_000 && strings.Contains(c.want, "deeper") {
						require.NoError(t, err)
					} else {
						require.ErrorContains(t, err, c.want)
					}
					// One bad event stops nothing.
					found := 0
					require.NoError(t, s.Push(eql.JSON([]byte(`{"a": "x"}`)), func(eql.Match) bool { found++; return true }))
					require.Equal(t, 1, found)
				}
			})
		})
	}
}

// TestHostileRuleFiles reads rule files of growing size.
func TestHostileRuleFiles(t *testing.T) {
	const head = "[rule]\nname = \"n\"\nrule_id = \"r\"\ntype = \"eql\"\nlanguage = \"eql\"\nquery = '''any where true'''\n"
	for _, c := range []struct {
		name string
		file func(n int) string
		good bool
	}{
		{"unknown keys", func(n int) string {
			var b strings.Builder
			b.WriteString(head)
			for i := range n {
				fmt.Fprintf(&b, "unknown_%d = 1\n", i)
			}
			return b.String()
		}, true},
		{"tags", repeated(head+"tags = [", `"tag", `, "]\n"), true},
		{"tags that are numbers", repeated(head+"tags = [", "1, ", "]\n"), false},
		{"long query", repeated(strings.TrimSuffix(head, "'''\n"), " or a == 1\n", "'''\n"), true},
		{"escaped query", repeated(head[:strings.Index(head, "query")]+"query = \"any where true", ` or a == \"\\u{e9}\"\n`, "\"\n"), true},
		{"comments", repeated(head, "# comment\n", ""), true},
		{"threats", repeated(head, "[[rule.threat]]\nframework = \"x\"\n", ""), false},
		{"nested arrays", repeated(head+"x = ", "[", ""), false},
		{"bytes that are no text", repeated(head+"x = \"", "\xff", "\"\n"), false},
		{"NUL", repeated(head, "\x00", ""), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireLinear(t, 500, func(n int) func() {
				data := []byte(c.file(n))
				return func() {
					set := rule.Parse("hostile.toml", data)
					for i, p := range set.Problems {
						require.Positive(t, p.Position().Line)
						if i == 100 {
							break
						}
						_ = p.Render()
					}
					if c.good {
						require.Len(t, set.Rules, 1)
					} else {
						require.NotEmpty(t, set.Problems)
					}
				}
			})
		})
	}
}
