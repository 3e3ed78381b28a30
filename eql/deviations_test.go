package eql_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// A deviation shows one row of the README's table of what differs from
// Elasticsearch.
type deviation struct {
	topic string
	cases []deviationCase
	check func(t *testing.T) // what cases cannot show; may be nil
}

// A deviationCase is a query over documents and what comes of it: the ids of the
// events of each match, "-" being a missing one, or an error.
type deviationCase struct {
	query    string
	docs     []string // of doc
	want     []string
	err      string
	reported string // part of what WithOnError is told
	opts     []eql.Option
}

// doc is a document with some fields in JSON.
func doc(at any, category string, id int, fields string) string {
	if fields != "" {
		fields = ", " + fields
	}
	time := fmt.Sprint(at)
	if s, ok := at.(string); ok {
		time = `"` + s + `"`
	}
	return fmt.Sprintf(`{"@timestamp": %s, "event": {"category": %q}, "id": %d%s}`, time, category, id, fields)
}

// some are documents of one field each.
func some(values ...string) []string {
	var out []string
	for i, v := range values {
		field := ""
		if v != "" {
			field = `"f": ` + v
		}
		out = append(out, doc(i, "a", i+1, field))
	}
	return out
}

func shown(m eql.Match) string {
	var out []string
	for _, ev := range m.Events {
		if ev == nil {
			out = append(out, "-")
		} else {
			out = append(out, ev.Field("id").String())
		}
	}
	return strings.Join(out, " ")
}

func (c deviationCase) run(t *testing.T) {
	t.Helper()
	q, err := eql.Compile(c.query, c.opts...)
	if c.err != "" {
		require.ErrorContains(t, err, c.err, c.query)
		return
	}
	require.NoError(t, err, c.query)
	var reports []string
	s := eql.NewEngine(q).NewStream(eql.WithOnError(func(_ *eql.Query, err error) { reports = append(reports, err.Error()) }))
	var got []string
	take := func(m eql.Match) bool {
		got = append(got, shown(m))
		return true
	}
	for _, d := range c.docs {
		require.NoError(t, s.Push(eql.JSON([]byte(d)), take))
	}
	s.Close(take)
	assert.Equal(t, c.want, got, c.query)
	if c.reported == "" {
		assert.Empty(t, reports, c.query)
	} else {
		assert.Contains(t, strings.Join(reports, "\n"), c.reported, c.query)
	}
}

func lists(n int) string { return `"f": [` + strings.Repeat("1, ", n-1) + "2]" }

