package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/wire"
)

// all returns m and the others, which are machines of its type.
func all[M Machine](m M, others []Machine) []M {
	ms := []M{m}
	for _, o := range others {
		ms = append(ms, o.(M))
	}
	return ms
}

// merge calls yield for the elements of several lists in order. next returns the
// first element of list i and goes on to the following one.
func merge[T any](n int, next func(i int) (T, bool), before func(a, b T) bool, yield func(i int, t T)) {
	type head struct {
		from int
		t    T
	}
	var heads []head
	for i := range n {
		if t, ok := next(i); ok {
			heads = append(heads, head{i, t})
		}
	}
	for len(heads) > 0 {
		least := 0
		for i := range heads {
			if before(heads[i].t, heads[least].t) {
				least = i
			}
		}
		h := heads[least]
		yield(h.from, h.t)
		if t, ok := next(h.from); ok {
			heads[least].t = t
		} else {
			heads = slices.Delete(heads, least, least+1)
		}
	}
}

// Save implements Machine.
func (m *sequence) Save(e *Encoder, others []Machine) {
	ms := all(m, others)
	n := 0
	at := make([]uint32, len(ms))
	for i, m := range ms {
		n += m.all.len()
		at[i] = m.oldest
	}
	e.Len(n)
	var events []*Held
	next := func(i int) (*partial, bool) {
		if at[i] == 0 {
			return nil, false
		}
		p := ms[i].at(at[i])
		return p, true
	}
	merge(len(ms), next, func(a, b *partial) bool { return a.head.Less(b.head) }, func(i int, p *partial) {
		e.String(p.key)
		e.Len(int(p.stage))
		e.Bool(p.doomed)
		if m.gappy {
			g := ms[i].gap(at[i])
			e.Int(g.lead)
			e.Int(g.at)
		}
		events = ms[i].chain(events[:0], p)
		for _, ev := range events {
			e.Held(ev)
		}
		at[i] = p.newer
	})
	clear(events)
	var ks []*marks
	var cs []*candidates
	for _, m := range ms {
		ks, cs = append(ks, m.marks), append(cs, &m.waits)
	}
	saveMarks(e, ks)
	saveCandidates(e, cs)
}

// Load implements Machine.
func (m *sequence) Load(d *Decoder) {
	var events []*Held
	for range d.Len(maxItems) {
		key, stage, doomed := d.key(), d.Len(max(m.spec.last-1, 0)), d.Bool()
		g := gap{never, never}
		if m.gappy {
			g = gap{d.Int(), d.Int()}
		}
		events = events[:0]
		for range stage + 1 {
			events = append(events, d.Some())
		}
		if d.Err() != nil {
			return
		}
		if m.newest != 0 && events[0].Time < m.at(m.newest).head.Time || m.find(m.place([]byte(key)), stage) != 0 {
			d.Fail("partial sequences are in no order")
			return
		}
		if d.owns(key) {
			m.restore(key, events, doomed, g)
		}
	}
	clear(events)
	m.marks.load(d)
	m.waits.load(d, m.spec.last+1, nil)
}

// key reads a key that tuple understands.
func (d *Decoder) key() string {
	key := d.String()
	if !wire.Valid(key) {
		d.Fail("a join key cannot be read")
	}
	return key
}

func saveMarks(e *Encoder, ms []*marks) {
	n := 0
	at := make([]*mark, len(ms))
	for i, m := range ms {
		n += len(m.byKey)
		at[i] = m.list.newer
	}
	e.Len(n)
	next := func(i int) (*mark, bool) {
		k := at[i]
		at[i] = k.newer
		return k, k != &ms[i].list
	}
	merge(len(ms), next, func(a, b *mark) bool { return a.newest < b.newest }, func(_ int, k *mark) {
		e.String(k.key)
		e.Int(k.newest)
		e.Int(k.earlier)
	})
}

func (m *marks) load(d *Decoder) {
	last := int64(never)
	for range d.Len(maxItems) {
		k := &mark{key: d.key(), newest: d.Int(), earlier: d.Int()}
		if d.Err() != nil {
			return
		}
		if _, twice := m.byKey[k.key]; twice || k.newest < last {
			d.Fail("missing events are in no order")
			return
		}
		last = k.newest
		if d.owns(k.key) {
			m.enter(k)
		}
	}
}

// all returns the candidates in order of completion.
func (c *candidates) all() []*candidate {
	if c.spec.ordered {
		return c.fifo
	}
	all := slices.Clone([]*candidate(c.byTime))
	slices.SortFunc(all, func(a, b *candidate) int { return order(a.seq, b.seq) })
	return all
}

// completedBefore reports whether a sequence was completed before another.
func (w *candidate) completedBefore(o *candidate) bool {
	if c := w.events[len(w.events)-1].Compare(o.events[len(o.events)-1]); c != 0 {
		return c < 0
	}
	return compareTuples(keyShape{}.tuple(w.key), keyShape{}.tuple(o.key)) < 0
}

