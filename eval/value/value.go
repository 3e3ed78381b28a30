// Package value holds the values that EQL expressions work on.
package value

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// A Kind is the type of a Value.
type Kind uint8

// The kinds of values.
const (
	Null    Kind = iota // no value: a missing field, JSON null, an empty array
	Bool                // true or false
	Int                 // a signed 64-bit integer
	Uint                // an integer from 2^63 to 2^64-1; smaller ones are Int
	Float               // a 64-bit float; never NaN in events
	String              // text; for the most part UTF-8, but any bytes are legal
	IP                  // an address, known to be one by a schema
	Date                // an instant in nanoseconds since 1970, known by a schema
	Version             // a software version, known by a schema
	Object              // a JSON object as it stands in an event; opaque here
	List                // several values; never nested and never with fewer than two
)

var kindNames = [...]string{"null", "boolean", "integer", "unsigned integer", "float", "string", "ip", "date", "version", "object", "list"}

// String returns the kind's name in words.
func (k Kind) String() string { return kindNames[k] }

// IsNumber reports whether k is Int, Uint or Float.
func (k Kind) IsNumber() bool { return k == Int || k == Uint || k == Float }

// IsText reports whether values of kind k carry text: String, IP and Version.
func (k Kind) IsText() bool { return k == String || k == IP || k == Version }

// A Value is an EQL value. The zero Value is null. Values are immutable and may
// be shared between goroutines. Text and lists may alias what they came from: an
// event, or an event.Record, whose values are good until it is filled again; Clone
// makes a value that may be kept. Compare with Equal or Compare, never with ==.
type Value struct {
	_    [0]func() // disallows ==
	kind Kind
	num  uint64 // bool, int64, uint64, float64 bits, nanoseconds, or a length
	ptr  unsafe.Pointer
	// ptr is, by kind: the first of num bytes of text, the first of num Values of
	// a List, or an *any that holds the payload of an Object; else nil.
}

// Size is how many bytes a Value takes, on 64-bit machines, besides text, lists and
// payloads.
const Size = 24

// OfBool returns a Bool.
func OfBool(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.num = 1
	}
	return v
}

// OfInt returns an Int.
func OfInt(i int64) Value { return Value{kind: Int, num: uint64(i)} }

// OfUint returns an Int if u fits one, else a Uint.
func OfUint(u uint64) Value {
	if u <= math.MaxInt64 {
		return Value{kind: Int, num: u}
	}
	return Value{kind: Uint, num: u}
}

// OfFloat returns a Float.
func OfFloat(f float64) Value { return Value{kind: Float, num: math.Float64bits(f)} }

// OfString returns a String.
func OfString(s string) Value { return ofText(String, s) }

func ofText(k Kind, s string) Value {
	return Value{kind: k, num: uint64(len(s)), ptr: unsafe.Pointer(unsafe.StringData(s))}
}

// WithText returns the value of v's kind, one of those that carry text, with another
// text.
func (v Value) WithText(text string) Value { return ofText(v.kind, text) }

// OfIP returns an IP with the given text, which must be a valid address.
func OfIP(text string) Value { return ofText(IP, text) }

// OfDate returns a Date; ns counts nanoseconds since 1970-01-01 UTC.
func OfDate(ns int64) Value { return Value{kind: Date, num: uint64(ns)} }

// OfVersion returns a Version with the given text.
func OfVersion(text string) Value { return ofText(Version, text) }

// OfObject returns an Object that carries v, which ought to be an event.Object:
// then its fields can be read where a query goes through an array of objects.
func OfObject(v any) Value { return OfObjectAt(&v) }

// OfObjectAt is OfObject for a payload that lies in memory of the caller, who must
// not change it as long as the Object is in use.
func OfObjectAt(payload *any) Value { return Value{kind: Object, ptr: unsafe.Pointer(payload)} }

// OfList returns vs as one Value: nulls are dropped, nested lists flattened;
// nothing left is null, and one value is that value. The list may keep vs,
// which the caller must not change afterwards.
func OfList(vs []Value) Value {
	flat := true
	for i := range vs {
		if k := vs[i].kind; k == Null || k == List {
			flat = false
			break
		}
	}
	if !flat {
		var out []Value
		for i := range vs {
			out = vs[i].AppendTo(out)
		}
		vs = out
	}
	switch len(vs) {
	case 0:
		return Value{}
	case 1:
		return vs[0]
	}
	return Value{kind: List, num: uint64(len(vs)), ptr: unsafe.Pointer(unsafe.SliceData(vs))}
}

// AppendTo appends the single values of v to dst: none for null, each of a
// List, or v itself.
func (v Value) AppendTo(dst []Value) []Value {
	switch v.kind {
	case Null:
		return dst
	case List:
		return append(dst, v.Elems()...)
	default:
		return append(dst, v)
	}
}

