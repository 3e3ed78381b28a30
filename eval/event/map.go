package event

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Map is an Event in the form of decoded JSON: maps, slices and scalars, in
// any mixture of nested and dotted keys. It has to be a tree and must not change
// once it is in use; then it is safe for concurrent use.
//
// Scalars may be of any boolean, integer, float or string type. Besides:
//   - json.Number keeps integers exact where float64 does not, and prints them
//     without a decimal point; Decode makes use of it
//   - time.Time is a Date
//   - []byte and whatever implements encoding.TextMarshaler, such as netip.Addr,
//     is its text
//   - a pointer is what it points to
//
// NaN and everything else, such as a struct, is no value.
type Map map[string]any

// Field implements Event.
func (m Map) Field(path string) value.Value {
	var one [1]value.Value
	switch vs := appendField(one[:0], m, path); len(vs) {
	case 0:
		return value.Value{}
	case 1:
		return vs[0]
	default:
		return value.OfList(slices.Clone(vs))
	}
}

// appendField appends the values at path, those of shorter keys first.
func appendField(dst []value.Value, m map[string]any, path string) []value.Value {
	for end := 0; ; end++ {
		next := strings.IndexByte(path[end:], '.')
		if next < 0 {
			break
		}
		end += next
		if v, ok := m[path[:end]]; ok {
			dst = appendBelow(dst, v, path[end+1:])
		}
	}
	return appendSingles(dst, m[path])
}

// appendBelow appends the values at path in v, an object or an array of such.
func appendBelow(dst []value.Value, v any, path string) []value.Value {
	_, rest := plain(v)
	switch v := rest.(type) {
	case map[string]any:
		return appendField(dst, v, path)
	case []any:
		for _, e := range v {
			dst = appendBelow(dst, e, path)
		}
	}
	return dst
}

// appendSingles appends the single values in v.
func appendSingles(dst []value.Value, v any) []value.Value {
	scalar, rest := plain(v)
	switch v := rest.(type) {
	case nil:
		dst = scalar.AppendTo(dst)
	case []any:
		for _, e := range v {
			dst = appendSingles(dst, e)
		}
	case map[string]any:
		dst = append(dst, value.OfObject(Map(v)))
	case json.Number:
		dst = append(dst, numberOrText(v))
	}
	return dst
}

// numberOrText is the value of a json.Number, which may hold any text.
func numberOrText(n json.Number) value.Value {
	if isNumber(string(n)) {
		return number(string(n))
	}
	return value.OfString(string(n))
}

// Extract implements Extractor. The error is always nil.
func (m Map) Extract(l *Layout, r *Record) error {
	r.putMap(l.nodes[0], m)
	return nil
}

// putMap reads the fields below n from an object. Keys without dots come first
// because they are shorter than those with dots that lead to the same place.
func (r *Record) putMap(n *node, m map[string]any) {
	var dotted []string
	for key, v := range m {
		if child := n.children[key]; child != nil {
			r.putGo(child, v)
		} else if strings.IndexByte(key, '.') >= 0 {
			dotted = append(dotted, key)
		}
	}
	slices.Sort(dotted)
	for _, key := range dotted {
		if child := n.descend(key); child != nil {
			r.putGo(child, m[key])
		}
	}
}

// putGo reads the fields at and below n from a Go value.
func (r *Record) putGo(n *node, v any) {
	scalar, rest := plain(v)
	if _, isList := rest.([]any); len(n.lists) > 0 && !isList && (rest != nil || !scalar.IsNull()) {
		r.putItem(n, v)
	}
	switch v := rest.(type) {
	case nil:
		if scalar.IsNull() {
			r.putNull(n)
		} else {
			r.put(n, scalar)
		}
	case json.Number:
		if isNumber(string(v)) {
			r.putNumber(n, string(v))
		} else {
			r.put(n, value.OfString(string(v)))
		}
	case map[string]any:
		if len(n.children) > 0 {
			r.putMap(n, v)
		}
		if len(n.slots) > 0 {
			r.put(n, value.OfObject(Map(v)))
		}
	case []any:
		for _, e := range v {
			r.putGo(n, e)
		}
	}
}
