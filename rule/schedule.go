package rule

import (
	"strconv"
	"strings"
	"time"
)

// What a detection rule means when it is silent.
const (
	defaultFrom       = 6 * time.Minute
	defaultInterval   = 5 * time.Minute
	defaultMaxSignals = 100
)

// A Schedule says how a detection rule is run again and again over stored
// events. From and To are distances back from now. A stream needs none of this,
// except that Lookback bounds what a batch run could see.
type Schedule struct {
	From, To, Interval                time.Duration
	FromGiven, ToGiven, IntervalGiven bool // otherwise the value is the default
}

// Lookback returns the length of time that one run searches.
func (s Schedule) Lookback() time.Duration { return s.From - s.To }

// readSchedule reads the schedule of a [rule]. What it does not understand stays
// at its default; badSchedule reports it.
func readSchedule(s *section) Schedule {
	out := Schedule{From: defaultFrom, Interval: defaultInterval}
	if d, ok := parseBack(s.text("from")); ok {
		out.From, out.FromGiven = d, true
	}
	if d, ok := parseBack(s.text("to")); ok {
		out.To, out.ToGiven = d, true
	}
	if d, ok := parseInterval(s.text("interval")); ok {
		out.Interval, out.IntervalGiven = d, true
	}
	return out
}

// parseBack reads "now" or "now-9m" as a distance back from now.
func parseBack(s string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(s, "now")
	if !ok {
		return 0, false
	}
	if rest == "" {
		return 0, true
	}
	rest, ok = strings.CutPrefix(rest, "-")
	if !ok {
		return 0, false
	}
	return parseInterval(rest)
}

// parseInterval reads a number and a unit: s, m, h or d.
func parseInterval(s string) (time.Duration, bool) {
	if len(s) < 2 {
		return 0, false
	}
	var unit time.Duration
	switch s[len(s)-1] {
	case 's':
		unit = time.Second
	case 'm':
		unit = time.Minute
	case 'h':
		unit = time.Hour
	case 'd':
		unit = 24 * time.Hour
	default:
		return 0, false
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 31)
	if err != nil || n > uint64(time.Duration(1<<63-1)/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
