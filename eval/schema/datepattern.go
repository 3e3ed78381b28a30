package schema

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A datePattern is a pattern of Java's DateTimeFormatter: letters that stand for
// parts of a date, literal text, and sections in brackets that may be missing.
type datePattern []dateItem

// A dateItem is a part of a date (letter is not 0), a section that may be
// missing (optional is not nil), or literal text.
type dateItem struct {
	letter   byte
	width    int  // how often the letter is written
	exact    bool // the part has exactly width digits, because digits follow
	optional datePattern
	text     string
}

// dateLetters are the letters that can be read.
const dateLetters = "yuMLdDHkhKmsSaEXxZVzO"

func newDatePattern(s string) (datePattern, error) {
	p, rest, err := patternItems(s)
	if err == nil && rest != "" {
		err = errors.New("a bracket is closed that is not open")
	}
	return p, err
}

// patternItems reads items up to the end of s or a closing bracket.
func patternItems(s string) (p datePattern, rest string, err error) {
	for s != "" && s[0] != ']' {
		var item dateItem
		switch c := s[0]; {
		case c == '[':
			if item.optional, s, err = patternItems(s[1:]); err != nil {
				return nil, "", err
			}
			if s == "" {
				return nil, "", errors.New("a bracket has no end")
			}
			s = s[1:]
		case c == '\'':
			if item.text, s, err = quoted(s[1:]); err != nil {
				return nil, "", err
			}
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			if strings.IndexByte(dateLetters, c) < 0 {
				return nil, "", fmt.Errorf("the letter %c is not known", c)
			}
			n := len(s) - len(strings.TrimLeft(s, s[:1]))
			item.letter, item.width, s = c, n, s[n:]
		default:
			item.text, s = s[:1], s[1:]
		}
		if n := len(p); n > 0 && p[n-1].isNumber() && item.isNumber() {
			p[n-1].exact = true
		}
		p = append(p, item)
	}
	return p, s, nil
}

// quoted returns the text up to the closing quote; two quotes are one, also if
// there is nothing between them.
func quoted(s string) (text, rest string, err error) {
	if strings.HasPrefix(s, "'") {
		return "'", s[1:], nil
	}
	for {
		before, after, ok := strings.Cut(s, "'")
		if !ok {
			return "", "", errors.New("a quote has no end")
		}
		text += before
		if !strings.HasPrefix(after, "'") {
			return text, after, nil
		}
		text, s = text+"'", after[1:]
	}
}

// isNumber reports whether the item is written in digits.
func (i *dateItem) isNumber() bool {
	switch i.letter {
	case 0, 'a', 'E', 'X', 'x', 'Z', 'V', 'z', 'O':
		return false
	case 'M', 'L':
		return i.width <= 2
	default:
		return true
	}
}

// read implements dateReader.
func (p datePattern) read(v value.Value) (first, last int64, ok bool) {
	d := dateParts{year: 1970, month: 1, day: 1, half: -1}
	var text string
	switch {
	case v.Kind() == value.String:
		text = v.Str()
	case v.Kind() == value.Int: // such as 20240531
		text = strconv.FormatInt(v.Int(), 10)
	default:
		return 0, 0, false
	}
	if rest, ok := d.match(p, text); !ok || rest != "" {
		return 0, 0, false
	}
	return d.span()
}

// dateParts are the parts of a date as far as they have been read.
type dateParts struct {
	year, month, day, dayOfYear int
	hour, minute, second, nanos int
	half                        int // 0 for AM, 1 for PM, -1 if it was not said
	offset                      int // seconds that local time is ahead of UTC
	unit                        dateUnit
}

// A dateUnit is the smallest unit that was named.
type dateUnit uint8

const (
	unitYear dateUnit = iota
	unitMonth
	unitDay
	unitHour
	unitMinute
	unitSecond
	unitMilli
	unitMicro
	unitNano
)

// match reads p off the front of s.
func (d *dateParts) match(p datePattern, s string) (rest string, ok bool) {
	for i := range p {
		item := &p[i]
		switch {
		case item.optional != nil:
			saved := *d
			if rest, ok := d.match(item.optional, s); ok {
				s = rest
			} else {
				*d = saved
			}
		case item.letter == 0:
			if s, ok = strings.CutPrefix(s, item.text); !ok {
				return "", false
			}
		default:
			if s, ok = d.part(item, s); !ok {
				return "", false
			}
		}
	}
	return s, true
}