func saveCandidates(e *Encoder, cs []*candidates) {
	n := 0
	lists := make([][]*candidate, len(cs))
	for i, c := range cs {
		lists[i] = c.all()
		n += len(lists[i])
	}
	e.Len(n)
	next := func(i int) (*candidate, bool) {
		if len(lists[i]) == 0 {
			return nil, false
		}
		w := lists[i][0]
		lists[i] = lists[i][1:]
		return w, true
	}
	merge(len(cs), next, (*candidate).completedBefore, func(_ int, w *candidate) {
		e.String(w.key)
		e.Int(w.since)
		e.Bool(w.decided)
		e.Bool(w.refuted)
		e.Int(w.due)
		for i, ev := range w.events {
			e.Held(ev)
			if w.kept != nil {
				e.values(w.kept[i])
			}
		}
	})
}

// load reads candidates of n events each, with what is kept of the event of a
// stage if keeps is not nil.
func (c *candidates) load(d *Decoder, n int, keeps func(stage int) []source) {
	for range d.Len(maxItems) {
		w := &candidate{key: d.key(), since: d.Int(), decided: d.Bool(), refuted: d.Bool(), due: d.Int()}
		for i := range n {
			w.events = append(w.events, d.Some())
			if keeps != nil {
				w.kept = append(w.kept, d.values(keeps(i)))
			}
		}
		if d.Err() != nil {
			return
		}
		if w.decided && !c.spec.ordered {
			d.Fail("a decided sequence waits")
			return
		}
		if d.owns(w.key) {
			c.enter(w)
		}
	}
}

// Save implements Machine.
func (m *sample) Save(e *Encoder, others []Machine) {
	ms := all(m, others)
	n := 0
	for _, m := range ms {
		n += len(m.rows)
	}
	e.Len(n)
	for _, m := range ms {
		for r := m.oldest.newer; r != m.oldest; r = r.newer {
			e.String(r.key)
			for _, events := range r.events {
				e.Len(len(events))
				for _, ev := range events {
					e.Held(ev)
				}
			}
		}
	}
}

// Load implements Machine.
func (m *sample) Load(d *Decoder) {
	for range d.Len(maxItems) {
		key := d.key()
		if d.Err() != nil {
			return
		}
		if m.rows[key] != nil {
			d.Fail("a key is there twice")
			return
		}
		r := m.newRow(key, nil)
		owned := d.owns(key)
		for filter := range m.filters {
			for range d.Len(m.filters + m.most - 1) {
				if ev := d.Some(); ev != nil {
					m.add(r, filter, ev)
				}
			}
		}
		if !owned {
			m.drop(r)
		}
	}
}

// Save writes what the limiter keeps.
func (l *Limiter) Save(e *Encoder) {
	for i := range l.stages {
		s := &l.stages[i]
		e.Len(s.taken)
		e.Len(len(s.ring))
		for j := range s.ring {
			e.result(s.ring[(s.next+j)%len(s.ring)])
		}
	}
}

// Load reads what a limiter for the same limits kept.
func (l *Limiter) Load(d *Decoder) {
	for i := range l.stages {
		s := &l.stages[i]
		s.taken = d.Len(s.N)
		for range d.Len(s.N) {
			r := d.result()
			if d.Err() != nil {
				return
			}
			s.ring = append(s.ring, r)
		}
	}
}

func (e *Encoder) result(r Result) {
	e.Len(len(r.Keys))
	for _, k := range r.Keys {
		e.Value(k)
	}
	e.Len(len(r.Events))
	for _, ev := range r.Events {
		e.Held(ev)
	}
	e.Held(r.Last)
	e.Int(r.Due)
}

// maxResult bounds the keys and events of a result.
const maxResult = 1 << 20

func (d *Decoder) result() Result {
	var r Result
	for range d.Len(maxResult) {
		if d.Err() != nil {
			return r
		}
		r.Keys = append(r.Keys, d.Value())
	}
	for range d.Len(maxResult) {
		if d.Err() != nil {
			return r
		}
		r.Events = append(r.Events, d.Held())
	}
	r.Last = d.Held()
	r.Due = d.Int()
	return r
}

// Save implements Machine.
func (m *aliasSequence) Save(e *Encoder, others []Machine) {
	ms := all(m, others)
	n, arrived := 0, uint64(0)
	at := make([]*chain, len(ms))
	var ks []*marks
	var cs []*candidates
	for i, m := range ms {
		n += m.began.n
		at[i] = m.began.oldest
		arrived = max(arrived, m.arrived)
		ks, cs = append(ks, m.marks), append(cs, &m.waits)
	}
	e.Len(n)
	next := func(i int) (*chain, bool) {
		c := at[i]
		if c != nil {
			at[i] = c.links[byBeginning].newer
		}
		return c, c != nil
	}
	merge(len(ms), next, func(a, b *chain) bool { return a.events[0].Less(b.events[0]) }, func(_ int, c *chain) {
		e.String(c.row.key)
		e.Len(c.stage)
		e.Uint(c.arrived)
		e.Int(c.lead)
		e.Int(c.gapAt)
		for i, ev := range c.events {
			e.Held(ev)
			e.values(c.kept[i])
		}
	})
	e.Uint(arrived)
	saveMarks(e, ks)
	saveCandidates(e, cs)
}

