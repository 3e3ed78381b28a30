package evaltest_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/evaltest"
)

// matches reports whether an event passes a condition.
func matches(t *testing.T, condition, doc string) bool {
	t.Helper()
	var d map[string]any
	decode(t, doc, &d)
	got, err := evaltest.Evaluate(parse(t, "any where "+condition), []map[string]any{d}, evaltest.Options{})
	require.NoError(t, err, condition)
	return len(got) == 1
}

// conditions are run over one event; some match and some do not.
func conditions(t *testing.T, doc string, yes, no []string) {
	t.Helper()
	for _, c := range yes {
		assert.True(t, matches(t, c, doc), "%s must match %s", c, doc)
	}
	for _, c := range no {
		assert.False(t, matches(t, c, doc), "%s must not match %s", c, doc)
	}
}

func TestAtomsAndNegation(t *testing.T) {
	tests := []struct {
		condition             string
		missing, one, several bool // for no f, f = 5, f = [5, 9]
	}{
		{"f == 5", false, true, true},
		{"f != 5", true, false, false},
		{"f > 7", false, false, true},
		{"not f > 7", true, true, false},
		{"f in (1, 5)", false, true, true},
		{"f not in (1, 5)", true, false, false},
		{"f == null", true, false, false},
		{"null != f", false, true, true},
		{"f > 4 and f < 6", false, true, true},
		{"f > 6 and f < 8", false, false, true},
		{"f == 5 and f == 9", false, false, true},
		{"f + 1 > 9", false, false, true},
		{"not f + 1 > 9", true, true, false},
		{"f + f == 14", false, false, true},
		{"(f > 7) == false", true, true, false},
		{"(f > 7) != true", true, true, false},
		{"false != (f > 7)", false, false, true},
		{"(f > 1) == null", true, false, false},
		{"f in (null, 5)", false, true, true},
		{"f not in (null, 5)", true, false, false},
		{"f > null", false, false, false},
		{"not f > null", false, false, false},
		{"not (f > null and f == 7)", true, true, true},
		{"not (f > null or f == 5)", true, false, false},
		{"not (f > null and null)", false, false, false},
		{"not concat(f, null) : \"x\"", false, false, false},
		{"concat(f, null) == null", true, true, true},
		{"?f == ?g", true, false, false},
		{"?f != ?g", false, true, true},
		{"not null", false, false, false},
		{"null", false, false, false},
		{"null == null", true, true, true},
		{"null != null", false, false, false},
		{"5 != null", true, true, true},
		{"f : null", false, false, false},
		{"not f : null", false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.condition, func(t *testing.T) {
			assert.Equal(t, tt.missing, matches(t, tt.condition, `{}`), "missing")
			assert.Equal(t, tt.missing, matches(t, tt.condition, `{"f": []}`), "empty")
			assert.Equal(t, tt.one, matches(t, tt.condition, `{"f": 5}`), "one")
			assert.Equal(t, tt.several, matches(t, tt.condition, `{"f": [5, null, 9]}`), "several")
		})
	}
}

