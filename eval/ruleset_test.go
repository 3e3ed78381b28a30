package eval_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
)

// The index must not change what a stream does: with and without it a stream
// delivers the same matches in the same order, drops the same partial matches, and
// counts the same. Of errors in expressions it may report fewer, since an
// expression that is not needed is not evaluated: what it does report for an event
// and a query is reported without it, too.

// A ruleSet is queries, documents, and what is done with them.
type ruleSet struct {
	g       *evaltest.Gen
	texts   []string
	engines []*eval.Engine // of the queries in several selections
	docs    []map[string]any
	wrap    func(doc map[string]any) eval.Event
	opts    []eval.StreamOption
	deeds   []deed
}

// A deed is done with both streams.
type deed struct {
	name string
	do   func(s *eval.Stream, add func(eval.Match) bool) error
}

const ruleSetMapping = `{"properties": {
	"l1": {"type": "keyword"}, "l2": {"type": "wildcard"}, "lm": {"type": "keyword"}, "ln": {"type": "long"}, "lb": {"type": "boolean"},
	"l3": {"type": "alias", "path": "l1"}, "lx": {"type": "ip"}, "s": {"type": "keyword"}, "ss": {"type": "keyword"}, "n": {"type": "long"},
	"x": {"type": "double"}, "digits": {"type": "double"}, "mix": {"type": "version"}, "ip": {"type": "ip"}, "b": {"type": "boolean"}
}}`

// ruleSetOf makes up a rule set.
func ruleSetOf(t *testing.T, g *evaltest.Gen, queries, docs int) *ruleSet {
	t.Helper()
	mapping, err := schema.FromMapping([]byte(ruleSetMapping))
	require.NoError(t, err)
	x := &ruleSet{g: g}
	words := g.Lexicon()
	var compiled []*eval.Query
	for len(x.texts) < queries {
		text, dialect := "", ast.Elasticsearch
		switch g.Choose(12) {
		case 0:
			text = g.EventQuery()
		case 1:
			text = g.SequenceQuery()
		case 2:
			text = g.SampleQuery()
		case 3:
			text, dialect = g.EndpointQuery(), ast.Endpoint
		case 4:
			text, dialect = g.EndpointSequence(), ast.Endpoint
		case 5:
			text, dialect = g.EndpointSample(), ast.Endpoint
		default:
			text, dialect = words.Query()
		}
		c := eval.Config{ID: fmt.Sprint("q", len(x.texts)), Dialect: dialect}
		if g.Choose(3) == 1 {
			c.Schema = mapping
		}
		switch g.Choose(6) {
		case 1:
			c.TimestampField = "time2"
		case 2:
			c.TiebreakerField = "seq"
		}
		if g.Choose(5) == 1 {
			c.CategoryField = "category2"
		}
		if g.Choose(4) == 1 {
			c.Systems = [][]string{{"windows"}, {"linux", "macos"}}[g.Choose(2)]
		}
		if g.Choose(4) == 1 {
			c.HostFields = [][]string{{}, {"e"}}[g.Choose(2)]
		}
		c.Ordered = g.Choose(4) == 1
		c.WildcardFunctions = g.Choose(4) == 1
		x.texts = append(x.texts, text)
		tree, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
		require.NoError(t, err, "%q", text)
		q, err := eval.Compile(tree, c)
		if err != nil { // such as a field that the mapping gives another type
			c.Schema = nil
			q, err = eval.Compile(tree, c)
		}
		if err == nil {
			compiled = append(compiled, q)
		}
	}
	x.engines = []*eval.Engine{eval.NewEngine(compiled...)}
	for range 2 {
		var some []*eval.Query
		for range g.Choose(len(compiled) + 1) {
			some = append(some, compiled[g.Choose(len(compiled))])
		}
		x.engines = append(x.engines, eval.NewEngine(some...))
	}
	x.docs = g.EndpointDocs(docs)
	for i, doc := range x.docs {
		words.Extend(doc)
		if i > 0 && g.Choose(4) == 1 { // values come again
			for _, key := range []string{"l1", "l2", "l3", "lm", "la", "lx", "s", "ss"} {
				doc[key] = x.docs[g.Choose(i)][key]
			}
		}
	}
	x.wrap = []func(map[string]any) eval.Event{rawEvent, mapEvent, oddEvent}[g.Choose(3)]
	x.plan()
	return x
}

