package eval

import (
	"cmp"
	"container/heap"
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
// but in its methods, and nothing of it depends on a clock. When sequences see
// an event, and when an absence is decided, is up to the watermark; see
// WithLateness.
//
// A Stream belongs to one goroutine at a time.
type Stream struct {
	engine *Engine
	opts   streamOptions
	rec    *event.Record
	ctx    op.Ctx
	runs   []*run
	clocks []*clock
	budget *op.Budget
	routes []map[string][]stepRef // by group: steps by list of categories
	hits   op.Hits
	cats   []string
	catKey []byte

	current *run  // whose expressions are being computed
	form    Event // what is kept of the current event; nil as long as nothing is
	yield   func(Match) bool
	stopped bool
	closed  bool
	seq     uint64
	full    error // of the current call, by the policy Fail
	stats   Stats

	positions map[string][]byte
	repeats   repeats
	part      *partInfo // nil unless the stream is one of several parts
}

// A run is the state of one query.
type run struct {
	*bound
	stream  *Stream
	index   int         // among the stream's runs
	machine op.Machine  // nil for an event query
	limiter *op.Limiter // nil without limits
	emit    func(op.Result)
	due     int64  // of the machine, in clock.dues
	place   int    // there
	print   string // fingerprint of the query, once it has been asked for

	role  role
	route *op.Route         // of keyedRole
	owns  func(op.Hit) bool // of keyedRole

	evaluations, matches uint64
}

// A role is what a query does in a part of a stream.
type role uint8

const (
	wholeRole role = iota // the stream is not divided
	homeRole              // stateless: answered in one part for each event
	ownedRole             // answered here for all events
	otherRole             // answered in another part
	keyedRole             // answered here for some keys
)

// ErrClosed is what Push returns after Close.
var ErrClosed = errors.New("stream is closed")

// NewStream returns a Stream for the engine's queries without any state.
func (e *Engine) NewStream(opts ...StreamOption) *Stream {
	s := &Stream{budget: &op.Budget{}}
	for _, o := range opts {
		o(&s.opts)
	}
	s.opts.time.confirm = max(s.opts.time.confirm, 1)
	s.budget.Limits = s.opts.limits
	s.budget.OnFull = s.refused
	s.repeats.most = s.opts.repeats
	s.install(e)
	return s
}

// install makes e the stream's engine, with runs that have no state.
func (s *Stream) install(e *Engine) {
	s.engine, s.rec = e, event.NewRecord(e.layout)
	s.ctx = op.Ctx{Rec: s.rec, OnError: s.exprError}
	s.clocks, s.routes, s.runs = nil, nil, nil
	for i := range e.clocks {
		s.clocks = append(s.clocks, newClock(&e.clocks[i], &s.opts))
	}
	for range e.groups {
		s.routes = append(s.routes, make(map[string][]stepRef))
	}
	for i, q := range e.queries {
		s.runs = append(s.runs, s.newRun(q, i))
	}
	s.schedule()
}

// newRun returns a run without state.
func (s *Stream) newRun(q *bound, index int) *run {
	r := &run{bound: q, index: index, stream: s}
	r.machine = q.NewMachine(s.traced(r, s.opts.env(s.budget, func(err error) { r.stream.runError(r, err) })))
	deliver := func(res op.Result) { r.stream.deliver(r, res) }
	r.emit = deliver
	if limits := q.Plan.Limits; len(limits) > 0 {
		r.limiter = op.NewLimiter(limits)
		r.emit = func(res op.Result) { r.limiter.Push(res, deliver) }
	}
	if r.machine != nil {
		r.watch(&s.opts)
	}
	if s.part != nil {
		r.divide(s.part)
	}
	return r
}

// divide decides which part of the query's work is done here.
func (r *run) divide(p *partInfo) {
	if r.Stateless() {
		r.role = homeRole
		return
	}
	if r.route, _ = r.Route(); r.route == nil {
		r.role = otherRole
		if op.PartOfName(r.query.identity(), p.n) == p.index {
			r.role = ownedRole
		}
		return
	}
	r.role = keyedRole
	r.owns = func(h op.Hit) bool { return r.route.Part(h, p.n) == p.index }
}

// idle reports whether the query is not to be evaluated here this time.
func (r *run) idle() bool {
	switch r.role {
	case homeRole:
		return !r.stream.part.home
	case otherRole:
		return true
	default:
		return false
	}
}

// schedule puts the runs into the queues of their clocks.
func (s *Stream) schedule() {
	for _, c := range s.clocks {
		c.dues = nil
	}
	for _, r := range s.runs {
		if r.machine != nil {
			r.due = r.machine.Due()
			heap.Push(&s.clocks[r.clock].dues, r)
		}
	}
}

// Push evaluates one event and calls yield for each match: first those that the
// passing of time decides, then those that the event completes in the order of
// the queries, then those of events that were kept back, in the order of time.
// yield must not call the stream. If yield returns false the event's other
// matches are dropped; the event itself is fully taken note of. A nil yield
// drops all matches.
//
// The error says that the event could not be read and was left out, or is a
// *LimitError; the stream goes on. The stream keeps ev, or what WithRetain
// makes of it, for as long as it may become part of a match.
func (s *Stream) Push(ev Event, yield func(Match) bool) error { return s.PushFrom("", ev, yield) }

// PushFrom is Push for an event of a source that has a name, such as a file or
// a partition of a topic. The watermark follows the slowest source.
func (s *Stream) PushFrom(source string, ev Event, yield func(Match) bool) error {
	if s.closed {
		return ErrClosed
	}
	if err := s.accept(ev, s.rec); err != nil {
		return err
	}
	s.begin(yield)
	defer s.end()
	for _, c := range s.clocks {
		at, tie := c.field.read(s.rec)
		c.begin(at, tie, source)
	}
	s.take(ev, source)
	return s.full
}

// accept reads an event and numbers it.
func (s *Stream) accept(ev Event, rec *event.Record) error {
	s.stats.Events++
	if ev == nil {
		s.stats.Refused++
		return fmt.Errorf("event %d is nil", s.stats.Events)
	}
	if err := rec.Fill(ev); err != nil {
		s.stats.Refused++
		return fmt.Errorf("event %d: %w", s.stats.Events, err)
	}
	s.seq++
	return nil
}

// stand counts where the current event stands in time.
func (s *Stream) stand(ev Event, source string) {
	isLate, isUntimed := false, false
	for _, c := range s.clocks {
		switch c.state {
		case late:
			isLate = true
		case untimed:
			isUntimed = true
		case ahead:
			c.doubt(c.hold(s.retained(ev), s.seq), source, s.budget)
		}
	}
	if isLate {
		s.late(ev)
	}
	if isUntimed {
		s.stats.Untimed++
	}
}

// take evaluates the current event, now that its place in time is known.
func (s *Stream) take(ev Event, source string) {
	s.stand(ev, source)
	s.enter(duePhase)
	for _, c := range s.clocks {
		if c.direct {
			c.pass(c.now)
		}
	}
	s.enter(eventPhase)
	s.evaluate(ev, s.refs())
	s.enter(releasePhase)
	for _, c := range s.clocks {
		if c.judged != nil {
			c.resolve(*c.judged, s.doubted)
		}
		s.release(c)
	}
	s.relieve()
}

// enter notes what is being done, for the order of matches.
func (s *Stream) enter(p phase) {
	if s.part != nil {
		s.part.phase = p
	}
}

func (s *Stream) begin(yield func(Match) bool) {
	s.yield, s.stopped, s.form, s.full = yield, yield == nil, nil, nil
}

func (s *Stream) end() {
	s.yield, s.form = nil, nil
	for _, c := range s.clocks {
		c.held, c.kept, c.judged = nil, nil, nil
	}
}

func (s *Stream) late(ev Event) {
	s.stats.Late++
	if s.opts.onLate != nil {
		s.opts.onLate(ev)
	}
}

// doubted is called for an event that was ahead of time and is not believed.
func (s *Stream) doubted(c *clock, k *kept, t timeliness) {
	k.free(s.budget)
	if t == late {
		s.late(k.ev.Event)
		return
	}
	delete(c.seen.times, s.eventID(k.ev.Event))
	s.stats.Ahead++
	if s.opts.onAhead != nil {
		s.opts.onAhead(k.ev.Event)
	}
}

// release hands to the queries what a clock need not keep back any more, and
// lets time pass for them.
func (s *Stream) release(c *clock) {
	s.drain(c)
	c.pass(c.now)
}

// drain hands to the queries what a clock need not keep back any more, as time
// passes from one event to the next.
func (s *Stream) drain(c *clock) {
	for k := c.next(); k != nil; k = c.next() {
		c.pass(k.ev.Time)
		if s.part != nil {
			s.part.released = k.ev
		}
		for _, p := range k.parts {
			p.run.machine.Push(k.ev, p.hits, p.run.emit)
			c.plan(p.run)
		}
		k.free(s.budget)
	}
}

// relieve makes room. If it is events kept back that take too much it stops
// waiting for what may still come before them.
func (s *Stream) relieve() {
	for s.budget.Hurry() {
		fullest := s.clocks[0]
		for _, c := range s.clocks {
			if len(c.queue) > len(fullest.queue) {
				fullest = c
			}
		}
		if len(fullest.queue) == 0 {
			break
		}
		at := fullest.queue[0].ev.Time
		if fullest.field.hasTiebreaker {
			at++
		}
		fullest.now = max(fullest.now, at)
		s.stats.Hurried++
		s.release(fullest)
	}
	s.budget.Shrink()
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
		if r.role != wholeRole && r.idle() {
			for len(refs) > 0 && refs[0].query == q {
				refs = refs[1:]
			}
			continue
		}
		s.current = r
		s.hits.Reset()
		for len(refs) > 0 && refs[0].query == q {
			step := int(refs[0].step)
			r.evaluations++
			if st := &r.Steps[step]; st.Cond.Test(&s.ctx) {
				s.hits.Add(&s.ctx, step, st)
			}
			refs = refs[1:]
		}
		if r.owns != nil {
			s.hits.Keep(r.owns)
		}
		if s.hits.Len() == 0 {
			continue
		}
		s.hit(r, ev)
	}
	s.current = nil
}

