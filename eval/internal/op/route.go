package op

import (
	"hash/crc32"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Route is the join key by which the state of a query can be divided: hits
// that have different values of it never meet.
type Route struct {
	// Hosts are the fields of which the first with a value is the key; nil for a
	// join key.
	Hosts []event.Slot
	// Fields are where the steps have the join key, each field once.
	Fields []Key
}

// Why a query cannot be divided.
const (
	whyCounted = "head, tail and size count the matches of all keys"
	whyOrdered = "its matches are kept in order until all before them are decided"
	whyUnknown = "what it asks about processes is not divided by host"
	whyKeyless = "its events are joined by nothing"
)

// Stateless reports whether every event is a match or not, whatever came before.
func (q *Query) Stateless() bool {
	return q.Plan.Kind == plan.Event && len(q.lineages) == 0 && len(q.Plan.Limits) == 0
}

// Route returns by what the state of the query can be divided, or nil and the
// reason why it cannot.
func (q *Query) Route() (*Route, string) {
	hidden := shapeOf(q.Plan).hidden
	r := &Route{}
	switch {
	case len(q.Plan.Limits) > 0:
		return nil, whyCounted
	case q.seq != nil && q.seq.ordered && q.seq.trailing:
		return nil, whyOrdered
	case len(q.lineages) > 0 && hidden == 0:
		return nil, whyUnknown
	case len(q.lineages) > 0, hidden > 0 && q.Plan.Kind == plan.Sequence:
		r.Hosts = q.Steps[0].Hosts
		return r, ""
	}
	keys := q.Steps[0].Keys
	if len(keys) == 0 {
		return nil, whyKeyless
	}
	// A key that all steps have in one field is best: each event goes one way.
	for i := range keys {
		fields := q.keyFields(i)
		if r.Fields == nil || len(fields) < len(r.Fields) {
			r.Fields = fields
		}
	}
	return r, ""
}

// keyFields returns where the steps have a join key.
func (q *Query) keyFields(nth int) []Key {
	var out []Key
	for _, s := range q.Steps {
		k := s.Keys[nth]
		i := slices.IndexFunc(out, func(o Key) bool { return o.Slot == k.Slot })
		if i < 0 {
			out = append(out, k)
		} else {
			out[i].Optional = out[i].Optional || k.Optional
		}
	}
	return out
}

// Slots returns the fields that decide.
func (r *Route) Slots() []event.Slot {
	if r.Hosts != nil {
		return r.Hosts
	}
	var out []event.Slot
	for _, k := range r.Fields {
		out = append(out, k.Slot)
	}
	return out
}

// Optional returns for each of Fields whether no value is a value.
func (r *Route) Optional() []bool {
	var out []bool
	for _, k := range r.Fields {
		out = append(out, k.Optional)
	}
	return out
}

// Parts calls yield with the parts, of n, that have to see an event because of
// its values in the route's fields, which are in the given slots.
func (r *Route) Parts(rec *event.Record, slots []event.Slot, n int, yield func(int)) {
	var b [64]byte
	if r.Hosts != nil {
		c := Ctx{Rec: rec}
		yield(part(appendKey(b[:0], hostOf(&c, slots)), n))
		return
	}
	for i, k := range r.Fields {
		v := rec.Get(slots[i])
		switch v.Kind() {
		case value.Null:
			if k.Optional {
				yield(part(appendKey(b[:0], v), n))
			}
		case value.List:
			for _, e := range v.Elems() {
				yield(part(appendKey(b[:0], e), n))
			}
		default:
			yield(part(appendKey(b[:0], v), n))
		}
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// part spreads values over n parts, the same way in every process.
func part(b []byte, n int) int {
	return int(uint64(crc32.Checksum(b, castagnoli)) * uint64(n) >> 32)
}
