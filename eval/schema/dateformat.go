package schema

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A DateFormat reads dates as the "format" of a field in a mapping says. It is
// immutable and safe for concurrent use; nil reads what event.ParseTime does.
type DateFormat struct {
	text         string
	alternatives []dateReader
}

// maxDateFormat bounds the text of a format, in bytes, and so how deep its
// brackets nest.
const maxDateFormat = 1000

// A dateReader reads one form of a date: its first and last nanosecond.
type dateReader func(v value.Value) (first, last int64, ok bool)

// NewDateFormat returns the format that text describes: alternatives separated
// by "||", each of which is a name that Elasticsearch knows, such as
// epoch_second or strict_date_optional_time, or a pattern of Java's
// DateTimeFormatter, such as yyyy-MM-dd HH:mm:ss.SSS. Names and letters about
// weeks and eras are not supported; the error says which one was found.
//
// Text in the manner of RFC 3339 is read by every format, even if no alternative
// fits; Elasticsearch would not index such a document.
func NewDateFormat(text string) (*DateFormat, error) {
	if len(text) > maxDateFormat {
		return nil, fmt.Errorf("a date format is longer than %d bytes", maxDateFormat)
	}
	f := &DateFormat{text: text}
	for alternative := range strings.SplitSeq(text, "||") {
		r, err := newDateReader(strings.TrimSpace(alternative))
		if err != nil {
			return nil, err
		}
		f.alternatives = append(f.alternatives, r)
	}
	return f, nil
}

// String returns the format as it was written; "" for nil.
func (f *DateFormat) String() string {
	if f == nil {
		return ""
	}
	return f.text
}

// Range returns the first and the last nanosecond of the date v, since 1970:
// text stands for the whole of the smallest unit that it names.
func (f *DateFormat) Range(v value.Value) (first, last int64, ok bool) {
	if f == nil || v.Kind() == value.Date {
		return event.TimeRange(v)
	}
	for _, r := range f.alternatives {
		if first, last, ok = r(v); ok {
			return first, last, true
		}
	}
	return readISO(v)
}

// Parse returns the nanosecond at which the date v begins.
func (f *DateFormat) Parse(v value.Value) (ns int64, ok bool) {
	if f == nil {
		return event.ParseTime(v)
	}
	ns, _, ok = f.Range(v)
	return ns, ok
}

// or returns a format that reads what f or other reads.
func (f *DateFormat) or(other *DateFormat) *DateFormat {
	switch {
	case f == nil || other == nil || f.text == other.text:
		if f == nil {
			return other
		}
		return f
	default:
		return &DateFormat{f.text + "||" + other.text, slices.Concat(f.alternatives, other.alternatives)}
	}
}

// isoNames are the names of formats that event.ParseTime reads.
var isoNames = []string{
	"date_optional_time", "strict_date_optional_time_nanos", "iso8601", "rfc3339_lenient",
	"date", "date_hour", "date_hour_minute", "date_hour_minute_second",
	"date_hour_minute_second_millis", "date_hour_minute_second_fraction",
	"date_time", "date_time_no_millis", "year", "year_month", "year_month_day",
}

// patternNames are names of formats with the patterns they stand for.
var patternNames = map[string]string{
	"basic_date":                        "yyyyMMdd",
	"basic_date_time":                   "yyyyMMdd'T'HHmmss.SSSX",
	"basic_date_time_no_millis":         "yyyyMMdd'T'HHmmssX",
	"basic_ordinal_date":                "yyyyDDD",
	"basic_ordinal_date_time":           "yyyyDDD'T'HHmmss.SSSX",
	"basic_ordinal_date_time_no_millis": "yyyyDDD'T'HHmmssX",
	"ordinal_date":                      "yyyy-DDD",
	"ordinal_date_time":                 "yyyy-DDD'T'HH:mm:ss.SSSXXX",
	"ordinal_date_time_no_millis":       "yyyy-DDD'T'HH:mm:ssXXX",
}

func newDateReader(format string) (dateReader, error) {
	switch format {
	case "":
		return nil, errors.New("a date format is empty")
	case "epoch_millis":
		return epochReader(time.Millisecond), nil
	case "epoch_second":
		return epochReader(time.Second), nil
	}
	name := strings.TrimPrefix(format, "strict_")
	if slices.Contains(isoNames, name) || slices.Contains(isoNames, format) {
		return readISO, nil
	}
	if p, ok := patternNames[name]; ok {
		format = p
	} else if strings.Contains(name, "_") {
		return nil, fmt.Errorf("the date format %s is not supported", format)
	}
	p, err := newDatePattern(format)
	if err != nil {
		return nil, fmt.Errorf("the date format %s is not supported: %w", format, err)
	}
	return p.read, nil
}

// readISO reads dates in text, but no number of milliseconds.
func readISO(v value.Value) (first, last int64, ok bool) {
	s := v.Str()
	if v.Kind() != value.String || len(s) > len("2006") && strings.Trim(s, "0123456789.") == "" {
		return 0, 0, false
	}
	return event.TimeRange(v)
}

// epochReader reads numbers of a unit since 1970, in text as well.
func epochReader(unit time.Duration) dateReader {
	factor := int64(unit / time.Millisecond)
	return func(v value.Value) (first, last int64, ok bool) {
		if v.Kind() == value.String {
			number := integerOrFloat(v.Str())
			if number.IsNull() {
				return 0, 0, false
			}
			v = number
		}
		switch {
		case factor == 1:
		case v.Kind() == value.Int:
			i := v.Int() * factor
			if i/factor != v.Int() {
				return 0, 0, false
			}
			v = value.OfInt(i)
		case v.Kind() == value.Float:
			v = value.OfFloat(v.Float() * float64(factor))
		}
		if first, ok = event.ParseTime(v); !ok {
			return 0, 0, false
		}
		return first, max(first, first+int64(unit)-1), true
	}
}

// integerOrFloat reads a number in text; it is null if there is none.
func integerOrFloat(s string) value.Value {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return value.OfInt(i)
	}
	if f, ok := parseFloat(s); ok {
		return value.OfFloat(f)
	}
	return value.Value{}
}
