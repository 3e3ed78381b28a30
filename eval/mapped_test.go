package eval_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/parser"
)

const typedMapping = `{"properties": {
	"@timestamp": {"type": "date"},
	"event": {"properties": {"category": {"type": "keyword"}}},
	"k": {"type": "keyword"}, "n": {"type": "long"}, "x": {"type": "double"}, "b": {"type": "boolean"},
	"d": {"type": "date"}, "ip": {"type": "ip"}, "v": {"type": "version"},
	"t": {"type": "text"}, "tk": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
	"g": {"type": "geo_point"}, "o": {"properties": {"k": {"type": "keyword"}}},
	"nest": {"type": "nested", "properties": {"k": {"type": "keyword"}}}
}}`

// compileTyped compiles a condition for the mapping above.
func compileTyped(t *testing.T, condition string, strict bool) (*eval.Query, error) {
	t.Helper()
	m, err := schema.FromMapping([]byte(typedMapping))
	require.NoError(t, err)
	tree, err := parser.Parse(&source.File{Text: "any where " + condition}, parser.Options{})
	require.NoError(t, err)
	return eval.Compile(tree, eval.Config{Schema: m, StrictSchema: strict})
}

// TestTypedFields compares fields with literals, which take on the type of the
// field.
func TestTypedFields(t *testing.T) {
	for _, tt := range []struct {
		condition, doc string
		want           bool
	}{
		{`k == "5"`, `{"k": 5}`, true},
		{`k == 5`, `{"k": "5"}`, true},
		{`k in ("5", "6")`, `{"k": "6"}`, true},
		{`n == "5"`, `{"n": 5}`, true},
		{`n == "18446744073709551615"`, `{"n": 5}`, false},
		{`n > "4.5"`, `{"n": 5}`, true},
		{`n in (4, 5.0)`, `{"n": "5"}`, true},
		{`x == 5`, `{"x": "5.0"}`, true},
		{`b == "true"`, `{"b": true}`, true},
		{`b`, `{"b": "true"}`, true},
		{`b in (true)`, `{"b": "true"}`, true},

		{`d == "2024-05-01"`, `{"d": "2024-05-01T23:59:59.999Z"}`, true},
		{`d == "2024-05-01"`, `{"d": "2024-05-02"}`, false},
		{`d == "2024-05-01T10"`, `{"d": "2024-05-01T10:30:00Z"}`, true},
		{`d == "2024-05-01T10:30"`, `{"d": "2024-05-01T10:30:59Z"}`, true},
		{`d == "2024-05-01T10:30:05"`, `{"d": "2024-05-01T10:30:05.5Z"}`, true},
		{`d == "2024-05-01T10:30:05.5"`, `{"d": "2024-05-01T10:30:05.500999Z"}`, true},
		{`d == "2024-05-01T10:30:05.500123"`, `{"d": "2024-05-01T10:30:05.500123999Z"}`, true},
		{`d == "2024-05-01T10:30:05.500123456Z"`, `{"d": "2024-05-01T10:30:05.500123456Z"}`, true},
		{`d == 1714559405500`, `{"d": "2024-05-01T10:30:05.500999Z"}`, true},
		{`d == "1714559405500"`, `{"d": 1714559405500}`, true},
		{`d > "2024-05-01"`, `{"d": "2024-05-01T12:00:00Z"}`, false},
		{`d >= "2024-05-01"`, `{"d": "2024-05-01T00:00:00Z"}`, true},
		{`d <= "2024-05-01"`, `{"d": "2024-05-01T12:00:00Z"}`, true},
		{`d < "2024-05-01"`, `{"d": "2024-05-01T12:00:00Z"}`, false},
		{`"2024-05-01" < d`, `{"d": "2024-05-02T00:00:00Z"}`, true},
		{`d in ("2024-04-30", "2024-05-01")`, `{"d": "2024-05-01T12:00:00Z"}`, true},
		{`d == null`, `{"d": "soon"}`, true},
		{`(d == "2024-05-01") == null`, `{}`, true},
		{`string(d) == "2024-05-01T00:00:00.000Z"`, `{"d": "2024-05-01"}`, true},

		{`ip == "10.0.0.1"`, `{"ip": "::ffff:10.0.0.1"}`, true},
		{`ip == "10.0.0.0/8"`, `{"ip": "10.9.9.9"}`, true},
		{`ip == "10.0.0.0/8"`, `{"ip": "11.9.9.9"}`, false},
		{`ip in ("192.168.0.0/16", "10.0.0.1")`, `{"ip": "192.168.4.4"}`, true},
		{`ip in ("192.168.0.0/16", "10.0.0.1")`, `{"ip": "10.0.0.2"}`, false},
		{`ip > "10.0.0.9"`, `{"ip": "10.0.0.10"}`, true},
		{`cidrMatch(ip, "10.0.0.0/8")`, `{"ip": "10.0.0.1"}`, true},
		{`ip == null`, `{"ip": "home"}`, true},

		{`v > "1.9.0"`, `{"v": "1.10.0"}`, true},
		{`v < "1.9.0"`, `{"v": "1.9.0-beta"}`, true},
		{`v in ("1.0", "2.0")`, `{"v": "2.0"}`, true},
		{`tk == "a"`, `{"tk": "a"}`, true},
		{`o.k : "A*"`, `{"o": {"k": "ab"}}`, true},
		{`?unknown == null`, `{}`, true},
	} {
		q, err := compileTyped(t, tt.condition, true)
		require.NoError(t, err, tt.condition)
		for kind, wrap := range eventKinds {
			n := 0
			s := eval.NewEngine(q).NewStream()
			require.NoError(t, s.Push(wrap([]byte(tt.doc)), func(eval.Match) bool { n++; return true }))
			assert.Equal(t, tt.want, n == 1, "%s over %s as %s", tt.condition, tt.doc, kind)
		}
	}
}

