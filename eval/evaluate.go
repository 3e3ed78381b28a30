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
		s.search.find(s.at, s.wakeful())
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
	at := s.at
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
			if s.holds(i, c) {
				r.held++
				s.hits.Add(at.ctx, int(last), c.of)
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

// holds reports whether candidate i, which is c, holds.
func (s *Stream) holds(i int, c *candidate) bool {
	if s.ahead == nil {
		return s.at.test(c)
	}
	answer := s.ahead.verdicts[i]
	if answer == unasked {
		return s.ask(s.at.found[i], c.of)
	}
	s.ahead.tell(s.at.found[i], s.exprError)
	return answer == holding
}

// ask tests a step of which nothing was found out beforehand. That is quicker than to
// ask the index first, but only what the index would have let through may report
// errors.
func (s *Stream) ask(bit int32, st *op.Step) bool {
	s.asked.OnError = s.setAside
	holds := st.Cond.Test(&s.asked)
	s.asked.OnError = s.report
	if len(s.aside) > 0 && s.search.has(s.at.rec, bit) {
		for _, err := range s.aside {
			s.exprError(err)
		}
	}
	clear(s.aside)
	s.aside = s.aside[:0]
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
	if st := &r.Steps[u.step]; st.Cond.Test(s.at.ctx) {
		r.held++
		s.hits.Add(s.at.ctx, u.step, st)
	}
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
	case !inTime && r.Plan.Kind == plan.Sequence: // counted by take
	case !inTime, r.Plan.Kind == plan.Sample, c.state == onTime && c.direct:
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
