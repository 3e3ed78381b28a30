package eval

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Stream evaluates an Engine's queries over one stream of events, event by
// event. It holds the partial matches. Time is event time only: nothing happens
// but in Push, Advance and Close, and nothing of it depends on a clock.
//
// A Stream belongs to one goroutine at a time.
type Stream struct {
	engine *Engine
	opts   streamOptions
	rec    *event.Record
	ctx    op.Ctx
	runs   []*run
	timed  []*run // runs whose machines decide by time alone
	clocks []*clock
	routes []map[string][]stepRef // by group: steps by list of categories
	hits   op.Hits
	cats   []string
	catKey []byte

	current *run // whose expressions are being computed
	yield   func(Match) bool
	stopped bool
	closed  bool
	seq     uint64
	stats   Stats
}

// A run is the state of one query.
type run struct {
	*bound
	index   int         // among the stream's runs
	machine op.Machine  // nil for an event query
	limiter *op.Limiter // nil without limits
	emit    func(op.Result)
}

// Stats counts what a Stream has seen.
type Stats struct {
	Events  uint64 // pushed, the refused ones included
	Refused uint64 // could not be read
	Untimed uint64 // without a time, and so not seen by sequences
	Late    uint64 // behind the stream's time, and so not seen by sequences
	Errors  uint64 // expressions that became null by an error, such as a division by zero
	Matches uint64 // delivered
	Open    int    // partial matches that are waiting
}

// ErrClosed is what Push returns after Close.
var ErrClosed = errors.New("stream is closed")

// NewStream returns a Stream for the engine's queries without any state.
func (e *Engine) NewStream(opts ...StreamOption) *Stream {
	s := &Stream{engine: e, rec: event.NewRecord(e.layout)}
	for _, o := range opts {
		o(&s.opts)
	}
	s.ctx = op.Ctx{Rec: s.rec, OnError: s.exprError}
	for i := range e.clocks {
		s.clocks = append(s.clocks, newClock(&e.clocks[i], s.opts.lateness))
	}
	for range e.groups {
		s.routes = append(s.routes, make(map[string][]stepRef))
	}
	for i, q := range e.queries {
		r := &run{bound: q, index: i}
		r.machine = q.NewMachine(s.opts.env(func(err error) { s.runError(r, err) }))
		deliver := func(res op.Result) { s.deliver(r, res) }
		r.emit = deliver
		if limits := q.Plan.Limits; len(limits) > 0 {
			r.limiter = op.NewLimiter(limits)
			r.emit = func(res op.Result) { r.limiter.Push(res, deliver) }
		}
		if r.machine != nil && r.machine.Timed() {
			s.timed = append(s.timed, r)
		}
		s.runs = append(s.runs, r)
	}
	return s
}

// Push evaluates one event and calls yield for each match: first those that the
// passing of time decides, then those that the event completes, both in the
// order of the queries. yield must not call the stream. If yield returns false the event's other matches
// are dropped; the event itself is fully taken note of. A nil yield drops all
// matches.
//
// The error says that the event could not be read and was left out; the stream
// goes on. The stream keeps ev for as long as it may become part of a match.
func (s *Stream) Push(ev Event, yield func(Match) bool) error {
	if s.closed {
		return ErrClosed
	}
	s.stats.Events++
	if ev == nil {
		s.stats.Refused++
		return fmt.Errorf("event %d is nil", s.stats.Events)
	}
	if err := s.rec.Fill(ev); err != nil {
		s.stats.Refused++
		return fmt.Errorf("event %d: %w", s.stats.Events, err)
	}
	s.seq++
	s.begin(yield)
	defer s.end()
	s.tick(ev)
	s.evaluate(ev, s.refs())
	for _, c := range s.clocks {
		c.release(s.deliverHits)
	}
	s.pass(s.timed, false)
	if s.seq%sweepEvery == 0 {
		s.pass(s.runs, true)
	}
	return nil
}

// sweepEvery is the number of events after which machines that see no event are
// told the time, so that they forget what maxspan has outlived.
const sweepEvery = 1 << 12

// pass tells machines the time; unless all are meant, only those whose events
// are kept back.
func (s *Stream) pass(runs []*run, all bool) {
	for _, r := range runs {
		if c := s.clocks[r.clock]; r.machine != nil && c.now != noTime && (all || !c.direct) {
			r.machine.Advance(c.now, r.emit)
		}
	}
}

func (s *Stream) begin(yield func(Match) bool) { s.yield, s.stopped = yield, yield == nil }
func (s *Stream) end()                         { s.yield = nil }

// tick reads the event's time on every clock and lets it pass.
func (s *Stream) tick(ev Event) {
	for _, c := range s.clocks {
		switch c.read(s.rec) {
		case late:
			s.stats.Late++
			if s.opts.onLate != nil {
				s.opts.onLate(ev)
			}
		case untimed:
			s.stats.Untimed++
		}
	}
	for _, r := range s.timed {
		if c := s.clocks[r.clock]; c.state == onTime && c.direct {
			r.machine.Advance(c.now, r.emit)
		}
	}
}

// refs returns the steps that the event concerns, in the order of the queries.
func (s *Stream) refs() []stepRef {
	if len(s.engine.groups) == 1 {
		return s.route(0, s.engine.groups[0])
	}
	var all []stepRef
	for i, g := range s.engine.groups {
		all = append(all, s.route(i, g)...)
	}
	sortRefs(all)
	return all
}