// TestTypeErrors has conditions that types forbid.
func TestTypeErrors(t *testing.T) {
	for condition, want := range map[string]string{
		`n : "5"`:                      `1:11: ":" works on strings, but n is an integer`,
		`n in ("x")`:                   `1:11: n is an integer, but the list holds "x", which is a string`,
		`n in~ ("x")`:                  `1:11: in~ works on strings, but n is an integer`,
		`k in~ (1)`:                    `1:11: the list behind in~ may hold strings only, but 1 is an integer`,
		`k in (o.k)`:                   `1:11: the list behind in may hold constants only, but o.k is a field`,
		`k + 1 == 2`:                   `1:11: the operand of + must be a number, but k is a string`,
		`-k == 2`:                      `1:12: the operand of - must be a number, but k is a string`,
		`n`:                            `1:11: the condition must be boolean, but n is an integer`,
		`not n`:                        `1:15: the operand of not must be boolean, but n is an integer`,
		`b and d`:                      `1:17: the operand of and must be boolean, but d is a date`,
		`length(n) == 2`:               `1:11: the first argument of length must be a string, but n is an integer`,
		`substring(k, x) == "a"`:       `1:11: the second argument of substring must be an integer, but x is a number`,
		`cidrMatch(k, "10.0.0.0/8")`:   `1:11: the first argument of cidrMatch must be an ip, but k is a string`,
		`cidrMatch(ip, k)`:             `1:11: the second argument of cidrMatch must be a constant`,
		`cidrMatch(ip, "10.0.0.0/33")`: `1:25: cidrMatch:`,
		`n == "five"`:                  `1:16: n is compared with "five", which is no integer`,
		`b == "yes"`:                   `1:16: b is compared with "yes"`,
		`d == "soon"`:                  `1:16: d is compared with "soon"`,
		`ip == "home"`:                 `1:17: ip is compared with "home"`,
		`unknown == 1`:                 `1:11: unknown field unknown`,
		`ipp == "::1"`:                 `1:11: unknown field ipp`,
		`t == "a"`:                     `1:11: t cannot be compared exactly: it is analysed or normalised text without a keyword sub-field`,
		`g == 1`:                       `1:11: g cannot be used: fields of type geo_point are not supported`,
		`o == 1`:                       `1:11: o is an object`,
		`nest.k == "a"`:                `1:11: nest.k cannot be used: it lies in the nested field nest`,
		`d == "now-1d"`:                `1:16: date math is not supported: a stream has no present`,
		`d > "2024-05-01||/d"`:         `1:15: date math is not supported`,
	} {
		_, err := compileTyped(t, condition, true)
		require.Error(t, err, condition)
		assert.Contains(t, err.Error(), want)
	}
}