func TestConditions(t *testing.T) {
	doc := `{"a":"Foo", "n":5, "m":[1,9], "b":true, "ip":"10.1.2.3", "w":"x\ny", "big":9007199254740993,
		"u":18446744073709551615, "x":2.5, "o":[{"p":1},{"p":{"q":2}}], "o.p.q":3, "e":"😀b", "l":["x","y"]}`
	conditions(t, doc, []string{
		`a : "foo"`, `a : "F*"`, `a like~ "f??"`, `a in~ ("foo")`, `a : ("x", "fo*")`, `w : "x?Y"`,
		`z != "x"`, `z == null`, `not z : "x"`, `z > 1 or true`, `m == 1 and m == 9`, `m > 5 and m < 3`,
		`b`, `b == true`, `not z`, `z != false`, `n / 2 == 2`, `n % 3 == 2`, `n / 2.0 == 2.5`, `n == 5.0`,
		`-n / 2 == -2`, `-n % 3 == -2`, `big == 9007199254740993`, `u == 18446744073709551615`, `u > 9223372036854775807`,
		`u / 2 == 9223372036854775807`, `(u + 1) == null`, `(9223372036854775807 + 1) == null`, `n / 0 == null`, `x / 0 > 1e300`,
		`o.p == 1`, `o.p.q == 2`, `o.p.q == 3`, `concat(l, l) == "xy"`,
		`a regex "F.*"`, `a regex~ "foo"`, `a regex "Fo{2}"`, `a regex "~(bar)"`, `a regex~ "[f]oo"`, `w regex "x.y"`,
		`length(a) == 3`, `length(e) == 3`, `indexOf(a, "z") == null`, `indexOf(e, "b") == 2`, `indexOf(a, "", 9) == 3`, `indexOf(a, "o", 2) == 2`,
		`startswith(a, "Fo")`, `startsWith~(a, "fO")`, `endsWith(a, "")`, `stringContains~(a, "OO")`,
		`cidrMatch(ip, "10.0.0.0/8")`, `cidrMatch(ip, "::ffff:10.0.0.0/104")`, `cidrMatch(ip, "::/0")`, `not cidrMatch(z, "10.0.0.0/8")`,
		`concat(a, n) == "Foo5"`, `concat(a, z) == null`, `substring(a, -2) == "oo"`, `substring(a, -99) == "Foo"`, `substring(a, 2, 1) == ""`,
		`string(n) == "5"`, `string(2.0) == "2.0"`, `string(1e7) == "1.0E7"`, `string(0.00012) == "1.2E-4"`, `string(123456.7) == "123456.7"`,
		`number("0x10") == 16`, `number("FF", 16) == 255`, `number("077", 8) == 63`, `number("077") == 77`, `number(" 12.5d") == 12.5`, `number("0XFF") == null`,
		`number("NaN") != 5`, `between(a, "F", "o") == ""`, `between("a.b.c.d", ".", ".", true) == "b.c"`, `between~("AbC", "a", "c") == "b"`,
		`between("abc", "", "c") == "abc"`, `between("b.a", "a", "b", true) == ""`, `string(indexOf(a, "o")) == "1"`,
		`"ς" : "Σ"`, `"K" in~ ("k")`, `multiply(n, 2) == 10`, `"a" < "b"`, `"B" < "a"`,
	}, []string{
		`a == "foo"`, `a like "f*"`, `a like "Fo"`, `a in ("foo")`, `a in~ ("f*")`, `z < 1 and true`, `m != 1`, `b == false`, `b != true`,
		`z`, `z == false`, `a regex "F"`, `a regex "^Foo$"`, `a regex~ "[e-g]oo"`, `stringContains(a, "")`, `a == 5`, `n == "5"`, `n : "5"`,
		`big == 9007199254740992`, `u == 1.8446744073709552e19`, `"a*" : "ab"`, `number("NaN") == number("NaN")`, `number("NaN") > 1`,
		`a`, `5 == null`, `"İ" : "i"`, `stringContains("", "")`, `cidrMatch(a, "10.0.0.0/8")`, `cidrMatch(ip, "fd00::/8")`,
	})
}

func TestLuceneRegexp(t *testing.T) {
	tests := []struct {
		pattern string
		yes, no string // words
	}{
		{`ab|c`, "ab c", "a abc"},
		{`a.c&.b.`, "abc", "acc abcd"},
		{`~(ab)c`, "c abbc ac", "abc ab"},
		{`~a`, "b aa", "a"},
		{`(a|b)*c?`, "abab c abc", "cc abd"},
		{`a{2}`, "aa", "a aaa"},
		{`a{2,}`, "aa aaaa", "a"},
		{`a{1,2}b`, "ab aab", "b aaab"},
		{`a*?`, "a aaa", "b"},
		{`#|b`, "b", "a #"},
		{`a@`, "a abc", "ba"},
		{`"a.*"b`, "a.*b", "axb aab"},
		{`()a()`, "a", "()a()"},
		{`\d+\D`, "12x", "123 x1"},
		{`\w\W`, "a- _é", "-a ab"},
		{`[^a]`, "b é", "a bb"},
		{`[]a]+`, "a]", "b"},
		{`[-a]+`, "-a", "b"},
		{`[\w-.]+`, "a-.b", "é"},
		{`[\.-\:]`, ". / 5 :", "- ;"},
		{`<7-19>`, "7 19 0007 8", "6 20 a"},
		{`<07-19>`, "07 19", "7 007 20"},
		{`<19-7>`, "7 19 007", "6 20"},
		{`^a$`, "^a$", "a"},
		{`*a`, "*a", "a aa"},
		{`(?i)a`, "?ia", "a A"},
		{`(|a)b`, "|ab", "b ab |b"},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			for _, word := range strings.Fields(tt.yes) {
				assert.True(t, regexMatches(t, tt.pattern, word), "%s must match", word)
			}
			for _, word := range strings.Fields(tt.no) {
				assert.False(t, regexMatches(t, tt.pattern, word), "%s must not match", word)
			}
		})
	}
	assert.True(t, regexMatches(t, "", ""))
	assert.False(t, regexMatches(t, "", "a"))
	assert.True(t, regexMatches(t, "(~(ab))*", "abababc"))
	for _, bad := range []string{`a|`, `a\`, `a)`, `(a`, `[a-]`, `[a`, `\n`, `a{,5}`, `a{2,1}`, `<name>`, `<1-2`, `"a`, `a&`, `~`} {
		_, err := evaltest.Evaluate(regexQuery(t, bad), nil, evaltest.Options{})
		assert.Error(t, err, bad)
	}
}

