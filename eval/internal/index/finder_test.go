package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// indexed is an index over conditions, each of a block, with a record for it.
type indexed struct {
	ix   *Index
	bits []int32 // by condition
	rest []int   // by condition, how many conjuncts are left to test
	slot map[string]event.Slot
	rec  *event.Record
}

func newIndexed(t testing.TB, block func(i int) int, conds ...string) *indexed {
	t.Helper()
	l := event.NewLayout()
	x := &indexed{slot: make(map[string]event.Slot)}
	b := newBuilder(l)
	for i, text := range conds {
		b.Add(block(i), []plan.Expr{planned(t, text, ast.Elasticsearch)})
	}
	x.ix = b.Build()
	for i := range conds {
		x.bits = append(x.bits, int32(b.Bit(i)))
		x.rest = append(x.rest, len(b.Rest(i)))
	}
	for i, path := range l.Paths() {
		x.slot[path] = event.Slot(i)
	}
	x.rec = event.NewRecord(l)
	return x
}

// fill makes the values those of the record; fields come in pairs with them.
func (x *indexed) fill(pairs ...any) {
	x.rec.Reset()
	for i := 0; i < len(pairs); i += 2 {
		slot, ok := x.slot[pairs[i].(string)]
		if !ok {
			continue
		}
		switch v := pairs[i+1].(type) {
		case string:
			x.rec.Set(slot, value.OfString(v))
		case value.Value:
			x.rec.Set(slot, v)
		}
	}
}

// found returns the conditions of some blocks that may hold.
func (x *indexed) found(f *Finder, blocks ...int) []int {
	f.Next(x.rec)
	awake := make([]uint64, (x.ix.Bits()+63)/64)
	for i := range awake {
		awake[i] = ^uint64(0)
	}
	var bits []int32
	for _, b := range blocks {
		bits = f.Find(bits, b, awake)
	}
	out := []int{}
	for i, bit := range x.bits {
		if slices.Contains(bits, bit) {
			out = append(out, i)
		}
	}
	return out
}

func oneBlock(int) int { return 0 }

// TestFind shows which conditions are left of an event.
func TestFind(t *testing.T) {
	x := newIndexed(t, oneBlock,
		`a : "x*"`, `a == "xy" and b == "z"`, `not a : "x*"`, `a == null`, `a : "*abcd*" or b : "z"`, `a != null and b == 1`,
		`a in ("q", "xy") and not b : "?z*"`, `true`, `length(a) > 1`,
		`not (a : "x*" and b == "z")`)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	for _, tt := range []struct {
		pairs []any
		want  []int
	}{
		{nil, []int{2, 3, 7, 9}},
		{[]any{"a", "xy"}, []int{0, 6, 7, 8, 9}},
		{[]any{"a", "xy", "b", "z"}, []int{0, 1, 4, 6, 7, 8}},
		{[]any{"a", "XY", "b", "az"}, []int{0, 7, 8, 9}},
		{[]any{"a", "xy", "b", "az"}, []int{0, 7, 8, 9}},
		{[]any{"a", "_aBcD_"}, []int{2, 4, 7, 8, 9}},
		{[]any{"b", value.OfFloat(1)}, []int{2, 3, 7, 9}},
		{[]any{"a", value.OfList([]value.Value{value.OfString("n"), value.OfString("xyz")}), "b", value.OfUint(1)}, []int{0, 5, 7, 8, 9}},
		{[]any{"a", value.OfIP("x")}, []int{0, 2, 3, 7, 8, 9}}, // the whole condition decides
	} {
		for range 3 { // also when the values come again
			x.fill(tt.pairs...)
			require.Equal(t, tt.want, x.found(f, 0), "%v", tt.pairs)
		}
	}
	require.Equal(t, []int{0, 0, 0, 0, 0, 0, 0, 1, 1, 0}, x.rest)
	x.fill("a", value.OfIP("x"))
	x.found(f, 0)
	require.True(t, f.Odd())
	x.fill("a", "x")
	x.found(f, 0)
	require.False(t, f.Odd())
}

