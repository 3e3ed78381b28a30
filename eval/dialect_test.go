package eval_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

func endpoint(t *testing.T, text string, change ...func(*eval.Config)) *eval.Query {
	t.Helper()
	c := eval.Config{Dialect: ast.Endpoint}
	for _, f := range change {
		f(&c)
	}
	return compileWith(t, text, c)
}

// with is an event with more fields.
func with(m event.Map, fields event.Map) event.Map {
	maps.Copy(m, fields)
	return m
}

// push pushes events and closes the stream.
func push(t *testing.T, s *eval.Stream, events ...event.Map) []string {
	t.Helper()
	var c collector
	for _, ev := range events {
		require.NoError(t, s.Push(ev, c.add))
	}
	s.Close(c.add)
	return c.got
}

// A first step that fits everything all the time does not blind a sequence that
// keeps to one host: what fits is found behind a thousand newer ones.
func TestNoisyFirstStep(t *testing.T) {
	q := endpoint(t, "sequence with maxspan=1m [file where true] as drop [process where cmd == drop.path]")
	noise := func(n int) []event.Map {
		events := []event.Map{with(at(0, "file", 0), event.Map{"path": "wanted"})}
		for i := range n {
			events = append(events, with(at(int64(i), "file", 1+i), event.Map{"path": fmt.Sprint(i)}))
		}
		return append(events, with(at(int64(n), "process", 9999), event.Map{"cmd": "wanted"}))
	}
	assert.Equal(t, []string{"0 9999"}, push(t, eval.NewEngine(q).NewStream(), noise(1000)...))

	t.Run("bounded", func(t *testing.T) {
		var dropped error
		s := eval.NewEngine(q).NewStream(eval.WithPartialsPerKey(10), eval.WithOnError(func(_ *eval.Query, err error) { dropped = err }))
		assert.Equal(t, []string{"0 9999"}, push(t, s, noise(9)...))
		assert.NoError(t, dropped)
		s = eval.NewEngine(q).NewStream(eval.WithPartialsPerKey(10), eval.WithOnError(func(_ *eval.Query, err error) { dropped = err }))
		assert.Empty(t, push(t, s, noise(10)...))
		assert.ErrorContains(t, dropped, "too many partial sequences")
		assert.EqualValues(t, 1, s.Stats().Errors)
	})
	t.Run("forgotten", func(t *testing.T) {
		s := eval.NewEngine(q).NewStream()
		for i := range 100 {
			require.NoError(t, s.Push(at(int64(i), "file", i), nil))
		}
		require.Equal(t, 100, s.Stats().Open)
		s.Advance(time.UnixMilli(60_050), nil)
		assert.Equal(t, 50, s.Stats().Open)
		s.Advance(time.UnixMilli(70_000), nil)
		assert.Zero(t, s.Stats().Open)
	})
}

// What an event is compared with is what the earlier event was, although the
// events are evaluated in another order than they come in.
func TestNamesOfLateEvents(t *testing.T) {
	q := endpoint(t, `sequence with maxspan=1m [a where true] as e
		[b where v == e.v and (w == 1 or _arraysearch(s, $x, $x.n == e.n))]`)
	events := []event.Map{
		with(at(3, "b", 3), event.Map{"v": "y", "w": 2, "s": []any{event.Map{"n": 1}, event.Map{"n": 5}}}),
		with(at(1, "a", 1), event.Map{"v": "x", "n": 4}),
		with(at(2, "a", 2), event.Map{"v": "y", "n": 5}),
		with(at(4, "b", 4), event.Map{"v": "x", "w": 1}),
	}
	assert.Equal(t, []string{"2 3", "1 4"}, push(t, eval.NewEngine(q).NewStream(eval.WithLateness(time.Second)), events...))

	q = endpoint(t, `sequence with maxspan=1m [a where true] as e [b where v == e.v]`, func(c *eval.Config) { c.TiebreakerField = "seq" })
	same := []event.Map{
		with(at(1, "b", 2), event.Map{"v": "x", "seq": 2}),
		with(at(1, "a", 1), event.Map{"v": "x", "seq": 1}),
		with(at(1, "a", 3), event.Map{"v": "x", "seq": 3}),
	}
	assert.Equal(t, []string{"1 2"}, push(t, eval.NewEngine(q).NewStream(), same...))
}

