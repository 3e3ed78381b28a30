package op_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
)

// A comparison is a condition in two forms: as the Builder makes it and as it is
// computed plainly.
type comparison struct {
	query  string
	layout *event.Layout
	atoms  []plan.Expr
	quick  []op.Pred // of the atoms, then of the whole condition
	plain  []op.Pred
}

func newComparison(t *testing.T, query string) *comparison {
	t.Helper()
	tree, err := parser.Parse(&source.File{Text: query}, parser.Options{})
	require.NoError(t, err, query)
	functions := &fn.Registry{}
	for _, f := range builtin.All() {
		require.NoError(t, functions.Add(f))
	}
	q, err := plan.New(tree, plan.Options{
		Functions: functions, Size: -1, MaxSamples: 1, Memo: &plan.Memo{},
		CategoryField: "event.category", TimestampField: "@timestamp",
	})
	if err != nil && strings.Contains(err.Error(), "too complex") {
		return nil
	}
	require.NoError(t, err, query)
	c := &comparison{query: query, layout: event.NewLayout()}
	b := &op.Builder{Layout: c.layout, Slot: func(l *event.Layout, f *plan.Field) event.Slot {
		return l.AddTyped(f.Path, event.SlotOptions{Scalars: true})
	}}
	cond := q.Steps[0].Cond
	op.Atoms(cond, func(x plan.Expr) { c.atoms = append(c.atoms, x) })
	for _, x := range c.atoms {
		require.True(t, op.IsTestAgrees(x), plan.Format(x))
	}
	for _, x := range append(c.atoms, cond) {
		c.quick, c.plain = append(c.quick, b.Condition(x)), append(c.plain, b.Plain(x))
	}
	return c
}

// check compares the answers and the errors for an event.
func (c *comparison) check(t *testing.T, ev event.Event) {
	t.Helper()
	for i := range c.quick {
		var errs [2][]string
		var answers [2]bool
		for j, p := range []op.Pred{c.quick[i], c.plain[i]} {
			rec := event.NewRecord(c.layout)
			require.NoError(t, rec.Fill(ev))
			ctx := op.Ctx{Rec: rec, OnError: func(err error) { errs[j] = append(errs[j], err.Error()) }}
			answers[j] = p.Test(&ctx)
		}
		what := "the whole"
		if i < len(c.atoms) {
			what = plan.Format(c.atoms[i])
		}
		require.Equal(t, answers[1], answers[0], "%s\n%s\nof %v, by a %T", c.query, what, ev, c.quick[i])
		require.Equal(t, errs[1], errs[0], "errors of %s\n%s\nof %v", c.query, what, ev)
	}
}

// conditions are of every form that has an operator of its own.
var conditions = []string{
	`a == "ab"`, `a == "windows"`, `a == "connection_attempted"`, `a == ""`, `a != "Ab"`, `a : "AB"`, `a : "é"`, `a : "\u{212a}"`,
	`a in ("ab", "b", "windows")`, `a in~ ("AB", "É", "windows", "x")`, `not a in~ ("AB", "\u{212a}")`,
	`a : ("*ab", "*.EXE")`, `a : ("ab*", "?:\\ab*", "?:\\b")`, `a like ("*a*b*", "ab?", "*é*")`, `a like~ ("*A*", "*k*")`, `a : "?:\\ab.exe"`,
	`a : ("?:\\ab.exe", "?:\\b.exe", "*é")`, `a : "*"`, `a : "?*"`, `a regex "a.*"`, `a regex~ "(a|b)+.*"`, `a regex~ ("ab", "a.b")`,
	`n == 1`, `n == 1.0`, `n != 2`, `n < 1`, `n <= 1.5`, `n > -9223372036854775807`, `n >= 9223372036854775807`, `n in (1, 2, 3)`,
	`n in (1, 2.5)`, `n in (1, "a")`, `not n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)`,
	`n == null`, `a != null`, `f == true`, `f != true`, `f`, `not f`,
	`startsWith(a, "ab")`, `startsWith~(a, "AB")`, `endsWith(a, ".exe")`, `endsWith~(a, "É")`, `stringContains(a, "b")`, `stringContains~(a, "\u{212a}")`,
	`stringContains~(a, "")`, `startsWith~(a, "")`, `endsWith~(a, "")`, `not startsWith(a, "ab")`, `endsWith~(a, "*")`, `stringContains~(a, "?")`,
	`startsWith(a, a)`, `startsWith~(a, b)`, `length(a) > 2`, `length(a) == 1`, `length(a) <= 3`, `length(a) != 2`, `length(a) >= 2.5`, `length(n) > 0`,
	`cidrMatch(i, "10.0.0.0/8", "fe80::/10")`, `not cidrMatch(i, "10.0.0.0/8")`, `cidrMatch(a, "::/0")`, `cidrMatch(n, "::/0")`,
	`number(a) == 1`, `a + 1 == 2`, `n / m == 1`, `n % 2 == 1`,
}

