package op

import "github.com/eqlkit/eqlkit/eval/internal/wire"

// key reads a key that tuple understands.
func (d *Decoder) key() string {
	key := d.String()
	if !wire.Valid(key) {
		d.Fail("a join key cannot be read")
	}
	return key
}

// Save implements Machine.
func (m *sample) Save(e *Encoder) {
	e.Len(len(m.rows))
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
		for filter := range m.filters {
			for range d.Len(m.filters + m.most - 1) {
				if ev := d.Some(); ev != nil {
					m.add(r, filter, ev)
				}
			}
		}
	}
}
