package op

import (
	"cmp"
	"slices"
)

// Save implements Machine.
func (m *sequence) Save(e *Encoder) {
	e.Len(m.all.len())
	var events []*Held
	for i := m.oldest; i != 0; {
		p := m.at(i)
		e.String(p.key)
		e.Len(int(p.stage))
		e.Bool(p.doomed)
		if m.gappy {
			g := m.gap(i)
			e.Int(g.lead)
			e.Int(g.at)
		}
		events = m.chain(events[:0], p)
		for _, ev := range events {
			e.Held(ev)
		}
		i = p.newer
	}
	clear(events)
	m.marks.save(e)
	m.waits.save(e)
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
		m.restore(key, events, doomed, g)
	}
	clear(events)
	m.marks.load(d)
	m.waits.load(d, m.spec.last+1, nil)
}

func (m *marks) save(e *Encoder) {
	e.Len(len(m.byKey))
	for k := m.list.newer; k != &m.list; k = k.newer {
		e.String(k.key)
		e.Int(k.newest)
		e.Int(k.earlier)
	}
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
		m.enter(k)
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

func (c *candidates) save(e *Encoder) {
	all := c.all()
	e.Len(len(all))
	for _, w := range all {
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
	}
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
		c.enter(w)
	}
}