// route returns the steps that the event's categories concern.
func (s *Stream) route(i int, g *group) []stepRef {
	s.cats, s.catKey = s.cats[:0], s.catKey[:0]
	v := s.rec.Get(g.slot)
	if v.Kind() == value.String {
		s.cats = append(s.cats, v.Str())
	}
	for _, e := range v.Elems() {
		if e.Kind() == value.String {
			s.cats = append(s.cats, e.Str())
		}
	}
	for _, c := range s.cats {
		s.catKey = append(append(s.catKey, c...), 0)
	}
	if refs, ok := s.routes[i][string(s.catKey)]; ok {
		return refs
	}
	const most = 1 << 10 // a flood of different categories must not fill the memory
	if len(s.routes[i]) >= most {
		clear(s.routes[i])
	}
	refs := g.route(s.cats)
	s.routes[i][strings.Clone(string(s.catKey))] = refs
	return refs
}

// evaluate tests the steps, which are grouped by query, and hands each query
// what it hit.
func (s *Stream) evaluate(ev Event, refs []stepRef) {
	for len(refs) > 0 {
		q := refs[0].query
		r := s.runs[q]
		s.current = r
		s.hits.Reset()
		for len(refs) > 0 && refs[0].query == q {
			step := int(refs[0].step)
			if st := &r.Steps[step]; st.Cond.Test(&s.ctx) {
				s.hits.Add(&s.ctx, step, st)
			}
			refs = refs[1:]
		}
		if s.hits.Len() == 0 {
			continue
		}
		s.hit(r, s.clocks[r.clock].hold(ev, s.seq))
	}
	s.current = nil
}

// hit hands the hits of the current event to the query.
func (s *Stream) hit(r *run, ev *op.Held) {
	switch c := s.clocks[r.clock]; {
	case r.machine == nil:
		r.emit(op.Result{Events: []*op.Held{ev}, Last: ev})
	case r.Plan.Kind != plan.Sequence: // in order of arrival
		r.machine.Push(ev, &s.hits, r.emit)
	case c.state != onTime: // counted by tick
	case c.direct:
		r.machine.Push(ev, &s.hits, r.emit)
	default:
		c.keep(r, ev, &s.hits)
	}
}

// deliverHits takes what a clock kept back, now that its time has come.
func (s *Stream) deliverHits(k *kept) { k.run.machine.Push(k.ev, k.hits, k.run.emit) }

// deliver makes a Match of a result.
func (s *Stream) deliver(r *run, res op.Result) {
	if s.stopped {
		return
	}
	m := Match{Query: r.query, Keys: slices.Clone(res.Keys), Events: make([]Event, len(res.Events))}
	latest := int64(math.MinInt64)
	for i, h := range res.Events {
		if h != nil {
			m.Events[i] = h.Event
			latest = max(latest, h.Time)
		}
	}
	if latest > math.MinInt64 {
		m.Time = time.Unix(0, latest).UTC()
	}
	s.stats.Matches++
	s.stopped = !s.yield(m)
}

func (s *Stream) exprError(err error) {
	if s.current != nil {
		s.runError(s.current, err)
	}
}

func (s *Stream) runError(r *run, err error) {
	s.stats.Errors++
	if s.opts.onError != nil {
		s.opts.onError(r.query, err)
	}
}

// Advance lets event time pass up to t without an event: it promises that no
// later event is before t. Sequences that wait for an absence are decided, and
// what maxspan has outlived is forgotten. Time never goes back.
func (s *Stream) Advance(t time.Time, yield func(Match) bool) {
	if s.closed {
		return
	}
	s.begin(yield)
	defer s.end()
	for _, c := range s.clocks {
		c.advance(nanos(t))
		c.release(s.deliverHits)
	}
	s.pass(s.runs, true)
}

// Close ends the stream: everything that was kept back is evaluated, sequences
// that wait for an absence have found it, and samples and the last results are
// delivered. Further calls do nothing.
func (s *Stream) Close(yield func(Match) bool) {
	if s.closed {
		return
	}
	s.closed = true
	s.begin(yield)
	defer s.end()
	for _, c := range s.clocks {
		c.advance(math.MaxInt64)
		c.release(s.deliverHits)
	}
	for _, r := range s.runs {
		if r.machine != nil {
			r.machine.Close(r.emit)
		}
		if r.limiter != nil {
			r.limiter.Close(func(res op.Result) { s.deliver(r, res) })
		}
	}
}

// Run pushes events in order, yields each match, and closes the stream at the
// end. A non-nil error accompanies a zero Match: one for each event that Push
// refused, after which Run goes on. Cancelling ctx ends the run with its cause;
// the stream is then still open, as it is when the caller stops early, which
// drops the current event's other matches. Run starts no goroutine.
func (s *Stream) Run(ctx context.Context, events iter.Seq[Event]) iter.Seq2[Match, error] {
	return func(yield func(Match, error) bool) {
		more := true
		match := func(m Match) bool {
			more = yield(m, nil)
			return more
		}
		for ev := range events {
			if ctx.Err() != nil {
				yield(Match{}, context.Cause(ctx))
				return
			}
			err := s.Push(ev, match)
			if more && err != nil {
				more = yield(Match{}, err)
			}
			if !more {
				return
			}
		}
		s.Close(match)
	}
}

// Stats returns the counts so far.
func (s *Stream) Stats() Stats {
	st := s.stats
	for _, r := range s.runs {
		if r.machine != nil {
			st.Open += r.machine.Open()
		}
	}
	return st
}