// A process tree that comes late is known by the time a query asks: those for
// single events wait for it, too. One that is behind the watermark asks at once.
func TestDescentOfLateEvents(t *testing.T) {
	start := func(ms int64, id int, entity, parent, name string) event.Map {
		return with(at(ms, "process", id), event.Map{
			"event.type": "start", "process.entity_id": entity, "process.parent.entity_id": parent, "name": name,
		})
	}
	events := []event.Map{
		start(2, 2, "B", "A", "y"),
		start(1, 1, "A", "Z", "x"),
		start(3, 3, "C", "B", "y"),
		with(at(4, "network", 4), event.Map{"process.entity_id": "B"}),
		start(5, 5, "D", "A", "y"),
	}
	sequence := endpoint(t, `sequence by process.entity_id with maxspan=1m
		[process where descendant of [process where name == "x"]] [network where true]`)
	assert.Equal(t, []string{"B: 2 4"}, push(t, eval.NewEngine(sequence).NewStream(eval.WithLateness(time.Second)), events...))

	single := endpoint(t, `process where descendant of [process where name == "x"]`)
	assert.Equal(t, []string{"2", "3", "5"}, push(t, eval.NewEngine(single).NewStream(eval.WithLateness(time.Second)), events...))
	assert.Equal(t, []string{"5"}, push(t, eval.NewEngine(single).NewStream(), events...))
}

// What is remembered of processes is bounded by number and by idle time.
func TestProcessLimits(t *testing.T) {
	q := endpoint(t, `process where descendant of [process where name == "x"]`)
	source := func(ms int64, entity string) event.Map {
		return with(at(ms, "process", 0), event.Map{"process.entity_id": entity, "name": "x"})
	}
	child := func(ms int64, id int, parent string) event.Map {
		return with(at(ms, "process", id), event.Map{
			"process.entity_id": fmt.Sprint("c", id), "process.parent.entity_id": parent, "event.type": "start",
		})
	}
	var told []error
	stream := func(n int, idle time.Duration) *eval.Stream {
		told = nil
		return eval.NewEngine(q).NewStream(eval.WithProcessLimits(n, idle), eval.WithOnError(func(_ *eval.Query, err error) { told = append(told, err) }))
	}
	assert.Equal(t, []string{"1"}, push(t, stream(2, 0), source(0, "A"), source(1, "B"), child(2, 1, "A")))
	assert.Len(t, told, 1, "c1 took the place of B")
	assert.ErrorContains(t, told[0], "too many processes")
	assert.Equal(t, []string{"2"}, push(t, stream(2, 0), source(0, "A"), source(1, "B"), source(2, "C"), child(3, 1, "A"), child(4, 2, "B")))

	idle := 10 * time.Second
	assert.Equal(t, []string{"1", "2"}, push(t, stream(0, idle), source(0, "A"), child(10_000, 1, "A"), child(20_000, 2, "A")))
	assert.Empty(t, told)
	assert.Empty(t, push(t, stream(0, idle), source(0, "A"), child(10_001, 1, "A")))
}

// parents is a process tree that an embedder knows.
type parents map[string]string

func (p parents) Ancestors(ev eval.Event, yield func(string) bool) {
	for id := p[ev.Field("process.entity_id").Str()]; id != "" && yield(id); id = p[id] {
	}
}

// An embedder's process tree tells of ancestors that no event has told of.
func TestProcessTree(t *testing.T) {
	q := endpoint(t, `process where event.type == "end" and descendant of [process where name == "x"]`)
	process := func(id int, entity string) event.Map {
		return with(at(int64(id), "process", id), event.Map{"process.entity_id": entity, "event.type": "end"})
	}
	events := []event.Map{with(process(1, "A"), event.Map{"name": "x"}), process(2, "C"), process(3, "D"), process(4, "A")}
	tree := parents{"C": "B", "B": "A", "A": "Z", "D": "E", "E": "Z"}
	assert.Equal(t, []string{"2"}, push(t, eval.NewEngine(q).NewStream(eval.WithProcessTree(tree)), events...))
	assert.Empty(t, push(t, eval.NewEngine(q).NewStream(), events...))
}

