package event

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Record holds one event's values in the slots of a Layout. It belongs to one
// goroutine and is reused from event to event.
type Record struct {
	layout *Layout
	vals   []value.Value

	more  [][]value.Value // by slot: the values after the first, while they come in
	multi []Slot          // slots that have any
	lists []items         // by list of the layout

	folds   []value.Value // by slot: what Fold returned
	isFold  []bool        // by slot
	folding []Slot        // slots with a fold

	addrs   []address // by slot: what Addr returned; nil until it is called
	parsing []Slot    // slots with an address

	seen   []uint64 // by node: the last object with a key for it, and whether the key ends there
	object uint64   // number of objects seen
}

// maxScratch is how many values of a slot are worth room for the next event.
const maxScratch = 1 << 10

// NewRecord returns an empty Record for l, which must not grow from now on.
func NewRecord(l *Layout) *Record {
	l.compile.Do(l.build)
	return &Record{
		layout: l,
		vals:   make([]value.Value, l.Len()),
		more:   make([][]value.Value, l.Len()),
		folds:  make([]value.Value, l.Len()),
		isFold: make([]bool, l.Len()),
		seen:   make([]uint64, len(l.nodes)),
		lists:  make([]items, len(l.lists)),
	}
}

// Layout returns the layout that r was made for.
func (r *Record) Layout() *Layout { return r.layout }

// Reset empties all slots.
func (r *Record) Reset() {
	clear(r.vals)
	for _, s := range r.multi {
		r.forget(s)
	}
	r.multi = r.multi[:0]
	for _, s := range r.folding {
		r.folds[s], r.isFold[s] = value.Value{}, false
	}
	r.folding = r.folding[:0]
	r.forgetAddrs()
	for i := range r.lists {
		r.lists[i].reset()
	}
}

// Get returns the value in slot s; a slot without value is null.
func (r *Record) Get(s Slot) value.Value { return r.vals[s] }

// Fold returns the value in slot s with its texts in canonical case, as
// pattern.Fold has it. It folds once an event. The result is good until r is
// filled again.
func (r *Record) Fold(s Slot) value.Value {
	if !r.isFold[s] {
		r.folds[s], r.isFold[s] = folded(r.vals[s]), true
		r.folding = append(r.folding, s)
	}
	return r.folds[s]
}

func folded(v value.Value) value.Value {
	switch v.Kind() {
	case value.String:
		return value.OfString(pattern.Fold(v.Str()))
	case value.IP:
		return value.OfIP(pattern.Fold(v.Str()))
	case value.Version:
		return value.OfVersion(pattern.Fold(v.Str()))
	case value.List:
		out := make([]value.Value, len(v.Elems()))
		for i, e := range v.Elems() {
			out[i] = folded(e)
		}
		return value.OfList(out)
	default:
		return v
	}
}

// Values returns the values of all slots, to be read until r is filled again.
func (r *Record) Values() []value.Value { return r.vals }

// Set stores v in slot s.
func (r *Record) Set(s Slot, v value.Value) { r.vals[s] = v }

// Fill reads all fields of ev into r, after emptying it, and converts them as
// the layout's SlotOptions ask. After an error the content of r is undefined.
func (r *Record) Fill(ev Event) error {
	r.Reset()
	if x, ok := ev.(Extractor); ok {
		if err := x.Extract(r.layout, r); err != nil {
			return err
		}
	} else {
		r.readFields(ev.Field)
	}
	r.convert()
	return nil
}

// convert brings values to the types of their fields.
func (r *Record) convert() {
	for _, s := range r.layout.typed {
		r.vals[s] = r.layout.options[s].apply(r.vals[s])
	}
}

func withoutObjects(v value.Value) value.Value {
	switch {
	case v.Kind() == value.Object:
		return value.Value{}
	case slices.ContainsFunc(v.Elems(), isObject):
		return value.OfList(slices.DeleteFunc(slices.Clone(v.Elems()), isObject))
	}
	return v
}

