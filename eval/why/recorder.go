package why

import (
	"math"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Recorder runs one query over events and remembers what accounts need. It
// belongs to one goroutine.
type Recorder struct {
	probe   *eval.Probe
	stream  *eval.Stream
	records []record
	taken   []int // by the stream's number of an event, less 1: the index of its record
	notes   []eval.Note
	matches []Match
	tally   Tally
	answers map[uint64]map[source.Span]bool // by number of the event: what its process descends from
	tried   int                             // records whose trials are known
	late    bool                            // the event being pushed is behind the stream's time
	newest  time.Time
	closed  bool
}

// A record is one event as the query sees it.
type record struct {
	ev      eval.Event
	time    time.Time
	timed   bool
	late    bool
	refused bool
	number  uint64      // the stream's; 0 if it was refused
	host    value.Value // if the query tells hosts apart
	steps   []trial
}

// A trial is an event against a step.
type trial struct {
	concerns bool // of the category that the step asks for
	holds    bool // as far as earlier steps have no say
	near     float32
	keys     [][]value.Value // whether the condition holds or not
}

// hit reports whether the event satisfies the step.
func (t *trial) hit() bool { return t.concerns && t.holds }

// A Match is a result of the engine, with the events by their index.
type Match struct {
	eval.Match
	// Index holds for each of Match.Events its index among the events pushed,
	// from 0; -1 for a missing event.
	Index []int
}

// NewRecorder returns a Recorder for q; the options are those of its stream.
func NewRecorder(q *eval.Query, opts ...eval.StreamOption) *Recorder {
	r := &Recorder{probe: q.NewProbe(), answers: map[uint64]map[source.Span]bool{}}
	r.tally = newTally(r.probe)
	opts = append(slices.Clone(opts),
		eval.WithTrace(func(q *eval.Query, n eval.Note) {
			if q.Kind() == "sequence" { // of a sample the events tell everything
				r.notes = append(r.notes, n)
			}
		}),
		eval.WithAnswers(func(_ *eval.Query, event uint64, at source.Span, yes bool) {
			if r.answers[event] == nil {
				r.answers[event] = map[source.Span]bool{}
			}
			r.answers[event][at] = yes
		}),
		eval.WithOnLate(func(eval.Event) { r.late = true }))
	r.stream = eval.NewEngine(q).NewStream(opts...)
	return r
}

// Push evaluates one event. The error says that it could not be read and was
// left out; it has its index all the same.
func (r *Recorder) Push(ev eval.Event) error {
	i := len(r.records)
	r.late = false
	rec := record{ev: ev}
	err := r.stream.Push(indexed(ev, i), r.collect)
	if err == nil {
		err = r.probe.Fill(ev)
	}
	if err != nil {
		rec.refused = true
		r.records = append(r.records, rec)
		return err
	}
	r.taken = append(r.taken, i)
	rec.number = uint64(len(r.taken))
	rec.late = r.late
	rec.time, rec.timed = r.probe.Time()
	if rec.timed && rec.time.After(r.newest) {
		r.newest = rec.time
	}
	r.records = append(r.records, rec)
	return nil
}

// try asks the steps about the events that came since the last time.
func (r *Recorder) try() {
	for ; r.tried < len(r.records); r.tried++ {
		rec := &r.records[r.tried]
		if rec.refused || r.probe.Fill(rec.ev) != nil {
			continue
		}
		r.probe.Given(r.given(r.tried, partial{}))
		rec.host, _ = r.probe.Host()
		for s := range r.probe.Steps() {
			t := trial{concerns: r.probe.Concerns(s), holds: r.probe.Holds(s, nil), near: float32(r.probe.Nearness(s))}
			if t.concerns {
				r.probe.Holds(s, r.tally.count)
			}
			t.keys = r.probe.Keys(s)
			rec.steps = append(rec.steps, t)
		}
	}
}

// given is what conditions on event i depend on besides it, behind p.
func (r *Recorder) given(i int, p partial) eval.Given {
	var g eval.Given
	if answers := r.answers[r.records[i].number]; answers != nil {
		g.Descends = func(at source.Span) bool { return answers[at] }
	}
	if len(p.events) > 0 {
		g.Steps = make([]eval.Event, len(r.probe.Steps()))
		stages := r.positive()
		for j, e := range p.events {
			g.Steps[stages[j]] = r.records[e].ev // of a repeated step the latest
		}
	}
	return g
}

// fill makes the probe be about event i behind p; false if it cannot.
func (r *Recorder) fill(i int, p partial) bool {
	if r.probe.Fill(r.records[i].ev) != nil {
		return false
	}
	r.probe.Given(r.given(i, p))
	return true
}

// Advance lets event time pass up to t, as eval.Stream.Advance does.
func (r *Recorder) Advance(t time.Time) {
	if t.After(r.newest) {
		r.newest = t
	}
	_ = r.stream.Advance(t, r.collect) // there are no limits
}

// Close ends the stream. Further events are refused.
func (r *Recorder) Close() {
	if r.closed {
		return
	}
	if !r.newest.IsZero() && r.newest.Before(time.Unix(0, math.MaxInt64)) {
		_ = r.stream.Advance(r.newest, r.collect) // what maxspan has outlived is to be known; there are no limits
	}
	r.closed = true
	r.stream.Close(r.collect)
}

// Matches returns what the engine has found so far, in its order.
func (r *Recorder) Matches() []Match { return slices.Clone(r.matches) }

// Event returns the event at an index.
func (r *Recorder) Event(i int) eval.Event { return r.records[i].ev }

// Probe returns the recorder's probe, for the steps and predicates of the query.
func (r *Recorder) Probe() *eval.Probe { return r.probe }

// Stats returns the counts of the stream.
func (r *Recorder) Stats() eval.Stats { return r.stream.Stats() }

func (r *Recorder) collect(m eval.Match) bool {
	out := Match{Match: m, Index: make([]int, len(m.Events))}
	for i, ev := range m.Events {
		if ev == nil {
			out.Index[i] = -1
			continue
		}
		out.Index[i] = ev.(interface{ index() int }).index()
		out.Events[i] = r.event(out.Index[i], ev)
	}
	r.matches = append(r.matches, out)
	return true
}

// event returns the event at an index as it was pushed; the latest has no record
// yet.
func (r *Recorder) event(i int, wrapped eval.Event) eval.Event {
	if i < len(r.records) {
		return r.records[i].ev
	}
	switch w := wrapped.(type) {
	case extractor:
		return w.Event
	case numbered:
		return w.Event
	}
	return wrapped
}

// A numbered event knows its index.
type numbered struct {
	eval.Event
	i int
}

func (n numbered) index() int { return n.i }

// An extractor is a numbered event that has the fast path.
type extractor struct {
	numbered
	fast event.Extractor
}

// Extract implements event.Extractor.
func (x extractor) Extract(l *event.Layout, r *event.Record) error { return x.fast.Extract(l, r) }

// indexed numbers an event; nil stays nil.
func indexed(ev eval.Event, i int) eval.Event {
	if ev == nil {
		return nil
	}
	n := numbered{ev, i}
	if x, ok := ev.(event.Extractor); ok {
		return extractor{n, x}
	}
	return n
}
