package bench

import (
	"cmp"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// sampledHits is the number of events that hits are counted of.
const sampledHits = 200

// describe says what the events are to all the rules.
func (c *Config) describe(e *eql.Engine) Events {
	out := Events{Count: len(c.Events), Mix: mix(c.Events), Hits: c.hits(e)}
	for _, doc := range c.Events {
		out.Bytes += len(doc)
	}
	count := func(eql.Match) bool {
		out.Alerts++
		return true
	}
	s := e.NewStream(c.Stream...)
	for _, doc := range c.Events {
		_ = push(s, doc, count)
	}
	out.Open = s.Stats().Open
	s.Close(count)
	return out
}

// mix counts the events of each category. An event of several counts in the first.
func mix(events [][]byte) []Share {
	l := event.NewLayout()
	slot := l.Add("event.category")
	r := event.NewRecord(l)
	n := map[string]int{}
	for _, doc := range events {
		name := ""
		if r.Fill(event.JSON(doc)) == nil {
			v := r.Get(slot)
			if v.Kind() == value.List {
				v = v.Elems()[0]
			}
			if v.Kind() == value.String {
				name = v.Str()
			}
		}
		n[name]++
	}
	var out []Share
	for name, count := range n {
		out = append(out, Share{name, count})
	}
	slices.SortFunc(out, func(a, b Share) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.Category, b.Category))
	})
	return out
}

// hits asks every step of every rule of some events, one by one. No process descends
// from another then, because an event alone does not tell.
func (c *Config) hits(e *eql.Engine) Hits {
	h := Hits{Sampled: min(sampledHits, len(c.Events))}
	events := make([]eql.Event, h.Sampled)
	for i := range events {
		events[i] = eql.JSON(c.Events[i*len(c.Events)/h.Sampled])
	}
	for _, q := range e.Queries() {
		p := q.NewProbe()
		stages := p.Stages()
		for _, ev := range events {
			if p.Fill(ev) != nil {
				continue
			}
			p.Given(eval.Given{Descends: func(source.Span) bool { return false }})
			for step := range p.Steps() {
				if p.Refers(step) || !p.Concerns(step) || !p.Holds(step, nil) {
					continue
				}
				switch {
				case q.Kind() == "event":
					h.Single++
				case q.Kind() == "sample":
					h.Sample++
				case !slices.Contains(stages, step):
					h.Until++
				case step == stages[0]:
					h.First++
				default:
					h.Later++
				}
			}
		}
	}
	for _, f := range []*float64{&h.Single, &h.First, &h.Later, &h.Until, &h.Sample} {
		*f /= float64(max(h.Sampled, 1))
	}
	return h
}

// latency times every event by itself.
func (c *Config) latency(e *eql.Engine) Latency {
	took := make([]time.Duration, len(c.Events))
	s := e.NewStream(c.Stream...)
	for i, doc := range c.Events {
		began := time.Now()
		_ = push(s, doc, func(eql.Match) bool { return true })
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	at := func(p float64) int64 { return int64(took[int(p*float64(len(took)-1))]) }
	return Latency{P50: at(0.5), P99: at(0.99), Max: at(1)}
}
