package op

import (
	"errors"
	"math"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/internal/wire"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Key reads one join key.
type Key struct {
	Slot     event.Slot
	Optional bool // no value is a value
}

// maxTuples bounds the key tuples that one event belongs to.
const maxTuples = 1 << 12

// ErrTooManyKeys is reported when the join keys of an event have so many values
// that not all combinations are followed.
var ErrTooManyKeys = errors.New("too many combinations of join keys; the rest is ignored")

// A Hit is a step that an event satisfies, together with one tuple of join keys.
type Hit struct {
	Step int
	// Key is the encoded tuple: equal tuples have equal encodings.
	Key []byte
	// Tuple and Kept are what conditions that have to wait read of the event:
	// those of the step, and those of later steps.
	Tuple, Kept []value.Value
}

// Hits collects the hits of one event for one query. The zero Hits is empty.
// It is reused; what At returns is valid until the next Reset.
type Hits struct {
	hits []hitRange
	keys []byte
	vals []value.Value // of tuples
	rows rowSets       // in vals

	several severalKeys // scratch of Add
}

type hitRange struct{ step, key, keyEnd, tuple, kept, keptEnd int }

// Grow makes room for the hits of most events, so that they need not make it.
func (h *Hits) Grow() {
	const hits, keyLen, vals = 8, 128, 4
	h.hits = slices.Grow(h.hits, hits)
	h.keys = slices.Grow(h.keys, hits*keyLen)
	h.vals = slices.Grow(h.vals, hits*vals)
}

// Reset empties h.
func (h *Hits) Reset() {
	h.hits = h.hits[:0]
	h.keys = h.keys[:0]
	clear(h.vals)
	h.vals = h.vals[:0]
	h.rows.reset()
}

// Len returns the number of hits.
func (h *Hits) Len() int { return len(h.hits) }

// At returns hit i.
func (h *Hits) At(i int) Hit {
	r := h.hits[i]
	return Hit{
		Step:  r.step,
		Key:   h.keys[r.key:r.keyEnd],
		Tuple: h.vals[r.tuple:r.kept:r.kept], Kept: h.vals[r.kept:r.keptEnd:r.keptEnd],
	}
}

// Step returns the step of hit i.
func (h *Hits) Step(i int) int { return h.hits[i].step }

// Key returns the key of hit i.
func (h *Hits) Key(i int) []byte { return h.keys[h.hits[i].key:h.hits[i].keyEnd] }

// Keep drops the hits that keep does not want.
func (h *Hits) Keep(keep func(Hit) bool) {
	n := 0
	for i := range h.hits {
		if keep(h.At(i)) {
			h.hits[n] = h.hits[i]
			n++
		}
	}
	h.hits = h.hits[:n]
}

// Clone returns a copy that does not share memory with h.
func (h *Hits) Clone() *Hits {
	c := &Hits{}
	c.Copy(h)
	return c
}

// Copy makes h hold what from does, without sharing memory.
func (h *Hits) Copy(from *Hits) {
	h.Reset()
	h.hits = append(h.hits, from.hits...)
	h.keys = append(h.keys, from.keys...)
	h.vals = append(h.vals, value.CloneAll(from.vals)...)
}

// Own makes the values of the hits from number i on copies.
func (h *Hits) Own(i int, c *Copies) {
	if i == len(h.hits) {
		return
	}
	vals := h.vals[h.hits[i].tuple:]
	for j, v := range vals {
		vals[j] = c.Of(v)
	}
}

// Take adds the hits of from with numbers from i to j. They share their values.
func (h *Hits) Take(from *Hits, i, j int) {
	for _, r := range from.hits[i:j] {
		key, tuple := len(h.keys), len(h.vals)
		h.keys = append(h.keys, from.keys[r.key:r.keyEnd]...)
		h.vals = append(h.vals, from.vals[r.tuple:r.keptEnd]...)
		h.hits = append(h.hits, hitRange{
			step: r.step, key: key, keyEnd: len(h.keys),
			tuple: tuple, kept: tuple + r.kept - r.tuple, keptEnd: len(h.vals),
		})
	}
}

// Size returns how many bytes a clone takes, about.
func (h *Hits) Size() int64 {
	return int64(160 + 48*len(h.hits) + len(h.keys) + value.Size*len(h.vals))
}

// Add records that the record of c satisfies step s, which has the given number:
// one hit for each tuple of keys, none if a key without value is not optional.
func (h *Hits) Add(c *Ctx, step int, s *Step) {
	key := len(h.keys)
	if s.Hosts != nil {
		h.keys = appendKey(h.keys, hostOf(c, s.Hosts))
	}
	first := len(h.keys)
	plain := true
	for i := range s.Keys {
		v := c.Rec.Get(s.Keys[i].Slot)
		if v.IsNull() && !s.Keys[i].Optional {
			h.keys = h.keys[:key]
			return
		}
		plain = plain && v.Kind() != value.List
		h.keys = appendKey(h.keys, v)
	}
	r := hitRange{step: step, key: key, keyEnd: len(h.keys), tuple: len(h.vals)}
	for _, src := range s.tuple {
		h.vals = append(h.vals, src.take(c, &h.rows))
	}
	r.kept = len(h.vals)
	for _, src := range s.kept {
		h.vals = append(h.vals, src.take(c, &h.rows))
	}
	r.keptEnd = len(h.vals)
	if plain {
		h.hits = append(h.hits, r)
		return
	}
	h.several.reset(h.keys[key:first])
	h.keys = h.keys[:key]
	for i := range s.Keys {
		h.several.add(c.Rec.Get(s.Keys[i].Slot))
	}
	for range maxTuples {
		r.key = len(h.keys)
		h.keys = h.several.appendTo(h.keys)
		r.keyEnd = len(h.keys)
		h.hits = append(h.hits, r)
		if !h.several.next() {
			return
		}
	}
	c.report(ErrTooManyKeys)
}

var noValue = []value.Value{{}}

// keyValues returns the different values of a key; null is one.
func keyValues(v value.Value) []value.Value {
	switch v.Kind() {
	case value.Null:
		return noValue
	case value.List:
	default:
		return []value.Value{whole(v)}
	}
	seen := make(map[string]bool, len(v.Elems()))
	var out []value.Value
	var enc []byte
	for _, e := range v.Elems() {
		enc = appendKey(enc[:0], e)
		if !seen[string(enc)] {
			seen[string(enc)] = true
			out = append(out, whole(e))
		}
	}
	return out
}

// whole makes an integer of a float that is one, so that equal keys look alike.
func whole(v value.Value) value.Value {
	if v.Kind() != value.Float {
		return v
	}
	switch f := v.Float(); {
	case f != math.Trunc(f):
	case f >= -(1<<63) && f < 1<<63:
		return value.OfInt(int64(f))
	case f > 0 && f < 1<<64:
		return value.OfUint(uint64(f))
	}
	return v
}

// appendKey encodes v such that values have the same bytes exactly if they are
// equal, and no encoding is the beginning of another.
func appendKey(dst []byte, v value.Value) []byte {
	switch v.Kind() {
	case value.String:
		return wire.AppendText(dst, value.String, v.Str())
	case value.Float:
		v = whole(v)
	}
	return wire.AppendValue(dst, v)
}

// A keyShape says how the keys of a query are to be read.
type keyShape struct{ hidden int } // values before the join keys, such as the host

func shapeOf(q *plan.Query) keyShape {
	if len(q.Partition) > 0 {
		return keyShape{hidden: 1}
	}
	return keyShape{}
}

// tuple decodes a key; nil if there are no join keys.
func (s keyShape) tuple(key string) []value.Value {
	vals, _ := wire.Values(key) // Load has checked those that appendKey did not write
	if len(vals) <= s.hidden {
		return nil
	}
	return vals[s.hidden:]
}

// compareTuples orders key tuples, the first key most significant.
func compareTuples(a, b []value.Value) int {
	for i := range min(len(a), len(b)) {
		if c := value.Order(a[i], b[i]); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}
