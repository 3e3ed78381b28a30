package eval

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A Stream evaluates an Engine's queries over one stream of events, event by
// event. It holds the partial matches. Time is event time only: nothing happens
// but in its methods, and nothing of it depends on a clock. When sequences see
// an event, and when an absence is decided, is up to the watermark; see
// WithLateness.
//
// A Stream belongs to one goroutine at a time.
type Stream struct {
	engine           *Engine
	opts             streamOptions
	runs             []*run
	clocks           []*clock
	budget           *op.Budget
	search           searcher
	awake            []uint64    // bits of the index: steps that can make a difference to their machines
	other            []uint64    // scratch for the like
	own              sight       // of events that come as they are, or are read again
	asked            op.Ctx      // for what prepared events are still asked
	aside            []error     // reported by the condition under test
	report, setAside func(error) // exprError, and what fills aside
	at               *choice     // of the current event
	ahead            *Prepared   // the current event, if it was prepared
	reread           bool        // it has been read again
	surprises        surprises
	hits             op.Hits

	borrow   *event.Document // of PushJSON
	borrowed *event.Document // the current event, if it must not be kept
	copied   *event.Document // the current event, if it is borrowed and something keeps it

	current *run  // whose expressions are being computed
	form    Event // what is kept of the current event; nil as long as nothing is
	yield   func(Match) bool
	stopped bool
	closed  bool
	seq     uint64
	full    error // of the current call, by the policy Fail
	stats   Stats

	accounts  accounts
	positions map[string][]byte
	repeats   repeats
}

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
	if s.opts.profile && !s.accounts.on {
		s.accounts = newAccounts()
	}
	s.engine, s.search = e, newSearcher(e, s.opts.plain)
	s.own = s.search.newSight()
	s.asked = op.Ctx{Rec: s.own.rec, Forgetful: s.opts.plain}
	s.listen()
	s.hits.Grow()
	s.clocks, s.runs = nil, nil
	for i := range e.clocks {
		s.clocks = append(s.clocks, newClock(&e.clocks[i], &s.opts))
	}
	words := (e.index.Bits() + 63) / 64
	s.awake, s.other = make([]uint64, words), make([]uint64, words)
	s.surprises = surprises{recent: make([]uint64, words), before: make([]uint64, words)}
	for _, c := range s.clocks {
		c.sequences, c.machines, c.cold = make([]uint64, words), make([]uint64, words), make([]uint64, words)
	}
	for i, q := range e.queries {
		s.runs = append(s.runs, s.newRun(q, i))
	}
	s.schedule()
}

// listen has s told of what conditions report.
func (s *Stream) listen() {
	s.report = s.exprError
	s.setAside = func(err error) { s.aside = append(s.aside, err) }
	s.own.ctx.OnError, s.asked.OnError = s.report, s.report
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
	s.accounts.event()
	var err error
	if ev != nil {
		err = s.own.rec.Fill(ev)
	}
	s.accounts.lap(&s.accounts.extraction)
	if err = s.accept(ev, err); err != nil {
		return err
	}
	s.at = &s.own.choice
	return s.see(source, ev, yield)
}

// see takes the current event, which can be read.
func (s *Stream) see(source string, ev Event, yield func(Match) bool) error {
	s.begin(yield)
	defer s.end()
	for i, c := range s.clocks {
		if s.ahead != nil {
			c.begin(s.ahead.moments[i], source)
		} else {
			c.begin(c.field.read(s.own.rec), source)
		}
	}
	s.take(ev, source)
	return s.full
}

// PushJSON is Push for an event that is a JSON object. It allocates nothing, and
// the caller may use doc again when it returns: the stream makes a copy of what it
// keeps or hands out, one for all. The error of a doc that is no JSON object wraps
// an *event.SyntaxError.
func (s *Stream) PushJSON(doc []byte, yield func(Match) bool) error {
	return s.PushJSONFrom("", doc, yield)
}

// PushJSONFrom is PushJSON for an event of a source, as PushFrom is for Push.
func (s *Stream) PushJSONFrom(source string, doc []byte, yield func(Match) bool) error {
	if s.borrow == nil {
		s.borrow = &event.Document{}
	}
	s.borrow.Reset(doc)
	s.borrowed, s.copied = s.borrow, nil
	err := s.PushFrom(source, s.borrowed, yield)
	s.borrow.Reset(nil)
	s.borrowed, s.copied = nil, nil
	return err
}

// lasting returns the current event as one that may be kept: a copy if it is
// borrowed.
func (s *Stream) lasting(ev Event) Event {
	if d, ok := ev.(*event.Document); !ok || d != s.borrowed {
		return ev
	}
	if s.copied == nil {
		s.copied = event.JSON(bytes.Clone(s.borrowed.Bytes()))
	}
	return s.copied
}

// accept counts an event and numbers it. If it could not be read err says why.
func (s *Stream) accept(ev Event, err error) error {
	s.stats.Events++
	if ev == nil {
		s.stats.Refused++
		return fmt.Errorf("event %d is nil", s.stats.Events)
	}
	if err != nil {
		s.stats.Refused++
		return fmt.Errorf("event %d: %w", s.stats.Events, err)
	}
	s.seq++
	return nil
}

// stand counts where the current event stands in time.
func (s *Stream) stand(ev Event, source string) {
	isLate, isUntimed := false, false
	var told *bool
	for _, c := range s.clocks {
		switch c.state {
		case late:
			isLate = true
		case untimed:
			isUntimed = true
		case ahead:
			c.doubt(c.hold(s.retained(ev), s.seq), source, s.budget)
			if told == nil {
				told = new(bool)
			}
			c.kept.told = told
		}
	}
	if isLate {
		s.late(ev)
		if told != nil {
			*told = true
		}
	}
	if isUntimed {
		s.stats.Untimed++
	}
}

// take evaluates the current event, now that its place in time is known.
func (s *Stream) take(ev Event, source string) {
	s.stand(ev, source)
	s.accounts.lap(&s.accounts.rest)
	for _, c := range s.clocks {
		if c.direct {
			c.pass(c.now)
		}
	}
	bits := s.candidates()
	s.accounts.lap(&s.accounts.index)
	s.evaluate(ev, bits)
	for _, c := range s.clocks {
		if c.judged != nil {
			c.resolve(*c.judged, s.doubted)
		}
		s.release(c)
	}
	s.relieve()
}

func (s *Stream) begin(yield func(Match) bool) {
	s.yield, s.stopped, s.form, s.full = yield, yield == nil, nil, nil
}

func (s *Stream) end() {
	s.settle()
	s.yield, s.form = nil, nil
	for _, c := range s.clocks {
		c.letGo()
	}
	s.accounts.lap(&s.accounts.rest)
	s.accounts.timing = false
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