// part reads one part of a date off the front of s.
func (d *dateParts) part(item *dateItem, s string) (rest string, ok bool) {
	switch item.letter {
	case 'M', 'L':
		if item.width > 2 {
			n, rest, ok := name(s, monthNames[:], item.width == 3)
			return d.set(&d.month, n+1, unitMonth, rest, ok)
		}
	case 'E':
		_, rest, ok := name(s, dayNames[:], item.width <= 3)
		return rest, ok
	case 'a':
		n, rest, ok := name(s, []string{"AM", "PM"}, false)
		d.half = n
		return rest, ok
	case 'X', 'x', 'Z', 'V', 'z', 'O':
		d.offset, rest, ok = zoneOffset(s)
		return rest, ok
	case 'S':
		n, rest, ok := fraction(s, item.width)
		unit := unitNano
		if item.width <= 3 {
			unit = unitMilli
		} else if item.width <= 6 {
			unit = unitMicro
		}
		return d.set(&d.nanos, n, unit, rest, ok)
	}
	least, most := item.width, max(item.width, 2)
	if item.letter == 'D' {
		most = 3
	}
	if c := item.letter; (c == 'y' || c == 'u') && item.width != 2 {
		least, most = 4, 4
	} else if item.exact {
		most = item.width
	}
	n, rest, ok := digits(s, least, most)
	switch item.letter {
	case 'y', 'u':
		if item.width == 2 {
			n += 2000
		}
		return d.set(&d.year, n, unitYear, rest, ok)
	case 'M', 'L':
		return d.set(&d.month, n, unitMonth, rest, ok)
	case 'd':
		return d.set(&d.day, n, unitDay, rest, ok)
	case 'D':
		return d.set(&d.dayOfYear, n, unitDay, rest, ok && n > 0)
	case 'm':
		return d.set(&d.minute, n, unitMinute, rest, ok)
	case 's':
		return d.set(&d.second, n, unitSecond, rest, ok)
	default: // hours: H from 0, k from 1, to 24; K from 0, h from 1, to 12
		switch {
		case item.letter == 'k' && n == 24, item.letter == 'h' && n == 12:
			n = 0
		case (item.letter == 'h' || item.letter == 'K') && n > 11:
			ok = false
		}
		return d.set(&d.hour, n, unitHour, rest, ok)
	}
}

func (d *dateParts) set(part *int, n int, unit dateUnit, rest string, ok bool) (string, bool) {
	*part = n
	d.unit = max(d.unit, unit)
	return rest, ok
}

// span returns the first and last nanosecond of what the parts say.
func (d *dateParts) span() (first, last int64, ok bool) {
	if d.half > 0 {
		d.hour += 12
	}
	if d.hour > 23 || d.minute > 59 || d.second > 59 {
		return 0, 0, false
	}
	month, day := d.month, d.day
	if d.dayOfYear > 0 {
		month, day = 1, d.dayOfYear
	}
	date := time.Date(d.year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case d.dayOfYear > 0 && date.Year() != d.year, d.dayOfYear == 0 && (date.Day() != day || int(date.Month()) != month):
		return 0, 0, false
	}
	clock := time.Duration(d.hour)*time.Hour + time.Duration(d.minute)*time.Minute + time.Duration(d.second-d.offset)*time.Second
	from := date.Add(clock + time.Duration(d.nanos))
	to := from
	switch d.unit {
	case unitYear:
		to = to.AddDate(1, 0, 0)
	case unitMonth:
		to = to.AddDate(0, 1, 0)
	default:
		to = to.Add([...]time.Duration{
			unitDay: 24 * time.Hour, unitHour: time.Hour, unitMinute: time.Minute, unitSecond: time.Second,
			unitMilli: time.Millisecond, unitMicro: time.Microsecond, unitNano: 1,
		}[d.unit])
	}
	if from.Year() < 1678 || to.Year() > 2261 { // what 64 bits of nanoseconds can express
		return 0, 0, false
	}
	return from.UnixNano(), to.UnixNano() - 1, true
}

// digits reads a number of at least and at most so many digits.
func digits(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < most && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i >= least && i > 0
}

// fraction reads exactly width digits of a fraction of a second.
func fraction(s string, width int) (nanos int, rest string, ok bool) {
	if width > 9 {
		return 0, "", false
	}
	nanos, rest, ok = digits(s, width, width)
	for ; width < 9; width++ {
		nanos *= 10
	}
	return nanos, rest, ok
}

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}

var dayNames = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// name reads one of the names, or its first three letters, in any case.
func name(s string, names []string, short bool) (index int, rest string, ok bool) {
	for i, n := range names {
		if short {
			n = n[:3]
		}
		if len(s) >= len(n) && strings.EqualFold(s[:len(n)], n) {
			return i, s[len(n):], true
		}
	}
	return 0, "", false
}

// zoneOffset reads a zone: Z, UTC, GMT or an offset such as +01:00, +0100 or +01.
func zoneOffset(s string) (seconds int, rest string, ok bool) {
	for _, utc := range []string{"Z", "UTC", "GMT"} {
		if rest, ok := strings.CutPrefix(s, utc); ok {
			s = rest
			if s == "" || s[0] != '+' && s[0] != '-' {
				return 0, s, true
			}
			break
		}
	}
	if s == "" || s[0] != '+' && s[0] != '-' {
		return 0, "", false
	}
	sign := 1
	if s[0] == '-' {
		sign = -1
	}
	hours, s, ok := digits(s[1:], 2, 2)
	if !ok || hours > 18 {
		return 0, "", false
	}
	minutes, rest, ok := digits(strings.TrimPrefix(s, ":"), 2, 2)
	if !ok {
		minutes, rest = 0, s
	}
	return sign * (hours*3600 + minutes*60), rest, minutes < 60
}