// Which fields tell the host is an option, and what a plan says.
func TestHostFields(t *testing.T) {
	const text = "sequence with maxspan=1m [a where true] [b where true]"
	events := []event.Map{
		with(at(1, "a", 1), event.Map{"host.id": "h", "site": "s"}),
		with(at(2, "b", 2), event.Map{"host.id": "g", "site": "s"}),
	}
	fields := func(names ...string) func(*eval.Config) {
		return func(c *eval.Config) { c.HostFields = append([]string{}, names...) }
	}
	for _, c := range []struct {
		query *eval.Query
		want  []string
		plan  string
	}{
		{endpoint(t, text), nil, "hosts: each for itself, by host.id, else agent.id"},
		{endpoint(t, text, fields("site")), []string{"1 2"}, "hosts: each for itself, by site"},
		{endpoint(t, text, fields()), []string{"1 2"}, ""},
		{compile(t, text), []string{"1 2"}, ""},
		{compileWith(t, text, eval.Config{HostFields: []string{"host.id"}}), nil, "hosts: each for itself, by host.id"},
	} {
		assert.Equal(t, c.want, push(t, eval.NewEngine(c.query).NewStream(), events...))
		if c.plan == "" {
			assert.NotContains(t, c.query.Explain(), "hosts:")
		} else {
			assert.Contains(t, c.query.Explain(), c.plan+"\n")
		}
	}
}

// A query for some operating systems does not see the events of others.
func TestSystems(t *testing.T) {
	on := func(names ...string) *eval.Query {
		return endpoint(t, "any where true", func(c *eval.Config) { c.ID, c.Systems = "r", names })
	}
	ev := func(fields event.Map) event.Map { return with(at(1, "a", 1), fields) }
	for _, c := range []struct {
		event  event.Map
		system string // "" if it is unknown
	}{
		{ev(event.Map{"host.os.type": "windows"}), "windows"},
		{ev(event.Map{"host.os.type": "Linux", "host.os.family": "windows"}), "linux"},
		{ev(event.Map{"host": event.Map{"os": event.Map{"family": "darwin"}}}), "macos"},
		{ev(event.Map{"host.os.family": "debian", "host.os.platform": "ubuntu"}), "linux"},
		{ev(event.Map{"host.os.platform": "centos"}), "linux"},
		{ev(event.Map{"host.os.type": "freebsd"}), "freebsd"},
		{ev(event.Map{"host.os.type": "", "host.os.platform": "windows"}), "windows"},
		{ev(event.Map{}), ""},
	} {
		for _, names := range [][]string{{"windows"}, {"macos"}, {"linux"}, {"linux", "windows"}, nil} {
			got := push(t, eval.NewEngine(on(names...)).NewStream(), c.event)
			want := names == nil || c.system == ""
			for _, n := range names {
				want = want || n == c.system
			}
			assert.Equal(t, want, len(got) == 1, "%v over %v", names, c.event)
		}
	}
	t.Run("one id, two rules", func(t *testing.T) {
		var ids []string
		s := eval.NewEngine(on("linux"), on("windows")).NewStream()
		require.NoError(t, s.Push(ev(event.Map{}), func(m eval.Match) bool {
			ids = append(ids, m.ID())
			return true
		}))
		require.Len(t, ids, 2)
		assert.NotEqual(t, ids[0], ids[1])
	})
	t.Run("among ancestors", func(t *testing.T) {
		for system, want := range map[string]int{"windows": 1, "linux": 0, "": 1} {
			q := endpoint(t, `any where descendant of [any where process.name == "a"]`, func(c *eval.Config) { c.Systems = []string{"windows"} })
			s := eval.NewEngine(q).NewStream()
			start := func(id, name, parent, system string) event.Map {
				return event.Map{
					"@timestamp": 1, "event.category": "process", "event.type": "start", "host.id": "h", "host.os.type": system,
					"process.entity_id": id, "process.name": name, "process.parent.entity_id": parent,
				}
			}
			assert.Len(t, push(t, s, start("1", "a", "0", system), start("2", "b", "1", "windows")), want, "%q", system)
		}
	})
	t.Run("in a plan", func(t *testing.T) {
		assert.Contains(t, on("linux").Explain(), "the system is one of linux, or unknown")
	})
}

// Searches of arrays cost nothing for each element.
func TestSearchAllocations(t *testing.T) {
	q := endpoint(t, `any where _arraysearch(stack, $f, $f.sym : "*!Load*" and not $f.trusted == true and $f.n > limit) or
		_arraysearch(stack, $f, _arraysearch($f.inner, $g, $g.a == 5))`)
	doc := []byte(`{"@timestamp": 1, "event.category": "a", "limit": 3, "stack": [
		{"sym": "k!LoadA", "trusted": true, "n": 5, "inner": [{"a": 1}, {"a": 2}]}, {"sym": "k!Other"}, {"sym": "k!LoadB", "n": 2},
		{"sym": "k!LoadA", "trusted": true, "n": 5, "inner": [{"a": 1}, {"a": 2}]}, {"sym": "k!Other"}, {"sym": "k!LoadB", "n": 2}]}`)
	s := eval.NewEngine(q).NewStream()
	ev := event.JSON(doc)
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = s.Push(ev, nil) }))
}