var deviations = []deviation{
	{"unknown fields", []deviationCase{
		{query: `any where f == null and not f == "x" and not ?f > 3 and ?f not in ("a")`, docs: some("", `"x"`), want: []string{"1"}},
		{query: `sequence by f [a where true] [a where true]`, docs: some("", "")},
		{query: `sequence by ?f [a where true] [a where true]`, docs: some("", ""), want: []string{"1 2"}},
	}, nil},
	{"types", []deviationCase{
		{query: `any where f == 5`, docs: some("5", `"5"`, "5.0"), want: []string{"1", "3"}},
		{query: `any where f == "5"`, docs: some("5", `"5"`), want: []string{"2"}},
		{query: `any where @timestamp >= "1970-01-01T00:00:00.001Z"`, docs: some("1", "2"), want: []string{"2"}},
	}, nil},
	{"comparing two fields", []deviationCase{
		{query: `any where f == g`, err: "1:16: a field cannot be compared with another field"},
		{query: `any where ?f == ?g`, docs: some("", "1"), want: []string{"1"}},
		{query: `any where length(g) == f`, docs: []string{doc(1, "a", 1, `"f": 2, "g": "ab"`), doc(2, "a", 2, `"f": 3, "g": "ab"`)}, want: []string{"1"}},
	}, nil},
	{"errors while running", []deviationCase{
		{query: `any where 10 / f > 1 or f == 0`, docs: some("0", "2"), want: []string{"1", "2"}, reported: "division by zero"},
		{query: `any where f + 1 > 0`, docs: some("9223372036854775807", "1"), want: []string{"2"}, reported: "overflow"},
		{query: `any where number(f) > 0`, docs: some(`"x"`, `"1"`), want: []string{"2"}, reported: `cannot convert "x"`},
	}, nil},
	{"`startsWith`, `endsWith`, `stringContains`", []deviationCase{
		{query: `any where startsWith(f, "a*")`, docs: some(`"a*b"`, `"ab"`), want: []string{"1"}},
		{query: `any where endsWith(f, "?b")`, docs: some(`"a?b"`, `"ab"`), want: []string{"1"}},
		{query: `any where stringContains~(f, "A*")`, docs: some(`"xa*b"`, `"xab"`, `""`), want: []string{"1"}},
		{query: `any where stringContains(f, "")`, docs: some(`"x"`)},
		{
			query: `any where stringContains(f, "a\\*") or endsWith(f, "?b")`, docs: some(`"xa*"`, `"xab"`, `"a"`), want: []string{"1", "2"},
			opts: []eql.Option{eql.WithWildcardFunctions()},
		},
	}, nil},
	{"patterns on function results", []deviationCase{
		{query: `any where concat(f, "") : "a*b?c"`, docs: some(`"a\n\nb\nc"`), want: []string{"1"}},
		{query: `any where concat(f, "") regex "^a.b$"`, docs: some(`"^a\nb$"`, `"a\nb"`), want: []string{"1"}},
	}, nil},
	{"case folding", []deviationCase{
		{query: `any where f : "é"`, docs: some(`"É"`, `"e"`), want: []string{"1"}},
		{query: `any where f in~ ("k", "σ")`, docs: some(`"\u212a"`, `"ς"`), want: []string{"1", "2"}},
		{query: `any where f like~ "i"`, docs: some(`"I"`, `"ı"`, `"İ"`), want: []string{"1"}},
	}, nil},
	{"null literals", []deviationCase{
		{query: `any where f in (null, 1)`, docs: some("", "1"), want: []string{"2"}},
		{query: `any where f not in (null, 1)`, docs: some("", "1", "2"), want: []string{"1", "3"}},
		{query: `any where f > null`, docs: some("", "1")},
		{query: `any where not f > null`, docs: some("", "1")},
	}, nil},
	{"address blocks", []deviationCase{
		{query: `any where cidrMatch(f, "::/0")`, docs: some(`"10.0.0.1"`, `"fe80::1"`), want: []string{"1", "2"}},
		{query: `any where cidrMatch(f, "fe80::/10")`, docs: some(`"10.0.0.1"`, `"fe80::1"`), want: []string{"2"}},
		{query: `any where cidrMatch(f, "::/0") == null`, docs: some(`"home"`, `"::1"`, ""), want: []string{"1", "3"}},
	}, nil},
	{"greedy `between`", []deviationCase{
		{query: `any where between(f, "[", "b", true) == ""`, docs: some(`"b[a"`, `"b[ab"`), want: []string{"1"}},
	}, nil},
	{"`-9223372036854775808`", []deviationCase{
		{query: `any where f == -9223372036854775808`, err: "1:16: integer overflow"},
		{query: `any where f == -9223372036854775807 - 1`, docs: some("-9223372036854775808"), want: []string{"1"}},
	}, nil},
	{"dates", []deviationCase{
		{query: `any where @timestamp == 1 and @timestamp == "1970-01-01T01:00:00.001+01:00"`, docs: some("1", "2"), want: []string{"2"}},
		{query: `any where @timestamp > "now-1d"`, err: "date math is not supported"},
		{query: `any where @timestamp > "2024-01-01||+1M"`, err: "date math is not supported"},
		{
			query: `any where f == "31-12-2023"`, docs: some(`"31-12-2023"`, `"2023-12-31"`, `"31/12/2023"`), want: []string{"1", "2"},
			opts: []eql.Option{eql.WithSchema(mapping(`{"properties": {"f": {"type": "date", "format": "dd-MM-yyyy"}}}`))},
		},
		{
			query: `any where f == "soon"`, err: `f is compared with "soon", which is no date`,
			opts: []eql.Option{eql.WithSchema(mapping(`{"properties": {"f": {"type": "date"}}}`))},
		},
		{
			query: `any where f > "2023"`, err: "not supported",
			opts: []eql.Option{eql.WithSchema(mapping(`{"properties": {"f": {"type": "date", "format": "weekyear_week"}}}`))},
		},
	}, nil},
	{"join keys", []deviationCase{
		{query: `sequence by f [a where true] [a where true]`, docs: some("5", "5.0", "5.5"), want: []string{"1 2"}},
		{query: `sequence by f [a where true] [a where true]`, docs: some(`["x", "x"]`, `["x", "x"]`), want: []string{"1 2"}},
		{
			query: `sequence by f [a where startsWith(g, f)] [b where true]`, want: []string{"1 2"},
			docs: []string{doc(1, "a", 1, `"f": "x", "g": "xy"`), doc(2, "b", 2, `"f": "x", "g": "z"`)},
		},
	}, nil},
	{"`until ![ ]`, `until ... with runs`, decimal `runs`, one step with `until`", []deviationCase{
		{query: `sequence with maxspan=1m [a where true] [b where true] until ![c where true]`, err: "until"},
		{query: `sequence [a where true] [b where true] until [c where true] with runs=2`, err: "until"},
		{query: `sequence [a where true] with runs=1.5 [b where true]`, err: "runs"},
		{query: `sequence [a where true] until [b where true]`, err: "at least two steps"},
	}, nil},
	{"`until`", []deviationCase{
		{query: `sequence [a where true] [b where true] until [a where f == 1]`, docs: []string{doc(1, "a", 1, `"f": 1`), doc(2, "b", 2, "")}},
		{query: `sequence [a where true] [b where true] until [a where f == 1]`, docs: []string{doc(1, "a", 1, ""), doc(2, "b", 2, "")}, want: []string{"1 2"}},
	}, nil},
	{"a missing step whose condition is never true", []deviationCase{
		{query: `sequence with maxspan=1m [a where true] ![m where false] [b where true]`, docs: []string{doc(1, "a", 1, ""), doc(2, "m", 2, ""), doc(3, "b", 3, "")}, want: []string{"1 - 3"}},
		{query: `sequence by ?k with maxspan=1m [a where true] ![m where true] [b where true]`, docs: []string{doc(1, "a", 1, ""), doc(2, "m", 2, ""), doc(3, "b", 3, "")}},
		{query: `sequence by ?k with maxspan=1m [a where true] ![m where true] [b where true]`, docs: []string{doc(1, "a", 1, ""), doc(2, "m", 2, `"k": 1`), doc(3, "b", 3, "")}, want: []string{"1 - 3"}},
	}, nil},
	{"missing events below a millisecond", []deviationCase{
		{
			query: `sequence with maxspan=1m [a where true] ![m where true] [b where true]`, want: []string{"1 - 3"},
			docs: []string{doc("2024-01-01T00:00:00.001000Z", "a", 1, ""), doc("2024-01-01T00:00:00.001500Z", "m", 2, ""), doc("2024-01-01T00:00:01Z", "b", 3, "")},
		},
		{
			query: `sequence with maxspan=1s [a where true] ![m where true]`, want: []string{"1 -"},
			docs: []string{doc("2024-01-01T00:00:00Z", "a", 1, ""), doc("2024-01-01T00:00:01.000000001Z", "m", 2, "")},
		},
	}, nil},
	{"`tail` over sequences", []deviationCase{
		{query: `sequence [a where true] with runs=2 | tail 2`, docs: some("1", "2", "3", "4", "5"), want: []string{"3 4", "4 5"}},
		{query: `sequence [a where true] with runs=2 | head 10 | tail 3`, docs: some("1", "2"), want: []string{"1 2"}},
		{query: `any where true | head 10 | tail 7`, docs: some("1", "2", "3", "4", "5"), want: []string{"1", "2", "3", "4", "5"}},
	}, nil},
	{"trailing missing events", nil, func(t *testing.T) {
		const query = `sequence with maxspan=10ms [a where true] ![m where true]`
		docs := []string{doc(1, "a", 1, ""), doc(5, "a", 2, ""), doc(11, "x", 3, ""), doc(12, "x", 4, ""), doc(13, "a", 5, "")}
		assert.Equal(t, [][]string{nil, nil, nil, {"1 -"}, nil, {"2 -", "5 -"}}, pushed(t, docs, query))
	}},
	{"samples", nil, func(t *testing.T) {
		docs := []string{doc(9, "a", 1, `"k": "x"`), doc(1, "b", 2, `"k": "x"`), doc(0, "a", 3, `"k": "x"`)}
		assert.Equal(t, [][]string{nil, nil, nil, {"3 2"}}, pushed(t, docs, `sample by k [a where true] [b where true]`))
	}},
	{"equal timestamps", []deviationCase{
		{query: `sequence [b where true] [a where true]`, docs: []string{doc(1, "a", 1, `"n": 2`), doc(1, "b", 2, `"n": 1`)}},
		{query: `sequence [b where true] [a where true]`, docs: []string{doc(1, "b", 1, ""), doc(1, "a", 2, "")}, want: []string{"1 2"}},
		{
			query: `sequence [b where true] [a where true]`, docs: []string{doc(1, "a", 1, `"n": 2`), doc(1, "b", 2, `"n": 1`)}, want: []string{"2 1"},
			opts: []eql.Option{eql.WithTiebreakerField("n")},
		},
	}, nil},
	{"events out of order", nil, func(t *testing.T) {
		docs := []string{doc(20, "b", 1, ""), doc(10, "a", 2, ""), doc(30, "b", 3, "")}
		const sequence = `sequence [a where true] [b where true]`
		var late []string
		onLate := eql.WithOnLate(func(ev eql.Event) { late = append(late, ev.Field("id").String()) })
		assert.Equal(t, [][]string{nil, nil, nil, nil}, pushed(t, docs, sequence, onLate))
		assert.Equal(t, []string{"2"}, late)
		assert.Equal(t, []string{"2 1"}, flat(pushed(t, docs, sequence, eql.WithLateness(10*time.Millisecond))))
		assert.Equal(t, []string{"1", "2", "3"}, flat(pushed(t, docs, `any where true`)))
	}},
	{"clocks", []deviationCase{
		{query: `sequence [a where true] [b where true]`, docs: []string{doc("2262-01-01", "x", 1, ""), doc(1, "a", 2, ""), doc(2, "b", 3, "")}},
		{query: `b where true`, docs: []string{doc("2262-01-01", "x", 1, ""), doc(1, "a", 2, ""), doc(2, "b", 3, "")}, want: []string{"3"}},
	}, func(t *testing.T) {
		docs := []string{doc("2262-01-01", "x", 1, ""), doc(1, "a", 2, ""), doc(2, "b", 3, "")}
		assert.Equal(t, []string{"2 3"}, flat(pushed(t, docs, `sequence [a where true] [b where true]`, eql.WithMaxJump(time.Hour, 3))))
	}},
	{"memory", nil, func(t *testing.T) {
		docs := []string{doc(1, "a", 1, ""), doc(2, "a", 2, ""), doc(3, "b", 1, ""), doc(4, "b", 2, "")}
		const sequence = `sequence by id [a where true] [b where true]`
		evicted := 0
		onEvict := eql.WithOnEvict(func(eql.NearMiss) { evicted++ })
		assert.Equal(t, []string{"1 1", "2 2"}, flat(pushed(t, docs, sequence)))
		assert.Equal(t, []string{"2 2"}, flat(pushed(t, docs, sequence, eql.WithLimits(eql.Limits{PerQuery: 1}), onEvict)))
		assert.Equal(t, 1, evicted)
		docs[3] = doc(2000, "b", 2, "")
		assert.Equal(t, []string{"1 1"}, flat(pushed(t, docs, sequence, eql.WithDefaultMaxSpan(time.Second))))
	}},
	{"positions inside a surrogate pair", []deviationCase{
		{query: `any where substring(f, 1) == "b" and substring(f, 2) == "b" and length(f) == 3`, docs: some(`"😀b"`), want: []string{"1"}},
	}, nil},
	{"several values", []deviationCase{
		{query: `any where f + f == 4`, docs: []string{doc(1, "a", 1, lists(200))}, want: []string{"1"}},
		{query: `any where f + f == 4`, docs: []string{doc(1, "a", 1, lists(300))}, reported: "too many combinations"},
		{query: `sequence by f, g [a where true] [a where true]`, reported: "join keys", docs: []string{
			doc(1, "a", 1, numbered("f", 0, 100)+", "+numbered("g", 0, 100)), doc(2, "a", 2, `"f": 99, "g": 99`),
		}},
	}, nil},
	{"regular expressions", nil, luceneOperators},
	{"regular expressions that explode", []deviationCase{
		{query: "any where\n f regex (\"a\", \"(a|b)*a(a|b){600}\")", err: "2:16: invalid regular expression: the pattern is too complex"},
		{query: `any where f regex "(a|b)*a(a|b){60}"`, docs: some(`"ab`+strings.Repeat("a", 59)+`"`, `"bb`+strings.Repeat("b", 59)+`"`), want: []string{"1"}},
	}, nil},
}

