package eval

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// candidates returns the steps that the event may satisfy, as bits of the index, in
// the order of the queries.
func (s *Stream) candidates() []int32 {
	s.found = s.found[:0]
	s.blocks = s.blocks[:0]
	for i, g := range s.engine.groups {
		s.blocks = append(s.blocks, s.route(i, g)...)
	}
	if s.opts.plain {
		return s.everything()
	}
	s.finder.Next()
	awake := s.wakeful()
	parts := 0
	for _, b := range s.blocks {
		from := len(s.found)
		if s.found = s.finder.Find(s.found, b, awake); len(s.found) > from {
			parts++
		}
	}
	if parts > 1 {
		s.arrange(s.found)
	}
	return s.found
}

// everything returns all steps that concern the event by its category.
func (s *Stream) everything() []int32 {
	for _, b := range s.blocks {
		s.found = s.engine.index.All(s.found, b)
	}
	s.arrange(s.found)
	return s.found
}

// arrange brings bits of the index into the order of the queries and their steps.
func (s *Stream) arrange(bits []int32) {
	cs := s.engine.candidates
	slices.SortFunc(bits, func(a, b int32) int {
		if x, y := &cs[a], &cs[b]; x.query != y.query {
			return int(x.query - y.query)
		}
		return int(cs[a].step - cs[b].step)
	})
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

// route returns the blocks of the index that the event's categories concern.
func (s *Stream) route(i int, g *group) []int {
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
	if blocks, ok := s.routes[i][string(s.catKey)]; ok {
		return blocks
	}
	const most = 1 << 10 // a flood of different categories must not fill the memory
	if len(s.routes[i]) >= most {
		clear(s.routes[i])
	}
	blocks := g.route(s.cats)
	s.routes[i][strings.Clone(string(s.catKey))] = blocks
	return blocks
}

// evaluate tests the candidates, which are grouped by query, and hands each query
// what the event hit.
func (s *Stream) evaluate(ev Event, bits []int32) {
	cs := s.engine.candidates
	whole := s.opts.plain || s.finder.Odd()
	for i := 0; i < len(bits); {
		q := cs[bits[i]].query
		r := s.runs[q]
		if r.role != wholeRole && r.idle() {
			for i < len(bits) && cs[bits[i]].query == q {
				i++
			}
			continue
		}
		s.current = r
		s.hits.Reset()
		last := -1
		for ; i < len(bits) && cs[bits[i]].query == q; i++ {
			c := &cs[bits[i]]
			if u := r.until; u != nil && last < u.step && int(c.step) > u.step {
				s.askUntil(r)
			}
			last = int(c.step)
			st := &r.Steps[c.step]
			cond := c.rest
			if whole {
				cond = st.Cond
			}
			r.evaluations++
			if cond.Test(&s.ctx) {
				r.held++
				s.hits.Add(&s.ctx, last, st)
			}
		}
		if r.until != nil && last < r.until.step {
			s.askUntil(r)
		}
		if r.owns != nil {
			s.hits.Keep(r.owns)
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

// askUntil tests the step of until, if it was left out because nothing was open: it
// also ends what the event begins.
func (s *Stream) askUntil(r *run) {
	u := r.until
	if s.hits.Len() == 0 || r.awake.Has(u.step) || !slices.Contains(s.blocks, u.block) {
		return
	}
	r.evaluations++
	r.asked++
	if st := &r.Steps[u.step]; st.Cond.Test(&s.ctx) {
		r.held++
		s.hits.Add(&s.ctx, u.step, st)
	}
}

// hit hands the hits of the current event to the query.
func (s *Stream) hit(r *run, ev Event) {
	c := s.clocks[r.clock]
	ev = s.lasting(ev)
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
	if s.part == nil { // else the Dispatcher counts what is delivered
		r.matches++
	}
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
		s.opts.locked(func() { s.opts.onError(r.query, err) })
	}
}
