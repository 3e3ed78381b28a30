package eval

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/wire"
)

// distinct remembers the ids of events that an event which is not late can
// repeat: those that are not behind the watermark.
type distinct struct {
	times map[string]int64 // by id
	swept int              // how many were left last time
}

// add notes an id and reports whether it is new.
func (d *distinct) add(id string, at, now int64) bool {
	if _, ok := d.times[id]; ok {
		return false
	}
	if d.times == nil {
		d.times = make(map[string]int64)
	}
	if len(d.times) >= 2*d.swept+64 {
		for id, at := range d.times {
			if at < now {
				delete(d.times, id)
			}
		}
		d.swept = len(d.times)
	}
	d.times[id] = at
	return true
}

// sorted returns the ids in order of time.
func (d *distinct) sorted(now int64) []string {
	var ids []string
	for id, at := range d.times {
		if at >= now {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(d.times[a], d.times[b]), cmp.Compare(a, b)) })
	return ids
}

func (d *distinct) save(w *wire.Writer, now int64) {
	ids := d.sorted(now)
	w.Len(len(ids))
	for _, id := range ids {
		w.String(id)
		w.Int(d.times[id])
	}
}

func (d *distinct) load(r *wire.Reader) {
	for range r.Len(maxListed) {
		id, at := r.String(), r.Int()
		if r.Err() != nil {
			return
		}
		d.add(id, at, noTime)
	}
}

// eventID returns the id of an event by which it is told from others.
func (s *Stream) eventID(ev Event) string {
	if s.opts.distinct == nil {
		return ""
	}
	return s.opts.distinct(ev)
}

// again reports whether the current event repeats one that is not behind the
// watermark of the clock.
func (s *Stream) again(c *clock, ev Event) bool {
	if s.opts.distinct == nil || c.state == late || c.state == untimed {
		return false
	}
	if c.repeat == unknown {
		c.repeat = no
		if id := s.eventID(ev); id != "" && !c.seen.add(id, c.time, c.now) {
			c.repeat = yes
			s.stats.Duplicates++
		}
	}
	return c.repeat == yes
}

// An answer may not be known yet.
type answer uint8

const (
	unknown answer = iota
	no
	yes
)

// EventID returns the id of an event for WithDistinct: what it says as
// Identifier or, of JSON, a digest of the whole document. It is "" for others.
func EventID(ev Event) string {
	id, _ := digestOf(ev)
	return string(id)
}