// TestExceptions has conditions that an event must not meet as a whole.
func TestExceptions(t *testing.T) {
	x := newIndexed(t, oneBlock, `not (a == "x" and b : "y*")`, `not (a == "x" and not b : "y*")`, `not (a == "x" and b == null and c != null)`)
	require.Equal(t, []int{0, 0, 0}, x.rest)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	for _, tt := range []struct {
		pairs []any
		want  []int
	}{
		{nil, []int{0, 1, 2}},
		{[]any{"a", "x"}, []int{0, 2}},
		{[]any{"a", "x", "c", "z"}, []int{0}},
		{[]any{"a", "x", "b", "y"}, []int{1, 2}},
		{[]any{"a", "x", "b", "n"}, []int{0, 2}},
		{[]any{"a", "n", "b", "y", "c", "z"}, []int{0, 1, 2}},
		{[]any{"a", value.OfVersion("x"), "b", "y", "c", "z"}, []int{0, 1, 2}}, // the whole condition decides
		{[]any{"a", "x", "b", value.OfVersion("y"), "c", "z"}, []int{0, 1, 2}},
	} {
		x.fill(tt.pairs...)
		require.Equal(t, tt.want, x.found(f, 0), "%v", tt.pairs)
	}
}

// TestFirstCodePoint has "?" stand for one code point, or one byte that is no UTF-8.
func TestFirstCodePoint(t *testing.T) {
	x := newIndexed(t, oneBlock, `a : "?:abc*"`)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	for text, want := range map[string][]int{
		"c:abc": {0}, "É:ABCD": {0}, "😀:abc": {0}, "\xff:abc": {0}, "\u212a:abc": {0},
		":abc": {}, "ab:abc": {}, "éé:abc": {}, "\xff\xff:abc": {}, "": {},
	} {
		x.fill("a", text)
		require.Equal(t, want, x.found(f, 0), "%q", text)
	}
}

// TestFindSystem has conditions for some operating systems, which an event
// satisfies that does not say of which it is.
func TestFindSystem(t *testing.T) {
	l := event.NewLayout()
	b := newBuilder(l)
	x := &indexed{slot: make(map[string]event.Slot)}
	for i, names := range [][]string{{"windows"}, {"linux", "macos"}, nil} {
		b.Add(0, []plan.Expr{planned(t, `a == "x"`, ast.Endpoint, names...)})
		require.Equal(t, i, len(x.bits))
		x.bits = append(x.bits, int32(i))
	}
	x.ix = b.Build()
	for i := range x.bits {
		x.bits[i] = int32(b.Bit(i))
		require.Empty(t, b.Rest(i))
	}
	for i, path := range l.Paths() {
		x.slot[path] = event.Slot(i)
	}
	x.rec = event.NewRecord(l)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	for _, tt := range []struct {
		pairs []any
		want  []int
	}{
		{nil, []int{0, 1, 2}},
		{[]any{"host.os.type", "windows"}, []int{0, 2}},
		{[]any{"host.os.type", "Linux"}, []int{1, 2}},
		{[]any{"host.os.type", "macos", "host.os.family", "windows"}, []int{1, 2}},
		{[]any{"host.os.type", "", "host.os.family", "windows"}, []int{0, 2}},
		{[]any{"host.os.platform", "ubuntu"}, []int{1, 2}},
		{[]any{"host.os.type", value.OfInt(1)}, []int{0, 1, 2}},
	} {
		x.fill(append(tt.pairs, "a", "x")...)
		require.Equal(t, tt.want, x.found(f, 0), "%v", tt.pairs)
	}
}

// TestManyConditions has more of them than a word has bits, in several blocks.
func TestManyConditions(t *testing.T) {
	const n = 300
	var conds []string
	for i := range n {
		cond := fmt.Sprintf(`a == "%d" or a == "%d"`, i, (i+70)%n)
		if i%2 == 0 {
			cond += fmt.Sprintf(` or b : "*%04d*"`, i)
		}
		conds = append(conds, cond)
	}
	x := newIndexed(t, func(i int) int { return i % 3 }, conds...)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	for i := range n {
		x.fill("a", fmt.Sprint(i), "b", fmt.Sprintf("x%04dy", (i+7)%n))
		want := []int{i, (i + n - 70) % n}
		if i%2 == 1 {
			want = append(want, (i+7)%n)
		}
		slices.Sort(want)
		require.Equal(t, want, x.found(f, 0, 1, 2))
		require.Equal(t, slices.DeleteFunc(slices.Clone(want), func(c int) bool { return c%3 != 1 }), x.found(f, 1))
	}
}