// With WildcardFunctions the literal of endsWith and stringContains is a pattern
// with a backslash to protect wildcards; without, it is plain text.
func TestWildcardFunctions(t *testing.T) {
	for _, c := range []struct {
		query, text    string
		plain, pattern bool
	}{
		{`stringContains(f, "a=\\*")`, "x a=* y", false, true},
		{`stringContains(f, "a=\\*")`, `a=\*`, true, false},
		{`stringContains(f, "a=[*]")`, "q a=[b c]", false, true},
		{`stringContains(f, "a=*")`, "a=b", false, true},
		{`stringContains(f, "a?c")`, "xabcx", false, true},
		{`stringContains(f, "a?c")`, "xacx", false, false},
		{`stringContains~(f, "A\\?C")`, "xa?cx", false, true},
		{`stringContains~(f, "A*C")`, "xabbcx", false, true},
		{`stringContains(f, "c:\\d")`, `c:\d`, true, false},
		{`stringContains(f, "c:\\d")`, `c:d`, false, true},
		{`stringContains(f, "c\\")`, `c*`, false, true},
		{`stringContains(f, "")`, "x", false, true},
		{`endsWith(f, "a*d")`, "xabcd", false, true},
		{`endsWith(f, "a*d")`, "xabcde", false, false},
		{`endsWith~(f, "*.CPL")`, "x.cpl", false, true},
		{`endsWith(f, "x\\")`, `ax\`, true, true},
		{`startsWith(f, "DC=*,")`, "DC=*,x", true, true},
		{`startsWith(f, "DC=*,")`, "DC=a,x", false, false},
		{`stringContains(concat(f, ""), "a*")`, "ab", false, false},
		{`stringContains(f, g)`, "a*b", false, false},
		{`not stringContains(f, "b*d")`, "abcd", true, false},
		{`(stringContains(f, "b*d")) == true`, "abcd", false, true},
		{`true == stringContains(f, "b*d") or f like "*b\\*d*"`, `b\xd`, true, true},
	} {
		ev := with(at(1, "a", 1), event.Map{"f": c.text, "g": "a*b*"})
		for _, on := range []bool{false, true} {
			q := compileWith(t, "any where "+c.query, eval.Config{WildcardFunctions: on})
			want := c.plain
			if on {
				want = c.pattern
			}
			assert.Equal(t, want, len(push(t, eval.NewEngine(q).NewStream(), ev)) == 1, "%s of %s, wildcards %v", c.query, c.text, on)
		}
	}
	q := endpoint(t, `any where stringContains(f, "a*")`, func(c *eval.Config) { c.WildcardFunctions = true })
	assert.Empty(t, push(t, eval.NewEngine(q).NewStream(), with(at(1, "a", 1), event.Map{"f": "ab"})))
}

// A plan tells what waits for what, and what is decided before.
func TestExplainEndpoint(t *testing.T) {
	plan := endpoint(t, `sequence with maxspan=1m [file where true] as drop
		[process where pid > 4 and startswith~(cmd, drop.path) and not descendant of [process where name : "x*"] and
			(_arraysearch(s, $f, $f.n == 1) or _arraysearch(s, $f, $f.n == drop.n))]`).Explain()
	for _, line := range []string{
		"step 1: event.category is \"file\", called drop",
		"several partial sequences, of which the newest that fits goes on; forgotten 1m0s after its first event",
		"pid > 4, as a number    -- number, also in text",
		"and, with the processes seen before it:\n  not\n    descendant of [\"process\" where name : \"x*\"]    -- looked up",
		"and, with the events of earlier steps:\n  all of\n    startsWith~(cmd, drop.path)    -- computed",
		"_arraysearch(s, $f, $f.n == 1, as a number)    -- decided by the event alone, beforehand",
		"an element for which, $f in s\n        $f.n == drop.n    -- computed",
		"processes to descend from: event.category is \"process\"\n  name : \"x*\"    -- compiled wildcard",
		"processes that are started\n  any of",
	} {
		assert.Contains(t, plan, line)
	}
	assert.Contains(t, endpoint(t, `any where _arraysearch(s, $f, $f.n : "x")`).Explain(), "an element for which, $f in s\n    $f.n : \"x\"    -- compiled wildcard")
	assert.Contains(t, endpoint(t, `any where descendant of [any where true]`).Explain(), "processes: those that descendant of asks about")
}