// plan decides what happens.
func (x *ruleSet) plan() {
	g := x.g
	lateness := []time.Duration{0, 0, 3 * time.Millisecond, time.Hour}[g.Choose(4)]
	x.opts = []eval.StreamOption{eval.WithLateness(lateness), eval.WithSources("a")}
	if g.Choose(3) == 1 {
		x.opts = append(x.opts, eval.WithDistinct(eval.EventID))
	}
	if g.Choose(4) == 1 {
		x.opts = append(x.opts, eval.WithDefaultMaxSpan(time.Second))
	}
	names := []string{"a", "a", "b", ""}
	if g.Choose(2) == 1 {
		names = names[:1]
	}
	events := make([]eval.Event, len(x.docs))
	for i, doc := range x.docs {
		events[i] = x.wrap(doc)
	}
	push := func(i int) {
		name := names[g.Choose(len(names))]
		x.deeds = append(x.deeds, deed{fmt.Sprintf("push %d from %q", i, name), func(s *eval.Stream, add func(eval.Match) bool) error {
			if d, ok := events[i].(numberedJSON); ok && i%2 == 0 {
				return s.PushJSONFrom(name, d.Bytes(), add)
			}
			return s.PushFrom(name, events[i], add)
		}})
	}
	for i := range x.docs {
		if i > 0 && g.Choose(5) == 1 {
			push(g.Choose(i)) // again, or too late
		}
		push(i)
		if i > 0 && g.Choose(5) == 1 {
			push(i - 1)
		}
		switch at := instant(x.docs[i]["@timestamp"]); g.Choose(14) {
		case 1:
			x.deeds = append(x.deeds, deed{"advance", func(s *eval.Stream, add func(eval.Match) bool) error {
				return s.Advance(at.Add(time.Millisecond), add)
			}})
		case 2:
			x.deeds = append(x.deeds, deed{"restore", func(s *eval.Stream, _ func(eval.Match) bool) error {
				var state bytes.Buffer
				if err := s.Snapshot(&state); err != nil {
					return err
				}
				_, err := s.Restore(&state)
				return err
			}})
		case 3:
			e := g.Choose(len(x.engines))
			x.deeds = append(x.deeds, deed{fmt.Sprint("swap to ", e), func(s *eval.Stream, _ func(eval.Match) bool) error {
				_, err := s.Swap(x.engines[e])
				return err
			}})
		}
	}
	x.deeds = append(x.deeds, deed{"close", func(s *eval.Stream, add func(eval.Match) bool) error {
		s.Close(add)
		return nil
	}})
}

// A protocol is what a stream has done in the course of a deed.
type protocol struct {
	lines  []string
	errors []string
}

func (x *ruleSet) stream(p *protocol, opts ...eval.StreamOption) *eval.Stream {
	note := func(kind string) func(eval.NearMiss) {
		return func(m eval.NearMiss) {
			p.lines = append(p.lines, fmt.Sprintf("%s %s %v", kind, m.Query.ID(), m.Reason))
		}
	}
	opts = append(opts, x.opts...)
	opts = append(opts,
		eval.WithOnError(func(q *eval.Query, err error) { p.errors = append(p.errors, q.ID()+": "+err.Error()) }),
		eval.WithOnLate(func(ev eval.Event) { p.lines = append(p.lines, "late "+ev.Field("id").String()) }),
		eval.WithOnNearMiss(note("near miss")), eval.WithOnEvict(note("evicted")))
	return x.engines[0].NewStream(opts...)
}

// check fails if the index makes a difference.
func (x *ruleSet) check(t *testing.T) {
	t.Helper()
	var with, without protocol
	indexed, plain := x.stream(&with), x.stream(&without, eval.WithoutIndex())
	for i, d := range x.deeds {
		for s, p := range map[*eval.Stream]*protocol{indexed: &with, plain: &without} {
			p.lines, p.errors = nil, nil
			err := d.do(s, func(m eval.Match) bool {
				p.lines = append(p.lines, matchText(m))
				return true
			})
			p.lines = append(p.lines, fmt.Sprint("error ", err))
			st := s.Stats()
			st.Evaluations, st.Errors = 0, 0
			p.lines = append(p.lines, fmt.Sprintf("%+v", st))
			for j, st := range s.QueryStats() {
				id := st.Query.ID()
				st.Query, st.Evaluations = nil, 0
				p.lines = append(p.lines, fmt.Sprintf("query %d, %s: %+v", j, id, st))
			}
		}
		if !equalLines(with.lines, without.lines) || !contains(without.errors, with.errors) {
			x.report(t, i, &with, &without)
		}
	}
}

func matchText(m eval.Match) string {
	out := fmt.Sprintf("match %s %s %d %v", m.Query.ID(), m.ID(), m.Time.UnixNano(), m.Keys)
	for _, ev := range m.Events {
		if ev == nil {
			out += " -"
		} else {
			out += " " + ev.Field("id").String()
		}
	}
	return out
}

