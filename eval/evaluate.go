package eval

import (
	"math"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// candidates returns the steps that are to be tested, as bits of the index, in the
// order of the queries.
func (s *Stream) candidates() []int32 {
	switch {
	case s.ahead == nil:
		s.search.find(&s.own, s.wakeful())
	case !s.opts.plain:
		s.ahead.settle(s.wakeful())
	}
	return s.at.found
}

// wakeful returns the steps for which the current event can make a difference, as
// bits of the index. What a machine waits for says so only if it sees the event at
// once, and if nobody asks whether the event repeats another. Sequences do not see
// events that are late or have no time.
func (s *Stream) wakeful() []uint64 {
	awake, changed := s.awake, false
	for _, c := range s.clocks {
		if c.direct && s.opts.distinct == nil {
			continue
		}
		if !changed {
			changed = true
			awake = s.other
			copy(awake, s.awake)
		}
		for i, w := range c.cold {
			awake[i] &^= w
		}
		unseen := c.state == late || c.state == untimed
		for i, w := range c.sequences {
			if unseen {
				awake[i] &^= w
			} else {
				awake[i] |= w
			}
		}
		for i, w := range c.machines {
			awake[i] |= w
		}
	}
	return awake
}

// evaluate tests the candidates, which are grouped by query, and hands each query
// what the event hit.
func (s *Stream) evaluate(ev Event, bits []int32) {
	cs := s.engine.candidates
	for i := 0; i < len(bits); {
		q := cs[bits[i]].query
		r := s.runs[q]
		s.current = r
		s.hits.Reset()
		until, last := cs[bits[i]].until, int32(-1)
		for ; i < len(bits) && cs[bits[i]].query == q; i++ {
			c := &cs[bits[i]]
			if last < until && until < c.step {
				s.askUntil(r)
			}
			last = c.step
			r.evaluations++
			if s.test(i, c) {
				r.held++
			}
		}
		if last < until {
			s.askUntil(r)
		}
		s.accounts.lap(&r.conditions)
		if s.hits.Len() == 0 {
			continue
		}
		s.hit(r, ev)
		s.accounts.lap(&r.state)
	}
	s.current = nil
}

// test reports whether candidate i, which is c, holds, and adds its hits if it does.
func (s *Stream) test(i int, c *candidate) bool {
	if s.ahead == nil {
		if !s.own.cond(c).Test(&s.own.ctx) {
			return false
		}
		s.hits.Add(&s.own.ctx, int(c.step), c.of)
		return true
	}
	a := &s.ahead.outcomes[i]
	if a.verdict == unasked {
		return s.ask(a.bit, int(c.step), c.of)
	}
	return s.apply(a)
}

// look makes the record of the stream that of the current event, which was prepared.
func (s *Stream) look() {
	if s.reread {
		return
	}
	s.reread = true
	if err := s.own.rec.Fill(s.ahead.event); err != nil {
		s.own.rec.Reset()
		s.exprError(err)
	}
}

// ask tests a step of which nothing was found out beforehand, and adds its hits if it
// holds. That is quicker than to ask the index first, but only what the index would
// have let through may report errors.
func (s *Stream) ask(bit int32, step int, st *op.Step) bool {
	s.look()
	s.surprises.note(bit)
	s.asked.OnError = s.setAside
	holds := st.Cond.Test(&s.asked)
	s.asked.OnError = s.report
	if len(s.aside) > 0 && s.search.has(s.own.rec, bit) {
		for _, err := range s.aside {
			s.exprError(err)
		}
	}
	clear(s.aside)
	s.aside = s.aside[:0]
	if holds {
		s.hits.Add(&s.asked, step, st)
	}
	return holds
}

// askUntil tests the step of until, if it was left out because nothing was open: it
// also ends what the event begins.
func (s *Stream) askUntil(r *run) {
	u := r.until
	if s.hits.Len() == 0 || r.awake.Has(u.step) || !slices.Contains(s.at.blocks, u.block) {
		return
	}
	r.evaluations++
	r.asked++
	if s.untilHolds(r) {
		r.held++
	}
}

// untilHolds tests the step of until, and adds its hits if it holds.
func (s *Stream) untilHolds(r *run) bool {
	st, ctx := &r.Steps[r.until.step], &s.own.ctx
	if s.ahead != nil {
		if a := s.ahead.until(r.bits[r.until.step]); a != nil {
			return s.apply(a)
		}
		s.look()
		ctx = &s.asked
	}
	if !st.Cond.Test(ctx) {
		return false
	}
	s.hits.Add(ctx, r.until.step, st)
	return true
}

// hit hands the hits of the current event to the query.
func (s *Stream) hit(r *run, ev Event) {
	c := s.clocks[r.clock]
	if r.machine == nil || s.opts.onlooked() {
		ev = s.lasting(ev)
	}
	if r.machine == nil {
		held := &op.Held{Event: ev, Time: c.time, Seq: s.seq}
		r.emit(op.Result{Events: []*op.Held{held}, Last: held, Due: noTime})
		return
	}
	if s.again(c, ev) {
		return
	}
	switch inTime := c.state != late && c.state != untimed; {
	case !inTime && r.kind == plan.Sequence: // counted by take
	case !inTime, r.kind == plan.Sample, c.state == onTime && c.direct:
		if !inTime { // the machine may have slept, and the event does not tell it the time
			r.machine.Advance(c.now, r.emit)
		}
		r.machine.Push(c.hold(s.lent(ev), s.seq), &s.hits, r.emit)
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
			h.Event = s.lasting(h.Event)
			m.Events[i] = h.Event
			latest = max(latest, h.Time)
		}
	}
	if latest > math.MinInt64 {
		m.Time = time.Unix(0, latest).UTC()
	}
	if s.repeats.most > 0 && !s.repeats.add(m.id()) {
		s.stats.Repeats++
		return
	}
	s.stats.Matches++
	r.matches++
	s.accounts.lap(&r.state)
	s.stopped = !s.yield(m)
	s.accounts.lap(&s.accounts.delivery)
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
