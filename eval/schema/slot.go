package schema

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// SlotOptions returns how f is read from events, so that its values are of its
// class whichever way they are written: a date in text or milliseconds, a
// number in text, a keyword as a number. A value that does not fit is dropped.
// Fields that EQL cannot use are read as they are.
func SlotOptions(f Field) event.SlotOptions {
	o := event.SlotOptions{Source: f.Source, Null: f.Null}
	switch f.Class {
	case String:
		o.Name, o.Text, o.Convert = "string", true, toString
	case Integer:
		o.Name, o.Convert = "integer", toInteger
	case Rational:
		o.Name, o.Convert = "rational", toRational
	case Boolean:
		o.Name, o.Convert = "boolean", toBool
	case Date:
		o.Name, o.Convert = "date", f.Dates.convert
		if f.Dates != nil {
			o.Name += " as " + strconv.Quote(f.Dates.text)
		}
	case IP:
		o.Name, o.Convert = "ip", toIP
	case Version:
		o.Name, o.Text, o.Convert = "version", true, toVersion
	}
	// The other things that make a difference, too.
	if f.Source != "" {
		o.Name += " of " + strconv.Quote(f.Source)
	}
	if !f.Null.IsNull() {
		o.Name += " or " + f.Null.Kind().String() + " " + strconv.Quote(f.Null.String())
	}
	return o
}

func toString(v value.Value) value.Value {
	switch v.Kind() {
	case value.String:
		return v
	case value.IP, value.Version, value.Date:
		return value.OfString(v.String())
	default:
		return value.Value{}
	}
}

func toVersion(v value.Value) value.Value {
	if v.Kind().IsText() {
		return value.OfVersion(v.Str())
	}
	return value.Value{}
}

func (f *DateFormat) convert(v value.Value) value.Value {
	if ns, ok := f.Parse(v); ok {
		return value.OfDate(ns)
	}
	return value.Value{}
}

// toIP gives all spellings of an address the same text.
func toIP(v value.Value) value.Value {
	if !v.Kind().IsText() {
		return value.Value{}
	}
	addr, err := netip.ParseAddr(v.Str())
	if err != nil || addr.Zone() != "" {
		return value.Value{}
	}
	if !addr.Is4In6() && addr.Is4() {
		return value.OfIP(v.Str()) // there is but one spelling
	}
	return value.OfIP(addr.Unmap().String())
}

func toBool(v value.Value) value.Value {
	switch {
	case v.Kind() == value.Bool:
		return v
	case v.Kind() != value.String:
		return value.Value{}
	}
	switch v.Str() {
	case "true":
		return value.OfBool(true)
	case "false", "":
		return value.OfBool(false)
	default:
		return value.Value{}
	}
}

// toInteger cuts off fractions, as Elasticsearch does.
func toInteger(v value.Value) value.Value {
	switch v.Kind() {
	case value.Int, value.Uint:
		return v
	case value.Float:
		return truncated(v.Float())
	case value.String:
		return integerText(v.Str())
	default:
		return value.Value{}
	}
}

func integerText(s string) value.Value {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return value.OfInt(i)
	}
	if u, err := strconv.ParseUint(s, 10, 64); err == nil {
		return value.OfUint(u)
	}
	f, ok := parseFloat(s)
	if !ok {
		return value.Value{}
	}
	return truncated(f)
}

func truncated(f float64) value.Value {
	const two63, two64 = 1 << 63, 1 << 64
	switch f = math.Trunc(f); {
	case -two63 <= f && f < two63:
		return value.OfInt(int64(f))
	case 0 < f && f < two64:
		return value.OfUint(uint64(f))
	default:
		return value.Value{}
	}
}

func toRational(v value.Value) value.Value {
	f, ok := 0.0, false
	switch {
	case v.Kind().IsNumber():
		f, ok = v.AsFloat(), true
	case v.Kind() == value.String:
		f, ok = parseFloat(v.Str())
	}
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return value.Value{}
	}
	return value.OfFloat(f)
}

// parseFloat reads a decimal number; strconv alone takes more, such as "0x1p4",
// "1_0" and "inf".
func parseFloat(s string) (float64, bool) {
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
