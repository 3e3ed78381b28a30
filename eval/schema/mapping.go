package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Mapping is the Schema that a mapping of Elasticsearch describes. It is
// immutable and safe for concurrent use.
type Mapping struct {
	fields map[string]Field
	paths  []string
}

// Field implements Schema. Multi-fields and objects are fields, too; an alias is
// described by its target.
func (m *Mapping) Field(path string) (Field, bool) {
	f, ok := m.fields[path]
	return f, ok
}

// Paths implements Schema.
func (m *Mapping) Paths() []string { return m.paths }

// FromMapping reads a mapping in JSON: the mapping alone, {"properties": ...},
// or with its name, {"mappings": {"properties": ...}}, or the response of the
// get mapping API, {"index": {"mappings": ...}}. If there are several indices,
// a field that does not have the same type in all of them is Unsupported. So is
// a date in a format that NewDateFormat does not know.
//
// An error names the field at fault. One that is nested in more than 100 objects
// is refused.
func FromMapping(data []byte) (*Mapping, error) {
	roots, err := rootsOf(data)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	all := make(map[string]Field)
	for _, r := range roots {
		b := builder{fields: make(map[string]Field), aliases: make(map[string]string)}
		b.properties("", r.Properties, "")
		b.resolve()
		merge(all, b.fields)
	}
	m := &Mapping{fields: all}
	for path, f := range all {
		if f.Class != Object {
			m.paths = append(m.paths, path)
		}
	}
	slices.Sort(m.paths)
	return m, nil
}

// A builder collects the fields of one index.
type builder struct {
	fields  map[string]Field
	aliases map[string]string // targets
}

// properties adds the fields of an object at a path that ends with a dot, or
// that is empty.
func (b *builder) properties(prefix string, props map[string]property, nested string) {
	for _, name := range slices.Sorted(maps.Keys(props)) {
		b.parents(prefix, name, nested)
		p := props[name]
		b.property(prefix+name, &p, nested)
	}
}

// parents adds the objects that a name with dots implies.
func (b *builder) parents(prefix, name, nested string) {
	for i := range len(name) {
		if name[i] != '.' {
			continue
		}
		path := prefix + name[:i]
		if _, ok := b.fields[path]; !ok {
			b.fields[path] = Field{Type: "object", Class: Object, Exact: true, Nested: nested}
		}
	}
}

func (b *builder) property(path string, p *property, nested string) {
	typ := p.Type
	switch typ {
	case "":
		typ = "object"
	case "nested":
		nested = path
	case "alias":
		b.aliases[path] = p.Path
	}
	f := newField(typ, p)
	f.Nested = nested
	b.fields[path] = f
	b.properties(path+".", p.Properties, nested)
	for name, sub := range p.Fields {
		s := newField(sub.Type, &sub)
		s.Nested, s.Source = nested, path
		b.fields[path+"."+name] = s
	}
}

func newField(typ string, p *property) Field {
	f := Field{Type: typ, Class: ClassOf(typ), Exact: exact(p), Null: nullValue(p.NullValue)}
	if text, ok := p.Value.(string); ok && typ == "constant_keyword" {
		f.Values = []string{text}
	}
	if p.Format != "" {
		dates, err := NewDateFormat(p.Format)
		if err != nil {
			f.Type, f.Class = fmt.Sprintf("%s with format %s", typ, p.Format), Unsupported
		}
		f.Dates = dates
	}
	return f
}

// exact reports whether the text of p, or of a multi-field of it, is indexed as
// it is.
func exact(p *property) bool {
	if isKeyword(p.Type) {
		return p.Normalizer == ""
	}
	if ClassOf(p.Type) == String {
		for _, sub := range p.Fields {
			if isKeyword(sub.Type) && sub.Normalizer == "" {
				return true
			}
		}
		return false
	}
	return true
}

// isKeyword reports whether a type is of the keyword family.
func isKeyword(typ string) bool { return ClassOf(typ) == String && !strings.HasSuffix(typ, "text") }

// nullValue returns a scalar in JSON as a Value.
func nullValue(v any) value.Value { return event.Map{"v": v}.Field("v") }

// resolve describes aliases by their targets. An alias without a proper target
// stays what it is, Unsupported.
func (b *builder) resolve() {
	for path, target := range b.aliases {
		f, ok := b.fields[target]
		if _, again := b.aliases[target]; !ok || again || f.Class == Object {
			continue
		}
		if f.Source == "" {
			f.Source = target
		}
		b.fields[path] = f
	}
}

// merge adds the fields of one more index to all.
func merge(all, fields map[string]Field) {
	for path, f := range fields {
		other, ok := all[path]
		switch {
		case !ok:
		case other.Type != f.Type:
			f = Field{Type: either(other.Type, f.Type), Class: Unsupported}
		default:
			f.Exact = f.Exact && other.Exact
			f.Values = eitherValue(f.Values, other.Values)
			f.Dates = other.Dates.or(f.Dates)
			if f.Nested == "" {
				f.Nested = other.Nested
			}
		}
		all[path] = f
	}
}

// either joins the names of types that are in conflict.
func either(a, b string) string {
	types := append(strings.Split(a, " or "), b)
	slices.Sort(types)
	return strings.Join(slices.Compact(types), " or ")
}

// eitherValue joins the possible values of a field in two indices; nil means
// that all are possible.
func eitherValue(a, b []string) []string {
	if a == nil || b == nil {
		return nil
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
