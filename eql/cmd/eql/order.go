package main

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

// order sorts records by time, then by tiebreaker with null last, and keeps the
// order of the rest. Records without a time come last.
func (f *eventFlags) order(recs []*record) {
	type keyed struct {
		rec  *record
		time int64 // nanoseconds since 1970
		ok   bool  // whether there is a time
		tie  value.Value
	}
	rows := make([]keyed, len(recs))
	for i, rec := range recs {
		row := keyed{rec: rec}
		row.time, row.ok = f.timeOf(rec)
		if f.tiebreaker != "" {
			row.tie = single(rec.Field(f.tiebreaker))
		}
		rows[i] = row
	}
	slices.SortStableFunc(rows, func(a, b keyed) int {
		switch {
		case a.ok != b.ok:
			return falseLast(a.ok, b.ok)
		case a.time != b.time:
			return cmp.Compare(a.time, b.time)
		case a.tie.IsNull() != b.tie.IsNull():
			return falseLast(!a.tie.IsNull(), !b.tie.IsNull())
		}
		return value.Order(a.tie, b.tie)
	})
	for i, row := range rows {
		recs[i] = row.rec
	}
}

// timeOf returns the time of rec, written as the mapping says.
func (f *eventFlags) timeOf(rec *record) (ns int64, ok bool) {
	path := cmp.Or(f.timestamp, defaultTimestamp)
	var dates *schema.DateFormat
	if f.types != nil {
		field, _ := f.types.Field(path)
		path, dates = cmp.Or(field.Source, path), field.Dates
	}
	return dates.Parse(single(rec.Field(path)))
}

// single returns the first value of a field.
func single(v value.Value) value.Value {
	if v.Kind() == value.List {
		return v.Elems()[0]
	}
	return v
}

func falseLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
