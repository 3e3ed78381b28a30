package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/event"
)

// maxDepth is how many names a path may have. Elasticsearch allows 20 unless it
// is told otherwise; without a limit all the paths of a mapping could be longer
// than the mapping by far.
const maxDepth = 100

// A property is a field in a mapping, or the whole mapping.
type property struct {
	Type       string
	Path       string // of an alias
	Properties map[string]property
	Fields     map[string]property
	NullValue  any
	Normalizer string
	Value      any    // of a constant_keyword
	Format     string // of a date
}

// rootsOf returns the mappings in data, those of indices in their order.
func rootsOf(data []byte) ([]property, error) {
	top, err := event.Decode(data)
	if err != nil {
		return nil, err
	}
	if m, ok := top["mappings"]; ok {
		root, err := readProperty("", m, 0)
		return []property{root}, err
	}
	if _, ok := top["properties"]; ok {
		root, err := readProperty("", top, 0)
		return []property{root}, err
	}
	if len(top) == 0 {
		return nil, errors.New("neither properties nor mappings found")
	}
	var roots []property
	for _, index := range slices.Sorted(maps.Keys(top)) {
		body, _ := top[index].(map[string]any)
		m, ok := body["mappings"]
		if !ok {
			return nil, fmt.Errorf("%q has no mappings", index)
		}
		root, err := readProperty("", m, 0)
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", index, err)
		}
		roots = append(roots, root)
	}
	return roots, nil
}

// readProperty reads the property at path, a path of depth names.
func readProperty(path string, v any, depth int) (p property, err error) {
	if depth > maxDepth {
		return p, fmt.Errorf("field %.40q...: nested deeper than %d", path, maxDepth)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return p, mistake(path, "the definition", "an object", v)
	}
	if p.Type, err = readString(path, "type", m); err != nil {
		return p, err
	}
	if p.Normalizer, err = readString(path, "normalizer", m); err != nil {
		return p, err
	}
	if ClassOf(p.Type) == Date {
		if p.Format, err = readString(path, "format", m); err != nil {
			return p, err
		}
	}
	if p.Type == "alias" {
		if p.Path, err = readString(path, "path", m); err != nil {
			return p, err
		}
	}
	p.NullValue, p.Value = m["null_value"], m["value"]
	if p.Properties, err = readProperties(path, "properties", m, depth); err != nil {
		return p, err
	}
	p.Fields, err = readProperties(path, "fields", m, depth)
	return p, err
}

// readString reads the text that m has under a key; "" for null.
func readString(path, key string, m map[string]any) (string, error) {
	text, ok := m[key].(string)
	if !ok && m[key] != nil {
		return "", mistake(path, key, "a string", m[key])
	}
	return text, nil
}

// readProperties reads the properties that m has under a key; none for null.
func readProperties(path, key string, m map[string]any, depth int) (map[string]property, error) {
	props, ok := m[key].(map[string]any)
	if !ok {
		if m[key] == nil {
			return nil, nil
		}
		return nil, mistake(path, key, "an object", m[key])
	}
	out := make(map[string]property, len(props))
	for _, name := range slices.Sorted(maps.Keys(props)) {
		below := name
		if path != "" {
			below = path + "." + name
		}
		p, err := readProperty(below, props[name], depth+1+strings.Count(name, "."))
		if err != nil {
			return nil, err
		}
		out[name] = p
	}
	return out, nil
}

// mistake says that part of the definition of a field is not what it should be.
func mistake(path, part, want string, got any) error {
	err := fmt.Errorf("%s must be %s, found %s", part, want, kindOf(got))
	if path == "" {
		return err
	}
	return fmt.Errorf("field %s: %w", path, err)
}

// kindOf names what decoded JSON is.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "an array"
	default:
		return "an object"
	}
}
