package evaltest

import (
	"cmp"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/ast"
)

// A step is one step of a sequence; runs are written out.
type step struct {
	filter  *ast.EventFilter
	keys    []*ast.Field
	missing bool
	term    *ast.Term
}

// A hit is an event that passes the filter of a step, with one of its keys.
type hit struct {
	event
	key tuple
}

// A partial is the events that have been found for the first positive steps.
type partial struct {
	key    tuple
	events []event
	terms  []*ast.Term // of the events
}

func (p partial) last() event { return p.events[len(p.events)-1] }

// sequences are the sequences of all hosts, in order of the last event and then
// of the key.
func (ev *evaluator) sequences(s *ast.Sequence) []Result {
	steps, positive := stepsOf(s)
	var complete []partial
	for _, events := range ev.byHost() {
		find := ev.advanceAll
		if isNamed(s) {
			find = ev.advanceFitting
		}
		for _, p := range find(s, steps, positive, events) {
			if s.MaxSpan == nil || ev.absent(steps, p, s.MaxSpan.Value, events) {
				complete = append(complete, p)
			}
		}
	}
	slices.SortStableFunc(complete, func(a, b partial) int {
		return cmp.Or(cmp.Compare(a.last().rank, b.last().rank), a.key.compare(b.key))
	})
	var results []Result
	for _, p := range complete {
		results = append(results, Result{Keys: p.key.result(), Events: indices(steps, p)})
	}
	return results
}

// stepsOf writes the runs of steps out.
func stepsOf(s *ast.Sequence) (steps, positive []step) {
	for _, t := range s.Terms {
		runs := 1
		if t.Runs != nil {
			runs = t.Runs.N
		}
		for range runs {
			st := step{filter: t.Filter, keys: keyFields(s.By, t), missing: t.Missing, term: t}
			steps = append(steps, st)
			if !st.missing {
				positive = append(positive, st)
			}
		}
	}
	return steps, positive
}

// advanceAll runs the positive steps over all events, one step after the other.
func (ev *evaluator) advanceAll(s *ast.Sequence, _, positive []step, events []event) (complete []partial) {
	untils := ev.untils(s, events)
	waiting := make(map[string][]partial) // by key, in order of the last event
	for i, st := range positive {
		advanced := make(map[string][]partial)
		complete = nil
		for _, h := range ev.hits(st, events, nil) {
			next := partial{key: h.key, events: []event{h.event}}
			if i > 0 {
				// The latest partial before h, and with it all older ones, are
				// used up even if the conditions below are not met.
				list := waiting[h.key.name()]
				n := len(list)
				for n > 0 && list[n-1].last().rank >= h.rank {
					n--
				}
				if n == 0 {
					continue
				}
				p := list[n-1]
				waiting[h.key.name()] = list[n:]
				if s.MaxSpan != nil && h.time.Sub(p.events[0].time) > s.MaxSpan.Value {
					continue
				}
				if stopped(untils, p, h) {
					continue
				}
				next.events = append(slices.Clone(p.events), h.event)
			}
			advanced[h.key.name()] = append(advanced[h.key.name()], next)
			complete = append(complete, next)
		}
		waiting = advanced
	}
	return complete
}

// untils are the events that end sequences.
func (ev *evaluator) untils(s *ast.Sequence, events []event) []hit {
	if s.Until == nil {
		return nil
	}
	return ev.hits(step{filter: s.Until.Filter, keys: keyFields(s.By, s.Until)}, events, nil)
}

// hits are those of the events that a step is about, in order, an event with
// several keys once for each of them. An event without a timestamp is none. The
// named steps are those that the condition may refer to.
func (ev *evaluator) hits(st step, events []event, named map[string]int) []hit {
	var out []hit
	for _, e := range events {
		if !e.timed || !ev.matches(st.filter, place{event: e.index, steps: named}) {
			continue
		}
		for _, t := range tuples(st.keys, ev.docs[e.index]) {
			out = append(out, hit{event: e, key: t})
		}
	}
	return out
}

// stopped reports whether the latest until event before h is not before p.
func stopped(untils []hit, p partial, h hit) bool {
	stop := false
	for _, u := range untils {
		if u.key.compare(h.key) == 0 && u.rank < h.rank {
			stop = u.rank >= p.last().rank
		}
	}
	return stop
}

// absent decides by the missing steps whether a complete partial is a result.
func (ev *evaluator) absent(steps []step, p partial, maxspan time.Duration, events []event) bool {
	firstMs, lastMs := p.events[0].time.UnixMilli(), p.last().time.UnixMilli()
	var (
		hasLeading, hasTrailing    bool      // steps
		lastLeading, firstTrailing time.Time // events; zero if there are none
	)
	done := 0 // positive steps so far
	for _, st := range steps {
		if !st.missing {
			done++
			continue
		}
		hasLeading = hasLeading || done == 0
		hasTrailing = hasTrailing || done == len(p.events)
		for _, m := range ev.hits(st, events, p.named()) {
			if m.key.compare(p.key) != 0 {
				continue
			}
			ms := m.time.UnixMilli()
			switch done {
			case 0:
				if ms < firstMs && (lastLeading.IsZero() || m.time.After(lastLeading)) {
					lastLeading = m.time
				}
			case len(p.events):
				if ms > lastMs && (firstTrailing.IsZero() || m.time.Before(firstTrailing)) {
					firstTrailing = m.time
				}
			default:
				if p.events[done-1].time.UnixMilli() < ms && ms < p.events[done].time.UnixMilli() {
					return false
				}
			}
		}
	}
	switch {
	case hasLeading && hasTrailing:
		return lastLeading.IsZero() || firstTrailing.IsZero() || firstTrailing.Sub(lastLeading) > maxspan
	case hasLeading:
		return lastLeading.IsZero() || p.last().time.Sub(lastLeading) > maxspan
	case hasTrailing:
		return firstTrailing.IsZero() || firstTrailing.Sub(p.events[0].time) > maxspan
	default:
		return true
	}
}

// indices are the events of a result, -1 for each missing one.
func indices(steps []step, p partial) []int {
	var out []int
	done := 0
	for _, st := range steps {
		if st.missing {
			out = append(out, -1)
			continue
		}
		out = append(out, p.events[done].index)
		done++
	}
	return out
}
