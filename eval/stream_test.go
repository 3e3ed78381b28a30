package eval_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
)

// collector gathers matches as text.
type collector struct{ got []string }

func (c *collector) add(m eval.Match) bool {
	c.got = append(c.got, show(m))
	return true
}

// text returns the matches since the last call.
func (c *collector) text() string {
	s := strings.Join(c.got, "; ")
	c.got = nil
	return s
}

func at(ms int64, category string, id int) event.Map {
	return event.Map{"@timestamp": ms, "event.category": category, "id": id}
}

// An absence is decided as soon as time has passed maxspan, not before.
func TestAdvanceDecidesAbsence(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=10s [a where true] ![b where true]")).NewStream()
	var c collector
	require.NoError(t, s.Push(at(0, "a", 1), c.add))
	s.Advance(time.UnixMilli(10_000), c.add)
	require.Empty(t, c.got)
	require.Equal(t, 1, s.Stats().Open)
	s.Advance(time.UnixMilli(10_001), c.add)
	require.Equal(t, []string{"1 -"}, c.got)
	require.Zero(t, s.Stats().Open)
}

// An event of another category lets time pass as well.
func TestOtherEventsLetTimePass(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=10s [a where true] ![b where true]")).NewStream()
	var c collector
	require.NoError(t, s.Push(at(0, "a", 1), c.add))
	require.NoError(t, s.Push(at(10_001, "x", 2), c.add))
	require.Equal(t, []string{"1 -"}, c.got)
}

// What maxspan has outlived is forgotten.
func TestMaxSpanFrees(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence by id with maxspan=1s [a where true] [b where true]")).NewStream()
	for i := range 100 {
		require.NoError(t, s.Push(at(int64(i), "a", i), nil))
	}
	require.Equal(t, 100, s.Stats().Open)
	s.Advance(time.UnixMilli(1050), nil)
	require.Equal(t, 50, s.Stats().Open)
	s.Advance(time.UnixMilli(5000), nil)
	require.Zero(t, s.Stats().Open)
}

// Late events are seen by event queries only, and counted.
func TestLateEvents(t *testing.T) {
	var late int
	engine := eval.NewEngine(compile(t, "sequence [a where true] [b where true]"), compile(t, "a where true"))
	s := engine.NewStream(eval.WithOnLate(func(eval.Event) { late++ }))
	var c collector
	require.NoError(t, s.Push(at(1000, "x", 1), c.add))
	require.NoError(t, s.Push(at(500, "a", 2), c.add))
	require.NoError(t, s.Push(at(1500, "b", 3), c.add))
	require.Equal(t, []string{"2"}, c.got)
	require.Equal(t, 1, late)
	require.EqualValues(t, 1, s.Stats().Late)
}

// Within the allowed lateness the order of arrival does not matter.
func TestLateness(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=1s [a where true] [b where true]")).NewStream(eval.WithLateness(time.Second))
	var c collector
	require.NoError(t, s.Push(at(1500, "b", 3), c.add))
	require.NoError(t, s.Push(at(500, "a", 2), c.add))
	require.Empty(t, c.got)
	require.NoError(t, s.Push(at(2500, "x", 4), c.add))
	require.Equal(t, []string{"2 3"}, c.got)
}

// A tiebreaker orders events of one time whatever their order of arrival.
func TestTiebreaker(t *testing.T) {
	q := compileWith(t, "sequence [a where true] [b where true]", eval.Config{TiebreakerField: "id"})
	s := eval.NewEngine(q).NewStream()
	var c collector
	for _, ev := range []event.Map{at(1, "b", 2), at(1, "a", 1), at(1, "b", 0)} {
		require.NoError(t, s.Push(ev, c.add))
	}
	s.Close(c.add)
	require.Equal(t, []string{"1 2"}, c.got)
}