func equalLines(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// contains reports whether all of some are among those of all, as often.
func contains(all, some []string) bool {
	left := make(map[string]int)
	for _, s := range all {
		left[s]++
	}
	for _, s := range some {
		if left[s]--; left[s] < 0 {
			return false
		}
	}
	return true
}

func (x *ruleSet) report(t *testing.T, i int, with, without *protocol) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "deed %d: %s\n", i, x.deeds[i].name)
	diff := func(title string, a, b []string) string {
		out := ""
		for _, line := range a {
			if !contains(b, []string{line}) {
				out += title + line + "\n"
			}
		}
		return out
	}
	b.WriteString(diff("index:   ", with.lines, without.lines))
	b.WriteString(diff("plain:   ", without.lines, with.lines))
	b.WriteString(diff("index error: ", with.errors, without.errors))
	for _, line := range append(with.lines, with.errors...) {
		fmt.Fprintln(&b, "  "+line)
	}
	for j, text := range x.texts {
		fmt.Fprintf(&b, "q%d: %q\n", j, text)
	}
	if n := strings.Fields(x.deeds[i].name); n[0] == "push" {
		j, _ := strconv.Atoi(n[1])
		fmt.Fprintf(&b, "%#v\n", x.docs[j])
	}
	t.Fatal(b.String())
}

// rawEvent is a document as raw JSON, with texts that are no UTF-8 as they are.
func rawEvent(doc map[string]any) eval.Event {
	return numberedJSON{event.JSON(appendRaw(nil, doc)), 0}
}

func appendRaw(dst []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		dst = append(dst, '{')
		for key, e := range v {
			if dst[len(dst)-1] != '{' {
				dst = append(dst, ',')
			}
			dst = append(appendRaw(dst, key), ':')
			dst = appendRaw(dst, e)
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendRaw(dst, e)
		}
		return append(dst, ']')
	case string:
		dst = append(dst, '"')
		for i := range len(v) {
			switch c := v[i]; {
			case c == '"' || c == '\\':
				dst = append(dst, '\\', c)
			case c < ' ':
				dst = fmt.Appendf(dst, `\u%04x`, c)
			default:
				dst = append(dst, c)
			}
		}
		return append(dst, '"')
	default:
		data, _ := json.Marshal(v)
		return append(dst, data...)
	}
}

func mapEvent(doc map[string]any) eval.Event { return numberedMap{event.Map(doc), 0} }

// odd is an event of an own type with values of any kind.
type odd struct{ event.Map }

func oddEvent(doc map[string]any) eval.Event { return odd{event.Map(doc)} }

func (o odd) Field(path string) value.Value {
	v := o.Map.Field(path)
	if v.IsNull() || path == "@timestamp" || path == "id" {
		return v
	}
	h := fnv.New64a()
	fmt.Fprint(h, path, v)
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	var out []value.Value
	for _, e := range v.AppendTo(nil) {
		out = append(out, oddValue(r, e))
	}
	if r.IntN(8) == 0 {
		out = append(out, oddValue(r, out[0]), value.OfObject(event.Map{"v": "a"}))
	}
	return value.OfList(out)
}

// Extract takes the place of the one of the map.
func (o odd) Extract(l *event.Layout, r *event.Record) error {
	for i := range l.Len() {
		s := event.Slot(i)
		r.Set(s, o.Field(l.Source(s)))
	}
	for i, path := range l.Lists() {
		r.SetElements(event.List(i), o.Field(path))
	}
	return nil
}

func oddValue(r *rand.Rand, v value.Value) value.Value {
	switch r.IntN(8) {
	case 0:
		if v.Kind() == value.String {
			return value.OfVersion(v.Str())
		}
	case 1:
		return value.OfIP("10.1.2.3")
	case 2:
		return value.OfDate(int64(r.IntN(3)))
	case 3:
		return value.OfFloat([]float64{5, math.Copysign(0, -1), 1 << 63, 1 << 53, 1e300}[r.IntN(5)])
	case 4:
		return value.OfUint(1<<63 + uint64(r.IntN(2)))
	}
	return v
}

// TestRuleSets compares both forms over a fixed walk through the generator.
func TestRuleSets(t *testing.T) {
	for seed := range uint64(rounds(25, 2000)) {
		g := evaltest.NewGen(rand.New(rand.NewPCG(seed, 23)))
		ruleSetOf(t, g, 5+g.Choose(56), 24).check(t)
	}
}

// FuzzRuleSet goes on from there.
func FuzzRuleSet(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		ruleSetOf(t, g, 5+g.Choose(30), 16).check(t)
	})
}
