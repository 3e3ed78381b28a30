package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A sample finds, for every key, different events that satisfy one filter each.
// It keeps as many events of a key as can matter, the first ones in order of
// time, whatever the order in which they come, and answers when the stream is
// closed: keys in ascending order, and for each key the first combinations.
type sample struct {
	env     *Env
	filters int
	most    int // combinations for each key
	keyShape
	tracer
	account *Account
	rows    map[string]*sampleRow
	oldest  *sampleRow // the ring of rows by age
}

type sampleRow struct {
	key          string
	events       [][]*Held // by filter, in order
	older, newer *sampleRow
}

func newSample(q *plan.Query, env *Env, a *Account) *sample {
	m := &sample{env: env, filters: len(q.Steps), most: q.MaxSamples, rows: make(map[string]*sampleRow), keyShape: shapeOf(q), account: a}
	m.oldest = &sampleRow{}
	m.oldest.older, m.oldest.newer = m.oldest, m.oldest
	return m
}

// Account implements Machine.
func (m *sample) Account() *Account { return m.account }

// Trace implements Machine.
func (m *sample) Trace(f func(Note), kinds ...NoteKind) { m.set(f, kinds) }

// Due implements Machine: a sample knows no time.
func (m *sample) Due() int64 { return NotDue }

// Advance implements Machine.
func (m *sample) Advance(int64, func(Result)) {}

// What a row costs beside its key, and an event of it beside itself.
const (
	sampleRowCost   = 160
	sampleEventCost = 8
)

func (m *sample) cost(r *sampleRow) int64 {
	return int64(sampleRowCost + 24*m.filters + len(r.key))
}

// Push implements Machine. Events may come in any order.
func (m *sample) Push(ev *Held, hits *Hits, _ func(Result)) {
	for i := range hits.Len() {
		h := hits.At(i)
		r := m.rows[string(h.Key)]
		if r == nil {
			if r = m.newRow(string(h.Key), ev); r == nil {
				continue
			}
		}
		m.add(r, h.Step, ev)
	}
}

// newRow adds a row, or returns nil if there is no room for it.
func (m *sample) newRow(key string, ev *Held) *sampleRow {
	r := &sampleRow{key: key, events: make([][]*Held, m.filters)}
	if ev != nil && !m.account.admit(m.cost(r), ev) {
		return nil
	}
	r.older, r.newer = m.oldest.older, m.oldest
	r.older.newer, r.newer.older = r, r
	m.rows[key] = r
	m.account.add(&m.account.Open, 1, m.cost(r))
	return r
}

// add keeps an event in its place among those of a filter. More than some
// cannot add a combination: at most filters-1 of them are taken by other filters.
func (m *sample) add(r *sampleRow, filter int, ev *Held) {
	events := r.events[filter]
	i, _ := slices.BinarySearchFunc(events, ev, (*Held).Compare)
	most := m.filters + m.most - 1
	if i == most || m.repeats(ev, events[:i]) {
		return
	}
	if !m.account.affords(sampleEventCost, ev) {
		m.account.Rejected++
		return
	}
	b := m.account.budget
	if len(events) == most {
		b.Release(events[most-1])
		events = slices.Delete(events, most-1, most)
	} else {
		m.account.add(&m.account.Open, 0, sampleEventCost)
	}
	b.Retain(ev)
	r.events[filter] = slices.Insert(events, i, ev)
}

// repeats reports whether ev is one of the events before it that have its time.
func (m *sample) repeats(ev *Held, before []*Held) bool {
	if m.env.EventID == nil {
		return false
	}
	id := m.env.EventID(ev.Event)
	for i := len(before) - 1; i >= 0 && before[i].Time == ev.Time && id != ""; i-- {
		if m.env.EventID(before[i].Event) == id {
			return true
		}
	}
	return false
}

// first returns the first event of a row.
func (r *sampleRow) first() *Held {
	var first *Held
	for _, events := range r.events {
		if len(events) > 0 && (first == nil || events[0].Less(first)) {
			first = events[0]
		}
	}
	return first
}

// drop forgets a row.
func (m *sample) drop(r *sampleRow) {
	r.older.newer, r.newer.older = r.newer, r.older
	delete(m.rows, r.key)
	for _, events := range r.events {
		for _, ev := range events {
			m.account.budget.Release(ev)
		}
		m.account.add(&m.account.Open, 0, -sampleEventCost*int64(len(events)))
	}
	m.account.add(&m.account.Open, -1, -m.cost(r))
}

// evict implements Machine.
func (m *sample) evict() bool {
	r := m.oldest.newer
	if r == m.oldest {
		return false
	}
	m.note(Evicted, r)
	m.drop(r)
	return true
}

// note makes a note of a row, if anybody wants it.
func (m *sample) note(kind NoteKind, r *sampleRow) {
	if m.wants(kind) {
		n := Note{Kind: kind, Keys: m.tuple(r.key)}
		for _, events := range r.events {
			if len(events) > 0 {
				n.Chain = append(n.Chain, events[0])
			}
		}
		m.f(n)
	}
}

// Close implements Machine.
func (m *sample) Close(emit func(Result)) {
	type keyed struct {
		vals []value.Value
		row  *sampleRow
	}
	rows := make([]keyed, 0, len(m.rows))
	for _, r := range m.rows {
		rows = append(rows, keyed{m.tuple(r.key), r})
	}
	slices.SortFunc(rows, func(a, b keyed) int {
		if c := compareTuples(a.vals, b.vals); c != 0 {
			return c
		}
		return a.row.first().Compare(b.row.first()) // hosts may have keys in common
	})
	for _, k := range rows {
		left := m.most
		k.row.combine(k.vals, make([]*Held, 0, m.filters), &left, emit)
		if left == m.most {
			m.note(Ended, k.row)
		}
		m.drop(k.row)
	}
}

// combine emits the combinations that begin with chosen, in lexicographic
// order, as long as there are some left to emit.
func (r *sampleRow) combine(keys []value.Value, chosen []*Held, left *int, emit func(Result)) {
	if len(chosen) == len(r.events) {
		*left--
		emit(Result{Keys: keys, Events: slices.Clone(chosen), Due: NoTime})
		return
	}
	for _, ev := range r.events[len(chosen)] {
		if *left <= 0 {
			return
		}
		if !slices.Contains(chosen, ev) {
			r.combine(keys, append(chosen, ev), left, emit)
		}
	}
}
