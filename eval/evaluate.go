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
