package eval_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/parser"
)

var update = flag.Bool("update", false, "rewrite the golden file of messages")

// index is what the queries of the groups "with a mapping" are checked against.
const index = `{"properties": {
	"@timestamp": {"type": "date"},
	"event": {"properties": {"category": {"type": "keyword"}}},
	"host": {"properties": {"name": {"type": "keyword"}, "ip": {"type": "ip"}, "cpus": {"type": "integer"}, "up": {"type": "boolean"}}},
	"user": {"properties": {"name": {"type": "keyword"}, "id": {"type": "long"}, "since": {"type": "date", "format": "yyyy/MM/dd||epoch_second"}}},
	"message": {"type": "text"},
	"title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
	"label": {"type": "keyword", "normalizer": "lowercase"},
	"disks": {"type": "nested", "properties": {"name": {"type": "keyword"}}},
	"place": {"type": "geo_point"},
	"week": {"type": "date", "format": "basic_week_date"},
	"release": {"type": "version"},
	"share": {"type": "float"},
	"owner": {"type": "alias", "path": "nobody"}
}}`

// wrong holds queries that parse but must not compile.
var wrong = []struct {
	title   string
	schema  bool
	dialect ast.Dialect
	queries []string
}{
	{title: "conditions", queries: []string{
		`any where 5`, `any where "x"`, `any where a + 1`, `any where length(a)`, `any where a and 5`, `any where not "x"`, `any where "x" or a`,
		`any where (a == 1) + 1 > 2`, `any where @timestamp`, `any where concat(a, "b")`,
	}},
	{title: "conditions with a mapping", schema: true, queries: []string{
		`any where host.name`, `any where host.ip and host.up`, `any where not user.id`,
	}},
	{title: "fields with a mapping", schema: true, queries: []string{
		`any where hots.name == "a"`, `any where nothing.similar == 1`, `any where host == "a"`, `any where message == "a"`, `any where label : "a"`,
		`any where disks == "a"`, `any where disks.name == "a"`, `any where place == null`, `any where week == null`, `any where owner == "a"`,
		`any where host.name == "a" and usr.name == "b" and user.nme == "c"`, `sequence by hosts.name [any where true] [any where user.naem == "a"]`,
	}},
	{title: "arithmetic", queries: []string{
		`any where "a" + 1 == 2`, `any where -"a" == 1`, `any where a + true == 1`, `any where 1 / 0 == a`, `any where 5 % 0 == a`,
		`any where 2147483647 + 1 == a`, `any where 9223372036854775807 + 1 == a`, `any where a == -9223372036854775808`,
		`any where length(a) * "b" > 1`, `any where concat(a) + 1 > 1`,
	}},
	{title: "comparisons", queries: []string{
		`any where a == b`, `any where a.b != c.d`, `any where a < ?b`, `any where @timestamp > "now-1d"`, `any where @timestamp >= "2024-01-01||/M"`,
		`any where @timestamp == "yesterday"`, `any where @timestamp in ("2024-01-01", "soon")`, `any where @timestamp < 99999999999999999`,
	}},
	{title: "comparisons with a mapping", schema: true, queries: []string{
		`any where host.name == user.name`, `any where user.since > "31.12.2024"`, `any where user.since == "now"`, `any where host.ip == "10.0.0.0/33"`,
		`any where host.ip == "localhost"`, `any where host.ip > 5`, `any where host.cpus >= "four"`, `any where share == true`, `any where host.up == "yes"`, `any where host.up == 1`,
		`any where release > 1.5`,
	}},
	{title: "lists", queries: []string{
		`any where a in (b)`, `any where a in ("x", b, c)`, `any where a in (length(b))`, `any where a in~ (1, 2)`, `any where 1 in~ ("a")`,
		`any where length(a) in ("x")`, `any where length(a) in (1, true)`,
	}},
	{title: "lists with a mapping", schema: true, queries: []string{
		`any where user.id in (1, "two")`, `any where host.up in (true, 1)`, `any where host.ip in ("::1", 5)`, `any where user.id in~ ("a")`,
	}},
	{title: "patterns", queries: []string{
		`any where a : 5`, `any where a like true`, `any where length(a) : "x"`, `any where 5 regex "x"`, `any where @timestamp : "2024*"`, `any where a : ("x", 1)`,
	}},
	{title: "patterns with a mapping", schema: true, queries: []string{
		`any where user.id : "1*"`, `any where host.ip like "10.*"`, `any where share regex~ "1.*"`,
	}},
	{title: "regular expressions", queries: []string{
		`any where a regex "("`, `any where a regex "a)"`, `any where a regex "[a"`, `any where a regex "[z-a]"`, `any where a regex "a{2,1}"`, `any where a regex "a{x}"`,
		`any where a regex "a{,3}"`, `any where a regex "a|"`, `any where a regex """a\"""`, `any where a regex """\n"""`, `any where a regex "<a-b>"`, `any where a regex "<name>"`,
		`any where a regex ("ok", "(")`, `any where a regex "(.*a){50}.{500}"`, `any where a regex "a{99999}"`, `any where a regex """"abc"""`,
		`any where a regex "ä\\.["`, `any where a regex """ä["""`,
	}},
	{title: "functions", queries: []string{
		`any where lenght(a) > 1`, `any where wildcard(a, "b*")`, `any where match(a, "b")`, `any where arrayContains(a, "b")`, `any where arrayCount(a, "b", true) > 1`,
		`any where safe(a)`, `any where lower(a) == "b"`, `any where contains(a, "b")`, `any where len(a) > 1`, `any where utterlyUnknown(a)`, `any where length~(a) > 1`,
		`any where concat~(a, "b") == "c"`, `any where length() > 1`, `any where length(a, b) > 1`, `any where between(a, "b") == "c"`, `any where concat() == "a"`,
		`any where substring(a, 1, 2, 3) == "b"`, `any where cidrmatch(a)`,
	}},
	{title: "arguments", queries: []string{
		`any where length(5) > 1`, `any where length(a + 1) > 1`, `any where startsWith(a, 5)`, `any where startsWith(length(a), "b")`, `any where substring(a, "1") == "b"`,
		`any where substring(a, 1.5) == "b"`, `any where number(5) == 5`, `any where between(a, "b", "c", "true") == "d"`, `any where cidrmatch(a, b)`,
		`any where cidrmatch(a, "10.0.0.0/33")`, `any where cidrmatch(a, "ten")`, `any where cidrmatch(a, "10.0.0.0/8", "fe80::/129", "x")`, `any where add(a, "1") == 2`,
		`any where add(concat(a), 1) == 2`, `any where number("x") == 1`, `any where number("7", 99) == 1`, `any where divide(1, 0) == a`, `any where stringContains(a, null) and length(true) > 1`,
	}},
	{title: "arguments with a mapping", schema: true, queries: []string{
		`any where length(user.id) > 1`, `any where startsWith~(host.ip, "10.")`, `any where cidrmatch(host.name, "10.0.0.0/8")`, `any where add(host.name, 1) > 2`,
		`any where number(user.id) > 1`, `any where length(message) > 1`,
	}},
	{title: "join keys", queries: []string{
		`sequence by a [any where true] [any where true] by b`, `sequence [any where true] by a [any where true] by b, c`,
		`sequence by 5 [any where true] [any where true]`, `sequence by concat(a) [any where true] [any where true]`, `sequence by a + 1, b == 2 [any where true] [any where true]`,
		`sequence by a [any where true] [any where true] until [any where true] by b`, `sequence [any where true] by @timestamp [any where true] by "x"`,
	}},
	{title: "join keys with a mapping", schema: true, queries: []string{
		`sequence [any where true] by user.id [any where true] by user.name`, `sample by host.name [any where true] by user.id [any where true] by host.ip`,
		`sequence by message [any where true] [any where true]`,
	}},
	{title: "sequences", queries: []string{
		`sequence [any where true]`, `sequence [any where true] until [any where true]`, `sequence [any where true] ![any where true]`,
		`sequence with maxspan=1m ![any where true] ![any where true]`, `sequence [any where true] with runs=0 [any where true]`, `sequence [any where true] with runs=101 [any where true]`,
		`sequence [any where true] with runs=100 [any where true] with runs=100 [any where true] with runs=57`,
		`sequence [any where true] [any where true] until ![any where true]`, `sequence [any where true] [any where true] until [any where true] with runs=2`,
	}},
	{title: "samples", queries: []string{
		`sample by a [any where true]`, `sample [any where true] [any where true]`, `sample by a [any where true] ![any where true]`,
		`sample by a, a [any where true] [any where true]`, `sample by a [any where true] by a [any where true] by b`,
		`sample by a [any where 1 == 1] [any where 2 == 2] [any where 3 == 3] [any where 4 == 4] [any where 5 == 5] [any where 6 == 6]`,
		`sample by a [any where true] [any where true] by b`, `sample by a [any where true] [any where true] | head 1`,
	}},
	{title: "pipes", queries: []string{
		`any where true | count`, `any where true | sort a`, `any where true | filter a == 1`, `any where true | unique a`, `any where true | unique_count a`,
		`any where true | haed 5`, `any where true | limit 5`, `any where true | HEAD 5`, `any where true | head`, `any where true | head 1, 2`, `any where true | tail -1`,
		`any where true | head 1.5`, `any where true | head "5"`, `any where true | tail a`, `any where true | head 1 / 0`, `any where true | head 3 | tail x | count`,
	}},
	{title: "several", queries: []string{
		"sequence by a with maxspan=1m\n  [process where lenght(b) > 1 and c == d] by e\n  ![network where f : 5 or cidrmatch(g, \"x\")]\n| head -1",
	}},
	{title: "searches of arrays", dialect: ast.Endpoint, queries: []string{
		`any where _arraysearch(a, $v)`, `any where _arraysearch(a, $v, $v.b == 1, 2)`,
		`any where _arraysearch("a", $v, $v.b == 1)`, `any where _arraysearch(length(a), $v, $v.b == 1)`,
		`any where _arraysearch(a, v, v.b == 1)`, `any where _arraysearch(a, $v.b, $v.b == 1)`,
		`any where _arraysearch(a, $v, length($v.b))`, `any where _arraysearch(a, $v, "x")`, `any where _arraysearch(a, $v, $v.b > true + 1)`,
		`any where _arraysearch(a, $entry, $entrie.b == 1)`, `any where $v.b == 1`, `any where _arraysearch(a, $v, $v.b == 1) and $v.c == 2`,
		`any where _arraysearch(a, $one, _arraysearch($two.c, $three, $four == 1))`, `any where _arraysearch($v, $v, $v.b == 1)`,
		`sequence [any where true] as e [any where _arraysearch(e.a, $v, $v.b == 1)]`,
		`sequence by $v.a [any where true] [any where true]`,
	}},
	{title: "searches of arrays with a mapping", schema: true, dialect: ast.Endpoint, queries: []string{
		`any where _arraysearch(disk, $d, $d.name == "x")`, `any where _arraysearch(disks, $d, length($d.name) > "x" and cidrmatch($d.name, "::/99999"))`,
	}},
	{title: "names of steps", dialect: ast.Endpoint, queries: []string{
		`sequence [any where e.a == 1] as e [any where true]`, `sequence [any where e.a == 1] [any where true] as e`,
		`sequence [any where true] as e [any where e == 1]`, `sequence [any where true] as e [any where true] as e`,
		`sequence by e.a [any where true] as e [any where true]`, `sequence [any where true] as e by a [any where true] by e.a`,
		`sequence [any where true] as e [any where true] until [any where e.a == b]`, `sequence [any where true] [any where true] until [any where true] as e`,
		`sequence with maxspan=1m [any where true] ![any where true] as e [any where e.a == b]`,
		`sequence [any where true] as e [any where descendant of [process where name == e.name]]`,
		`sequence [any where true] as e [any where e.b : 5 and length(e.c, 1) > 1]`,
	}},
	{title: "names of steps with a mapping", schema: true, dialect: ast.Endpoint, queries: []string{
		`sequence [any where true] as e [any where e.host.nam == host.name or e.user.id : "x"]`,
	}},
	{title: "descent of processes", dialect: ast.Endpoint, queries: []string{
		`process where child of [process where true]`, `process where event of [process where true]`,
		`process where descendant of [process where descendant of [process where true]]`,
		`process where descendant of [process where 5]`, `process where _arraysearch(a, $v, descendant of [process where $v.b == 1])`,
		`process where descendant of [process where true] > 5 + true`,
	}},
	{title: "ids", dialect: ast.Endpoint, queries: []string{`any where a in (1, b)`, `any where length(a) in ("x", 1)`, `any where a in~ (1, "x")`}},
}

