package why

import "github.com/eqlkit/eqlkit/eval"

// A Tally counts what the predicates and steps of a query did over events. The
// slices run parallel to Probe.Predicates and Probe.Steps.
type Tally struct {
	True, False []int // by predicate: how often the engine asked it, by answer
	// Reached counts by step: for a step of a sequence how often a partial
	// sequence got there, for other steps (missing, until, those of samples and
	// event queries) how many events satisfied it.
	Reached []int
	// Expired counts by step how often maxspan ended a sequence that had come to
	// this step.
	Expired []int
}

func newTally(p *eval.Probe) Tally {
	preds, steps := len(p.Predicates()), len(p.Steps())
	return Tally{
		True: make([]int, preds), False: make([]int, preds),
		Reached: make([]int, steps), Expired: make([]int, steps),
	}
}

func (t *Tally) count(predicate int, held bool) {
	if held {
		t.True[predicate]++
	} else {
		t.False[predicate]++
	}
}

// Add adds the counts of another run of the same query.
func (t *Tally) Add(o Tally) {
	for _, pair := range [][2][]int{{t.True, o.True}, {t.False, o.False}, {t.Reached, o.Reached}, {t.Expired, o.Expired}} {
		for i, n := range pair[1] {
			pair[0][i] += n
		}
	}
}

// Tally returns the counts so far; they are the caller's.
func (r *Recorder) Tally() Tally {
	r.try()
	out := newTally(r.probe)
	out.Add(r.tally)
	r.tallyReferences(&out)
	steps := r.probe.Steps()
	sequence := r.probe.Query().Kind() == "sequence"
	for _, rec := range r.records {
		for s := range rec.steps {
			if t := &rec.steps[s]; t.hit() && (!sequence || steps[s].Missing || steps[s].Until) {
				out.Reached[s]++
			}
		}
	}
	stages := r.positive()
	for _, n := range r.notes {
		step := stages[len(n.Events)-1]
		switch n.Kind {
		case eval.NoteAdvanced, eval.NoteCompleted:
			out.Reached[step]++
		case eval.NoteExpired:
			out.Expired[step]++
		}
	}
	return out
}

// positive returns the steps of the stages that take an event.
func (r *Recorder) positive() []int {
	var out []int
	for _, s := range r.probe.Stages() {
		if !r.probe.Steps()[s].Missing {
			out = append(out, s)
		}
	}
	return out
}

// tallyReferences counts the predicates that depend on earlier steps: they are
// asked about each event that satisfies the rest of its step, for each partial
// sequence before it.
func (r *Recorder) tallyReferences(out *Tally) {
	preds := r.probe.Predicates()
	for done, step := range r.positive() {
		if !r.probe.Refers(step) {
			continue
		}
		for _, n := range r.notes {
			if n.Kind != eval.NoteAdvanced || len(n.Events) != done {
				continue
			}
			p := r.chain(&n)
			for i := p.events[done-1] + 1; i < len(r.records); i++ {
				if rec := &r.records[i]; rec.refused || !rec.steps[step].hit() || !r.sameKeys(step, p, i) || !r.fill(i, p) {
					continue
				}
				r.probe.Holds(step, func(predicate int, held bool) {
					if preds[predicate].Waits {
						out.count(predicate, held)
					}
				})
			}
		}
	}
}
