package eval_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A lender pushes documents out of one buffer, which it spoils as soon as it has
// it back.
type lender struct {
	stream *eval.Stream
	buf    []byte
}

func (l *lender) push(t *testing.T, yield func(eval.Match) bool, docs ...string) {
	t.Helper()
	for _, doc := range docs {
		l.buf = append(l.buf[:0], doc...)
		require.NoError(t, l.stream.PushJSON(l.buf, yield))
		for i := range l.buf {
			l.buf[i] = '#'
		}
	}
}

func doc(at int, category, rest string) string {
	return fmt.Sprintf(`{"@timestamp":%d,"event":{"category":[%q]},"id":%d%s}`, at, category, at, rest)
}

// Matches of borrowed documents are those of documents that last.
func TestPushJSON(t *testing.T) {
	engine := eval.NewEngine(
		// The first to hold an event sees it at once and needs two at most; others wait for it.
		compile(t, `sample by user.name [a where true] [b where true]`),
		compile(t, `a where process.path : "C:\\Windows\\*"`),
		compile(t, `sequence by user.name [a where true] [b where true]`),
		compile(t, `sequence by user.name [a where true] [b where true] [c where true] until [d where true]`),
		compileWith(t, `sequence by host.id [a where true] as first [b where process.path == first.process.path]`, eval.Config{Dialect: ast.Endpoint}),
	)
	user := `,"user":{"name":["x\u00e9\"y","z"]},"host":{"id":"h"},"process":{"path":"C:\\Windows\\a"}`
	docs := []string{doc(1, "a", user), doc(2, "b", user), doc(3, "a", user), doc(4, "c", user), doc(5, "b", user), doc(6, "d", user), doc(7, "a", user), doc(8, "b", user)}
	for _, opts := range [][]eval.StreamOption{nil, {eval.WithLateness(2)}, {eval.WithRetain(eval.RetainFields("id"))}} {
		var want, got []string
		var events []eval.Event
		add := func(to *[]string) func(eval.Match) bool {
			return func(m eval.Match) bool {
				*to = append(*to, fmt.Sprint(m.Query.Kind(), " ", show(m), " ", m.ID()))
				events = append(events, m.Events...)
				return true
			}
		}
		plain := engine.NewStream(opts...)
		for _, d := range docs {
			require.NoError(t, plain.Push(event.JSON([]byte(d)), add(&want)))
		}
		plain.Close(add(&want))
		events = nil
		l := lender{stream: engine.NewStream(opts...)}
		l.push(t, add(&got), docs...)
		l.stream.Close(add(&got))
		assert.Equal(t, want, got)
		assert.Greater(t, len(got), 6)
		for _, ev := range events {
			id := ev.Field("id").Int()
			require.NotZero(t, id)
			if d, ok := ev.(*event.Document); ok {
				assert.Equal(t, docs[id-1], string(d.Bytes()))
			}
		}
	}
}

// One copy serves everything that keeps the event.
func TestPushJSONCopiesOnce(t *testing.T) {
	engine := eval.NewEngine(compile(t, "a where true"), compile(t, "sequence [a where true] [b where true]"), compile(t, "any where true"))
	l := lender{stream: engine.NewStream()}
	seen := make(map[int64]map[eval.Event]bool)
	see := func(m eval.Match) bool {
		for _, ev := range m.Events {
			id := ev.Field("id").Int()
			if seen[id] == nil {
				seen[id] = make(map[eval.Event]bool)
			}
			seen[id][ev] = true
		}
		return true
	}
	l.push(t, see, doc(1, "a", ""), doc(2, "b", ""))
	assert.Len(t, seen[1], 1)
	assert.Len(t, seen[2], 1)
	assert.Equal(t, uint64(4), l.stream.Stats().Matches)
}

// What functions are given lasts, too.
func TestPushJSONCallbacks(t *testing.T) {
	given := make(map[string][]eval.Event)
	take := func(name string, ev eval.Event) { given[name] = append(given[name], ev) }
	var args []value.Value
	keep := fn.Func{
		Name: "keep", Params: []fn.Param{{Name: "x"}}, Result: fn.String,
		Prepare: func(bool, []*value.Value) (fn.Impl, error) {
			return func(vs []value.Value) (value.Value, error) {
				args = append(args, vs[0])
				return vs[0], nil
			}, nil
		},
	}
	q := compileWith(t, `sequence by user.name [a where keep(user.name) == "n"] [b where true] until [c where true]`, eval.Config{Functions: []fn.Func{keep}})
	l := lender{stream: eval.NewEngine(q).NewStream(
		eval.WithMaxJump(1000, 2),
		eval.WithOnLate(func(ev eval.Event) { take("late", ev) }),
		eval.WithOnAhead(func(ev eval.Event) { take("ahead", ev) }),
		eval.WithRetain(func(ev eval.Event) eval.Event { take("retain", ev); return ev }),
		eval.WithDistinct(func(ev eval.Event) string { take("distinct", ev); return eval.EventID(ev) }),
		eval.WithOnNearMiss(func(m eval.NearMiss) {
			take("near miss", m.Events[0])
			take("near miss", m.By)
			args = append(args, m.Keys...)
		}),
	)}
	name := `,"user":{"name":["n","m\n"]}`
	l.push(t, nil, doc(11, "a", name), doc(12, "a", name), doc(5, "a", name), doc(9000, "a", name), doc(13, "c", name))
	l.stream.Close(nil)
	for _, what := range []string{"late", "ahead", "retain", "distinct", "near miss"} {
		assert.NotEmpty(t, given[what], what)
		for _, ev := range given[what] {
			id := ev.Field("id").Int()
			assert.NotZero(t, id, what)
			assert.Equal(t, ev.Field("@timestamp").Int(), id)
			assert.Contains(t, string(ev.(*event.Document).Bytes()), `"user"`)
		}
	}
	assert.NotEmpty(t, args)
	for _, v := range args {
		assert.Contains(t, []string{"n", "m\n"}, v.Str())
	}
}

// Events that complete and begin nothing cost no memory.
func TestPushAllocatesNothing(t *testing.T) {
	engine := eval.NewEngine(
		// The first to hold an event sees it at once and needs two at most; others wait for it.
		compile(t, `sample by user.name [a where true] [b where true]`),
		compile(t, `a where process.path : "C:\\Windows\\*.exe" and process.pid > 4`),
		compile(t, `a where process.args == "x" and not user.name in ("p", "q")`),
		compile(t, `sequence by user.name with maxspan=1m [a where process.args : "y*"] [b where true]`),
		compile(t, `sequence by user.name [c where true] [a where user.name == "nobody"]`),
	)
	text := []byte(doc(1, "a", `,"process":{"path":"C:\\Users\\u\\a.EXE","pid":5,"args":["a","b","\u00e9"]},"user":{"name":"U"}`))
	t.Run("PushJSON", func(t *testing.T) {
		s := engine.NewStream()
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = s.PushJSON(text, nil) }))
	})
	t.Run("JSON", func(t *testing.T) {
		s := engine.NewStream()
		assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = s.Push(event.JSON(text), nil) }), 1.0)
	})
	t.Run("own type", func(t *testing.T) {
		s := engine.NewStream()
		ev := &pairEvent{"a", "h", "e", 1}
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = s.Push(ev, nil) }))
		only := fieldsOf{ev}
		var e eval.Event = &only
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = s.Push(e, nil) }))
	})
}

// fieldsOf is an event that is no Extractor.
type fieldsOf struct{ ev *pairEvent }

func (f *fieldsOf) Field(path string) value.Value { return f.ev.Field(path) }