var texts = []any{
	"ab", "AB", "a", "b", "", "é", "É", "k", "K", "\u212a", "windows", "connection_attempted", `c:\ab.exe`, `C:\AB.exe`, `é:\ab.exe`, `c:\b`,
	`c:\b.exe`, "x.exe", "a*b", "?", "1", "0x1", "😀", "a😀", "\xff", "a\xff", "\xc3", "\xc3\xa9", strings.Repeat("ab", 300) + "é",
}

var numbers = []any{
	1, 2, 0, 18, -1, 1.0, 1.5, 0.5, 17.0, int64(1) << 62, json.Number("9223372036854775807"), json.Number("18446744073709551615"), -1e300, 1e300, 9007199254740993.0,
	"1", true, false,
}

var addresses = []any{"10.1.2.3", "11.1.2.3", "::1", "fe80::1", "::ffff:10.0.0.1", "fe80::1%eth0", "10.1.2", "", "x", 1}

// someOf returns one value, several, or none.
func someOf(r *rand.Rand, choices []any) any {
	switch n := r.IntN(6); n {
	case 0:
		return nil
	case 1, 2:
		list := make([]any, n+r.IntN(3))
		for i := range list {
			list[i] = choices[r.IntN(len(choices))]
		}
		return list
	default:
		return choices[r.IntN(len(choices))]
	}
}

// someDoc returns a document whose fields mostly hold what conditions expect.
func someDoc(r *rand.Rand) event.Map {
	flags := []any{true, false, "true", 1}
	doc := event.Map{
		"a": someOf(r, texts), "b": someOf(r, texts), "n": someOf(r, numbers), "m": someOf(r, numbers),
		"f": someOf(r, flags), "i": someOf(r, addresses),
	}
	if r.IntN(3) == 0 {
		mixed := slices.Concat(texts, numbers, flags, addresses)
		for _, field := range []string{"a", "b", "n", "m", "f", "i"} {
			doc[field] = someOf(r, mixed)
		}
	}
	return doc
}

func TestPredicatesAgainstPlainOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, cond := range conditions {
		c := newComparison(t, "any where "+cond)
		for range 300 {
			c.check(t, someDoc(r))
		}
	}
}

// Operands change places, but errors are reported as if they did not.
func TestOrderOfOperands(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 150 {
		c := newComparison(t, "any where "+someLogic(r, 3))
		for range 20 {
			c.check(t, someDoc(r))
		}
	}
}

func someLogic(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return conditions[r.IntN(len(conditions))]
	}
	operands := make([]string, 2+r.IntN(4))
	for i := range operands {
		operands[i] = someLogic(r, depth-1)
	}
	s := "(" + strings.Join(operands, []string{" and ", " or "}[r.IntN(2)]) + ")"
	if r.IntN(3) == 0 {
		return "not " + s
	}
	return s
}

// Conditions that are made up know nothing of the operators above.
func TestPredicatesOfAnyForm(t *testing.T) {
	g := evaltest.NewGen(rand.New(rand.NewPCG(3, 3)))
	for range 2000 {
		query := g.EventQuery()
		c := newComparison(t, query)
		if c == nil {
			continue
		}
		for _, doc := range g.DocsFor(query, 8) {
			c.check(t, event.Map(doc))
		}
	}
}

func FuzzPredicates(f *testing.F) {
	f.Add(uint64(1), "ab")
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		r := rand.New(rand.NewPCG(seed, 4))
		c := newComparison(t, "any where "+someLogic(r, 2))
		for range 4 {
			doc := someDoc(r)
			doc["a"] = text
			c.check(t, doc)
		}
	})
}

// Tests of one field have operators of their own, whatever stands before them.
func TestOperators(t *testing.T) {
	for _, tt := range []struct {
		cond     string
		computed bool
	}{
		{`a == "b"`, false},
		{`startsWith~(a, "b")`, false},
		{`endsWith(a, "b")`, false},
		{`stringContains(a, "b")`, false},
		{`length(a) > 100`, false},
		{`cidrMatch(a, "10.0.0.0/8")`, false},
		{`startsWith(a, b)`, true},
		{`length(a) > b`, true},
		{`a + 1 == 2`, true},
	} {
		c := newComparison(t, "any where "+tt.cond)
		require.Equal(t, tt.computed, op.IsComputed(c.quick[0]), tt.cond)
	}
}

// An embedder's values need not be those of JSON.
func TestPredicatesOfTypedValues(t *testing.T) {
	vals := []value.Value{
		value.OfIP("10.0.0.1"), value.OfVersion("1.2"), value.OfDate(1), value.OfUint(1 << 63), value.OfObject(1),
		{},
		value.OfList([]value.Value{value.OfIP("10.0.0.1"), value.OfString("ab"), value.OfInt(1), value.OfVersion("AB")}),
	}
	for _, cond := range conditions {
		if strings.Contains(cond, " in~ ") {
			continue // takes a String only
		}
		c := newComparison(t, "any where "+cond)
		for _, v := range vals {
			c.check(t, typed{v})
		}
	}
}

// typed has one value in all fields.
type typed struct{ v value.Value }

func (e typed) Field(string) value.Value { return e.v }