// TestFields has all that a query reads.
func TestFields(t *testing.T) {
	for query, want := range map[string][]string{
		`any where true`: {"@timestamp", "event.category"},
		`any where length(concat(a, b)) + -c * 2 > d.e - 1`:                                            {"@timestamp", "a", "b", "c", "d.e", "event.category"},
		`any where a == 1 or not (b : "x" and c in (1, 2)) or d == null or ?e == ?f or g regex "x"`:    {"@timestamp", "a", "b", "c", "d", "e", "event.category", "f", "g"},
		`any where @timestamp == "2024-01-01" and string(@timestamp) == "x"`:                           {"@timestamp", "event.category"},
		`sequence by k [any where a == 1] by l [any where b == 1] by ?m until [any where c == 1] by n`: {"@timestamp", "a", "b", "c", "event.category", "k", "l", "m", "n"},
	} {
		assert.Equal(t, want, compile(t, query).Fields(), query)
	}
	q := compileWith(t, "any where a == 1", eval.Config{TimestampField: "time", TiebreakerField: "seq", CategoryField: "kind"})
	assert.Equal(t, []string{"a", "kind", "seq", "time"}, q.Fields())
}

// identified is an event that knows its id.
type identified struct {
	event.Map
	id string
}

func (e identified) EventID() string { return e.id }

// TestMatchID wants the same id for the same events, whatever form they have,
// and different ones for different events, queries and places.
func TestMatchIDOfForms(t *testing.T) {
	q := compile(t, `any where a == 1`)
	id := func(q *eval.Query, events ...eval.Event) string {
		return eval.Match{Query: q, Events: events}.ID()
	}
	one, two := []byte(`{"a": 1, "b": {"c": 2}}`), []byte(`{"b":{"c":2},"a":1}`)
	assert.Len(t, id(q, event.JSON(one)), 32)
	assert.Equal(t, id(q, event.JSON(one)), id(q, event.JSON(two)), "order of keys")
	assert.Equal(t, id(q, event.JSON(one)), id(q, decoded(two)), "decoded")
	assert.Equal(t, id(q, opaque{decoded(one)}), id(q, opaque{event.Map{"a": 1, "z": 2}}), "fields that the query does not read")
	assert.Equal(t, id(q, identified{event.Map{"a": 1}, "x"}), id(q, identified{event.Map{"a": 2}, "x"}))
	different := []string{
		id(q, event.JSON(one)),
		id(q, event.JSON([]byte(`{"a": 1}`))),
		id(q, event.JSON([]byte(`no JSON`))),
		id(q, opaque{decoded(one)}),
		id(q, opaque{event.Map{"a": 2}}),
		id(q, identified{event.Map{"a": 1}, "x"}),
		id(q, identified{event.Map{"a": 1}, "y"}),
		id(compile(t, `any where a == 1 or false or b == 2`), event.JSON(one)),
		id(compileWith(t, `any where a == 1`, eval.Config{ID: "named"}), event.JSON(one)),
		id(q, nil, event.JSON(one)),
		id(q, event.JSON(one), nil),
	}
	seen := make(map[string]int)
	for i, x := range different {
		assert.NotContains(t, seen, x, "%d", i)
		seen[x] = i
	}
}
