package op

import (
	"cmp"
	"slices"
)

// Save implements Machine.
func (m *aliasSequence) Save(e *Encoder) {
	e.Len(m.began.n)
	for c := m.began.oldest; c != nil; c = c.links[byBeginning].newer {
		e.String(c.row.key)
		e.Len(c.stage)
		e.Uint(c.arrived)
		e.Int(c.lead)
		e.Int(c.gapAt)
		for i, ev := range c.events {
			e.Held(ev)
			e.values(c.kept[i])
		}
	}
	e.Uint(m.arrived)
	m.marks.save(e)
	m.waits.save(e)
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
func (m *lineageMachine) Save(e *Encoder) {
	e.Int(m.now)
	e.Len(len(m.table.byKey))
	if len(m.table.byKey) > 0 {
		for p := m.table.ring.next; p != &m.table.ring; p = p.next {
			e.String(p.key)
			e.Uint(p.source)
			e.Uint(p.under)
			e.Int(p.touched)
		}
	}
	if m.inner != nil {
		m.inner.Save(e)
	}
}

// Load implements Machine.
func (m *lineageMachine) Load(d *Decoder) {
	m.now = d.Int()
	for range d.Len(maxItems) { // the limit may have been another
		key, source, under, touched := d.key(), d.Uint(), d.Uint(), d.Int()
		if d.Err() != nil {
			return
		}
		if m.table.byKey[key] != nil {
			d.Fail("a process is there twice")
			return
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
