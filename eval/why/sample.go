package why

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/value"
)

// sample accounts for a sample that did not match: it takes the key that most
// filters found an event for.
func (r *Recorder) sample() (*Progress, []Obstacle) {
	filters := len(r.probe.Steps())
	p, found := r.nearestKey()
	reached := r.progress(p, filters, 0)
	for step := range filters {
		if !found[step] {
			reached.Step = step
			return reached, r.misses(step, p)
		}
	}
	kind := r.withheld()
	if kind == Limited && !r.probe.Limited() {
		kind = SameEvent // each filter has an event, but there are not enough
	}
	return reached, []Obstacle{{Kind: kind, Event: p.events[0]}}
}

// nearestKey returns the key that most filters found an event for, with these
// events and filters. The events are different ones where that is simple.
func (r *Recorder) nearestKey() (best partial, found []bool) {
	type state struct {
		partial
		found []bool
		count int
	}
	states := map[string]*state{}
	var order []*state
	for i := range r.records {
		rec := &r.records[i]
		for s := range rec.steps {
			if !rec.steps[s].hit() {
				continue
			}
			for _, k := range rec.steps[s].keys {
				id := keyID(append(k[:len(k):len(k)], rec.host))
				st := states[id]
				if st == nil {
					st = &state{partial: partial{keys: k, keyed: true}, found: make([]bool, len(rec.steps))}
					states[id] = st
					order = append(order, st)
				}
				if st.found[s] {
					continue
				}
				st.found[s] = true
				st.count++
				if !slices.Contains(st.events, i) {
					st.events = append(st.events, i)
				}
			}
		}
	}
	found = make([]bool, len(r.probe.Steps()))
	count := 0
	for _, st := range order {
		if st.count > count {
			best, found, count = st.partial, st.found, st.count
		}
	}
	return best, found
}

// keyID names a tuple of keys: equal tuples have equal names.
func keyID(keys []value.Value) string {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "%d:%q,", k.Kind(), k.String())
	}
	return b.String()
}
