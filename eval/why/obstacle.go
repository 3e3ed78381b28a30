package why

import (
	"cmp"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/value"
)

// mostObstacles is how many near misses an account keeps.
const mostObstacles = 10

// A partial is what a step of a sequence or a sample goes on from. The zero
// partial is the beginning.
type partial struct {
	events []int // by index
	keys   []value.Value
	keyed  bool // whether keys have to be equal
}

// How the parts of a near miss count: a condition that holds counts 1.
const (
	keyWeight   = 1.1  // all keys equal: more than a condition that holds, since the event is related
	timeWeight  = 0.05 // in time: little, since an event that is late in nothing else is the one that was meant
	categoryOff = 0.8  // what another category takes away
	orderOff    = 0.1  // what the wrong order takes away, so that other reasons come first
)

// misses returns how every event missed to be the event of a step behind p, the
// nearest first, later events before earlier ones that are as near.
func (r *Recorder) misses(step int, p partial) []Obstacle {
	var out []Obstacle
	for i := len(r.records) - 1; i >= 0; i-- {
		if o, ok := r.miss(step, p, i); ok {
			out = append(out, o)
		}
	}
	out = ranked(out)
	out = out[:min(len(out), mostObstacles)]
	for i := range out {
		r.detail(&out[i], p)
	}
	if len(out) == 0 {
		o := Obstacle{Kind: NoEvent, Step: step, Event: -1}
		if !r.closed && len(r.records) > 0 {
			o.Kind = Pending
		}
		out = append(out, o)
	}
	return out
}

// ranked sorts obstacles, the nearest miss first. Events of another category
// count only if nothing is nearer.
func ranked(out []Obstacle) []Obstacle {
	slices.SortStableFunc(out, func(a, b Obstacle) int { return cmp.Compare(b.score, a.score) })
	related := slices.IndexFunc(out, func(o Obstacle) bool { return o.Kind != Category && o.Kind != NoEvent })
	if related < 0 {
		return out
	}
	rest := slices.DeleteFunc(out[related:], func(o Obstacle) bool { return o.Kind == Category || o.Kind == NoEvent })
	return out[:related+len(rest)]
}

// miss tells how event i missed to be the event of a step behind p; false if it
// was no candidate or did not miss.
func (r *Recorder) miss(step int, p partial, i int) (Obstacle, bool) {
	rec := &r.records[i]
	if rec.refused || slices.Contains(p.events, i) {
		return Obstacle{}, false
	}
	t := rec.steps[step]
	if t.hit() && len(p.events) > 0 && r.probe.Refers(step) && r.fill(i, p) {
		t.holds, t.near = r.probe.Holds(step, nil), float32(r.probe.Nearness(step))
	}
	o := Obstacle{Step: step, Event: i, score: float64(t.near) + keyWeight*r.share(step, p, i)}
	before, late := r.timing(p, rec, i)
	sequence := r.probe.Query().Kind() == "sequence"
	switch {
	case !t.hit() && before: // not even near
		return Obstacle{}, false
	case !t.concerns:
		o.Kind = Category
		o.score -= categoryOff
	case !t.holds:
		o.Kind = False
	case len(t.keys) == 0:
		o.Kind = KeyMissing
	case !r.sameKeys(step, p, i):
		o.Kind = KeyDiffers
	case sequence && !rec.timed:
		o.Kind = Untimed
	case sequence && rec.late:
		o.Kind = Late
	case before:
		o.Kind = OutOfOrder
		o.score -= orderOff
	case late > 0:
		o.Kind, o.Late = TooLate, late
	default:
		return Obstacle{}, false
	}
	if !before && late == 0 {
		o.score += timeWeight
	}
	return o, true
}

// timing tells whether event i is before the end of p and by how much it is
// beyond maxspan.
func (r *Recorder) timing(p partial, rec *record, i int) (before bool, late time.Duration) {
	if len(p.events) == 0 || r.probe.Query().Kind() != "sequence" {
		return false, 0
	}
	first, last := &r.records[p.events[0]], p.events[len(p.events)-1]
	switch end := &r.records[last]; {
	case rec.timed && end.timed && !rec.time.Equal(end.time):
		before = rec.time.Before(end.time)
	default:
		before = i < last
	}
	if before {
		return true, 0
	}
	if span := r.probe.MaxSpan(); span > 0 && rec.timed && first.timed {
		late = max(rec.time.Sub(first.time)-span, 0)
	}
	return false, late
}

