// Package schema describes the types of fields, as the mapping of an index in
// Elasticsearch does, and how values of events are brought into them.
package schema

import "github.com/eqlkit/eqlkit/eval/value"

// A Schema tells the types of fields. It is immutable and safe for concurrent
// use.
type Schema interface {
	// Field returns the description of the field at a dotted path, and whether
	// there is such a field.
	Field(path string) (Field, bool)
	// Paths returns the paths of all fields that have values, sorted; objects
	// are not among them. The caller must not change it.
	Paths() []string
}

// A Class is what EQL makes of a field's type.
type Class uint8

// The classes of types. Fields of the last two cannot be used in EQL.
const (
	String      Class = iota // keyword, constant_keyword, wildcard, text
	Integer                  // byte, short, integer, long, unsigned_long
	Rational                 // half_float, float, double, scaled_float
	Boolean                  // boolean
	Date                     // date, date_nanos
	IP                       // ip
	Version                  // version
	Object                   // object and nested: only their sub-fields have values
	Unsupported              // everything else
)

// A Field describes a field.
type Field struct {
	// Type is the type's name in Elasticsearch, such as "keyword".
	Type string
	// Class is what EQL makes of Type.
	Class Class
	// Exact says that text can be compared as it is, which is not so if it is
	// analysed or normalised and has no keyword sub-field. It only matters for
	// String.
	Exact bool
	// Nested is the path of the closest nested field that the field lies in, or
	// the field's own path if it is nested itself; "" if there is none.
	Nested string
	// Source is the path in the event if it is not the field's own: the target
	// of an alias, or the parent of a multi-field.
	Source string
	// Dates is how values of a Date are written; nil for the default, which is
	// what event.ParseTime reads.
	Dates *DateFormat
	// Null takes the place of an explicit null in the event, before conversion.
	Null value.Value
	// Arity tells whether the field may have several values in one event.
	Arity Arity
	// Values lists all values that the field can have, sorted; nil if they are
	// not known. The caller must not change it.
	Values []string
}

// An Arity is the number of values that a field has in one event.
type Arity uint8

// The arities.
const (
	AnyArity Arity = iota // nothing is known
	One                   // at most one value
	Many                  // a list is usual
)

// classes holds the class of each type that EQL knows of.
var classes = map[string]Class{
	"keyword":          String,
	"constant_keyword": String,
	"wildcard":         String,
	"text":             String,
	"match_only_text":  String,
	"byte":             Integer,
	"short":            Integer,
	"integer":          Integer,
	"long":             Integer,
	"unsigned_long":    Integer,
	"half_float":       Rational,
	"float":            Rational,
	"double":           Rational,
	"scaled_float":     Rational,
	"boolean":          Boolean,
	"date":             Date,
	"date_nanos":       Date,
	"ip":               IP,
	"version":          Version,
	"object":           Object,
	"nested":           Object,
}

// ClassOf returns the class of a type of Elasticsearch, Unsupported for a type
// that is not known.
func ClassOf(typ string) Class {
	if c, ok := classes[typ]; ok {
		return c
	}
	return Unsupported
}