// TestErrors compares the messages with testdata/errors.golden. Read them as
// somebody who has made that mistake.
func TestErrors(t *testing.T) {
	const golden = "testdata/errors.golden"
	mapping, err := schema.FromMapping([]byte(index))
	require.NoError(t, err)
	var out strings.Builder
	for _, group := range wrong {
		out.WriteString("=== " + group.title + "\n\n")
		cfg := eval.Config{Dialect: group.dialect}
		if group.schema {
			cfg.Schema, cfg.StrictSchema = mapping, true
		}
		for _, text := range group.queries {
			out.WriteString(mistakes(t, text, cfg).Render() + "\n\n")
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), out.String(), "run the test with -update and look at the difference")
}

// mistakes returns what is wrong with a query.
func mistakes(t *testing.T, text string, cfg eval.Config) source.List {
	t.Helper()
	file := &source.File{Text: text}
	tree, err := parser.Parse(file, parser.Options{Dialect: cfg.Dialect})
	require.NoError(t, err, text)
	q, err := eval.Compile(tree, cfg)
	assert.Nil(t, q, text)
	var list source.List
	require.True(t, errors.As(err, &list), "%s compiles", text)
	for _, e := range list {
		assert.Same(t, file, e.File, text)
		assert.NotEmpty(t, e.Code, text)
		assert.True(t, e.Span.IsValid() && e.Span.End.Offset() <= len(text), text)
	}
	return list
}
