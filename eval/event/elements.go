package event

import "github.com/eqlkit/eqlkit/eval/value"

// A List is the index of a list of elements in a Layout and in its Records.
type List int32

// An elementList is a field that is read element by element: each element of
// the array has a record of its own.
type elementList struct {
	path   string
	layout *Layout // of the elements
}

// AddElements returns the list of the elements at path, making one if need be,
// and the layout of their fields. A path in that layout is relative to the
// element; the empty path is the element itself, if it is no object. The
// elements are what a field's values are: an array's, also within an array, or a
// lone value's, and none of them is null. It panics if l would grow after a
// Record was made for it.
func (l *Layout) AddElements(path string) (List, *Layout) {
	for i, e := range l.lists {
		if e.path == path {
			return List(i), e.layout
		}
	}
	if l.nodes != nil {
		panic("event: list added to a layout that is in use")
	}
	e := elementList{path: path, layout: NewLayout()}
	e.layout.element = true
	l.lists = append(l.lists, e)
	l.listPaths = append(l.listPaths, path)
	return List(len(l.lists) - 1), e.layout
}

// An item is an element as the event holds it, until it is asked for: the text
// of a JSON value, a Go value, or a value.
type item struct {
	text string
	gov  any
	val  value.Value
}

// items are the elements of one list of a record.
type items struct {
	items   []item
	records []*Record // of the first items; the rest is room for later events
	read    int       // records that hold this event's elements
}

func (x *items) reset() {
	clear(x.items)
	x.items = x.items[:0]
	x.read = 0
	if cap(x.items) > maxScratch {
		*x = items{}
	}
}

// Lists returns the paths of the lists that have elements, by List. The caller
// must not change it.
func (l *Layout) Lists() []string { return l.listPaths }

// SetElements makes the values of v the elements of list l: scalars, and values
// that carry an Object.
func (r *Record) SetElements(l List, v value.Value) {
	x := &r.lists[l]
	x.reset()
	switch v.Kind() {
	case value.Null:
	case value.List:
		for _, e := range v.Elems() {
			x.items = append(x.items, item{val: e})
		}
	default:
		x.items = append(x.items, item{val: v})
	}
}

// Elements returns the number of elements in list l.
func (r *Record) Elements(l List) int { return len(r.lists[l].items) }

// Element returns the record of element i of list l. It is valid until r is
// filled again and must not be changed.
func (r *Record) Element(l List, i int) *Record {
	x := &r.lists[l]
	for ; x.read <= i; x.read++ {
		if len(x.records) <= x.read {
			x.records = append(x.records, NewRecord(r.layout.lists[l].layout))
		}
		x.records[x.read].readItem(&x.items[x.read])
	}
	return x.records[i]
}

// readItem fills a record with an element.
func (r *Record) readItem(it *item) {
	r.acquire()
	r.Reset()
	root := r.layout.nodes[0]
	switch {
	case it.text != "":
		x := extractor{doc: aliasBytes(it.text), rec: r}
		if !x.element() { // it was read before, so that several keys lead to one field
			r.Reset()
			r.putGo(root, decodeValue(it.text))
		}
	case it.gov != nil:
		r.putGo(root, it.gov)
	default:
		r.putValue(root, it.val)
	}
	r.complete()
}

// putValue reads the fields of an element that an embedder's event gave.
func (r *Record) putValue(root *node, v value.Value) {
	switch o := v.Payload().(type) {
	case Map:
		r.putGo(root, map[string]any(o))
	case Object:
		r.readFields(o.Field)
		r.putElement(root, v)
	default:
		r.put(root, v)
		r.putElement(root, v)
	}
}

// putElement notes an element of the lists that end at n, as a value.
func (r *Record) putElement(n *node, v value.Value) {
	if v.IsNull() {
		return
	}
	for _, l := range n.lists {
		r.lists[l].items = append(r.lists[l].items, item{val: v})
	}
}

// readFields looks every field up.
func (r *Record) readFields(field func(path string) value.Value) {
	for i := range r.vals {
		if r.layout.element && r.layout.paths[i] == "" {
			continue // what has fields is no scalar
		}
		v := field(r.layout.Source(Slot(i)))
		if r.layout.options[i].Scalars {
			v = r.withoutObjects(v)
		}
		if !v.IsNull() {
			r.Set(Slot(i), v)
		}
	}
	for i, e := range r.layout.lists {
		if r.layout.element && e.path == "" {
			continue // the element itself, which the caller notes
		}
		r.SetElements(List(i), field(e.path))
	}
}

// putText notes an element of the lists that end at n, as JSON text.
func (r *Record) putText(n *node, text string) {
	for _, l := range n.lists {
		r.lists[l].items = append(r.lists[l].items, item{text: text})
	}
}

// putItem notes an element of the lists that end at n, as a Go value.
func (r *Record) putItem(n *node, v any) {
	for _, l := range n.lists {
		r.lists[l].items = append(r.lists[l].items, item{gov: v})
	}
}
