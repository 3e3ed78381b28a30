package op

import (
	"cmp"
	"slices"
)

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
		if d.Err() == nil && m.spec.last == 0 {
			d.Fail("a sequence of one event is partial")
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
	slices.SortFunc(all, func(a, b *candidate) int { return cmp.Compare(a.seq, b.seq) })
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
