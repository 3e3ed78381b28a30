package parser_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

// faulty holds queries that must not parse. Those with a "$" or an "as", and
// those that say so, are for the endpoint dialect.
var faulty = []struct {
	title    string
	endpoint bool
	queries  []string
}{
	{title: "nothing", queries: []string{"", " \n// only a comment\n"}},
	{title: "strings", queries: []string{
		`any where a == 'b'`, `any where a == ?"b"`, `any where a == ?'b'`, `any where a == "b`, "any where a == \"b\nc\"",
		`any where a == """b`, `any where a == """b"""c"""`, `any where a == "\q"`, `any where a == "\u12"`, `any where a == "\u{1}"`,
		`any where a == "\u{123456789}"`, `any where a == "\u{12xy}"`, `any where a == "\u{D800}"`, `any where a == "\u{110000}"`,
		`any where a == “b”`, `any where a == "b" "c"`,
	}},
	{title: "names", queries: []string{
		"any where `a == 1", "any where a` == 1", "any where ``a == 1", "any where a`b` == 1", `any where 6th == 1`, `any where a.5x == 1`,
		`any where a.5 == 1`, `any where a.sequence == 1`, `.a where`, `any.a where`, `.f(`, `any where .f(`, `any where sequence == 1`, `any where a. == 1`, `any where .a == 1`, `any where ? == 1`,
		`any where ?a.?b == 1`, `any where ä == 1`, `any where a[0] == 1`, `any where a.b[0].c == 1`, "any where `f`(a)", `any where a.b(c)`,
	}},
	{title: "numbers", queries: []string{
		`any where a == 1e999`, `any where a == 1x`, `any where a == 0xff`, `any where a == 0xg1`, `any where a == 0x10000000000000000`, `any where a.0xff == 1`,
		`any where a == 1..2`, `any where a == 10MB`,
	}},
	{title: "blanks and comments", queries: []string{"any where\u00a0a", "\ufeffany where a", "any where a /* b /* c */", "any where a */", "any where a \x80"}},
	{title: "operators", queries: []string{
		`any where a = 1`, `any where a && b`, `any where a || b`, `any where !a`, `any where a <> b`, `any where a =~ "b"`, `any where a === b`,
		`any where a AND b`, `any where a Or b`, `any where NOT a`, `any where a IN ("b")`, `any where a not like "b"`, `any where a not : "b"`,
		`any where a not == b`, `any where a is null`, `any where a == b == c`, `any where a < b <= c`, `any where a : "b" : "c"`,
		`any where a == not b`, `any where 1 + not b`, `any where a : b`, `any where a like lower(b)`, `any where a : -1`, `any where a : ("b", c)`,
		`any where a in ()`, `any where a : ()`, `any where a in "b"`, `any where a in ("b",)`, `any where a in ("b" "c")`, `any where a adn b`,
		`any where a and`, `any where and a`, `any where a and or b`, `any where a +`, `any where not`, `any where a ~ b`, `any where a;`, `any where $`,
		`any where $ a == 1`, `any where a in b`, `any where a in 5`, `any where a in """b"""`, `any where a in lower(b)`, `any where a not in "b"`,
	}},
	{title: "words of other languages", queries: []string{
		`any where a contains "b"`, `any where a startsWith "b"`, `any where a ENDSWITH "b"`, `any where a matches "b"`, `any where a match "b"`, `any where a rlike "b"`,
		`any where a ilike "b"`, `any where a exists`, `any where a between 1 and 5`, `any where a equals 1`, `any where a eq 1`, `any where a ne 1`, `any where a gt 1`,
		`any where a gte 1`, `any where a lt 1`, `any where a lte 1`, `any where a xor b`, `any where a mod 2 == 1`, `any where a : b and c : d`, `any where a is not null`,
		`any where a tail 1`, `SELECT a FROM b`, `from logs-* | where a == "b"`, `process.name : "cmd.exe"`, `process.name == "a" and b`,
	}},
	{title: "brackets", queries: []string{
		`any where (a == 1`, `any where (a == 1 or (b == 2)`, `any where f(a, b`, `any where f(a b)`, `any where f(,)`, `any where f(a,)`, `any where a in ("b", "c"`,
		`any where (a == 1))`, `any where ()`, `any where (a = 1)`, `any where f~ a`, `any where f~`, `any where (a == 1]`,
	}},
	{title: "categories", queries: []string{
		`where a`, `any`, `any a`, `any wher a`, `any WHERE a`, `any where`, `net-flow where a`, `net.flow where a`, `6net where a`, `42 where a`,
		"`net` where a", `'net' where a`, `?net where a`, `until where a`, `a == 1`, `a.b == "c"`, `f(a)`, `not a`, `this is not eql`, `any any where a`, `a=1`, `"a" == "b"`, `"a" : "b"`, `any a == 1`, `"net" a == 1`, `any (a == 1)`,
	}},
	{title: "sequences", queries: []string{
		`sequence`, `sequnce by a [any where b]`, `Sequence [any where a] [any where b]`, `sequence a [any where b]`, `sequence by [any where a]`,
		`sequence by a, [any where b]`, `sequence by a b [any where c]`, `sequence by a by b [any where c]`, `sequence any where a`, `sequence [a]`, `sequence []`,
		`sequence [any where a`, `sequence [any where a [any where b]`, `sequence [any where a] until`, `sequence [any where a] until any where b`,
		`sequence [any where a] untl [any where b]`, `sequence ! [any where a]`, `sequence [any where a] any where b`, `sequence [any where f((a)) b`, `sequence [any where a], [any where b]`,
		`sequence [any where a] and [any where b]`, `sequence [any where (a] [any where b]`, `sequence [any where a]] [any where b]`,
		`join [any where a] [any where b]`, `sequence [any where a] [any where b] fork`, `sequence [any where a] by b fork=true [any where b]`, `sequence [any where a] [any where b fork]`,
		`sequence [process process.name == "a"] [any where b]`, `sequence [process.name == "a"] [any where b]`, `sequence [any where a by b] [any where c]`,
		`sequence [any where a with runs=2] [any where c]`, `sequence [any where a until [any where b]]`, `sequence by a, b c [any where d]`, `sequence a, b [any where c]`,
		`sequence [any where a] or [any where b]`, `any where a by b`, `any where a with maxspan=5m`, `any where a until [any where b]`, `any where a, b`,
		`sequence where a`, `sequence by where [any where a]`, `sample a [any where b] [any where c]`, `sample by a [any where b] and [any where c]`,
	}},
	{title: "maxspan", queries: []string{
		`sequence with maxspan=30 [any where a]`, `sequence with maxspan=5w [any where a]`, `sequence with maxspan=5 w [any where a]`,
		`sequence with maxspan=5S [any where a]`, `sequence with maxspan=1.5h [any where a]`, `sequence with maxspan=0s [any where a]`,
		`sequence with maxspan=-1s [any where a]`, `sequence with maxspan="1s" [any where a]`, `sequence with maxspan=true [any where a]`,
		`sequence with maxspan=106752d [any where a]`, `sequence with maxspan=99999999999999999999s [any where a]`, `sequence with maxspan [any where a]`,
		`sequence with maxspan= [any where a]`, `sequence maxspan=1s [any where a]`, `sequence with maxspn=1s [any where a]`, `sequence with size=1 [any where a]`,
		`sequence with [any where a]`, `sequence with maxspan=1s by a [any where a]`, `sequence with maxspan=1s with maxspan=2s [any where a]`,
		`sequence with runs=2 [any where a]`, `sequence with maxspan=1e3s [any where a]`,
	}},
	{title: "steps", queries: []string{
		`sequence [any where a] with runs=1.5`, `sequence [any where a] with runs=-1`, `sequence [any where a] with runs=two`, `sequence [any where a] with runs=2x`,
		`sequence [any where a] with run=2`, `sequence [any where a] with maxspan=2s`, `sequence [any where a] with runs=2 by b`,
		`sequence [any where a] with runs=2 with runs=3`, `sequence [any where a] runs=2`, `sequence [any where a] with`, `sequence [any where a] with runs`,
		`sequence [any where a] by`, `sequence [any where a] by b by c`, `sequence [any where a] as b [any where c]`,
	}},
	{title: "samples", queries: []string{
		`sample`, `sample by a`, `sample by a with maxspan=1s [any where b]`, `sample by a [any where b] with runs=2`, `sample by a [any where b] until [any where c]`,
		`sample by a by b [any where c]`, `sampel by a [any where b]`,
	}},
	{title: "pipes", queries: []string{
		`| head 1`, `any where a |`, `any where a | | head 1`, `any where a | 5`, `any where a | head 1 2`, `any where a | head 1,`, `any where a head 1`,
		"any where a | `head` 1", `any where a | head )`,
	}},
	{title: "other dialect", queries: []string{`any where $a.b == 1`, `any where child of [any where a]`, `any where sibling of [any where a]`}},
	{title: "endpoint", endpoint: true, queries: []string{
		`any where sibling of [any where a]`, `any where descendent of [any where a]`, `any where child of any where a`, `any where child of [any where a`,
		`any where child of [a]`, `any where child of ![any where a]`, `sequence [any where a] as`, `sequence [any where a] as by`,
		`sequence [any where a] as b as c`, `sample by a [any where b] as c`, `any where $e.`, `any where ?$e.a`, `any where child of [any where a = 1]`,
	}},
	{title: "several", queries: []string{
		"sequence by a\n  [any where b = 1]\n  [any where c == 2]\n  [any where d == \"\\q\"] by e\n  ![any where f && g]",
		"sequence with maxspan=5w\n  [any where a] with runs=1.5\n  [any where b] with run=2",
		"sequence by [any where a] [any where b = 1]",
		"sequence with maxspan=1s with size=2 by a [any where b]",
	}},
	{title: "several, endpoint", endpoint: true, queries: []string{
		"sequence\n  [any where child of [any where a] or b = 1]\n  [any where child of [any where c = 2]]\n  [any where child of [any where d]]",
	}},
}