func isObject(v value.Value) bool { return v.Kind() == value.Object }

// put adds a single value to the fields that end at n.
func (r *Record) put(n *node, v value.Value) {
	for _, s := range n.slots {
		r.add(s, v)
	}
}

// putNull adds an explicit null, which some fields take for a value.
func (r *Record) putNull(n *node) {
	for _, s := range n.slots {
		r.add(s, r.layout.options[s].Null)
	}
}

// putNumber adds a number as JSON writes it.
func (r *Record) putNumber(n *node, literal string) {
	for _, s := range n.slots {
		if r.layout.options[s].Text {
			r.add(s, value.OfString(literal))
		} else {
			r.add(s, number(literal))
		}
	}
}

func (r *Record) add(s Slot, v value.Value) {
	switch {
	case v.IsNull(), v.Kind() == value.Object && r.layout.options[s].Scalars:
	case r.vals[s].IsNull():
		r.vals[s] = v
	default:
		if len(r.more[s]) == 0 {
			r.multi = append(r.multi, s)
		}
		r.more[s] = append(r.more[s], v)
	}
}

// finish makes lists of what put has added. The lists share one array, which is
// not used again, because values outlive the record.
func (r *Record) finish() {
	total := 0
	for _, s := range r.multi {
		total += 1 + len(r.more[s])
	}
	all := make([]value.Value, 0, total)
	for _, s := range r.multi {
		from := len(all)
		all = r.vals[s].AppendTo(all)
		all = append(all, r.more[s]...)
		r.vals[s] = value.OfList(slices.Clip(all[from:]))
		r.forget(s)
	}
	r.multi = r.multi[:0]
}

func (r *Record) forget(s Slot) {
	clear(r.more[s])
	r.more[s] = r.more[s][:0]
	if cap(r.more[s]) > maxScratch {
		r.more[s] = nil
	}
}

// apply converts a field's value.
func (o *SlotOptions) apply(v value.Value) value.Value {
	switch v.Kind() {
	case value.Null:
		return v
	case value.List:
		elems := v.Elems()
		if o.Convert == nil && !slices.ContainsFunc(elems, isPlainScalar) {
			return v
		}
		out := make([]value.Value, len(elems))
		for i, e := range elems {
			out[i] = o.apply(e)
		}
		return value.OfList(out)
	}
	if o.Text && isPlainScalar(v) {
		v = value.OfString(jsonText(v))
	}
	if o.Convert != nil {
		v = o.Convert(v)
	}
	return v
}

// isPlainScalar reports whether v is a number or a boolean.
func isPlainScalar(v value.Value) bool { return v.Kind() == value.Bool || v.Kind().IsNumber() }

// nextObject returns the identity of a JSON object that is about to be read.
func (r *Record) nextObject() uint64 {
	r.object++
	return r.object
}

// child returns the node below n that a key of an object leads to, nil if there
// is none. It reports false if another key of the object has led to the node
// already, or to one on the way to it or beyond it.
func (r *Record) child(n *node, key string, object uint64) (child *node, ok bool) {
	if child = n.children[key]; child != nil {
		return child, r.arrive(child, object)
	}
	if strings.IndexByte(key, '.') < 0 {
		return nil, true
	}
	if child = n.descend(key); child == nil {
		return nil, true
	}
	for {
		seg, rest, more := strings.Cut(key, ".")
		n = n.children[seg]
		if !more {
			return child, r.arrive(n, object)
		}
		if !r.pass(n, object) {
			return nil, false
		}
		key = rest
	}
}

// arrive notes that a key of the object ends at n; none may have been there.
func (r *Record) arrive(n *node, object uint64) bool {
	if r.seen[n.id]>>1 == object {
		return false
	}
	r.seen[n.id] = object<<1 | 1
	return true
}

// pass notes that a key of the object leads beyond n; none may end there.
func (r *Record) pass(n *node, object uint64) bool {
	if r.seen[n.id] == object<<1|1 {
		return false
	}
	r.seen[n.id] = object << 1
	return true
}
