package evaltest

import (
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/ast"
)

// isNamed reports whether a step has a name.
func isNamed(s *ast.Sequence) bool {
	return slices.ContainsFunc(s.Terms, func(t *ast.Term) bool { return t.Alias != nil })
}

// named are the events of p by the name of their step, of several the latest.
func (p partial) named() map[string]int {
	out := make(map[string]int)
	for i, t := range p.terms {
		if t.Alias != nil {
			out[t.Alias.Name] = p.events[i].index
		}
	}
	return out
}

// advanceFitting lets each event go on with the newest partial that it fits, if
// there is one, which alone is used up.
func (ev *evaluator) advanceFitting(s *ast.Sequence, steps, positive []step, events []event) (complete []partial) {
	untils := ev.untils(s, events)
	waiting := make([][]partial, len(positive)) // by the number of events
	for n, e := range events {
		for i := len(positive) - 1; i >= 0; i-- {
			st := positive[i]
			if !e.timed {
				continue
			}
			for _, key := range tuples(st.keys, ev.docs[e.index]) {
				next := partial{key: key, events: []event{e}, terms: []*ast.Term{st.term}}
				if i == 0 {
					if !ev.matches(st.filter, place{event: e.index}) {
						continue
					}
				} else {
					at := newest(waiting[i], func(p partial) bool {
						return p.key.compare(key) == 0 && ev.fits(s, steps, st, p, e, events[:n])
					})
					if at < 0 {
						continue
					}
					p := waiting[i][at]
					waiting[i] = slices.Delete(slices.Clone(waiting[i]), at, at+1)
					next.events = append(slices.Clone(p.events), e)
					next.terms = append(slices.Clone(p.terms), st.term)
				}
				if i == len(positive)-1 {
					complete = append(complete, next)
				} else {
					waiting[i+1] = append(waiting[i+1], next)
				}
			}
		}
		for _, u := range untils {
			for i := range waiting {
				waiting[i] = slices.DeleteFunc(waiting[i], func(p partial) bool {
					return u.rank == e.rank && u.key.compare(p.key) == 0
				})
			}
		}
	}
	return complete
}

func newest(list []partial, ok func(partial) bool) int {
	for i, p := range slices.Backward(list) {
		if ok(p) {
			return i
		}
	}
	return -1
}

// fits reports whether e can be the event of step st after those of p. Before
// are the events before e.
func (ev *evaluator) fits(s *ast.Sequence, steps []step, st step, p partial, e event, before []event) bool {
	if s.MaxSpan != nil && e.time.Sub(p.events[0].time) > s.MaxSpan.Value {
		return false
	}
	if !ev.matches(st.filter, place{event: e.index, steps: p.named()}) {
		return false
	}
	if s.MaxSpan == nil {
		return true
	}
	next := partial{key: p.key, events: append(slices.Clone(p.events), e), terms: p.terms}
	return ev.absentSoFar(steps, next, s.MaxSpan.Value, before)
}

// absentSoFar decides by the missing steps whether the events of p are a
// beginning of a sequence, or all of one that no missing event follows.
func (ev *evaluator) absentSoFar(steps []step, p partial, maxspan time.Duration, events []event) bool {
	positive := 0
	for _, st := range steps {
		if !st.missing {
			positive++
		}
	}
	whole := len(p.events) == positive && !steps[len(steps)-1].missing
	var soFar []step
	done := 0
	for _, st := range steps {
		switch {
		case done == len(p.events), st.missing && done == 0 && !whole:
			continue
		case !st.missing:
			done++
		}
		soFar = append(soFar, st)
	}
	return ev.absent(soFar, p, maxspan, events)
}
