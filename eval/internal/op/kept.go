package op

import "github.com/eqlkit/eqlkit/eval/value"

// What later steps read of an event is kept as values.

// costOfKept is what kept values take, about.
func costOfKept(kept [][]value.Value) int64 {
	sum := int64(0)
	for _, vals := range kept {
		sum += 24
		for _, v := range vals {
			sum += costOfValue(v)
		}
	}
	return sum
}

func costOfValue(v value.Value) int64 {
	sum := int64(value.Size + len(v.Str()))
	for _, e := range v.Elems() {
		sum += costOfValue(e)
	}
	if set, ok := v.Payload().(*rowSet); ok {
		for _, e := range set.vals {
			sum += costOfValue(e)
		}
	}
	return sum
}

// values writes kept values.
func (e *Encoder) values(vals []value.Value) {
	e.Len(len(vals))
	for _, v := range vals {
		set, ok := v.Payload().(*rowSet)
		e.Bool(ok)
		if !ok {
			e.Value(v)
			continue
		}
		e.Len(set.width)
		e.Len(set.n)
		e.values(set.vals)
	}
}

// maxNested bounds arrays in arrays, maxRows what one holds.
const (
	maxNested = 100
	maxRows   = 1 << 24
)

// values reads kept values that the given sources have given.
func (d *Decoder) values(from []source) []value.Value {
	vals := d.valuesBelow(0)
	if len(vals) != len(from) {
		d.Fail("%d values are kept instead of %d", len(vals), len(from))
		return nil
	}
	for i, s := range from {
		rows, _ := s.(*rowsSource)
		if !rows.could(vals[i]) {
			d.Fail("a value that is kept has the wrong shape")
		}
	}
	return vals
}

// could reports whether v can come from s; from nil comes all but arrays.
func (s *rowsSource) could(v value.Value) bool {
	set, ok := v.Payload().(*rowSet)
	if s == nil || !ok {
		return s == nil && !ok
	}
	if set.width != len(s.columns) {
		return false
	}
	for i, v := range set.vals {
		if !s.columns[i%set.width].rows.could(v) {
			return false
		}
	}
	return true
}

func (d *Decoder) valuesBelow(depth int) []value.Value {
	if depth > maxNested {
		d.Fail("arrays are too deep")
	}
	var vals []value.Value
	for range d.Len(maxItems) {
		if d.Err() != nil {
			return nil
		}
		if !d.Bool() {
			vals = append(vals, d.Value())
			continue
		}
		set := &rowSet{width: d.Len(maxRows), n: d.Len(maxRows)}
		set.vals = d.valuesBelow(depth + 1)
		if d.Err() == nil && uint64(len(set.vals)) != uint64(set.width)*uint64(set.n) {
			d.Fail("an array has the wrong size")
		}
		vals = append(vals, value.OfObject(set))
	}
	return vals
}