// TestAwakeConditions leaves out those that are not.
func TestAwakeConditions(t *testing.T) {
	x := newIndexed(t, oneBlock, `a == "x"`, `a == "x"`, `a == "x"`)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	x.fill("a", "x")
	f.Next(x.rec)
	require.Equal(t, []int32{x.bits[1]}, f.Find(nil, 0, []uint64{1 << x.bits[1]}))
}

// TestFinderMemory wants a Finder to stay small and right over more values than it
// remembers, more combinations of what holds than it keeps, and long values.
func TestFinderMemory(t *testing.T) {
	const parts = 20
	var conds []string
	for i := range parts {
		conds = append(conds, fmt.Sprintf(`a : "*(%02d)*"`, i))
	}
	conds = append(conds, `b : "*long*"`, `b : "end"`)
	x := newIndexed(t, oneBlock, conds...)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	r := rand.New(rand.NewPCG(1, 1))
	long := strings.Repeat("x", maxValue)
	forgot, latest := 0, 0
	for i := range maxAnswers * 5 / 4 {
		held := r.Uint32() % (1 << parts)
		text, want := "", []int{}
		for p := range parts {
			if held&(1<<p) != 0 {
				text += fmt.Sprintf("(%02d)", p)
				want = append(want, p)
			}
		}
		b := ""
		switch i % 4 {
		case 0:
			b, want = long+"long", append(want, parts)
		case 1:
			b, want = "END", append(want, parts+1)
		case 2:
			b = long
		case 3:
			if i%3 == 0 { // the same of both, though it means something of b only
				text, b, want = long+"long", long+"long", []int{parts}
			}
		}
		x.fill("a", text, "b", b)
		for range 2 {
			if got := x.found(f, 0); !slices.Equal(got, want) {
				t.Fatalf("%q: got %v, want %v", text, got, want)
			}
		}
		now := len(f.answers.all) - len(f.answers.rest)
		if now < latest {
			forgot++
		}
		latest = now
	}
	require.NotZero(t, forgot)
}

// TestFinderRoom wants what comes again and again to be remembered: a few long values,
// and values that each decide about conditions of all words.
func TestFinderRoom(t *testing.T) {
	var wide []string
	for i := range 64 * 100 {
		wide = append(wide, fmt.Sprintf(`a == "%d"`, i))
	}
	long := []string{`a : "*long*"`, `b : "*long*"`}
	for name, c := range map[string]struct {
		conds []string
		text  func(i int) string
	}{
		"long": {long, func(i int) string { return strings.Repeat("x", 5000+1000*(i%8)) }},
		"wide": {wide, func(i int) string { return fmt.Sprint(i % 50) }},
	} {
		x := newIndexed(t, oneBlock, c.conds...)
		f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
		for i := range 1000 {
			x.fill("a", c.text(i), "b", c.text(i+1))
			x.found(f, 0)
			require.False(t, f.isFull(), "%s: event %d", name, i)
		}
	}
}

// TestFinderAllocations wants a Finder to take memory once, whatever values come.
func TestFinderAllocations(t *testing.T) {
	var conds []string
	for i := range 100 {
		conds = append(conds, fmt.Sprintf(`a : "*<%02d>*" and b : "*%02d"`, i, i), fmt.Sprintf(`c : "%d*" or d == %d`, i, i))
	}
	x := newIndexed(t, oneBlock, conds...)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	r := rand.New(rand.NewPCG(2, 2))
	texts := make([]string, 4000)
	for i := range texts {
		texts[i] = strings.Repeat("-", r.IntN(100)) + fmt.Sprintf("<%02d><%02d>%d", r.IntN(100), r.IntN(100), r.IntN(1e6))
	}
	awake := slices.Repeat([]uint64{^uint64(0)}, (x.ix.Bits()+63)/64)
	var found []int32
	push := func() {
		text := texts[0]
		texts = texts[1:]
		x.rec.Reset()
		for i, name := range []string{"a", "b", "c", "d"} {
			if r.IntN(4) > 0 {
				x.rec.Set(x.slot[name], value.OfString(text[min(i, len(text)):]))
			}
		}
		f.Next(x.rec)
		found = f.Find(found[:0], 0, awake)
	}
	for range 200 { // until all scratch memory is there
		push()
	}
	least := math.Inf(1) // of several, because the runtime takes memory, too, now and then
	for range 4 {
		least = min(least, testing.AllocsPerRun(1, func() {
			for range 400 {
				push()
			}
		}))
	}
	require.Zero(t, least)
}

