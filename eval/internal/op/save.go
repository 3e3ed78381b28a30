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

// key reads a key that tuple understands.
func (d *Decoder) key() string {
	key := d.String()
	if !wire.Valid(key) {
		d.Fail("a join key cannot be read")
	}
	return key
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