// Among equal times a tiebreaker that is missing comes last, and equal ones
// leave the order of arrival.
func TestTiebreakerOrder(t *testing.T) {
	q := compileWith(t, "sequence [any where true] [any where true]", eval.Config{TiebreakerField: "tie"})
	tied := func(id int, tie any) event.Map {
		return event.Map{"@timestamp": 1, "id": id, "tie": tie}
	}
	s := eval.NewEngine(q).NewStream()
	var c collector
	for _, ev := range []event.Map{tied(1, nil), tied(2, 7), tied(3, 7), tied(4, 5), tied(5, nil)} {
		require.NoError(t, s.Push(ev, c.add))
	}
	s.Close(c.add)
	require.Equal(t, []string{"4 2", "2 3", "3 1", "1 5"}, c.got)
}

// No text in one key can look like the border to the next.
func TestKeysStayApart(t *testing.T) {
	q := compile(t, "sequence by k, l [a where true] [b where true]")
	for c := range rune(128) {
		s := eval.NewEngine(q).NewStream()
		var got collector
		first, second := at(1, "a", 1), at(2, "b", 2)
		first["k"], first["l"] = "x"+string(c)+"y", "z"
		second["k"], second["l"] = "x", "y"+string(c)+"z"
		require.NoError(t, s.Push(first, got.add))
		require.NoError(t, s.Push(second, got.add))
		require.Empty(t, got.got, "%q", c)
	}
}

// An event without a time belongs to no sequence; queries for single events and
// samples see it.
func TestUntimedEvents(t *testing.T) {
	engine := eval.NewEngine(
		compile(t, "sequence [a where true] [b where true]"),
		compile(t, "a where true"),
		compile(t, "sample by k [a where true] [b where true]"),
	)
	s := engine.NewStream()
	var c collector
	require.NoError(t, s.Push(event.Map{"event.category": "a", "id": 1, "k": 1}, c.add))
	require.NoError(t, s.Push(event.Map{"event.category": "a", "id": 2, "k": 1, "@timestamp": "soon"}, c.add))
	require.NoError(t, s.Push(event.Map{"event.category": "b", "id": 3, "k": 1, "@timestamp": 5}, c.add))
	s.Close(c.add)
	require.Equal(t, []string{"1", "2", "1: 1 3"}, c.got)
	require.EqualValues(t, 2, s.Stats().Untimed)
}

// A match that nothing can refute any more is not kept waiting.
func TestCertainMatchesDoNotWait(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence with maxspan=10s ![m where true] [a where true] ![m where true]")).NewStream()
	var c collector
	require.NoError(t, s.Push(at(0, "a", 1), c.add))
	require.Equal(t, []string{"- 1 -"}, c.got, "without a missing event before, none behind matters")
	require.NoError(t, s.Push(at(1000, "m", 2), c.add))
	require.NoError(t, s.Push(at(10_999, "a", 3), c.add))
	require.Len(t, c.got, 1)
	require.NoError(t, s.Push(at(11_000, "a", 4), c.add))
	require.Equal(t, []string{"- 1 -", "- 4 -"}, c.got, "whatever follows is too far from what was before")
}

// An event that cannot be read is refused and stops nothing.
func TestUnreadableEvent(t *testing.T) {
	s := eval.NewEngine(compile(t, "any where id > 0")).NewStream()
	var c collector
	require.NoError(t, s.Push(event.JSON([]byte(`{"id": 1}`)), c.add))
	require.ErrorContains(t, s.Push(event.JSON([]byte(`{"id": 2`)), c.add), "event 2")
	require.NoError(t, s.Push(event.JSON([]byte(`{"id": 3}`)), c.add))
	require.Equal(t, []string{"1", "3"}, c.got)
	require.EqualValues(t, 1, s.Stats().Refused)
	s.Close(c.add)
	require.ErrorIs(t, s.Push(event.Map{}, c.add), eval.ErrClosed)
}

