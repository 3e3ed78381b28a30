package why

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval"
)

// mostChains is how many of the longest partial sequences are looked at.
const mostChains = 32

// sequence accounts for a sequence that did not match: of the partial sequences
// that came furthest it takes the one whose next event was missed most narrowly.
func (r *Recorder) sequence() (*Progress, []Obstacle) {
	stages := r.positive()
	chains := r.furthest()
	if len(chains) == 0 {
		return r.progress(partial{}, len(stages), stages[0]), r.misses(stages[0], partial{})
	}
	var reached *Progress
	var best []Obstacle
	for _, p := range chains {
		var obstacles []Obstacle
		if len(p.events) == len(stages) {
			obstacles = r.spoilt(p)
		} else {
			obstacles = r.stuck(p, stages[len(p.events)])
		}
		if best == nil || obstacles[0].score > best[0].score {
			best, reached = obstacles, r.progress(p, len(stages), obstacles[0].Step)
		}
	}
	return reached, best
}

// furthest returns the partial sequences that took the most events, the latest
// first.
func (r *Recorder) furthest() []partial {
	length := 0
	for _, n := range r.notes {
		length = max(length, len(n.Events))
	}
	var out []partial
	for i := len(r.notes) - 1; i >= 0 && len(out) < mostChains; i-- {
		n := &r.notes[i]
		if len(n.Events) == length && (n.Kind == eval.NoteAdvanced || n.Kind == eval.NoteCompleted) {
			out = append(out, r.chain(n))
		}
	}
	return out
}

// stuck says why nothing took the place of a step behind p.
func (r *Recorder) stuck(p partial, step int) []Obstacle {
	out := r.misses(step, p)
	if o, ok := r.ended(p, eval.NoteCancelled, Cancelled); ok {
		o.Step = r.until()
		out = append(out, o)
	}
	if o, ok := r.ended(p, eval.NoteReplaced, Replaced); ok {
		o.Step = step
		out = append(out, o)
	}
	return ranked(out)
}

// ended finds the note that a partial came to an end by an event.
func (r *Recorder) ended(p partial, kind eval.NoteKind, as Kind) (Obstacle, bool) {
	for i := range r.notes {
		n := &r.notes[i]
		if n.Kind != kind || len(n.Events) != len(p.events) || !sameKeys(n.Keys, p.keys) || !slices.Equal(r.chain(n).events, p.events) {
			continue
		}
		o := Obstacle{Kind: as, Event: r.taken[n.By-1]}
		if as == Cancelled {
			o.score = r.cancelScore(p, o.Event)
		}
		return o, true
	}
	return Obstacle{}, false
}

// cancelScore tells how much an until mattered: most if the next event came
// after it.
func (r *Recorder) cancelScore(p partial, until int) float64 {
	step := r.positive()[len(p.events)]
	for i := until; i < len(r.records); i++ {
		rec := &r.records[i]
		if rec.refused || !rec.steps[step].hit() {
			continue
		}
		if r.sameKeys(step, p, i) {
			return 1 + keyWeight + timeWeight + 1
		}
	}
	return 1
}

// until returns the index of the until step.
func (r *Recorder) until() int { return len(r.probe.Steps()) - 1 }

// spoilt says why a sequence that had all its events is no result.
func (r *Recorder) spoilt(p partial) []Obstacle {
	for i := range r.notes {
		n := &r.notes[i]
		if n.Kind != eval.NoteRefuted || !sameKeys(n.Keys, p.keys) || !slices.Equal(r.chain(n).events, p.events) {
			continue
		}
		event, step := r.intruder(p)
		if n.By > 0 {
			event = r.taken[n.By-1]
			step = r.missingStep(event)
		}
		return []Obstacle{{Kind: Refuted, Event: event, Step: step, score: 3}}
	}
	return []Obstacle{{Kind: r.withheld(), Event: p.events[len(p.events)-1], Step: len(r.probe.Steps()) - 1, score: 3}}
}

// missingStep returns the last missing step that an event satisfies.
func (r *Recorder) missingStep(event int) int {
	steps := r.probe.Steps()
	for s := len(steps) - 1; s > 0; s-- {
		if steps[s].Missing && r.records[event].steps[s].hit() {
			return s
		}
	}
	return 0
}

// intruder finds the event that had to be missing before the end of p: one that
// satisfies a missing step and lies between the events on both sides of it.
func (r *Recorder) intruder(p partial) (event, step int) {
	event, step = -1, 0
	done := 0 // events of p before the stage
	for _, s := range r.probe.Stages() {
		if !r.probe.Steps()[s].Missing {
			done++
			continue
		}
		if event < 0 {
			step = s
		}
		for i := range r.records {
			if event < 0 && r.intrudes(p, s, done, i) {
				event, step = i, s
			}
		}
	}
	return event, step
}

// intrudes reports whether event i satisfies the missing step s that stands
// behind the first done events of p.
func (r *Recorder) intrudes(p partial, s, done, i int) bool {
	rec := &r.records[i]
	if rec.refused || !rec.timed || !rec.steps[s].hit() || done == len(p.events) {
		return false
	}
	if !r.sameKeys(s, p, i) {
		return false
	}
	next := &r.records[p.events[done]]
	if done == 0 {
		end := &r.records[p.events[len(p.events)-1]]
		return rec.time.Before(next.time) && end.time.Sub(rec.time) <= r.probe.MaxSpan()
	}
	return rec.time.After(r.records[p.events[done-1]].time) && rec.time.Before(next.time)
}
