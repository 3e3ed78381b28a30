package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/eqlkit/eqlkit/eql/bench"
)

const publicEvents = "../../../shared/data/bench/defend-20k.ndjson.gz"

func TestRun(t *testing.T) {
	var out bytes.Buffer
	o := &options{rounds: 1, public: "testdata/none"}
	if err := run(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fastjson, parse only", "not measured", "lone surrogate"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}

// The table of hostile documents is why the module reads JSON by itself: it accepts
// and refuses what encoding/json does, but for numbers beyond float64, which are
// JSON.
func TestHostile(t *testing.T) {
	rs := readers()
	for _, d := range hostileDocs {
		texts, differ := verdicts(rs, []byte(d.text))
		if want := strings.HasPrefix(d.name, "over float64"); differ[1] != want {
			t.Errorf("%s: encoding/json says %s, %s %s", d.name, texts[0], rs[1].name, texts[1])
		}
	}
}

// predicatesOf returns the predicates over the public events, if they are there.
func predicatesOf(tb testing.TB) []*predicate {
	tb.Helper()
	if _, err := os.Stat(publicEvents); errors.Is(err, fs.ErrNotExist) {
		tb.Skip("the public events are not beside the checkout")
	}
	events, err := readEvents([]string{publicEvents})
	if err != nil {
		tb.Fatal(err)
	}
	predicates, err := predicateCases(defaultPublic, events) // which compares all answers
	if err != nil {
		tb.Fatal(err)
	}
	return predicates
}

func TestPredicates(t *testing.T) {
	for _, p := range predicatesOf(t) {
		held := 0
		for i := range p.events {
			if p.tests[formEngine](i) {
				held++
			}
		}
		if strings.HasSuffix(p.name, "deep") != (held == p.events) {
			t.Errorf("%s: %d of %d events match", p.name, held, p.events)
		}
		if n := testing.AllocsPerRun(10, func() {
			for i := range p.events {
				p.tests[formEngine](i)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", p.name, n)
		}
	}
}

// BenchmarkPredicate measures every form of every predicate; an iteration is an event.
func BenchmarkPredicate(b *testing.B) {
	for _, p := range predicatesOf(b) {
		for _, form := range forms {
			b.Run(strings.ReplaceAll(p.name+"/"+form, ", ", "/"), func(b *testing.B) {
				b.ReportAllocs()
				test, i := p.tests[form], 0
				for b.Loop() {
					test(i)
					if i++; i == p.events {
						i = 0
					}
				}
			})
		}
	}
}

// BenchmarkJSON measures every way to read the events; an iteration is all events.
func BenchmarkJSON(b *testing.B) {
	rules, events := []string{"../../../shared/corpus"}, publicEvents
	if _, err := os.Stat(events); errors.Is(err, fs.ErrNotExist) {
		rules, events = []string{"../rules"}, "../events.ndjson"
	}
	docs, err := readEvents([]string{events})
	if err != nil {
		b.Fatal(err)
	}
	cases, err := parserCases(rules, docs[:min(len(docs), 4000)])
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range cases {
		b.Run(c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Run(); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b, c)
		})
	}
}

func perEvent(b *testing.B, c bench.Case) {
	b.Helper()
	events := float64(b.N) * float64(c.Events)
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
}