// numbered is a field with the numbers from low to high-1.
func numbered(field string, low, high int) string {
	var out []string
	for n := low; n < high; n++ {
		out = append(out, fmt.Sprint(n))
	}
	return fmt.Sprintf("%q: [%s]", field, strings.Join(out, ", "))
}

func mapping(text string) *schema.Mapping {
	m, err := schema.FromMapping([]byte(text))
	if err != nil {
		panic(err)
	}
	return m
}

// pushed returns the matches that each event brings, and then those of the end.
func pushed(t *testing.T, docs []string, query string, opts ...eql.StreamOption) [][]string {
	t.Helper()
	q, err := eql.Compile(query)
	require.NoError(t, err)
	s := eql.NewEngine(q).NewStream(opts...)
	out := make([][]string, len(docs)+1)
	for i, d := range docs {
		require.NoError(t, s.Push(eql.JSON([]byte(d)), func(m eql.Match) bool {
			out[i] = append(out[i], shown(m))
			return true
		}))
	}
	s.Close(func(m eql.Match) bool {
		out[len(docs)] = append(out[len(docs)], shown(m))
		return true
	})
	return out
}

func flat(lists [][]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// luceneOperators has for each operator of Lucene's syntax what it matches and
// what not, or the error.
func luceneOperators(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
		err     string
		at      int // column of the error
	}{
		{pattern: "ab|cd", yes: []string{"ab", "cd"}, no: []string{"abcd", "abd", ""}},
		{pattern: "a.*&.*b", yes: []string{"ab", "axb"}, no: []string{"a", "b", "ba"}},
		{pattern: "a~(bc)d", yes: []string{"ad", "abd", "abcbcd"}, no: []string{"abcd", "a"}},
		{pattern: "~a", yes: []string{"", "b", "aa"}, no: []string{"a"}},
		{pattern: "a.c", yes: []string{"abc", "a\nc", "a😀c"}, no: []string{"ac", "abbc"}},
		{pattern: "ab?", yes: []string{"a", "ab"}, no: []string{"abb"}},
		{pattern: "ab*", yes: []string{"a", "abbb"}, no: []string{"b"}},
		{pattern: "ab+", yes: []string{"ab", "abbb"}, no: []string{"a"}},
		{pattern: "a{2}", yes: []string{"aa"}, no: []string{"a", "aaa"}},
		{pattern: "a{2,}", yes: []string{"aa", "aaaa"}, no: []string{"a"}},
		{pattern: "a{1,2}", yes: []string{"a", "aa"}, no: []string{"", "aaa"}},
		{pattern: "[ab-d]", yes: []string{"a", "c"}, no: []string{"e", "-"}},
		{pattern: "[^ab-d]", yes: []string{"e", "\n"}, no: []string{"a", "c", ""}},
		{pattern: `"a.b*"`, yes: []string{"a.b*"}, no: []string{"axb"}},
		{pattern: "()", yes: []string{""}, no: []string{"a"}},
		{pattern: "(ab)+", yes: []string{"abab"}, no: []string{"aba"}},
		{pattern: "@", yes: []string{"", "x\ny"}},
		{pattern: "a@&@b", yes: []string{"ab", "a\nb"}, no: []string{"a"}},
		{pattern: "#", no: []string{"", "#", "a"}},
		{pattern: "a|#", yes: []string{"a"}, no: []string{"#"}},
		{pattern: "<7-12>", yes: []string{"7", "007", "12"}, no: []string{"6", "13", "<7-12>"}},
		{pattern: "<07-12>", yes: []string{"07", "12"}, no: []string{"7", "007"}},
		{pattern: `\d\w\s`, yes: []string{"1_ "}, no: []string{"a_ ", "1- "}},
		{pattern: `\D\W\S`, yes: []string{"a-b"}, no: []string{"1-b"}},
		{pattern: `\.\*\[`, yes: []string{".*["}, no: []string{"a"}},
		{pattern: "^a$", yes: []string{"^a$"}, no: []string{"a"}},
		{pattern: ".*?", yes: []string{"", "ab"}},
		{pattern: "(?i)a", yes: []string{"?ia"}, no: []string{"a", "A"}},
		{pattern: "<name>", err: "there are no named", at: 19},
		{pattern: `\n`, err: "unknown escape", at: 19},
		{pattern: "a{,5}", err: "expected a number", at: 24},
		{pattern: "a|", err: "ends where something to match is expected", at: 24},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			q, err := eql.Compile(`any where f regex """` + c.pattern + `"""`)
			if strings.HasSuffix(c.pattern, `"`) { // which a raw string cannot end with
				q, err = eql.Compile(`any where f regex "` + strings.ReplaceAll(c.pattern, `"`, `\"`) + `"`)
			}
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				var list eql.List
				require.ErrorAs(t, err, &list)
				assert.Equal(t, c.at, list[0].Position().Column)
				return
			}
			require.NoError(t, err)
			engine := eql.NewEngine(q)
			for text, want := range verdicts(c.yes, c.no) {
				assert.Len(t, run(t, engine, []eql.Event{eql.Map{"f": text}}), want, "%q", text)
			}
		})
	}
}

