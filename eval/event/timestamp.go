package event

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval/value"
)

// ParseTime reads a time out of a single value, in nanoseconds since 1970-01-01
// UTC. It understands
//   - a Date, as it is
//   - a number of milliseconds since 1970, with fraction if need be, and the
//     same as text
//   - text in the manner of RFC 3339: a date, then optionally "T", "t" or a
//     blank and hours, minutes, seconds and, behind a point or comma, up to nine
//     digits of a fraction, of which the later ones may be missing, then
//     optionally a zone: "Z", "z" or an offset such as +01:00, +0100 or +01.
//     Without a zone it is UTC. A year and month alone, 2024-05, is the first
//     of the month, and text of four digits the first of January.
//
// It reports false for everything else, and for times that 64 bits of
// nanoseconds cannot express: those before 1677 or after 2262.
func ParseTime(v value.Value) (ns int64, ok bool) {
	switch v.Kind() {
	case value.Date:
		return v.Nanos(), true
	case value.Int:
		return millis(v.Int())
	case value.Float:
		return floatMillis(v.Float())
	case value.String:
		return parseTime(v.Str())
	default:
		return 0, false
	}
}

func millis(ms int64) (int64, bool) {
	const most = math.MaxInt64 / int64(time.Millisecond)
	if ms < -most || ms > most {
		return 0, false
	}
	return ms * int64(time.Millisecond), true
}

func floatMillis(f float64) (int64, bool) {
	whole, fraction := math.Modf(f)
	if !(math.Abs(whole) < 1<<62) { // NaN, too
		return 0, false
	}
	ns, ok := millis(int64(whole))
	if !ok {
		return 0, false
	}
	return addSmall(ns, int64(math.Round(fraction*float64(time.Millisecond))))
}

// nanos returns t in nanoseconds since 1970.
func nanos(t time.Time) (int64, bool) { return joined(t.Unix(), int64(t.Nanosecond())) }

// joined returns the nanoseconds of sec seconds and ns nanoseconds, 0 <= ns < 1e9.
func joined(sec, ns int64) (int64, bool) {
	const (
		most  = math.MaxInt64 / int64(time.Second)
		least = -most - 1
	)
	if sec < least || sec > most {
		return 0, false
	}
	if sec < 0 { // so that the very least number does not overflow on the way
		sec, ns = sec+1, ns-int64(time.Second)
	}
	return addSmall(sec*int64(time.Second), ns)
}

// addSmall returns a+b unless it overflows.
func addSmall(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum >= a) == (b >= 0)
}

func parseTime(s string) (int64, bool) {
	if ns, ok := usualTime(s); ok {
		return ns, true
	}
	if !isCalendar(s) {
		return textMillis(s)
	}
	p := timeParser{text: s, ok: true}
	day := p.date()
	sec, ns := p.clock()
	sec -= p.zone()
	if !p.ok || p.text != "" {
		return 0, false
	}
	return joined(day*secondsPerDay+sec, ns)
}

// usualTime reads the form that nearly all events have: 2006-01-02T15:04:05Z with
// up to nine digits of a fraction. What it leaves is for a timeParser.
func usualTime(s string) (int64, bool) {
	const whole = len("2006-01-02T15:04:05")
	n := len(s) - 1
	if n < whole || s[n] != 'Z' || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	century, year, month, day := pair(s, 0), pair(s, 2), pair(s, 5), pair(s, 8)
	hour, minute, second := pair(s, 11), pair(s, 14), pair(s, 17)
	year += century * 100
	if century > 99 || year > 9999 || month-1 > 11 || day-1 > 30 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	if day > 28 && int64(day) > daysIn(int64(year), int64(month)) {
		return 0, false
	}
	ns := int64(0)
	if n > whole {
		if s[whole] != '.' || n == whole+1 || n > whole+10 {
			return 0, false
		}
		for _, c := range []byte(s[whole+1 : n]) {
			if !isDigit(c) {
				return 0, false
			}
			ns = ns*10 + int64(c-'0')
		}
		ns *= fractionUnits[n-whole-1]
	}
	if month <= 2 {
		year, month = year-1, month+12 // see daysSinceEpoch
	}
	year += 400 // none is negative
	days := year*365 + year/4 - year/100 + year/400 + daysBefore[month] + day
	sec := int64(days)*secondsPerDay + int64(hour*3600+minute*60+second)
	return joined(sec-usualEpoch*secondsPerDay, ns)
}

// daysBefore has the days of a year that begins in March, before each of its months;
// usualEpoch is the day 1970-01-01 in the way usualTime counts them.
var daysBefore = [16]uint32{3: 0, 4: 31, 5: 61, 6: 92, 7: 122, 8: 153, 9: 184, 10: 214, 11: 245, 12: 275, 13: 306, 14: 337}

