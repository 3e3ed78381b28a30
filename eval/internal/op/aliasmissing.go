package op

// miss takes note of an event that matches a missing step.
func (m *aliasSequence) miss(ev *Held, h Hit) {
	switch m.spec.absent[h.Step] {
	case leading:
		m.marks.add(h.Key, ev.Time)
	case middle:
		r := m.rows[string(h.Key)]
		if r == nil {
			return
		}
		stage := m.spec.after[h.Step]
		for c := r.waiting[stage].newest; c != nil; c = c.links[byArrival].older {
			if c.gapAt == never && millis(ev.Time) > millis(c.events[stage].Time) && m.satisfies(h, c.kept) {
				c.gapAt = millis(ev.Time)
			}
		}
	case trailing:
		m.refute(ev, h)
	}
}

// refute ends the waiting of complete sequences that ev is not missing from.
func (m *aliasSequence) refute(ev *Held, h Hit) {
	q := m.waits.byKey[string(h.Key)]
	if q == nil {
		return
	}
	for w := q.first; w != nil && w.precedes(ev); {
		next := w.after
		if m.satisfies(h, w.kept) {
			m.tell(Refuted, w.key, w.events, ev)
			m.waits.refute(w)
		}
		w = next
	}
}
