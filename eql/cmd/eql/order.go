package main

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
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
		row.time, row.ok = event.ParseTime(rec.Field(cmp.Or(f.timestamp, defaultTimestamp)))
		if f.tiebreaker != "" {
			row.tie = rec.Field(f.tiebreaker)
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
