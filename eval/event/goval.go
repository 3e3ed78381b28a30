package event

import (
	"encoding"
	"encoding/json"
	"math"
	"net/netip"
	"reflect"
	"time"

	"github.com/eqlkit/eqlkit/eval/value"
)

// plain brings a Go value into one of the few forms that Map works with. A
// scalar is returned as such, with a nil rest; the others are null and leave a
// json.Number, map[string]any or []any as the rest. Null alone is no value.
func plain(v any) (scalar value.Value, rest any) {
	switch v := v.(type) {
	case nil:
		return value.Value{}, nil
	case string:
		return value.OfString(v), nil
	case bool:
		return value.OfBool(v), nil
	case json.Number, map[string]any, []any:
		return value.Value{}, v
	case float64:
		return ofFloat(v), nil
	case int:
		return value.OfInt(int64(v)), nil
	case int64:
		return value.OfInt(v), nil
	case Map:
		return value.Value{}, map[string]any(v)
	case value.Value:
		return plainValue(v)
	case []byte:
		return value.OfString(string(v)), nil
	case time.Time:
		return ofTime(v), nil
	case netip.Addr:
		if !v.IsValid() {
			return value.Value{}, nil
		}
		return value.OfString(v.String()), nil
	case encoding.TextMarshaler:
		return ofMarshaler(v), nil
	default:
		return reflected(reflect.ValueOf(v))
	}
}

func plainValue(v value.Value) (scalar value.Value, rest any) {
	if v.Kind() != value.List {
		return v, nil
	}
	list := make([]any, len(v.Elems()))
	for i, e := range v.Elems() {
		list[i] = e
	}
	return value.Value{}, list
}

// reflected does the same for less common types.
func reflected(rv reflect.Value) (scalar value.Value, rest any) {
	switch {
	case rv.CanInt():
		return value.OfInt(rv.Int()), nil
	case rv.CanUint():
		return value.OfUint(rv.Uint()), nil
	case rv.CanFloat():
		return ofFloat(rv.Float()), nil
	}
	switch rv.Kind() {
	case reflect.Bool:
		return value.OfBool(rv.Bool()), nil
	case reflect.String:
		return value.OfString(rv.String()), nil
	case reflect.Pointer:
		if !rv.IsNil() {
			return plain(rv.Elem().Interface())
		}
	case reflect.Slice, reflect.Array:
		list := make([]any, rv.Len())
		for i := range list {
			list[i] = rv.Index(i).Interface()
		}
		return value.Value{}, list
	case reflect.Map:
		if rv.Type().Key().Kind() == reflect.String {
			return value.Value{}, reflectedMap(rv)
		}
	}
	return value.Value{}, nil
}

func reflectedMap(rv reflect.Value) map[string]any {
	m := make(map[string]any, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		m[it.Key().String()] = it.Value().Interface()
	}
	return m
}

func ofMarshaler(m encoding.TextMarshaler) value.Value {
	if rv := reflect.ValueOf(m); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return value.Value{}
	}
	text, err := m.MarshalText()
	if err != nil {
		return value.Value{}
	}
	return value.OfString(string(text))
}

// ofFloat drops NaN, which JSON does not know either.
func ofFloat(f float64) value.Value {
	if math.IsNaN(f) {
		return value.Value{}
	}
	return value.OfFloat(f)
}

// ofTime drops times that nanoseconds in 64 bits cannot express.
func ofTime(t time.Time) value.Value {
	ns, ok := nanos(t)
	if !ok {
		return value.Value{}
	}
	return value.OfDate(ns)
}