func verdicts(yes, no []string) map[string]int {
	out := make(map[string]int)
	for _, s := range yes {
		out[s] = 1
	}
	for _, s := range no {
		out[s] = 0
	}
	return out
}

// TestDeviations shows each row of the table.
func TestDeviations(t *testing.T) { showAll(t, deviations) }

func showAll(t *testing.T, list []deviation) {
	t.Helper()
	for _, d := range list {
		t.Run(d.topic, func(t *testing.T) {
			for _, c := range d.cases {
				c.run(t)
			}
			if d.check != nil {
				d.check(t)
			}
		})
	}
}

// TestDeviationsAreComplete wants a deviation for each row of the table, and a
// row for each deviation.
func TestDeviationsAreComplete(t *testing.T) {
	complete(t, "Where it differs from Elasticsearch", deviations)
}

func complete(t *testing.T, title string, list []deviation) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(readme), "\n## "+title)
	require.True(t, ok)
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []string
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, " | "); len(cells) > 1 && cells[0] != "| topic" {
			rows = append(rows, strings.TrimPrefix(cells[0], "| "))
		}
	}
	require.NotEmpty(t, rows)
	var topics []string
	for _, d := range list {
		assert.True(t, len(d.cases) > 0 || d.check != nil, d.topic)
		topics = append(topics, d.topic)
	}
	assert.ElementsMatch(t, rows, topics)
}