const usualEpoch = 2369*365 + 2369/4 - 2369/100 + 2369/400 + 306 + 1

// fractionUnits has the nanoseconds of the last of so many digits of a fraction.
var fractionUnits = [...]int64{1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1}

// pair returns the number of two digits, or one far above 99 if they are none.
func pair(s string, i int) uint32 {
	tens, units := uint32(s[i]-'0'), uint32(s[i+1]-'0')
	if tens > 9 || units > 9 {
		return 1 << 16
	}
	return tens*10 + units
}

// isCalendar reports whether s begins with a date, not a number of milliseconds.
func isCalendar(s string) bool {
	switch len(s) {
	case len("2006"):
		return strings.Trim(s, "0123456789") == ""
	case len("2006-01"):
		return s[4] == '-'
	default:
		return len(s) >= len("2006-01-02") && s[4] == '-' && s[7] == '-'
	}
}

func textMillis(s string) (int64, bool) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return millis(ms)
	}
	if !isNumber(s) {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	return floatMillis(f)
}

const secondsPerDay = 24 * 60 * 60

// A timeParser takes a time off the front of a text; ok says if all went well.
type timeParser struct {
	text string
	ok   bool
}

// date returns the days since 1970.
func (p *timeParser) date() int64 {
	year := p.digits(4, 9999)
	month, day := int64(1), int64(1)
	if p.text != "" {
		p.expect('-')
		month = p.digits(2, 12)
	}
	if p.text != "" {
		p.expect('-')
		day = p.digits(2, 31)
	}
	if month < 1 || day < 1 || day > daysIn(year, month) {
		p.ok = false
	}
	return daysSinceEpoch(year, month, day)
}

// clock returns the time of day, midnight if there is none.
func (p *timeParser) clock() (sec, ns int64) {
	if p.text == "" {
		return 0, 0
	}
	if !p.accept('T') && !p.accept('t') && !p.accept(' ') {
		p.ok = false
	}
	sec = p.digits(2, 23) * 3600
	if !p.accept(':') {
		return sec, 0
	}
	sec += p.digits(2, 59) * 60
	if !p.accept(':') {
		return sec, 0
	}
	sec += p.digits(2, 59)
	if p.accept('.') || p.accept(',') {
		ns = p.fraction()
	}
	return sec, ns
}

// fraction returns one to nine digits as nanoseconds.
func (p *timeParser) fraction() int64 {
	n, ns := 0, int64(0)
	for n < len(p.text) && isDigit(p.text[n]) {
		if n == 9 {
			p.ok = false
			return 0
		}
		ns = ns*10 + int64(p.text[n]-'0')
		n++
	}
	p.ok = p.ok && n > 0
	p.text = p.text[n:]
	for ; n < 9; n++ {
		ns *= 10
	}
	return ns
}

// zone returns the seconds that local time is ahead of UTC.
func (p *timeParser) zone() int64 {
	sign := int64(1)
	switch {
	case p.text == "" || p.accept('Z') || p.accept('z'):
		return 0
	case p.accept('-'):
		sign = -1
	case !p.accept('+'):
		p.ok = false
	}
	sec := p.digits(2, 23) * 3600
	if p.text != "" {
		p.accept(':')
		sec += p.digits(2, 59) * 60
	}
	return sign * sec
}

// digits returns a number of exactly n digits that is not above most.
func (p *timeParser) digits(n int, most int64) int64 {
	if len(p.text) < n {
		p.ok = false
		return 0
	}
	i := int64(0)
	for _, c := range []byte(p.text[:n]) {
		if !isDigit(c) {
			p.ok = false
		}
		i = i*10 + int64(c-'0')
	}
	p.text = p.text[n:]
	if i > most {
		p.ok = false
	}
	return i
}

func (p *timeParser) accept(c byte) bool {
	if p.text == "" || p.text[0] != c {
		return false
	}
	p.text = p.text[1:]
	return true
}

func (p *timeParser) expect(c byte) { p.ok = p.accept(c) && p.ok }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func daysIn(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// daysSinceEpoch counts in years that begin in March, so that the leap day is
// the last one, and in the 400 years after which the calendar repeats itself.
func daysSinceEpoch(year, month, day int64) int64 {
	const (
		daysPerEra = 146097 // 400 years
		epoch      = 719468 // days from March 1 of the year 0 to 1970-01-01
	)
	if month <= 2 {
		year, month = year-1, month+12
	}
	era := year / 400
	if year < 0 {
		era = -1
	}
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return era*daysPerEra + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - epoch
}
