package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Sample is a Schema inferred from events. It knows what was seen and nothing
// else: use it to judge queries, not to read events. Add to it first; from then
// on it is immutable and safe for concurrent use.
type Sample struct {
	table    *Table // nil while events are added
	category string // the field with the category
	seen     map[string]*seen
	byName   map[string]int // events of each category
	events   int
}

// seen is what a Sample knows of one field.
type seen struct {
	events int            // that have the field
	byName map[string]int // of them, those of each category
	kinds  map[string]bool
	many   bool
	last   int // the event that was counted last
}

// NewSample returns an empty Sample. The field with the category of an event is
// event.category if categoryField is empty.
func NewSample(categoryField string) *Sample {
	if categoryField == "" {
		categoryField = "event.category"
	}
	return &Sample{category: categoryField, seen: map[string]*seen{}, byName: map[string]int{}}
}

// maxSampleFields bounds the fields of a Sample, and maxSampleValues the
// categories: events of one kind do not have so many.
const (
	maxSampleFields = 50_000
	maxSampleValues = 1_000
)

// Add takes in an event in the form that event.Decode gives it.
func (s *Sample) Add(doc map[string]any) {
	s.table = nil
	s.events++
	var names []string
	for _, v := range event.Map(doc).Field(s.category).AppendTo(nil) {
		if v.Kind() == value.String && (s.byName[v.Str()] > 0 || len(s.byName) < maxSampleValues) {
			names = append(names, v.Str())
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		s.byName[name]++
	}
	s.object("", doc, names, false)
}

func (s *Sample) object(prefix string, m map[string]any, names []string, many bool) {
	for key, v := range m {
		s.value(prefix+key, v, names, many)
	}
}

func (s *Sample) value(path string, v any, names []string, many bool) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		s.object(path+".", v, names, many)
	case []any:
		for _, e := range v {
			s.value(path, e, names, many || len(v) > 1)
		}
	case json.Number:
		kind := "double"
		if _, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			kind = "long"
		} else if _, err := strconv.ParseUint(string(v), 10, 64); err == nil {
			kind = "unsigned_long"
		}
		s.note(path, kind, names, many)
	case bool:
		s.note(path, "boolean", names, many)
	default:
		s.note(path, "keyword", names, many)
	}
}

func (s *Sample) note(path, kind string, names []string, many bool) {
	f := s.seen[path]
	if f == nil {
		if len(s.seen) >= maxSampleFields {
			return
		}
		f = &seen{byName: map[string]int{}, kinds: map[string]bool{}}
		s.seen[path] = f
	}
	f.kinds[kind] = true
	f.many = f.many || many || f.last == s.events
	if f.last == s.events {
		return
	}
	f.last = s.events
	f.events++
	for _, name := range names {
		f.byName[name]++
	}
}

// Field implements Schema. The type of a field with values of several types
// names them all and is Unsupported, but for different numbers.
func (s *Sample) Field(path string) (Field, bool) {
	s.prepare()
	return s.table.Field(path)
}

// Paths implements Schema.
func (s *Sample) Paths() []string {
	s.prepare()
	return s.table.Paths()
}

// Ready makes s complete before several goroutines use it.
func (s *Sample) Ready() *Sample {
	s.prepare()
	return s
}

// prepare describes the fields that were seen.
func (s *Sample) prepare() {
	if s.table != nil {
		return
	}
	fields := make(map[string]Field, len(s.seen))
	for path, f := range s.seen {
		typ := f.typeName()
		d := Field{Type: typ, Class: ClassOf(typ), Exact: true, Arity: One}
		if f.many {
			d.Arity = Many
		}
		fields[path] = d
	}
	s.table = NewTable(fields)
}

// typeName names the type that holds all kinds of values.
func (f *seen) typeName() string {
	typ := ""
	for _, kind := range slices.Sorted(maps.Keys(f.kinds)) {
		switch {
		case typ == "":
			typ = kind
		case isNumeric(typ) && isNumeric(kind):
			if typ != "double" { // "double" comes first
				typ = kind
			}
		default:
			typ = either(typ, kind)
		}
	}
	return typ
}

func isNumeric(typ string) bool { return ClassOf(typ) == Integer || ClassOf(typ) == Rational }

// Events returns the number of events.
func (s *Sample) Events() int { return s.events }

// Categories returns the categories that were seen, sorted. The slice is the
// caller's.
func (s *Sample) Categories() []string { return slices.Sorted(maps.Keys(s.byName)) }

// CategoryField returns the field with the category of an event.
func (s *Sample) CategoryField() string { return s.category }

// Frequency returns how many events of a category there are, and how many of
// them have the field at path. An empty category stands for all events.
func (s *Sample) Frequency(path, category string) (with, of int) {
	f := s.seen[path]
	if category == "" {
		if f != nil {
			with = f.events
		}
		return with, s.events
	}
	if f != nil {
		with = f.byName[category]
	}
	return with, s.byName[category]
}