// Errors of evaluation are reported with their query.
func TestOnError(t *testing.T) {
	q := compile(t, "any where 1 / id == 1")
	var from []*eval.Query
	s := eval.NewEngine(q).NewStream(eval.WithOnError(func(q *eval.Query, err error) {
		require.ErrorContains(t, err, "division by zero")
		from = append(from, q)
	}))
	require.NoError(t, s.Push(event.Map{"id": 0}, nil))
	require.Equal(t, []*eval.Query{q}, from)
	require.EqualValues(t, 1, s.Stats().Errors)
}

// Ids depend on the query and the events alone.
func TestMatchID(t *testing.T) {
	const doc = `{"@timestamp": 1, "event": {"category": "a"}, "id": 1}`
	id := func(q *eval.Query, ev eval.Event) string {
		var out string
		s := eval.NewEngine(q).NewStream()
		require.NoError(t, s.Push(at(0, "x", 7), nil))
		require.NoError(t, s.Push(ev, func(m eval.Match) bool {
			out = m.ID()
			return true
		}))
		require.Len(t, out, 32)
		return out
	}
	q := compile(t, "a where true")
	first := id(q, event.JSON([]byte(doc)))
	require.Equal(t, first, id(q, event.JSON([]byte(doc))))
	require.Equal(t, first, id(q, decoded([]byte(doc))), "raw and decoded documents are the same")
	require.Equal(t, first, id(compile(t, "a  where  true // as before"), event.JSON([]byte(doc))))
	require.NotEqual(t, first, id(compile(t, "a where id == 1"), event.JSON([]byte(doc))))
	require.NotEqual(t, first, id(q, event.JSON([]byte(`{"@timestamp": 1, "event": {"category": "a"}, "id": 2}`))))
}

// Engines may be shared.
func TestConcurrentStreams(t *testing.T) {
	engine := eval.NewEngine(
		compile(t, `any where concat(id, "-", m) regex "[0-9]+-[ab]" and m : ("A*", "b*")`),
		compile(t, "sequence by m [a where true] [b where true]"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s := engine.NewStream()
			n := 0
			for i := range 200 {
				ev := event.Map{"@timestamp": i, "event.category": []string{"a", "b"}[i%2], "id": i, "m": []any{"a", "b"}}
				if err := s.Push(ev, func(eval.Match) bool { n++; return true }); err != nil {
					t.Error(err)
				}
			}
			if n != 200+2*100 {
				t.Errorf("%d matches", n)
			}
		})
	}
	wg.Wait()
}

// A query that never matches anything costs nothing and says nothing.
func TestNeverTrue(t *testing.T) {
	s := eval.NewEngine(compile(t, "any where null"), compile(t, "any where not null"), compile(t, "any where 1 == 2")).NewStream()
	var c collector
	require.NoError(t, s.Push(event.Map{"id": 1}, c.add))
	s.Close(c.add)
	require.Empty(t, c.got)
}

// Conditions are shared by queries only if they mean the same.
func TestSharedConditions(t *testing.T) {
	constant := func(b bool) eval.Config {
		return eval.Config{Functions: []fn.Func{{
			Name: "listed", Params: []fn.Param{{Name: "x"}}, Result: fn.Boolean,
			Prepare: func(bool, []*value.Value) (fn.Impl, error) {
				return func([]value.Value) (value.Value, error) { return value.OfBool(b), nil }, nil
			},
		}}}
	}
	mapped, err := schema.FromMapping([]byte(`{"properties": {"u": {"type": "keyword", "null_value": "x"}}}`))
	require.NoError(t, err)
	yes, no := compileWith(t, "any where listed(id)", constant(true)), compileWith(t, "any where listed(id)", constant(false))
	typed := compileWith(t, `any where u == "x"`, eval.Config{Schema: mapped})
	untyped := compile(t, `any where u == "x"`)
	for _, queries := range [][]*eval.Query{{yes, no, typed, untyped}, {untyped, typed, no, yes}} {
		s := eval.NewEngine(queries...).NewStream()
		var matched []*eval.Query
		require.NoError(t, s.Push(event.JSON([]byte(`{"id": 1, "u": null}`)), func(m eval.Match) bool {
			matched = append(matched, m.Query)
			return true
		}))
		require.ElementsMatch(t, []*eval.Query{yes, typed}, matched)
	}
}