// TestFinderAbsences wants a Finder to forget which fields were there, too.
func TestFinderAbsences(t *testing.T) {
	const fields = 14
	var conds []string
	for i := range fields {
		conds = append(conds, fmt.Sprintf(`f%02d != null`, i))
	}
	x := newIndexed(t, oneBlock, conds...)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	for held := range 1 << fields {
		var pairs []any
		want := []int{}
		for i := range fields {
			if held&(1<<i) != 0 {
				pairs, want = append(pairs, fmt.Sprintf("f%02d", i), "x"), append(want, i)
			}
		}
		x.fill(pairs...)
		if got := x.found(f, 0); !slices.Equal(got, want) {
			t.Fatalf("%v: got %v, want %v", pairs, got, want)
		}
		require.Len(t, f.absent[0], absences)
	}
}

// TestKnown wants what is known of a value to be about that value alone.
func TestKnown(t *testing.T) {
	x := newIndexed(t, oneBlock, `a : "*long*"`, `b == "x"`)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	a := x.slot["a"]
	known := make(map[string]*op.Verdicts)
	for i := range 5 {
		for _, text := range []string{"long", "short", ""} {
			x.fill("a", text, "b", "x")
			x.found(f, 0)
			v := f.Known()[a]
			require.NotNil(t, v)
			if i > 0 {
				require.Same(t, known[text], v)
			}
			known[text] = v
		}
	}
	require.NotSame(t, known["long"], known["short"])
	x.fill("a", strings.Repeat("x", maxLong+1))
	x.found(f, 0)
	require.Nil(t, f.Known()[a], "a value that is not remembered")
	for _, none := range []*op.Verdicts{nil, known["long"], known["short"], known[""]} {
		x.fill("b", "x")
		x.found(f, 0)
		require.NotNil(t, f.Known()[a], "that there is no value is remembered, too")
		require.NotSame(t, none, f.Known()[a])
	}
	none := f.Known()[a]
	x.fill("a", "long")
	x.found(f, 0)
	require.Same(t, known["long"], f.Known()[a])
	x.fill("b", "y")
	f.Next(x.rec)
	require.Same(t, none, f.Known()[a], "before anything is asked")
}

// TestKnownOfLongValues wants what is known of a long value, for which fields share
// memory, to be about one field of the event only.
func TestKnownOfLongValues(t *testing.T) {
	var conds []string
	for name := 'a'; len(conds) < maxShared; name++ { // as many share as much memory as there is at most
		conds = append(conds, fmt.Sprintf(`%c : "*long*"`, name))
	}
	x := newIndexed(t, oneBlock, conds...)
	f := x.ix.NewFinder(make([]int, x.rec.Layout().Len()))
	a, b := x.slot["a"], x.slot["b"]
	lost := 0
	for i := range 200 {
		x.fill("a", strings.Repeat("x", maxValue+i), "b", strings.Repeat("y", maxValue+1+i))
		x.found(f, 0)
		knownA, knownB := f.Known()[a], f.Known()[b]
		require.False(t, knownA == nil && knownB == nil)
		require.NotSame(t, knownA, knownB)
		if knownA == nil || knownB == nil {
			lost++
		}
	}
	require.NotZero(t, lost, "some have the same place")
	require.Less(t, lost, 100)
}

// TestValueKeys wants values that are not alike to be told apart.
func TestValueKeys(t *testing.T) {
	list := func(vs ...value.Value) value.Value { return value.OfList(vs) }
	text := value.OfString
	values := []value.Value{
		text(""), text("a"), text("ab"), text("\x01"), value.OfIP("a"), value.OfVersion("a"), value.OfInt(1), value.OfFloat(1), value.OfBool(true), value.OfDate(1),
		list(text("a"), text("b")), list(text("ab"), text("")), list(text(""), text("ab")), list(text("a"), text("b"), text("")),
		list(text("a"), value.OfIP("b")), list(value.OfInt(1), value.OfInt(256)), list(value.OfInt(256), value.OfInt(1)), list(value.OfInt(1), value.OfDate(256)),
		list(value.OfBool(true), value.OfBool(false)), list(value.OfFloat(1), value.OfInt(1)),
	}
	keys := make(map[string]bool)
	for i := range values {
		keys[values[i].Kind().String()+string(appendValue(nil, &values[i]))] = true
	}
	require.Len(t, keys, len(values))
}
