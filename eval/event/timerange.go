package event

import (
	"math"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval/value"
)

// TimeRange returns the first and the last nanosecond of the time that a query
// means by v. It reads what ParseTime does; text stands for the whole of the
// unit that it is written to, "2024-05-31" for a day, and a number for a
// millisecond.
func TimeRange(v value.Value) (first, last int64, ok bool) {
	first, ok = ParseTime(v)
	switch {
	case !ok:
		return 0, 0, false
	case v.Kind() == value.Date:
		return first, first, true
	case v.Kind() != value.String:
		return first, lastOf(first, time.Millisecond), true
	}
	s := v.Str()
	at := time.Unix(0, first).UTC()
	switch {
	case isCalendar(s) && len(s) == len("2006"):
		return first, before(at.AddDate(1, 0, 0)), true
	case isCalendar(s) && len(s) == len("2006-01"):
		return first, before(at.AddDate(0, 1, 0)), true
	}
	return first, lastOf(first, textUnit(s)), true
}

// lastOf returns the last nanosecond of a unit, or the last that there is.
func lastOf(first int64, unit time.Duration) int64 {
	last, ok := addSmall(first, int64(unit)-1)
	if !ok {
		return math.MaxInt64
	}
	return last
}

// before returns the nanosecond before t, or the last that there is.
func before(t time.Time) int64 {
	ns, ok := nanos(t)
	if !ok {
		return math.MaxInt64
	}
	return ns - 1
}

// textUnit returns the length of the last unit in the text of a date, which is
// not above a day.
func textUnit(s string) time.Duration {
	i := strings.IndexAny(s, "Tt ")
	if i < 0 {
		if isCalendar(s) {
			return 24 * time.Hour
		}
		return time.Millisecond // epoch milliseconds as text
	}
	clock := s[i+1:]
	if z := strings.IndexAny(clock, "Zz+-"); z >= 0 {
		clock = clock[:z]
	}
	if at := strings.IndexAny(clock, ".,"); at >= 0 {
		switch n := len(clock) - at - 1; {
		case n <= 3:
			return time.Millisecond
		case n <= 6:
			return time.Microsecond
		default:
			return time.Nanosecond
		}
	}
	switch strings.Count(clock, ":") {
	case 0:
		return time.Hour
	case 1:
		return time.Minute
	default:
		return time.Second
	}
}