// A Cloner is the payload of an Object that Clone has to copy, too, because the
// payload aliases memory that is used again.
type Cloner interface {
	// ClonePayload returns the payload of the copy.
	ClonePayload() any
}

// Clone returns v with text and lists of its own, so that it does not change and
// does not keep the event alive that it came from. The payload of an Object is
// shared unless it is a Cloner.
func (v Value) Clone() Value {
	switch v.kind {
	case String, IP, Version:
		return v.WithText(strings.Clone(v.Str()))
	case List:
		return OfList(CloneAll(v.Elems()))
	case Object:
		if c, ok := v.Payload().(Cloner); ok {
			return OfObject(c.ClonePayload())
		}
	}
	return v
}

// CloneAll returns clones of vs; nil if there are none.
func CloneAll(vs []Value) []Value {
	if len(vs) == 0 {
		return nil
	}
	out := make([]Value, len(vs))
	for i, v := range vs {
		out[i] = v.Clone()
	}
	return out
}

// Kind returns the kind of v.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.kind == Null }

// Bool returns the content of a Bool.
func (v Value) Bool() bool { return v.num != 0 }

// Int returns the content of an Int.
func (v Value) Int() int64 { return int64(v.num) }

// Uint returns the content of a Uint, or of an Int that is not negative.
func (v Value) Uint() uint64 { return v.num }

// Float returns the content of a Float.
func (v Value) Float() float64 { return math.Float64frombits(v.num) }

// Str returns the text of a String, IP or Version, and "" for other kinds.
func (v Value) Str() string {
	if !v.kind.IsText() {
		return ""
	}
	return unsafe.String((*byte)(v.ptr), int(v.num))
}

// Nanos returns the content of a Date: nanoseconds since 1970.
func (v Value) Nanos() int64 { return int64(v.num) }

// Elems returns the values of a List, which the caller must not change; nil
// for other kinds.
func (v Value) Elems() []Value {
	if v.kind != List {
		return nil
	}
	return unsafe.Slice((*Value)(v.ptr), int(v.num))
}

// Payload returns what OfObject was given.
func (v Value) Payload() any {
	if v.kind != Object {
		return nil
	}
	return *(*any)(v.ptr)
}

// AsFloat returns a number of any kind as a float64, rounded if need be.
func (v Value) AsFloat() float64 {
	switch v.kind {
	case Int:
		return float64(int64(v.num))
	case Uint:
		return float64(v.num)
	default:
		return v.Float()
	}
}

// DateLayout is how dates are printed: UTC with milliseconds, as Elasticsearch does.
const DateLayout = "2006-01-02T15:04:05.000Z"

// String returns v as the EQL function string() does, following Java's
// rendering of numbers; "null" for null.
func (v Value) String() string {
	switch v.kind {
	case Null:
		return "null"
	case Bool:
		return strconv.FormatBool(v.Bool())
	case Int:
		return strconv.FormatInt(v.Int(), 10)
	case Uint:
		return strconv.FormatUint(v.num, 10)
	case Float:
		return formatFloat(v.Float())
	case Date:
		return time.Unix(0, v.Nanos()).UTC().Format(DateLayout)
	case List:
		s := "["
		for i, e := range v.Elems() {
			if i > 0 {
				s += ", "
			}
			s += e.String()
		}
		return s + "]"
	case Object:
		return "object"
	default:
		return v.Str()
	}
}

// Any returns v in types that encoding/json can print: nil, bool, int64, uint64,
// float64, string, and []any for a list. Addresses, dates and versions are text
// as String has it. What JSON has no form for is nil: objects, NaN, infinities.
func (v Value) Any() any {
	switch v.kind {
	case Null, Object:
		return nil
	case Bool:
		return v.Bool()
	case Int:
		return v.Int()
	case Uint:
		return v.Uint()
	case Float:
		if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
		return nil
	case List:
		out := make([]any, len(v.Elems()))
		for i, e := range v.Elems() {
			out[i] = e.Any()
		}
		return out
	default:
		return v.String()
	}
}

// formatFloat renders f as Java's Double.toString does: at least one decimal,
// and scientific notation below 1e-3 and from 1e7 on.
func formatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-3 || a >= 1e7) {
		b := strconv.AppendFloat(nil, f, 'E', -1, 64)
		mant, exp := b, ""
		for i, c := range b {
			if c == 'E' {
				mant, exp = b[:i], string(b[i+1:])
				break
			}
		}
		m := string(mant)
		if !hasPoint(m) {
			m += ".0"
		}
		n, _ := strconv.Atoi(exp)
		return m + "E" + strconv.Itoa(n)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !hasPoint(s) {
		s += ".0"
	}
	return s
}

func hasPoint(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			return true
		}
	}
	return false
}
