package op

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
			r.Pin()
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
