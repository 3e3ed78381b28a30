package index

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	astsource "github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
)

// planned returns the condition of "any where text" for some systems.
func planned(t testing.TB, text string, d ast.Dialect, systems ...string) plan.Expr {
	t.Helper()
	tree, err := parser.Parse(&astsource.File{Text: "any where " + text}, parser.Options{Dialect: d})
	require.NoError(t, err, text)
	functions := &fn.Registry{}
	for _, f := range builtin.All() {
		require.NoError(t, functions.Add(f))
	}
	q, err := plan.New(tree, plan.Options{
		Dialect: d, Functions: functions, Size: -1, MaxSamples: 1, Memo: &plan.Memo{}, Systems: systems,
		CategoryField: "event.category", TimestampField: "@timestamp",
	})
	require.NoError(t, err, text)
	return q.Steps[0].Cond
}

// newBuilder returns a Builder for events of a layout.
func newBuilder(l *event.Layout) *Builder {
	return &Builder{
		Slot: func(f *plan.Field) event.Slot { return l.Add(f.Path) },
		List: func(x *plan.Search) event.List {
			list, _ := l.AddElements(x.Array.Path)
			return list
		},
	}
}

// text shows a clause: its terms, "=" before one that suffices, and what it is.
func (c *clause) text(l *event.Layout) string {
	var terms []string
	for _, t := range c.terms {
		s := t.source.describe(l) + " " + t.show()
		if t.enough {
			s = "=" + s
		}
		terms = append(terms, s)
	}
	out := strings.Join(terms, " | ")
	if c.negative {
		out = "none of " + out
	}
	if c.spare {
		out = "spare " + out
	}
	for i := range c.also {
		out += " with " + c.also[i].text(l)
	}
	if c.unsaid {
		out += " | nothing"
	}
	if c.exact {
		out += " (exact)"
	}
	return out
}

func (f fact) show() string {
	switch f.kind {
	case present:
		return "there"
	case isBool:
		return fmt.Sprint(f.num == 1)
	case isNumber, isBelow, isAtMost, isAbove, isAtLeast:
		sign := map[factKind]string{isBelow: "<", isAtMost: "<=", isAbove: ">", isAtLeast: ">="}[f.kind]
		out := fmt.Sprintf("%s%x%s", sign, f.num, f.text)
		if f.id {
			out += " id"
		}
		return out
	default:
		out := [...]string{isText: "is", isFolded: "is~", beginsWith: "begins", continues: "continues", endsWith: "ends", contains: "contains"}[f.kind] + " " + f.text
		if f.whole != "" {
			out += " in " + f.whole
		}
		if f.fold {
			out += "~"
		}
		return out
	}
}