func TestErrors(t *testing.T) {
	const golden = "testdata/errors.golden"
	var out strings.Builder
	for _, group := range faulty {
		out.WriteString("=== " + group.title + "\n\n")
		opts := parser.Options{}
		if group.endpoint {
			opts.Dialect = ast.Endpoint
		}
		for _, text := range group.queries {
			list := problems(t, text, opts)
			for _, e := range list {
				assert.NotEmpty(t, e.Code, text)
				assert.NotContains(t, e.Msg, "internal error")
				assert.LessOrEqual(t, e.Span.End.Offset(), len(text))
			}
			out.WriteString(list.Render() + "\n\n")
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), out.String(), "run the test with -update and look at the difference")
}

func TestErrorList(t *testing.T) {
	text := "sequence " + strings.Repeat("[any where a = 1] ", 50)
	list := problems(t, text, parser.Options{})
	assert.Len(t, list, 10)
	for i, e := range list {
		assert.Equal(t, len("sequence ")+i*len("[any where a = 1] ")+len("[any where a "), e.Span.Start.Offset())
	}
	_, err := parser.Parse(&source.File{Name: "rule.toml", Text: "any where"}, parser.Options{})
	var one *source.Error
	require.ErrorAs(t, err, &one)
	assert.Equal(t, "rule.toml:1:10: unexpected end of the query, expected a condition", one.Error())
}
