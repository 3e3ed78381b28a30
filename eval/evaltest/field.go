package evaltest

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// values are the values of a field. Nested objects and keys with dots are the
// same path; arrays, also those of objects, are flattened; null is no value.
func values(doc map[string]any, path string) []any {
	var out []any
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if key == path {
			out = append(out, scalars(doc[key])...)
		} else if rest, ok := strings.CutPrefix(path, key+"."); ok {
			for _, o := range objects(doc[key]) {
				out = append(out, values(o, rest)...)
			}
		}
	}
	return out
}

// valuesOf are the values that a condition finds in a field. The timestamp is a
// date, however it is written.
func (ev *evaluator) valuesOf(doc map[string]any, path string) []any {
	found := values(doc, path)
	if path != ev.opts.TimestampField {
		return found
	}
	var dates []any
	for _, v := range found {
		if t, ok := timestamp(v); ok {
			dates = append(dates, t)
		}
	}
	return dates
}

// scalars are the values in v, through arrays.
func scalars(v any) []any {
	if list, ok := v.([]any); ok {
		var out []any
		for _, x := range list {
			out = append(out, scalars(x)...)
		}
		return out
	}
	if x := fromGo(v); x != nil {
		return []any{x}
	}
	return nil
}

// objects are the objects in v, through arrays.
func objects(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var out []map[string]any
		for _, x := range v {
			out = append(out, objects(x)...)
		}
		return out
	default:
		return nil
	}
}

// first is the first value of a field that ought to have one, or nil.
func first(doc map[string]any, path string) any {
	if vs := values(doc, path); len(vs) > 0 {
		return vs[0]
	}
	return nil
}

// timestamp reads a number of milliseconds since 1970, possibly as text, or a
// date in ISO form, in UTC unless it says otherwise.
func timestamp(v any) (t time.Time, ok bool) {
	switch v := v.(type) {
	case *big.Int:
		return time.UnixMilli(v.Int64()).UTC(), v.IsInt64()
	case float64:
		whole := math.Floor(v)
		return time.UnixMilli(int64(whole)).Add(time.Duration((v - whole) * 1e6)).UTC(), true
	case string:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.UTC(), true
			}
		}
		ms, err := strconv.ParseInt(v, 10, 64)
		return time.UnixMilli(ms).UTC(), err == nil
	default:
		return time.Time{}, false
	}
}