// hit hands the hits of the current event to the query.
func (s *Stream) hit(r *run, ev Event) {
	c := s.clocks[r.clock]
	if r.machine == nil {
		held := &op.Held{Event: ev, Time: c.time}
		r.emit(op.Result{Events: []*op.Held{held}, Last: held, Due: noTime})
		return
	}
	if s.again(c, ev) {
		return
	}
	switch inTime := c.state != late && c.state != untimed; {
	case !inTime && r.Plan.Kind == plan.Sequence: // counted by take
	case !inTime, r.Plan.Kind == plan.Sample, c.state == onTime && c.direct:
		r.machine.Push(c.hold(s.retained(ev), s.seq), &s.hits, r.emit)
		c.plan(r)
	default:
		c.keep(r, c.hold(s.retained(ev), s.seq), &s.hits, s.budget)
	}
}

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
	if s.part != nil {
		m.order = s.orderOf(r, res)
	}
	if s.repeats.most > 0 && !s.repeats.add(m.id()) {
		s.stats.Repeats++
		return
	}
	s.stats.Matches++
	r.matches++
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
		s.opts.locked(func() { s.opts.onError(r.query, err) })
	}
}

// Advance lets event time pass up to t without an event: it promises that no
// later event is before t. Events that were kept back are seen by sequences,
// those that wait for an absence are decided, and what maxspan has outlived is
// forgotten. Time never goes back. The error is a *LimitError.
func (s *Stream) Advance(t time.Time, yield func(Match) bool) error {
	if s.closed {
		return ErrClosed
	}
	s.begin(yield)
	defer s.end()
	s.advance(nanos(t))
	return s.full
}