// TestClauses shows what conditions need.
func TestClauses(t *testing.T) {
	for _, tt := range []struct {
		cond string
		want []string
	}{
		{`a == "X"`, []string{`=a is X (exact)`}},
		{`"X" == a`, []string{`=a is X (exact)`}},
		{`a : "Xk"`, []string{`=a is~ xk (exact)`}},
		{`a : "abc*"`, []string{`=a begins abc (exact)`}},
		{`a : "*abc"`, []string{`=a ends abc (exact)`}},
		{`a : "?abc*"`, []string{`=a continues abc (exact)`}},
		{`a : "?abc"`, []string{`=a continues abc in ?abc~ (exact)`}},
		{`a : "??abcd*"`, []string{`=a contains abcd in ??abcd*~ (exact)`}},
		{`a : "*abcd*"`, []string{`=a contains abcd (exact)`}},
		{`a : "*abc*"`, []string{`a there`}},
		{`a : "*é*"`, []string{`=a contains é (exact)`}},
		{`a : "*"`, []string{`a there`}},
		{`a : "?"`, []string{`a there`}},
		{`a : "**"`, []string{`a there`}},
		{`a : ""`, []string{`=a is~  (exact)`}},
		{`a : "ab*cdef"`, []string{`=a ends cdef in ab*cdef~ (exact)`}},
		{`a : "a?cdefg*"`, []string{`=a contains cdefg in a?cdefg*~ (exact)`}},
		{`a like "Ab*"`, []string{`=a begins ab in Ab* (exact)`}},
		{`a like "Ab"`, []string{`=a is Ab (exact)`}},
		{`a : ("x*", "*yyyy*", "z")`, []string{`=a begins x | =a contains yyyy | =a is~ z (exact)`}},
		{`a : ("x*", "*y*")`, []string{`=a begins x | a there`}},
		{`a regex "ab.*"`, []string{`a begins ab`}},
		{`a regex~ (".*C[Dd]ef.*", "(x|y)z")`, []string{`a contains cdef | a is~ xz | a is~ yz`}},
		{`a regex ("[0-9]+", "ab")`, []string{`a there | a is~ ab`}},
		{`a regex "~(ab)"`, []string{`a there`}},
		{"a : \"\xffabc*\"", []string{`a there`}},
		{"a == \"\xff\"", []string{"=a is \xff (exact)"}},
		{`a in ("x", "Y")`, []string{`=a is x | =a is Y (exact)`}},
		{`a in~ ("x", "Y")`, []string{`=a is~ x | =a is~ y (exact)`}},
		{`a not in ("x")`, []string{`none of =a is x (exact)`}},
		{`a in (1, 1.5, true)`, []string{`=a 1 | =a 3ff8000000000000float | =a true (exact)`}},
		{`a == 2.0`, []string{`=a 2 (exact)`}},
		{`a == 9223372036854775808`, []string{`=a 8000000000000000unsigned (exact)`}},
		{`a == 9223372036854775808.0`, []string{`=a 8000000000000000unsigned (exact)`}},
		{`a == -1`, []string{`=a ffffffffffffffff (exact)`}},
		{`a != 1`, []string{`none of =a 1 (exact)`}},
		{`a > 1`, []string{`=a >1 (exact)`}},
		{`1 > a`, []string{`=a <1 (exact)`}},
		{`a >= -1 and b <= 1`, []string{`=a >=ffffffffffffffff (exact)`, `=b <=1 (exact)`}},
		{`not (a > 1)`, []string{`none of =a >1 (exact)`}},
		{`a > 1.5`, []string{`a there`}},
		{`a > 9223372036854775808`, []string{`a there`}},
		{`a > "1"`, []string{`a there`}},
		{`a <= 5 and b == true or b : "seldom, that is*"`, []string{`=a <=5 | =b begins seldom, that is`, `spare =b true | =b begins seldom, that is`}},
		{`a`, []string{`=a true (exact)`}},
		{`not a`, []string{`none of =a true (exact)`}},
		{`a == null`, []string{`none of =a there (exact)`}},
		{`a != null`, []string{`=a there (exact)`}},
		{`not a : "b*"`, []string{`none of =a begins b (exact)`}},
		{`not a : "b*c"`, []string{`none of =a ends c in b*c~ (exact)`}},
		{`not a : ("b*c", "d*")`, []string{`none of =a ends c in b*c~ | =a begins d (exact)`}},
		{`not not a : "b*"`, []string{`=a begins b (exact)`}},
		{`a == "x" or b == "y"`, []string{`=a is x | =b is y (exact)`}},
		{`a == "x" or b == "y" and c == "z"`, []string{`=a is x | =b is y`}},
		{`a == "x" and b : "seldom, that is*" or a == "y" and c : "as seldom as b*"`, []string{
			`=b begins seldom, that is | =c begins as seldom as b`, `spare =a is x | =a is y`,
		}},
		{`a == "x" and b : "seldom, that is*" or a != "y" and c : "as seldom as b*"`, []string{
			`=b begins seldom, that is | =c begins as seldom as b`,
		}},
		{`a == "x" and b : "seldom, that is*" or c : "as seldom as b*" or a == "y" and a == "z" and b : "seldom, too, very*"`, []string{
			`=b begins seldom, that is | =c begins as seldom as b | =b begins seldom, too, very`,
		}},
		{`not (a == "x" and (b == "y" or c == "z" and a == "v"))`, nil},
		{`a == "x" or b != "y"`, nil},
		{`a == "x" or b == null`, nil},
		{`a == "x" or not b == "y"`, nil},
		{`not (a == "x" or b == "y")`, []string{`none of =a is x`, `none of =b is y`}},
		{`not (a == "x" and b == "y")`, []string{`none of =a is x with =b is y (exact) (exact)`}},
		{`not (a == null and b == null)`, []string{`=a there | =b there (exact)`}},
		{`not (a == null or b == "y")`, []string{`=a there`, `none of =b is y`}},
		{`length(a) == 3`, []string{`a there`}},
		{`length(concat(a, b)) == 3`, []string{`a there`, `b there`}},
		{`startsWith(a, b)`, []string{`a there`, `b there`}},
		{`a + b > 1`, []string{`a there`, `b there`}},
		{`?a == ?b`, nil},
		{`not (a == "x" and b != "y" and c > 1)`, []string{`none of =a is x with none of =b is y (exact) with =c >1 (exact) (exact)`}},
		{`not (a == "x" and b != "y" and c > 1.5)`, nil},
		{`not (a == "x" and not b : "y*" and c == null)`, []string{`none of =a is x with none of =b begins y (exact) with none of =c there (exact) (exact)`}},
		{`not (a : "*" and b == "y")`, nil},
		{`a == "x" or not (b == "y" and c == "z")`, nil},
		{`cidrMatch(a, "10.0.0.0/8")`, []string{`a there`}},
		{`(a == "x") == null`, nil},
		{`(length(a) + b) == null`, nil},
		{`_arraysearch(a, $v, $v.b == "x")`, []string{`elements of a there`}},
		{`not _arraysearch(a, $v, $v.b == "x")`, nil},
	} {
		d := ast.Elasticsearch
		if strings.Contains(tt.cond, "$") {
			d = ast.Endpoint
		}
		if got := clausesOf(t, planned(t, tt.cond, d)); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q", tt.cond, got)
		}
	}
	require.Equal(t, []string{
		"=operating system is windows | nothing (exact)", "=a is x (exact)",
	}, clausesOf(t, planned(t, `a == "x"`, ast.Endpoint, "windows")))
	require.Equal(t, []string{`=a is x | =b is~ y (exact)`}, clausesOf(t, planned(t, `a == "x" or b : "y" or c == null`, ast.Elasticsearch).(*plan.Logic).Xs[:2]...),
		"of some operands")
}

