package why_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/eval/why"
)

func compile(t *testing.T, query string, cfg eval.Config) *eval.Query {
	t.Helper()
	q, err := eval.Compile(parse(t, query), cfg)
	require.NoError(t, err, query)
	return q
}

// record pushes events, of the form "category time field=value ...", where the
// time counts seconds and "-" is none; "close" ends the stream.
func record(t *testing.T, q *eval.Query, happenings ...string) *why.Recorder {
	t.Helper()
	r := why.NewRecorder(q)
	for _, h := range happenings {
		if h == "close" {
			r.Close()
			continue
		}
		words := strings.Fields(h)
		ev := event.Map{"event.category": words[0]}
		if words[1] != "-" {
			d, err := time.ParseDuration(words[1] + "s")
			require.NoError(t, err)
			ev["@timestamp"] = d.Milliseconds()
		}
		for _, w := range words[2:] {
			name, v, _ := strings.Cut(w, "=")
			ev[name] = v
		}
		require.NoError(t, r.Push(ev))
	}
	return r
}

// TestText shows accounts as they are read.
func TestText(t *testing.T) {
	const pair = `sequence by h with maxspan=5s [p where n == "a"] [q where n == "b"]`
	one := 1
	tests := []struct {
		name, query string
		cfg         eval.Config
		happenings  string
		want        string
	}{
		{"limit", `p where n == "a" | head 0`, eval.Config{}, "p 1 n=a; close", "no match\n  what was found was cut off: the number of results is limited"},
		{"waits for the end", `p where n == "a" | tail 1`, eval.Config{}, "p 1 n=a", "no match\n  what was found is not decided yet: the stream goes on"},
		{"size", `p where n == "a"`, eval.Config{Limit: &one}, "p 1 n=a; close", "match 1: event 1\n  event 1 satisfies the condition:\n    q:1:9: n == \"a\" was true\n      n is \"a\""},
		{"nothing", `p where n == "a"`, eval.Config{}, "close", "no match\n  there was no event"},
		{"not pushed yet", pair, eval.Config{}, "", "no match: none of 2 steps found its event\n  there was no event that could be step 1 [p where n == \"a\"]"},
		{"no follower", pair, eval.Config{}, "p 1 n=a h=x; close", "no match: 1 of 2 steps found its event (event 1) for h \"x\"\n  no event followed that could be step 2 [q where n == \"b\"]"},
		{"still possible", pair, eval.Config{}, "p 1 n=a h=x", "no match: 1 of 2 steps found its event (event 1) for h \"x\"\n  what was found is not decided yet: the stream goes on"},
		{"no time", pair, eval.Config{}, "p 1 n=a h=x; q - n=b h=x; close", "no match: 1 of 2 steps found its event (event 1) for h \"x\"\n  event 2 satisfies step 2 [q where n == \"b\"], but has no time"},
		{"late", pair, eval.Config{}, "p 3 n=a h=x; q 4 n=c h=y; p 1 n=a h=z; close", "no match: 1 of 2 steps found its event (event 1) for h \"x\"\n  event 2 fails step 2 [q where n == \"b\"]:\n    q:1:59: n == \"b\" was false\n      n is \"c\""},
		{"late first step", pair, eval.Config{}, "q 4 n=c h=y; p 1 n=a h=z; close", "no match: none of 2 steps found its event\n  event 2 satisfies step 1 [p where n == \"a\"], but came late: an event before it has a later time"},
		{"the nearest of several", pair, eval.Config{}, "p 1 n=a h=x; p 1 n=a h=y; q 2 n=b h=z; q 3 n=c h=x; close", "no match: 1 of 2 steps found its event (event 1) for h \"x\"\n  event 4 fails step 2 [q where n == \"b\"]:\n    q:1:59: n == \"b\" was false\n      n is \"c\"\n  event 3 satisfies step 2 [q where n == \"b\"], but the key differs: h \"z\" against h \"x\""},
		{"one event for two filters", `sample by h [p where n == "a"] [p where n : "A"]`, eval.Config{}, "p 1 n=a h=x; close", "no match: 1 of 2 filters found its event (event 1) for h \"x\"\n  event 1 would have to satisfy several filters at once, but each filter needs an event of its own"},
		{"a sample before its end", `sample by h [p where n == "a"] [q where n == "b"]`, eval.Config{}, "p 1 n=a h=x; q 2 n=b h=x", "no match: 2 of 2 filters found their events (event 1, event 2) for h \"x\"\n  what was found is not decided yet: the stream goes on"},
		{"leading missing event", `sequence by h with maxspan=5s ![p where n == "a"] [q where n == "b"] [q where n == "c"]`, eval.Config{}, "p 1 n=a h=x; q 2 n=b h=x; q 3 n=c h=x; close", "no match: 2 of 2 steps found their events (event 2, event 3) for h \"x\"\n  event 1 was there, but had to be missing: it satisfies step 1 ![p where n == \"a\"]"},
		{"not of a group", `p where not (n == "a" or n == "b")`, eval.Config{}, "p 1 n=b; close", "no match\n  event 1 fails the condition:\n    q:1:26: n == \"b\" was true\n      n is \"b\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var happenings []string
			if tt.happenings != "" {
				happenings = strings.Split(tt.happenings, "; ")
			}
			r := record(t, compile(t, tt.query, tt.cfg), happenings...)
			assert.Equal(t, tt.want, r.Printer(nil).Account(r.Account()))
		})
	}
}

