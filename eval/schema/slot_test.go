package schema_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

func TestConversions(t *testing.T) {
	noon := time.Date(2024, 5, 31, 12, 0, 0, 0, time.UTC)
	date := value.OfDate(noon.UnixNano())
	tests := []struct {
		name  string
		class schema.Class
		in    any
		want  value.Value
	}{
		{"text", schema.String, "x", value.OfString("x")},
		{"number as text", schema.String, 5, value.OfString("5")},
		{"number as it is written", schema.String, json.Number("1.50"), value.OfString("1.50")},
		{"float as text", schema.String, 1e6, value.OfString("1000000")},
		{"boolean as text", schema.String, true, value.OfString("true")},
		{"time as text", schema.String, noon, value.OfString("2024-05-31T12:00:00.000Z")},
		{"object as text", schema.String, map[string]any{"a": 1}, value.Value{}},

		{"integer", schema.Integer, -7, value.OfInt(-7)},
		{"unsigned", schema.Integer, uint64(math.MaxUint64), value.OfUint(math.MaxUint64)},
		{"integer in text", schema.Integer, "42", value.OfInt(42)},
		{"unsigned in text", schema.Integer, "18446744073709551615", value.OfUint(math.MaxUint64)},
		{"fraction cut off", schema.Integer, 1.9, value.OfInt(1)},
		{"negative fraction cut off", schema.Integer, "-1.9", value.OfInt(-1)},
		{"exponent in text", schema.Integer, "1e3", value.OfInt(1000)},
		{"2^63", schema.Integer, 9223372036854775808.0, value.OfUint(1 << 63)},
		{"beyond 64 bits", schema.Integer, 1e20, value.Value{}},
		{"below 64 bits", schema.Integer, -1e19, value.Value{}},
		{"infinite", schema.Integer, math.Inf(1), value.Value{}},
		{"no integer", schema.Integer, "four", value.Value{}},
		{"hexadecimal", schema.Integer, "0x10", value.Value{}},
		{"empty integer", schema.Integer, "", value.Value{}},
		{"boolean as integer", schema.Integer, true, value.Value{}},

		{"float", schema.Rational, 2.5, value.OfFloat(2.5)},
		{"integer as float", schema.Rational, 7, value.OfFloat(7)},
		{"float in text", schema.Rational, "-2.5e1", value.OfFloat(-25)},
		{"infinite in text", schema.Rational, "Infinity", value.Value{}},
		{"infinite float", schema.Rational, math.Inf(-1), value.Value{}},
		{"not a number", schema.Rational, "x", value.Value{}},

		{"boolean", schema.Boolean, true, value.OfBool(true)},
		{"true in text", schema.Boolean, "true", value.OfBool(true)},
		{"false in text", schema.Boolean, "false", value.OfBool(false)},
		{"empty is false", schema.Boolean, "", value.OfBool(false)},
		{"no boolean", schema.Boolean, "True", value.Value{}},
		{"number as boolean", schema.Boolean, 1, value.Value{}},

		{"time", schema.Date, noon, date},
		{"date in text", schema.Date, "2024-05-31T14:00:00+02:00", date},
		{"milliseconds", schema.Date, noon.UnixMilli(), date},
		{"no date", schema.Date, "today", value.Value{}},

		{"address", schema.IP, "10.0.0.1", value.OfIP("10.0.0.1")},
		{"netip.Addr", schema.IP, netip.MustParseAddr("10.0.0.1"), value.OfIP("10.0.0.1")},
		{"IPv6 shortened", schema.IP, "2001:DB8:0:0::1", value.OfIP("2001:db8::1")},
		{"IPv4 in IPv6", schema.IP, "::ffff:10.0.0.1", value.OfIP("10.0.0.1")},
		{"zone", schema.IP, "fe80::1%eth0", value.Value{}},
		{"no address", schema.IP, "localhost", value.Value{}},
		{"number as address", schema.IP, 1, value.Value{}},

		{"version", schema.Version, "1.10.0", value.OfVersion("1.10.0")},
		{"number as version", schema.Version, 8, value.OfVersion("8")},

		{"all values", schema.Integer, []any{"1", "x", 2, nil}, value.OfList([]value.Value{value.OfInt(1), value.OfInt(2)})},
		{"missing", schema.String, nil, value.Value{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := event.NewLayout()
			s := l.AddTyped("f", schema.SlotOptions(schema.Field{Class: tt.class}))
			r := event.NewRecord(l)
			require.NoError(t, r.Fill(event.Map{"f": tt.in}))
			assert.Equal(t, tt.want.Kind(), r.Get(s).Kind())
			assert.Equal(t, tt.want.String(), r.Get(s).String())
		})
	}
}

func TestNullValue(t *testing.T) {
	l := event.NewLayout()
	s := l.AddTyped("seen", schema.SlotOptions(schema.Field{Class: schema.Date, Null: value.OfString("1970-01-01")}))
	r := event.NewRecord(l)
	for doc, want := range map[string]string{
		`{"seen": null}`:                   "1970-01-01T00:00:00.000Z",
		`{"seen": [null, "2024-05-31"]}`:   "[1970-01-01T00:00:00.000Z, 2024-05-31T00:00:00.000Z]",
		`{"seen": []}`:                     "null",
		`{}`:                               "null",
		`{"seen": "2024-05-31T00:00:00Z"}`: "2024-05-31T00:00:00.000Z",
	} {
		require.NoError(t, r.Fill(event.JSON([]byte(doc))))
		assert.Equal(t, want, r.Get(s).String(), doc)
	}
}

// Fields that are read differently have names that differ, so that they never
// share a slot.
func TestNames(t *testing.T) {
	fields := []schema.Field{
		{Class: schema.String},
		{Class: schema.Integer},
		{Class: schema.Rational},
		{Class: schema.Boolean},
		{Class: schema.Date},
		{Class: schema.IP},
		{Class: schema.Version},
		{Class: schema.String, Source: "a"},
		{Class: schema.String, Source: "b"},
		{Class: schema.String, Null: value.OfString("1")},
		{Class: schema.String, Null: value.OfString("2")},
		{Class: schema.Integer, Null: value.OfString("1")},
		{Class: schema.Integer, Null: value.OfInt(1)},
		{Class: schema.String, Source: "a", Null: value.OfString("1")},
		{Class: schema.String, Source: `a" or string "1`},
	}
	l := event.NewLayout()
	for _, f := range fields {
		l.AddTyped("f", schema.SlotOptions(f))
	}
	l.Add("f")
	assert.Equal(t, len(fields)+1, l.Len())
	l.AddTyped("f", schema.SlotOptions(schema.Field{Class: schema.String, Type: "wildcard"}))
	assert.Equal(t, len(fields)+1, l.Len(), "types of one class share a slot")
}

func TestAlias(t *testing.T) {
	m, err := schema.FromMapping([]byte(hosts))
	require.NoError(t, err)
	l := event.NewLayout()
	slot := func(path string) event.Slot {
		f, ok := m.Field(path)
		require.True(t, ok)
		return l.AddTyped(path, schema.SlotOptions(f))
	}
	node, notes, ip := slot("node"), slot("host.notes.raw"), slot("host.ip")
	r := event.NewRecord(l)
	require.NoError(t, r.Fill(event.JSON([]byte(`{"host":{"name":"web-1","notes":"old","ip":["::1"]},"node":"x"}`))))
	assert.Equal(t, "web-1", r.Get(node).Str())
	assert.Equal(t, "old", r.Get(notes).Str())
	assert.Equal(t, value.IP, r.Get(ip).Kind())
}