// Load implements Machine.
func (m *aliasSequence) Load(d *Decoder) {
	var chains []*chain
	for range d.Len(maxItems) {
		key, c := d.key(), &chain{}
		c.stage, c.arrived, c.lead, c.gapAt = d.Len(max(m.spec.last-1, 0)), d.Uint(), d.Int(), d.Int()
		if d.Err() != nil {
			return
		}
		m.enter(key, c)
		for i := range c.stage + 1 {
			ev := d.Some()
			kept := d.values(m.keeps(i))
			if d.Err() != nil {
				return
			}
			m.extend(c, ev, kept)
		}
		if older := c.links[byBeginning].older; older != nil && c.events[0].Time < older.events[0].Time {
			d.Fail("partial sequences are in no order")
			return
		}
		chains = append(chains, c)
	}
	slices.SortStableFunc(chains, func(a, b *chain) int { return order(a.arrived, b.arrived) })
	for _, c := range chains {
		arrived := c.arrived
		m.arrive(c, c.stage)
		c.arrived = arrived
	}
	for _, c := range chains {
		if !d.owns(c.row.key) {
			m.end(c)
		}
	}
	m.arrived = d.Uint()
	m.marks.load(d)
	m.waits.load(d, m.spec.last+1, m.keeps)
}

// keeps returns what is kept of the event of a stage.
func (m *aliasSequence) keeps(stage int) []source { return m.steps[m.spec.stepOf(stage)].kept }

// stepOf returns the step of a stage.
func (s *sequenceSpec) stepOf(stage int) int {
	for step, stages := range s.stages {
		if slices.Contains(stages, stage) {
			return step
		}
	}
	return -1
}

// Save implements Machine.
func (m *lineageMachine) Save(e *Encoder, others []Machine) {
	ms := all(m, others)
	n, now := 0, int64(never)
	at := make([]*process, len(ms))
	for i, m := range ms {
		n += len(m.table.byKey)
		now = max(now, m.now)
		at[i] = m.table.ring.next
	}
	e.Int(now)
	e.Len(n)
	next := func(i int) (*process, bool) {
		p := at[i]
		if p == nil || p == &ms[i].table.ring {
			return nil, false
		}
		at[i] = p.next
		return p, true
	}
	merge(len(ms), next, func(a, b *process) bool { return a.touched < b.touched }, func(_ int, p *process) {
		e.String(p.key)
		e.Uint(p.source)
		e.Uint(p.under)
		e.Int(p.touched)
	})
	if m.inner != nil {
		var inner []Machine
		for _, m := range ms[1:] {
			inner = append(inner, m.inner)
		}
		m.inner.Save(e, inner)
	}
}

// Load implements Machine.
func (m *lineageMachine) Load(d *Decoder) {
	m.now = d.Int()
	for range d.Len(m.table.most) {
		key, source, under, touched := d.key(), d.Uint(), d.Uint(), d.Int()
		if d.Err() != nil {
			return
		}
		if m.table.byKey[key] != nil {
			d.Fail("a process is there twice")
			return
		}
		if !d.owns(key) {
			continue
		}
		p := m.table.enter(key)
		p.source, p.under = source, under
		m.table.touch(p, touched)
	}
	if m.inner != nil {
		m.inner.Load(d)
	}
}

// Save writes hits.
func (h *Hits) Save(e *Encoder) {
	e.Len(len(h.hits))
	for i := range h.hits {
		hit := h.At(i)
		e.Len(hit.Step)
		e.String(string(hit.Key))
		e.values(hit.Tuple)
		e.values(hit.Kept)
	}
}

// LoadHits reads hits of a query.
func (q *Query) LoadHits(d *Decoder) *Hits {
	h := &Hits{}
	for range d.Len(maxItems) {
		step, key := d.Len(len(q.Steps)-1), d.key()
		if d.Err() != nil {
			return h
		}
		r := hitRange{step: step, key: len(h.keys), tuple: len(h.vals)}
		h.keys = append(h.keys, key...)
		r.keyEnd = len(h.keys)
		h.vals = append(h.vals, d.values(q.Steps[step].tuple)...)
		r.kept = len(h.vals)
		h.vals = append(h.vals, d.values(q.Steps[step].kept)...)
		r.keptEnd = len(h.vals)
		h.hits = append(h.hits, r)
	}
	return h
}