func (s *Stream) advance(t int64) {
	for _, c := range s.clocks {
		for _, j := range c.advance(t) {
			c.resolve(j, s.doubted)
		}
		s.release(c)
	}
}

// EndSource says that no more events come from a source: the watermark waits
// for it no longer. The error is a *LimitError.
func (s *Stream) EndSource(name string, yield func(Match) bool) error {
	if s.closed {
		return ErrClosed
	}
	s.begin(yield)
	defer s.end()
	for _, c := range s.clocks {
		if j := c.end(name); j != nil {
			c.resolve(*j, s.doubted)
		}
		s.release(c)
	}
	return s.full
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
		for _, j := range c.advance(math.MaxInt64) {
			c.resolve(j, s.doubted)
		}
		s.drain(c)
		c.pass(c.newest)
	}
	s.finish()
}

// finish delivers what is certain now that nothing follows: absences in the
// order in which time would have decided them, then the rest.
func (s *Stream) finish() {
	type final struct {
		run *run
		op.Result
	}
	var all []final
	for _, r := range s.runs {
		if r.machine != nil {
			r.machine.Close(func(res op.Result) { all = append(all, final{r, res}) })
		}
	}
	slices.SortStableFunc(all, func(a, b final) int {
		return cmp.Compare(uint64(a.Due-1), uint64(b.Due-1)) // NoTime comes last
	})
	s.enter(finalPhase)
	for _, f := range all {
		f.run.emit(f.Result)
	}
	s.enter(limitPhase)
	for _, r := range s.runs {
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
