package eval

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// late counts and reports an event that is behind the watermark.
func (s *Stream) late(ev Event) {
	s.stats.Late++
	if s.opts.onLate != nil {
		s.opts.onLate(s.lasting(ev))
	}
}

// doubted is called for an event that was ahead of time and is not believed.
func (s *Stream) doubted(c *clock, k *kept, t timeliness) {
	k.free(s.budget)
	if t == ahead {
		delete(c.seen.times, s.eventID(k.ev.Event))
	}
	if k.told != nil {
		if *k.told {
			return
		}
		*k.told = true
	}
	if t == late {
		s.late(k.ev.Event)
		return
	}
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
		k.free(s.budget) // what a query keeps of it counts there
		s.accounts.lap(&s.accounts.rest)
		for _, p := range k.parts {
			p.run.machine.Push(k.ev, p.hits, p.run.emit)
			c.plan(p.run)
			s.accounts.lap(&p.run.state)
		}
		c.done(k)
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

// Advance lets event time pass up to t without an event: it promises that no
// later event is before t. Events that were kept back are seen by sequences,
// those that wait for an absence are decided, and what maxspan has outlived is
// forgotten. Time never goes back. The error is a *LimitError.
func (s *Stream) Advance(t time.Time, yield func(Match) bool) error {
	if s.closed {
		return ErrClosed
	}
	s.accounts.other()
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
	s.accounts.other()
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
	s.accounts.other()
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
			s.accounts.lap(&r.state)
		}
	}
	slices.SortStableFunc(all, func(a, b final) int {
		return cmp.Compare(uint64(a.Due-1), uint64(b.Due-1)) // NoTime comes last
	})
	for _, f := range all {
		f.run.emit(f.Result)
		s.accounts.lap(&f.run.state)
	}
	for _, r := range s.runs {
		if r.limiter != nil {
			r.limiter.Close(func(res op.Result) { s.deliver(r, res) })
			s.accounts.lap(&r.state)
		}
	}
}
