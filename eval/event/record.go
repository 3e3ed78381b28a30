package event

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Record holds one event's values in the slots of a Layout. It belongs to one
// goroutine and is reused from event to event. Values lie in memory of the record
// or of the event: they are good until the record is filled again, and as long as
// the event is. What is kept longer must be cloned.
type Record struct {
	// What predicates read lies together.
	layout *Layout
	vals   []value.Value // by slot
	folds  []value.Value // by slot: what Fold returned

	isSet []bool // by slot: whether it may have a value
	set   []Slot // slots that may

	more  [][]value.Value // by slot: all values, once there are several
	room  []value.Value   // for more of the slots that have none
	multi []Slot          // slots that have several
	lists []items         // by list of the layout

	fills   uint64
	isFold  []bool // by slot
	folding []Slot // slots with a fold

	texts   []byte        // text that is not in the event as it is meant
	elems   []value.Value // of lists
	objects objectPool

	*habits // nil until the record is filled

	addrs   []address // by slot: what Addr returned; nil until it is called
	parsing []Slot    // slots with an address
}

// Room is there at first for so many bytes of text for each slot, and an element of a
// list for so many of them; and it is kept for the next event up to so many values of a
// slot, and so many bytes of text.
const (
	textsPerSlot = 128
	slotsPerElem = 4

	maxScratch = 1 << 10
	maxTexts   = 1 << 18
)

// NewRecord returns an empty Record for l, which must not grow from now on.
func NewRecord(l *Layout) *Record {
	l.compile.Do(l.build)
	return &Record{
		layout: l,
		vals:   make([]value.Value, l.Len()),
		isSet:  make([]bool, l.Len()),
		set:    make([]Slot, 0, l.Len()),
		more:   make([][]value.Value, l.Len()),
		folds:  make([]value.Value, l.Len()),
		isFold: make([]bool, l.Len()),
		lists:  make([]items, len(l.lists)),
		texts:  make([]byte, 0, textsPerSlot*l.Len()),
		elems:  make([]value.Value, 0, l.Len()/slotsPerElem),
	}
}

// acquire makes sure that r has habits.
func (r *Record) acquire() {
	if r.habits == nil {
		r.habits = newHabits(r.layout)
	}
}

// Layout returns the layout that r was made for.
func (r *Record) Layout() *Layout { return r.layout }

// Reset empties all slots.
func (r *Record) Reset() {
	if poisoning {
		r.poison()
	}
	for _, s := range r.set {
		r.vals[s], r.isSet[s] = value.Value{}, false
	}
	r.set = r.set[:0]
	for _, s := range r.multi {
		clear(r.more[s])
		r.more[s] = r.more[s][:0]
		if cap(r.more[s]) > maxScratch {
			r.more[s] = nil
		}
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
	clear(r.elems)
	r.texts, r.elems = r.texts[:0], r.elems[:0]
	if cap(r.texts) > maxTexts {
		r.texts = nil
	}
	if cap(r.elems) > maxScratch {
		r.elems = nil
	}
	r.objects.reset()
}

// Get returns the value in slot s; a slot without value is null.
func (r *Record) Get(s Slot) value.Value { return r.vals[s] }

// Fold returns the value in slot s with its texts in canonical case, as
// pattern.Fold has it. It folds once an event.
func (r *Record) Fold(s Slot) value.Value {
	if !r.isFold[s] {
		r.folds[s], r.isFold[s] = r.folded(r.vals[s]), true
		r.folding = append(r.folding, s)
	}
	return r.folds[s]
}

func (r *Record) folded(v value.Value) value.Value {
	switch k := v.Kind(); {
	case k.IsText():
		return v.WithText(r.foldedText(v.Str()))
	case k == value.List:
		return r.each(v.Elems(), r.folded)
	default:
		return v
	}
}

// foldedText returns a text in canonical case, in the record's memory unless it
// is the text itself.
func (r *Record) foldedText(s string) string {
	from := len(r.texts)
	var same bool
	if r.texts, same = pattern.AppendFold(r.texts, s); same {
		return s
	}
	return aliasString(r.texts[from:])
}

// each returns what f makes of values, as a list in the record's memory.
func (r *Record) each(vs []value.Value, f func(value.Value) value.Value) value.Value {
	from := len(r.elems)
	for _, v := range vs {
		v = f(v)
		r.elems = append(r.elems, v)
	}
	return value.OfList(r.elems[from:])
}

// Values returns the values of all slots, to be read until r is filled again.
func (r *Record) Values() []value.Value { return r.vals }

// Set stores v in slot s.
func (r *Record) Set(s Slot, v value.Value) {
	r.vals[s] = v
	r.touch(s)
}

// Filled returns the slots that may have a value, each once, to be read until r is
// filled again.
func (r *Record) Filled() []Slot { return r.set }

// touch notes that a slot has to be emptied.
func (r *Record) touch(s Slot) {
	if !r.isSet[s] {
		r.isSet[s] = true
		r.set = append(r.set, s)
	}
}

// Fills returns how often r has been filled, or Fill has begun to: as long as that is
// the same, so are the values.
func (r *Record) Fills() uint64 { return r.fills }

// Fill reads all fields of ev into r, after emptying it, and converts them as
// the layout's SlotOptions ask. After an error the content of r is undefined.
func (r *Record) Fill(ev Event) error {
	r.acquire()
	r.fills++
	r.Reset()
	if x, ok := ev.(Extractor); ok {
		if err := x.Extract(r.layout, r); err != nil {
			return err
		}
	} else {
		r.readFields(ev.Field)
	}
	r.complete()
	return nil
}

// complete makes lists of what put has added, and brings values to the types of
// their fields.
func (r *Record) complete() {
	for _, s := range r.multi {
		r.vals[s] = value.OfList(r.more[s])
	}
	for _, s := range r.set {
		if r.layout.typed[s] {
			r.vals[s] = r.converted(&r.layout.options[s], r.vals[s])
		}
	}
	if poisoning {
		r.own()
	}
}

// withoutObjects drops the objects among the values of v.
func (r *Record) withoutObjects(v value.Value) value.Value {
	switch {
	case v.Kind() == value.Object:
		return value.Value{}
	case slices.ContainsFunc(v.Elems(), isObject):
		return r.each(v.Elems(), r.withoutObjects)
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
		r.touch(s)
	default:
		if len(r.more[s]) == 0 {
			r.multi = append(r.multi, s)
			if r.more[s] == nil {
				r.more[s] = r.takeRoom()
			}
			r.more[s] = append(r.more[s], r.vals[s])
		}
		r.more[s] = append(r.more[s], v)
	}
}

// takeRoom returns room for a few values.
func (r *Record) takeRoom() []value.Value {
	const few, many = 8, 32
	if len(r.room) < few {
		r.room = make([]value.Value, few*many)
	}
	room := r.room[:0:few]
	r.room = r.room[few:]
	return room
}

// converted converts a field's value as o asks.
func (r *Record) converted(o *SlotOptions, v value.Value) value.Value {
	switch v.Kind() {
	case value.Null:
		return v
	case value.List:
		if o.Convert == nil && !slices.ContainsFunc(v.Elems(), isPlainScalar) {
			return v
		}
		return r.each(v.Elems(), o.apply)
	default:
		return o.apply(v)
	}
}

// apply converts a single value.
func (o *SlotOptions) apply(v value.Value) value.Value {
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
