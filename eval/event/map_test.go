package event_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

type (
	level  int8
	label  string
	labels []label
	tags   map[label]any
)

// secret is written in its own way.
type secret struct{}

func (*secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

type broken struct{}

func (broken) MarshalText() ([]byte, error) { return nil, assert.AnError }

func TestGoValues(t *testing.T) {
	three := 3
	pointer := &three
	var (
		noPointer *int
		noSecret  *secret
		noTime    *time.Time
	)
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"string", "x", "'x'"},
		{"bool", true, "boolean true"},
		{"int", -1, "integer -1"},
		{"int8", int8(-8), "integer -8"},
		{"int16", int16(16), "integer 16"},
		{"int32", int32(32), "integer 32"},
		{"int64", int64(math.MinInt64), "integer -9223372036854775808"},
		{"uint", uint(1), "integer 1"},
		{"uint8", uint8(8), "integer 8"},
		{"uint16", uint16(16), "integer 16"},
		{"uint32", uint32(32), "integer 32"},
		{"uint64", uint64(math.MaxUint64), "unsigned integer 18446744073709551615"},
		{"float32", float32(0.5), "float 0.5"},
		{"float64", 2.0, "float 2.0"},
		{"NaN", math.NaN(), "null"},
		{"json.Number", json.Number("9007199254740993"), "integer 9007199254740993"},
		{"json.Number with a fraction", json.Number("1.0"), "float 1.0"},
		{"json.Number that is none", json.Number("1x"), "'1x'"},
		{"empty json.Number", json.Number(""), "''"},
		{"time.Time", time.Unix(1, 5).In(time.FixedZone("", 3600)), "date 1970-01-01T00:00:01.000Z"},
		{"time out of range", time.Time{}, "null"},
		{"netip.Addr", netip.MustParseAddr("::1"), "'::1'"},
		{"no address", netip.Addr{}, "null"},
		{"[]byte", []byte("x"), "'x'"},
		{"named integer", level(3), "integer 3"},
		{"named string", label("x"), "'x'"},
		{"value.Value", value.OfIP("::1"), "ip ::1"},
		{"list of values", value.OfList([]value.Value{value.OfInt(1), value.OfInt(2)}), "[integer 1, integer 2]"},
		{"pointer", &pointer, "integer 3"},
		{"nil pointer", noPointer, "null"},
		{"marshaler", &secret{}, "'***'"},
		{"nil marshaler", noSecret, "null"},
		{"nil time", noTime, "null"},
		{"broken marshaler", broken{}, "null"},
		{"nil", nil, "null"},
		{"[]any", []any{1, "x", nil, []any{true}}, "[integer 1, 'x', boolean true]"},
		{"[]string", []string{"x", "y"}, "['x', 'y']"},
		{"[]int", []int{1, 2}, "[integer 1, integer 2]"},
		{"[]float64", []float64{1, math.NaN(), 2}, "[float 1.0, float 2.0]"},
		{"[][]string", [][]string{{"x"}, nil, {"y"}}, "['x', 'y']"},
		{"array", [2]bool{true, false}, "[boolean true, boolean false]"},
		{"named slice", labels{"x"}, "'x'"},
		{"nil slice", labels(nil), "null"},
		{"empty slice", []string{}, "null"},
		{"map", map[string]any{"a": map[string]any{"b": 1}}, "{a={a=null a.b=null} a.b=integer 1}"},
		{"Map", event.Map{"a.b": 1}, "{a=null a.b=integer 1}"},
		{"map of strings", map[string]string{"a": "x"}, "{a='x' a.b=null}"},
		{"named map", tags{"a": 1}, "{a=integer 1 a.b=null}"},
		{"slice of maps", []map[string]any{{"a": 1}, {"a": 2}}, "[{a=integer 1 a.b=null}, {a=integer 2 a.b=null}]"},
		{"map with other keys", map[int]any{1: 1}, "null"},
		{"struct", struct{ A int }{1}, "null"},
		{"func", func() {}, "null"},
		{"channel", make(chan int), "null"},
		{"complex", 1i, "null"},
	}
	l := event.NewLayout()
	s := l.Add("f")
	below := l.Add("f.a")
	r := event.NewRecord(l)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := event.Map{"f": tt.in}
			assert.Equal(t, tt.want, show(m.Field("f")))
			require.NoError(t, r.Fill(m))
			assert.Equal(t, tt.want, show(r.Get(s)))
			assert.Equal(t, show(m.Field("f.a")), show(r.Get(below)))
		})
	}
}

func TestNanoseconds(t *testing.T) {
	m := event.Map{"t": time.Date(2262, 4, 11, 23, 47, 16, 854775807, time.UTC)}
	assert.Equal(t, int64(math.MaxInt64), m.Field("t").Nanos())
}

func TestNilMap(t *testing.T) {
	assert.True(t, event.Map(nil).Field("a").IsNull())
	l := event.NewLayout()
	s := l.Add("a")
	r := event.NewRecord(l)
	require.NoError(t, r.Fill(event.Map(nil)))
	assert.True(t, r.Get(s).IsNull())
}
