package schema

import (
	"slices"
	"strings"
)

// A Table is a Schema made of a list of fields. It is immutable and safe for
// concurrent use. Make one with NewTable.
type Table struct {
	fields map[string]Field
	paths  []string
}

// Field implements Schema.
func (t *Table) Field(path string) (Field, bool) {
	f, ok := t.fields[path]
	return f, ok
}

// Paths implements Schema.
func (t *Table) Paths() []string { return t.paths }

// NewTable returns a Schema of the fields by path, which it takes over. Objects
// that the paths imply are added, and fields below a nested one are marked as
// such.
func NewTable(fields map[string]Field) *Table {
	t := &Table{fields: fields}
	for path := range fields {
		if fields[path].Class != Object {
			t.paths = append(t.paths, path)
		}
	}
	slices.Sort(t.paths)
	for _, path := range t.paths {
		f := fields[path]
		for i := range len(path) {
			if path[i] != '.' {
				continue
			}
			parent, ok := fields[path[:i]]
			switch {
			case !ok:
				fields[path[:i]] = Field{Type: "object", Class: Object, Exact: true}
			case parent.Type == "nested":
				f.Nested = path[:i]
			}
		}
		fields[path] = f
	}
	return t
}

// Join returns a Schema of several: the first that knows a field describes it.
// Nil ones are left out; if none remains, or one alone, there is nothing to
// join and the result is that.
func Join(schemas ...Schema) Schema {
	schemas = slices.DeleteFunc(slices.Clone(schemas), func(s Schema) bool { return s == nil })
	switch len(schemas) {
	case 0:
		return nil
	case 1:
		return schemas[0]
	}
	j := &joined{schemas: schemas}
	for _, s := range schemas {
		j.paths = append(j.paths, s.Paths()...)
	}
	slices.Sort(j.paths)
	j.paths = slices.Compact(j.paths)
	return j
}

type joined struct {
	schemas []Schema
	paths   []string
}

// Field implements Schema. What the first one leaves open the others may tell.
func (j *joined) Field(path string) (Field, bool) {
	var out Field
	found := false
	for _, s := range j.schemas {
		f, ok := s.Field(path)
		switch {
		case !ok:
		case !found:
			out, found = f, true
		default:
			if out.Arity == AnyArity {
				out.Arity = f.Arity
			}
			if out.Values == nil {
				out.Values = f.Values
			}
		}
	}
	return out, found
}

// Paths implements Schema.
func (j *joined) Paths() []string { return j.paths }

// IsOpen reports whether fields below path may exist that s does not list: path
// or a part of it is an object without known sub-fields, such as labels, or has
// a type that keeps whatever it is given.
func IsOpen(s Schema, path string) bool {
	for i := len(path); i > 0; i = strings.LastIndexByte(path[:i], '.') {
		f, ok := s.Field(path[:i])
		if !ok {
			continue
		}
		if f.Type == "flattened" || f.Type == "object" || f.Type == "nested" {
			return f.Type == "flattened" || !hasBelow(s.Paths(), path[:i]+".")
		}
		return false
	}
	return false
}

func hasBelow(paths []string, prefix string) bool {
	i, _ := slices.BinarySearch(paths, prefix)
	return i < len(paths) && strings.HasPrefix(paths[i], prefix)
}