func regexQuery(t *testing.T, pattern string) *ast.Query {
	return parse(t, "any where f regex "+strconv.Quote(pattern))
}

func regexMatches(t *testing.T, pattern, s string) bool {
	t.Helper()
	got, err := evaltest.Evaluate(regexQuery(t, pattern), []map[string]any{{"f": s}}, evaltest.Options{})
	require.NoError(t, err)
	return len(got) == 1
}

// stream makes events of a text such as "A1 B2.5 AU3 A4:x": letters that the
// event has, seconds, and a key.
func stream(text string) (docs []map[string]any) {
	for _, word := range strings.Fields(text) {
		name, key, _ := strings.Cut(word, ":")
		letters := strings.TrimRight(name, "0123456789.")
		seconds, _ := strconv.ParseFloat(name[len(letters):], 64)
		doc := map[string]any{"@timestamp": int64(seconds * 1000), "is": toAny(strings.Split(letters, "")), "name": name}
		if key != "" {
			doc["key"] = toAny(strings.Split(key, "+"))
		}
		docs = append(docs, doc)
	}
	return docs
}

func toAny(list []string) (out []any) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

func TestSequences(t *testing.T) {
	// A capital letter in brackets is a step that wants that letter.
	letters := regexp.MustCompile(`\[([A-Z])\]`)
	tests := []struct{ query, events, want string }{
		{"[A][B]", "A1 A2 B3", "A2 B3"},
		{"[A][B]", "A1 B2 B3", "A1 B2"},
		{"[A][B]", "A1 B2 A3 B4", "A1 B2; A3 B4"},
		{"[A][B][C]", "A1 B2 A3 B4 C5", "A3 B4 C5"},
		{"[A][B][C]", "A1 B2 A3 C4", "A1 B2 C4"},
		{"[A][B][C]", "A1 B2 C3 B4", "A1 B2 C3"},
		{"[A][B][C]", "A1 B2 A3 C4 B5 C6", "A1 B2 C4; A3 B5 C6"},
		{"[A][B][C]", "A1 C2 B3 A4 B5 C6", "A4 B5 C6"},
		{"[any where true][any where true][any where true]", "A1 A2 A3 A4 A5", "A1 A2 A3; A2 A3 A4; A3 A4 A5"},
		{"[A] with runs=3", "A1 A2 A3 A4", "A1 A2 A3; A2 A3 A4"},
		{"[A] with runs=2 [B]", "A1 A2 A3 B4", "A2 A3 B4"},
		{"[any where true][A]", "A1 A2 A3", "A1 A2; A2 A3"},
		{"[A][B]", "A1 B1", "A1 B1"},
		{"[A][B]", "B1 A1", ""},
		{"with maxspan=2s [A][B]", "A1 A2 B4", "A2 B4"},
		{"with maxspan=2s [A][B]", "A1 B4 B5", ""},
		{"with maxspan=10s [A][B][C]", "A0 B6 C10", "A0 B6 C10"},
		{"with maxspan=10s [A][B][C]", "A0 B6 C10.001", ""},
		{"[A][B] until [U]", "A1 U2 B3", ""},
		{"[A][B] until [U]", "A1 U2 A3 B4", "A3 B4"},
		{"[A][B] until [U]", "A1 B2 U3", "A1 B2"},
		{"[A][B] until [U]", "AU1 B2", ""},
		{"[A][B] until [U]", "A1 BU2", "A1 BU2"},
		{"[A][B] until [U]", "A1 A2 U3 B4 B5", ""},
		{"by key [A][B] until [U]", "A1:x U2:y B3:x", "A1 B3"},
		{"by key [A][B] until [U]", "A1:x U2 B3:x", "A1 B3"},
		{"by key [A][B]", "A1:x+y B2:y B3:x", "A1 B2; A1 B3"},
		{"by key [A][B]", "A1:y+x B2:x+y", "A1 B2; A1 B2"},
		{"by key [A][B]", "A1 B2", ""},
		{"by ?key [A][B]", "A1 A2:x B3", "A1 B3"},
		{"[A] by key [B] by ?key", "A1 B2", ""},
		{"with maxspan=10m [A] ![M] [B]", "A0 M60 B120", ""},
		{"with maxspan=10m [A] ![M] [B]", "A0 M60 A90 B120", "A90 - B120"},
		{"with maxspan=10m [A] ![M] [B]", "A0 B120 M120", "A0 - B120"},
		{"with maxspan=10m [A] ![M]", "A0 M600", ""},
		{"with maxspan=10m [A] ![M]", "A0 M600.001", "A0 -"},
		{"with maxspan=10m [A] ![M]", "A0", "A0 -"},
		{"with maxspan=10m [A] [B] ![M]", "A0 B360 M660", "A0 B360 -"},
		{"with maxspan=10m [A] [B] ![M]", "A0 B360 M540", ""},
		{"with maxspan=10m ![M] [A]", "M0 A600", ""},
		{"with maxspan=10m ![M] [A]", "M0 A600.001", "- A600.001"},
		{"with maxspan=10m ![M] [A] [B]", "M0 A360 B660", "- A360 B660"},
		{"with maxspan=10m ![M] [A] [B]", "A0 M60 A120 B180", ""},
		{"with maxspan=10m ![M] [A] ![M]", "A0 M1", "- A0 -"},
		{"with maxspan=10m [A] ![M] [B] [C]", "A1 B2 A3 M4 B5 C6", ""},
		{"with maxspan=10m ![M] with runs=2 [A]", "A1", "- - A1"},
		{"by key with maxspan=10m [A] ![M] [B]", "A1:x M2:y M3 B4:x", "A1 - B4"},
		{"by key with maxspan=10m [A] ![M] [B]", "A1:x M2:y+x M3 B4:x", ""},
		{"with maxspan=19m ![M] [N] ![M]", "M0 N600.001 M1200 N1260 N1740 N1860", "- N600.001 -; - N1260 -; - N1740 -; - N1860 -"},
		{"with maxspan=21m ![M] [N] ![M]", "M0 N600.001 M1200 N1260 N1740 N1860", "- N1260 -; - N1740 -; - N1860 -"},
		{"[A][B] | head 2", "A1 B2 A3 B4 A5 B6", "A1 B2; A3 B4"},
		{"[A][B] | tail 2", "A1 B2 A3 B4 A5 B6", "A3 B4; A5 B6"},
		{"[A][B] | tail 2 | head 1", "A1 B2 A3 B4 A5 B6", "A3 B4"},
		{"[A][B] | head 10 | tail 1 + 1 | head 5", "A1 B2 A3 B4 A5 B6", "A3 B4; A5 B6"},
		{"[A][B] | head 0", "A1 B2", ""},
	}
	for _, tt := range tests {
		t.Run(tt.query+" "+tt.events, func(t *testing.T) {
			docs := stream(tt.events)
			query := "sequence " + letters.ReplaceAllString(tt.query, `[any where is == "$1"]`)
			results, err := evaltest.Evaluate(parse(t, query), docs, evaltest.Options{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, names(results, docs))
		})
	}
}

// names writes results in the form of the tables here.
func names(results []evaltest.Result, docs []map[string]any) string {
	var out []string
	for _, r := range results {
		var words []string
		for _, i := range r.Events {
			if i < 0 {
				words = append(words, "-")
			} else {
				words = append(words, docs[i]["name"].(string))
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "; ")
}

func TestOrderOfEvents(t *testing.T) {
	docs := []map[string]any{
		{"@timestamp": "1970-01-01T00:00:00.002Z", "name": "late"},
		{"@timestamp": 1, "name": "null"},
		{"@timestamp": 1, "tie": 2, "name": "two"},
		{"@timestamp": "1970-01-01T01:00:00.001+01:00", "tie": 1, "name": "one"},
		{"@timestamp": 1, "tie": 1, "name": "again"},
		{"name": "timeless"},
	}
	opts := evaltest.Options{TiebreakerField: "tie", Sort: true}
	got, err := evaltest.Evaluate(parse(t, "any where true"), docs, opts)
	require.NoError(t, err)
	assert.Equal(t, "one; again; two; null; late; timeless", names(got, docs))
	got, err = evaltest.Evaluate(parse(t, "sequence [any where true] [any where true] | tail 1"), docs, opts)
	require.NoError(t, err)
	assert.Equal(t, "null late", names(got, docs), "without a timestamp there is no sequence")
}

func TestKeysOfResults(t *testing.T) {
	docs := []map[string]any{
		{"@timestamp": 1, "k": []any{"b", 5.0, json.Number("18446744073709551615"), true, false, "B", 2.5, "b", nil}},
		{"@timestamp": 2, "k": []any{"b", 5, uint64(18446744073709551615), true, false, "B", 2.5}},
	}
	for _, query := range []string{"sequence by ?k [any where true] [any where true]", "sample by ?k [any where true] [any where true]"} {
		got, err := evaltest.Evaluate(parse(t, query), docs, evaltest.Options{})
		require.NoError(t, err)
		var keys []any
		for _, r := range got {
			assert.Equal(t, []int{0, 1}, r.Events)
			keys = append(keys, r.Keys...)
		}
		assert.Equal(t, []any{false, true, 2.5, int64(5), uint64(18446744073709551615), "B", "b"}, keys, query)
	}
}

func TestSamples(t *testing.T) {
	docs := []map[string]any{
		{"name": "1", "os": "r", "t": "a"},
		{"name": "2", "os": "r", "t": "b"},
		{"name": "3", "os": "r", "t": "a"},
		{"name": "4", "os": "w", "t": "a"},
		{"name": "5", "t": "a"},
		{"name": "6", "t": "b"},
	}
	tests := []struct {
		query string
		max   int
		want  string
	}{
		{`sample by os [any where t == "a"] [any where t == "b"]`, 0, "1 2"},
		{`sample by os [any where t == "a"] [any where t == "b"]`, 2, "1 2; 3 2"},
		{`sample by ?os [any where t == "a"] [any where t == "b"]`, 1, "5 6; 1 2"},
		{`sample by os [any where true] [any where t == "a"]`, 1, "1 3"},
		{`sample by os [any where true] [any where true] [any where true]`, 2, "1 2 3; 1 3 2"},
		{`sample by t [any where os == "w"] [any where os == "w"]`, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			got, err := evaltest.Evaluate(parse(t, tt.query), docs, evaltest.Options{MaxSamplesPerKey: tt.max})
			require.NoError(t, err)
			assert.Equal(t, tt.want, names(got, docs))
		})
	}
}

func TestCategories(t *testing.T) {
	docs := []map[string]any{
		{"name": "1", "event": map[string]any{"category": []any{"file", "process"}}},
		{"name": "2", "event.category": "process"},
		{"name": "3", "event.category": "Process"},
		{"name": "4", "event.category": "any"},
		{"name": "5"},
	}
	for query, want := range map[string]string{
		"process where true": "1; 2", `"any" where true`: "4", "any where true": "1; 2; 3; 4; 5", `"proc*" where true`: "",
	} {
		got, err := evaltest.Evaluate(parse(t, query), docs, evaltest.Options{})
		require.NoError(t, err)
		assert.Equal(t, want, names(got, docs), query)
	}
	got, err := evaltest.Evaluate(parse(t, "x where true"), []map[string]any{{"kind": "x"}}, evaltest.Options{CategoryField: "kind"})
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

func TestUnsupported(t *testing.T) {
	for _, query := range []string{
		"any where foo(a)", "any where length~(a) == 1", "any where length(a, b) == 1", "any where true | count", "any where true | head -1",
		"sequence by length(a) [any where true] [any where true]", "sequence [any where true] ![any where true]",
		"sequence with maxspan=1s ![any where true] ![any where true]", "sequence [any where true] by a [any where true]",
		`any where cidrMatch(a, "10.0.0.0/33")`, `any where cidrMatch(a, b)`, `any where not (a == 1 and b regex "(")`,
	} {
		_, err := evaltest.Evaluate(parse(t, query), nil, evaltest.Options{})
		assert.Error(t, err, query)
	}
	variable := &ast.Query{Body: &ast.EventFilter{Category: &ast.Category{Name: "any"}, Where: &ast.Field{Var: "x", Path: "a"}}}
	_, err := evaltest.Evaluate(variable, nil, evaltest.Options{})
	assert.Error(t, err)
}

func TestFoldingKeepsLength(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
			require.Equal(t, utf16.RuneLen(r), utf16.RuneLen(c), "%q %q", r, c)
		}
	}
}