// Matches come in the order of the queries, wherever these read the category.
func TestOrderOfQueries(t *testing.T) {
	first, second, third := compile(t, "any where true"), compileWith(t, "any where true", eval.Config{CategoryField: "cat"}), compile(t, "any where true")
	var got []*eval.Query
	require.NoError(t, eval.NewEngine(first, second, third).NewStream().Push(event.Map{}, func(m eval.Match) bool {
		got = append(got, m.Query)
		return true
	}))
	require.Equal(t, []*eval.Query{first, second, third}, got)
}

// A candidate that has been refuted is gone at once.
func TestRefutedCandidatesAreForgotten(t *testing.T) {
	s := eval.NewEngine(compile(t, "sequence by k with maxspan=30d [a where true] ![b where true]")).NewStream()
	for i := range 100 {
		a, b := at(int64(10*i), "a", i), at(int64(10*i+5), "b", i)
		a["k"], b["k"] = i, i
		require.NoError(t, s.Push(a, nil))
		require.NoError(t, s.Push(b, nil))
	}
	require.Zero(t, s.Stats().Open)
}

// A function that cannot be called is refused when the query is compiled.
func TestUnusableFunctions(t *testing.T) {
	prepare := func(bool, []*value.Value) (fn.Impl, error) { return nil, nil }
	tree, err := parser.Parse(&source.File{Text: "any where f(id)"}, parser.Options{})
	require.NoError(t, err)
	for want, f := range map[string]fn.Func{
		"nothing to call":      {Name: "f", Params: []fn.Param{{Name: "x"}}, Result: fn.Boolean, Prepare: prepare},
		"cannot be the name":   {Name: "my-func", Prepare: prepare},
		"already defined":      {Name: "Length", Prepare: prepare},
		"behind an optional":   {Name: "f", Params: []fn.Param{{Name: "x", Optional: true}, {Name: "y"}}, Prepare: prepare},
		"has no Prepare":       {Name: "f"},
		"but has no parameter": {Name: "f", Variadic: true, Prepare: prepare},
	} {
		_, err := eval.Compile(tree, eval.Config{Functions: []fn.Func{f}})
		require.ErrorContains(t, err, want)
	}
}

// All problems are reported, each once.
func TestEveryProblemOnce(t *testing.T) {
	const query = `process where cidrMatch(source.ip, "10.0.0.0/99") and lenght(x) > 1 and y regex "a(" and startsWith(1, "x") and z in (1, u)`
	tree, err := parser.Parse(&source.File{Text: query}, parser.Options{})
	require.NoError(t, err)
	_, err = eval.Compile(tree, eval.Config{})
	var list source.List
	require.ErrorAs(t, err, &list)
	var codes []string
	for _, e := range list {
		codes = append(codes, e.Code)
	}
	require.Equal(t, []string{"argument", "unknown-function", "regex", "type", "constant"}, codes)
}

// TestRunStops shows that a run ends when its caller wants no more, and that
// the stream goes on from there.
func TestRunStops(t *testing.T) {
	q := compile(t, "any where true")
	s := eval.NewEngine(q).NewStream()
	docs := slices.Values([]eval.Event{event.Map{"id": 1}, event.Map{"id": 2}, event.Map{"id": 3}})
	for m, err := range s.Run(context.Background(), docs) {
		require.NoError(t, err)
		require.Equal(t, "1", show(m))
		break
	}
	require.EqualValues(t, 1, s.Stats().Matches)
	var rest []string
	require.NoError(t, s.Push(event.Map{"id": 4}, func(m eval.Match) bool {
		rest = append(rest, show(m))
		return true
	}))
	require.Equal(t, []string{"4"}, rest)
}