// TestWhyNot asks about matches that were expected of certain events.
func TestWhyNot(t *testing.T) {
	q := compile(t, `sequence by h with maxspan=5s [p where n == "a"] [q where n == "b"] [q where n == "c"] until [u where true]`, eval.Config{})
	r := record(t, q,
		"p 1 n=a h=x", "p 2 n=a h=x", "q 3 n=b h=x", "q 4 n=b h=y", "q 7 n=c h=x", "q 8 n=c h=x", // the second p replaces the first
		"p 9 n=a h=z", "u 10 h=z", "q 11 n=b h=z", "close")
	require.Len(t, r.Matches(), 1)
	assert.Equal(t, []int{1, 2, 4}, r.Matches()[0].Index)
	for _, tt := range []struct {
		events []int
		want   why.Kind
		event  int
	}{
		{[]int{0, 2, 4}, why.Replaced, 1},
		{[]int{1, 3, 4}, why.KeyDiffers, 3},
		{[]int{1, 2, 5}, why.TooLate, 5},
		{[]int{1, 2, 3}, why.False, 3},
		{[]int{2, 2, 4}, why.Category, 2},
		{[]int{6, 8, 4}, why.Cancelled, 7},
	} {
		got := r.WhyNot(tt.events)
		require.Len(t, got, 1, "%v", tt.events)
		assert.Equal(t, tt.want, got[0].Kind, "%v", tt.events)
		assert.Equal(t, tt.event, got[0].Event, "%v", tt.events)
	}
	assert.Equal(t, time.Second, r.WhyNot([]int{1, 2, 5})[0].Late)
	assert.Empty(t, r.WhyNot([]int{1, 2, 4}), "nothing stands in the way of a match")
	assert.Empty(t, r.WhyNot([]int{1}), "no result of the query has one event")
}

// TestRefusedEvents have an index, but no part in anything.
func TestRefusedEvents(t *testing.T) {
	r := why.NewRecorder(compile(t, `sequence [any where n == 1] [any where n == 2]`, eval.Config{}))
	require.Error(t, r.Push(nil))
	require.NoError(t, r.Push(event.JSON([]byte(`{"@timestamp":1,"n":1}`))))
	require.Error(t, r.Push(event.JSON([]byte(`{"@timestamp":2,"n":`))))
	last := event.JSON([]byte(`{"@timestamp":3,"n":2}`))
	require.NoError(t, r.Push(last))
	r.Close()
	require.Error(t, r.Push(last), "the stream is closed")
	require.Len(t, r.Matches(), 1)
	m := r.Matches()[0]
	assert.Equal(t, []int{1, 3}, m.Index)
	assert.Same(t, last, m.Events[1], "events are those that were pushed")
	q := eval.NewEngine(m.Query).NewStream()
	for _, ev := range m.Events {
		require.NoError(t, q.Push(ev, func(n eval.Match) bool {
			assert.Equal(t, n.ID(), m.ID(), "and so is the id of the match")
			return true
		}))
	}
	assert.EqualValues(t, 3, r.Stats().Events-1)
}

// TestTally counts what predicates and steps did.
func TestTally(t *testing.T) {
	q := compile(t, `sequence by h with maxspan=5s [p where n == "a" and m == "1"] with runs=2 ![q where n == "b"] [p where n == "c"] until [u where true]`, eval.Config{})
	r := record(t, q, "p 1 n=a m=1 h=x", "p 2 n=a m=2 h=x", "p 2 n=a m=1 h=x", "q 3 n=b h=x", "u 3 h=y", "p 9 n=z h=x", "close")
	got := r.Tally()
	var texts []string
	for _, p := range r.Probe().Predicates() {
		texts = append(texts, q.AST().File.Slice(p.Span))
	}
	assert.Equal(t, []string{`n == "a"`, `m == "1"`, `n == "b"`, `n == "c"`, "true"}, texts)
	assert.Equal(t, why.Tally{
		True:    []int{3, 2, 1, 0, 1},
		False:   []int{1, 1, 0, 4, 0},
		Reached: []int{3, 1, 0, 1}, Expired: []int{2, 0, 0, 0},
	}, got)
	got.Add(r.Tally())
	assert.Equal(t, 6, got.True[0])
	assert.Equal(t, 3, r.Tally().True[0])
}

func TestFormatValue(t *testing.T) {
	assert.Equal(t, `["a\b", 1]`, why.FormatValue(value.OfList([]value.Value{value.OfString(`a\b`), value.OfInt(1)})))
	assert.Equal(t, "\"a\uFFFDb\"", why.FormatValue(value.OfString("a\x1bb")))
	assert.Len(t, why.FormatValue(value.OfString(strings.Repeat("x", 500))), 163)
}