// share tells how many of the keys of p event i has for a step, from 0 to 1. The
// host is one of them, if hosts are told apart.
func (r *Recorder) share(step int, p partial, i int) float64 {
	same, total := 0, 0
	if p.keyed {
		total = len(p.keys)
		for _, k := range r.records[i].steps[step].keys {
			n := 0
			for j := range k {
				if sameKey(k[j], p.keys[j]) {
					n++
				}
			}
			same = max(same, n)
		}
	}
	if r.apart(p) {
		total++
		if r.sameHost(p, i) {
			same++
		}
	}
	if total == 0 {
		return 1
	}
	return float64(same) / float64(total)
}

// sameKeys reports whether event i, which satisfies a step, has the keys of p.
func (r *Recorder) sameKeys(step int, p partial, i int) bool {
	if r.apart(p) && !r.sameHost(p, i) {
		return false
	}
	return !p.keyed || slices.ContainsFunc(r.records[i].steps[step].keys, func(k []value.Value) bool { return sameKeys(k, p.keys) })
}

// apart reports whether the host is part of the key of p.
func (r *Recorder) apart(p partial) bool { return len(p.events) > 0 && r.probe.HostField() != "" }

func (r *Recorder) sameHost(p partial, i int) bool {
	return sameKey(r.records[p.events[0]].host, r.records[i].host)
}

// detail fills in what an obstacle tells of its event.
func (r *Recorder) detail(o *Obstacle, p partial) {
	if o.Event < 0 || !r.fill(o.Event, p) {
		return
	}
	s := &r.probe.Steps()[o.Step]
	switch o.Kind {
	case False:
		o.Findings = r.findings(o.Step)
	case Category:
		o.Category = Key{r.probe.CategoryField(), r.probe.Categories().Clone()}
	case KeyMissing:
		for _, path := range r.probe.NullKeys(o.Step) {
			o.Keys = append(o.Keys, Key{Path: path})
		}
	case KeyDiffers:
		if r.apart(p) && !r.sameHost(p, o.Event) {
			o.Keys = append(o.Keys, r.hostKey(o.Event))
			o.Want = append(o.Want, r.hostKey(p.events[0]))
		}
		if !p.keyed {
			return
		}
		k := r.records[o.Event].steps[o.Step].keys[0]
		paths := r.keyPaths(p)
		for j := range k {
			if !sameKey(k[j], p.keys[j]) {
				o.Keys = append(o.Keys, Key{s.Keys[j], k[j]})
				o.Want = append(o.Want, Key{paths[j], p.keys[j]})
			}
		}
	}
}

// keyPaths returns the names of the keys of p: those of its first step.
func (r *Recorder) keyPaths(p partial) []string {
	steps := r.probe.Steps()
	if r.probe.Query().Kind() == "sequence" {
		return steps[r.positive()[0]].Keys
	}
	for s := range steps { // of a sample: those of a filter that an event of p satisfies
		if len(p.events) > 0 && r.records[p.events[0]].steps[s].hit() {
			return steps[s].Keys
		}
	}
	return steps[0].Keys
}

// progress describes p as the way that a query has come.
func (r *Recorder) progress(p partial, total, step int) *Progress {
	out := &Progress{Done: len(p.events), Total: total, Step: step, Events: slices.Clone(p.events)}
	if r.apart(p) && !r.records[p.events[0]].host.IsNull() { // else events tell no host, and nobody asked for one
		out.Keys = append(out.Keys, r.hostKey(p.events[0]))
	}
	if p.keyed {
		for i, path := range r.keyPaths(p) {
			out.Keys = append(out.Keys, Key{path, p.keys[i]})
		}
	}
	return out
}

func (r *Recorder) hostKey(i int) Key { return Key{r.probe.HostField(), r.records[i].host} }

func sameKeys(a, b []value.Value) bool { return slices.EqualFunc(a, b, sameKey) }

// sameKey reports whether keys are equal; null equals null.
func sameKey(a, b value.Value) bool {
	return a.IsNull() && b.IsNull() || value.Equal(a, b)
}

// single accounts for an event query that did not match.
func (r *Recorder) single() (*Progress, []Obstacle) {
	reached := &Progress{Total: 1}
	if i := slices.IndexFunc(r.records, func(rec record) bool { return !rec.refused && rec.steps[0].hit() }); i >= 0 {
		return reached, []Obstacle{{Kind: r.withheld(), Event: i}}
	}
	return reached, r.misses(0, partial{})
}

// withheld is why a complete result was not delivered.
func (r *Recorder) withheld() Kind {
	if r.closed {
		return Limited
	}
	return Pending
}

// chain makes the partial that a note is about.
func (r *Recorder) chain(n *eval.Note) partial {
	p := partial{keys: n.Keys, keyed: len(n.Keys) > 0, events: make([]int, len(n.Events))}
	for i, number := range n.Events {
		p.events[i] = r.taken[number-1]
	}
	return p
}
