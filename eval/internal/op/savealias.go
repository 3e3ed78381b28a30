package op

import (
	"cmp"
	"slices"
)

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
		if d.Err() == nil && m.spec.last == 0 {
			d.Fail("a sequence of one event is partial")
		}
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
	slices.SortStableFunc(chains, func(a, b *chain) int { return cmp.Compare(a.arrived, b.arrived) })
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
	for range d.Len(maxItems) { // the limit may have been another, and is one of each part
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
		if len(m.table.byKey) >= m.table.most {
			m.table.drop(m.table.ring.next)
			m.account.Evicted++
		}
		p := m.table.enter(key)
		p.source, p.under = source, under
		m.table.touch(p, touched)
	}
	if m.inner != nil {
		m.inner.Load(d)
	}
}