// clausesOf returns what the disjunction of xs needs, a line for each clause.
func clausesOf(t *testing.T, xs ...plan.Expr) []string {
	t.Helper()
	l := event.NewLayout()
	b := newBuilder(l)
	if len(xs) > 1 {
		xs = []plan.Expr{&plan.Logic{Or: true, Xs: xs}}
	}
	b.fields, b.arrays = make(map[event.Slot]*source), make(map[event.List]*source)
	b.leaves = make(map[plan.Expr]*leaf)
	b.census.reset(1)
	all := conjuncts(nil, xs...)
	var leaves []testedLeaf
	for _, x := range all {
		leaves = b.leavesOf(leaves, x, true)
	}
	b.census.take(leaves)
	var out []string
	for _, x := range all {
		for _, c := range b.needs(x, true) {
			out = append(out, c.text(l))
		}
	}
	return out
}

// TestNumberKey wants numbers to share a key exactly if they are equal.
func TestNumberKey(t *testing.T) {
	var numbers []value.Value
	for _, i := range []int64{0, 1, -1, 1 << 53, 1<<53 + 1, -1 << 63, 1<<63 - 1} {
		numbers = append(numbers, value.OfInt(i), value.OfFloat(float64(i)))
	}
	for _, u := range []uint64{1 << 63, 1<<63 + 1, 1<<64 - 1, 1<<64 - 1024} {
		numbers = append(numbers, value.OfUint(u), value.OfFloat(float64(u)))
	}
	for _, f := range []float64{1.5, -1.5, 1e300, -1e300, 5e-324, 1 << 62} {
		numbers = append(numbers, value.OfFloat(f), value.OfFloat(-f), value.OfFloat(0*f))
	}
	for _, a := range numbers {
		for _, b := range numbers {
			require.Equal(t, value.Equal(a, b), numberKey(a) == numberKey(b), "%v and %v", a, b)
		}
	}
	require.True(t, slices.ContainsFunc(numbers, func(v value.Value) bool { return v.Kind() == value.Uint }))
}
