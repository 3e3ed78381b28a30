package why

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/value"
)

// WhyNot says why given events are not a match: events has the index of one for
// each place of the result, in the order of eval.Match.Events, and -1 for a
// missing event. The first obstacle on the way is the answer; none if nothing
// stands in the way of these events, as when others were taken in their place.
func (r *Recorder) WhyNot(events []int) []Obstacle {
	r.try()
	stages := r.probe.Stages()
	if len(events) != len(stages) || slices.ContainsFunc(r.matches, func(m Match) bool { return slices.Equal(m.Index, events) }) {
		return nil
	}
	var p partial
	for place, step := range stages {
		i := events[place]
		if i < 0 || i >= len(r.records) || r.records[i].refused {
			continue
		}
		if o, ok := r.miss(step, p, i); ok {
			r.detail(&o, p)
			return []Obstacle{o}
		}
		if !r.records[i].steps[step].hit() { // before the ones that it had to follow
			return []Obstacle{{Kind: OutOfOrder, Step: step, Event: i}}
		}
		p = r.with(p, step, i)
		if place+1 == len(stages) {
			break
		}
		if o, ok := r.brokenOff(p); ok {
			return []Obstacle{o}
		}
	}
	if r.probe.Query().Kind() == "sequence" && len(p.events) == len(r.positive()) {
		return r.lost(p)
	}
	return nil
}

// with adds event i to p as the event of a step.
func (r *Recorder) with(p partial, step, i int) partial {
	keys := r.records[i].steps[step].keys
	if k := slices.IndexFunc(keys, func(k []value.Value) bool { return sameKeys(k, p.keys) }); p.keyed && k >= 0 {
		keys = keys[k:]
	}
	out := partial{events: append(slices.Clone(p.events), i), keys: p.keys, keyed: p.keyed}
	if len(keys) > 0 && len(keys[0]) > 0 {
		out.keys, out.keyed = keys[0], true
	}
	return out
}

// brokenOff tells whether the way behind p was cut off.
func (r *Recorder) brokenOff(p partial) (Obstacle, bool) {
	if len(p.events) >= len(r.positive()) {
		return Obstacle{}, false
	}
	if o, ok := r.ended(p, eval.NoteCancelled, Cancelled); ok {
		o.Step = r.until()
		return o, true
	}
	if o, ok := r.ended(p, eval.NoteReplaced, Replaced); ok {
		o.Step = r.positive()[len(p.events)-1]
		return o, true
	}
	return Obstacle{}, false
}

// lost says what became of a sequence that had all its events.
func (r *Recorder) lost(p partial) []Obstacle {
	for i := range r.notes {
		if n := &r.notes[i]; n.Kind == eval.NoteCompleted && slices.Equal(r.chain(n).events, p.events) {
			return r.spoilt(p)
		}
	}
	return nil
}
