package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A sample finds, for every key, different events that satisfy one filter each.
// It keeps as many events of a key as can matter and answers when the stream is
// closed: keys in ascending order, and for each key the first combinations in
// order of arrival.
type sample struct {
	filters int
	most    int // combinations for each key
	rows    map[string]*sampleRow
	order   []*sampleRow // as they came about
}

type sampleRow struct {
	vals   []value.Value
	events [][]*Held // by filter
}

func newSample(q *plan.Query) *sample {
	return &sample{filters: len(q.Steps), most: q.MaxSamples, rows: make(map[string]*sampleRow)}
}

// Timed implements Machine.
func (m *sample) Timed() bool { return false }

// Open implements Machine.
func (m *sample) Open() int { return len(m.rows) }

// Advance implements Machine: a sample knows no time.
func (m *sample) Advance(int64, func(Result)) {}

// Push implements Machine.
func (m *sample) Push(ev *Held, hits *Hits, _ func(Result)) {
	for i := range hits.Len() {
		h := hits.At(i)
		r := m.rows[string(h.Key)]
		if r == nil {
			r = &sampleRow{vals: cloneTuple(h.Vals), events: make([][]*Held, m.filters)}
			m.rows[string(h.Key)] = r
			m.order = append(m.order, r)
		}
		// More candidates cannot add a combination: at most filters-1 of them
		// are taken by other filters.
		if len(r.events[h.Step]) < m.filters+m.most-1 {
			r.events[h.Step] = append(r.events[h.Step], ev)
		}
	}
}

// Close implements Machine.
func (m *sample) Close(emit func(Result)) {
	// Hosts may have keys in common.
	slices.SortStableFunc(m.order, func(a, b *sampleRow) int { return compareTuples(a.vals, b.vals) })
	for _, r := range m.order {
		left := m.most
		r.combine(make([]*Held, 0, m.filters), &left, emit)
	}
	clear(m.rows)
	m.order = nil
}

// combine emits the combinations that begin with chosen, in lexicographic
// order, as long as there are some left to emit.
func (r *sampleRow) combine(chosen []*Held, left *int, emit func(Result)) {
	if len(chosen) == len(r.events) {
		*left--
		emit(Result{Keys: r.vals, Events: slices.Clone(chosen)})
		return
	}
	for _, ev := range r.events[len(chosen)] {
		if *left <= 0 {
			return
		}
		if !slices.Contains(chosen, ev) {
			r.combine(append(chosen, ev), left, emit)
		}
	}
}
