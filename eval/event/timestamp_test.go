package event_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

func TestParseTime(t *testing.T) {
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	at := func(d time.Duration) int64 { return day.Add(d).UnixNano() }
	const morning = 9*time.Hour + 8*time.Minute + 7*time.Second
	tests := []struct {
		in   string
		want int64
	}{
		{"2024-02-29T09:08:07.123Z", at(morning + 123*time.Millisecond)},
		{"2024-02-29t09:08:07.123z", at(morning + 123*time.Millisecond)},
		{"2024-02-29 09:08:07.123", at(morning + 123*time.Millisecond)},
		{"2024-02-29T09:08:07Z", at(morning)},
		{"2024-02-29T09:08:07.1Z", at(morning + 100*time.Millisecond)},
		{"2024-02-29T09:08:07.123456Z", at(morning + 123456*time.Microsecond)},
		{"2024-02-29T09:08:07.123456789Z", at(morning + 123456789)},
		{"2024-02-29T09:08:07+02:00", at(morning - 2*time.Hour)},
		{"2024-02-29T09:08:07-0130", at(morning + 90*time.Minute)},
		{"2024-02-29T09:08:07.5+05", at(morning + 500*time.Millisecond - 5*time.Hour)},
		{"2024-02-29T00:00:00+23:59", at(-23*time.Hour - 59*time.Minute)},
		{"2024-02-29T09:08Z", at(9*time.Hour + 8*time.Minute)},
		{"2024-02-29T09", at(9 * time.Hour)},
		{"2024-02-29", at(0)},
		{"2024-02-29T09:08:07,123Z", at(morning + 123*time.Millisecond)},
		{"2024-02", at(-28 * 24 * time.Hour)},
		{"2024", at(-59 * 24 * time.Hour)},
		{"1970-01-01", 0},
		{"1969-12-31T23:59:59.999999999Z", -1},
		{"1677-09-21T00:12:43.145224192Z", math.MinInt64},
		{"2262-04-11T23:47:16.854775807Z", math.MaxInt64},
		{"1709197687123", at(morning + 123*time.Millisecond)},
		{"1709197687123.25", at(morning + 123*time.Millisecond + 250*time.Microsecond)},
		{"0", 0},
		{"-1", -1e6},
	}
	for _, tt := range tests {
		ns, ok := event.ParseTime(value.OfString(tt.in))
		assert.True(t, ok, tt.in)
		assert.Equal(t, tt.want, ns, tt.in)
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "x", "now", "yesterday", "2024-2", "2024-13", "2024-00", "20x4", "1676", "2263", "2024-2-29", "24-02-29", "2024/02/29",
		"2023-02-29", "1900-02-29", "2024-04-31", "2024-00-01", "2024-13-01", "2024-01-00", "2024-01-32",
		"2024-02-29T", "2024-02-29Z", "2024-02-29X09:08:07Z", "2024-02-29T9:08:07Z",
		"2024-02-29T24:00:00Z", "2024-02-29T09:60:00Z", "2024-02-29T09:08:60Z", "2024-02-29T09:08:0xZ",
		"2024-02-29T09:08:07.Z", "2024-02-29T09:08:07.1234567890Z", "2024-02-29T09:08:07,Z",
		"2024-02-29T09:08:07 Z", "2024-02-29T09:08:07Zz", "2024-02-29T09:08:07+", "2024-02-29T09:08:07+1",
		"2024-02-29T09:08:07+24:00", "2024-02-29T09:08:07+01:60", "2024-02-29T09:08:07+01:", "2024-02-29T09:08:07+01:000",
		"1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z", "0000-01-01", "9999-12-31T23:59:59Z",
		"9223372036855", "-9223372036855", "1e999", "1e30", "NaN", "Inf", "0x10", "1_000", "+1e", "1709197687123 ",
		"２０２４-02-29",
	} {
		ns, ok := event.ParseTime(value.OfString(in))
		assert.False(t, ok, "%q is %d", in, ns)
	}
}

func TestParseTimeOfNumbers(t *testing.T) {
	tests := []struct {
		name string
		in   value.Value
		want int64
		ok   bool
	}{
		{"date", value.OfDate(42), 42, true},
		{"milliseconds", value.OfInt(1709197687123), 1709197687123e6, true},
		{"before 1970", value.OfInt(-1), -1e6, true},
		{"fraction", value.OfFloat(1709197687123.25), 1709197687123250000, true},
		{"fraction before 1970", value.OfFloat(-0.5), -5e5, true},
		{"latest", value.OfInt(9223372036854), 9223372036854e6, true},
		{"too late", value.OfInt(9223372036855), 0, false},
		{"too early", value.OfInt(-9223372036855), 0, false},
		{"too late by a fraction", value.OfFloat(9223372036854.9), 0, false},
		{"far too late", value.OfFloat(1e300), 0, false},
		{"unsigned", value.OfUint(math.MaxUint64), 0, false},
		{"infinite", value.OfFloat(math.Inf(-1)), 0, false},
		{"not a number", value.OfFloat(math.NaN()), 0, false},
		{"null", value.Value{}, 0, false},
		{"boolean", value.OfBool(true), 0, false},
		{"list", value.OfList([]value.Value{value.OfInt(1), value.OfInt(2)}), 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ns, ok := event.ParseTime(tt.in)
			assert.Equal(t, tt.ok, ok)
			if ok {
				assert.Equal(t, tt.want, ns)
			}
		})
	}
}

// Every day that there is, against the standard library.
func TestParseTimeKnowsTheCalendar(t *testing.T) {
	for d := time.Date(1677, 9, 22, 0, 0, 0, 0, time.UTC); d.Before(time.Date(2262, 4, 11, 0, 0, 0, 0, time.UTC)); d = d.AddDate(0, 0, 1) {
		ns, ok := event.ParseTime(value.OfString(d.Format(time.DateOnly)))
		if !ok || ns != d.UnixNano() {
			t.Fatalf("%v: %d, %v", d, ns, ok)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add("2024-02-29T09:08:07.123+02:00")
	f.Add("1709197687123")
	f.Add("2023-02-29T00:00:00.123456789Z")
	f.Add("1677-09-21T00:12:43.145224192Z")
	f.Add("2262-04-11T23:47:16.854775808Z")
	f.Fuzz(func(t *testing.T, s string) {
		want, err := time.Parse(time.RFC3339Nano, s)
		ns, ok := event.ParseTime(value.OfString(s))
		if !ok {
			return
		}
		if err == nil && ns != want.UnixNano() {
			t.Errorf("%q: got %d, want %d", s, ns, want.UnixNano())
		}
	})
}

func TestParseTimeAllocatesNothing(t *testing.T) {
	v := value.OfString("2024-02-29T09:08:07.123Z")
	assert.Zero(t, testing.AllocsPerRun(100, func() { event.ParseTime(v) }))
}

// Whatever the form, the same instant is read.
func TestUsualTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200_000 {
		at := time.Unix(r.Int64N(2*9_000_000_000)-9_000_000_000, r.Int64N(1e9)).UTC()
		digits := r.IntN(10)
		at = at.Truncate(time.Duration(math.Pow10(9 - digits)))
		layout := "2006-01-02T15:04:05"
		if digits > 0 {
			layout += "." + strings.Repeat("0", digits)
		}
		text := []byte(at.Format(layout))
		for _, s := range []string{string(text) + "Z", string(text) + "z", string(text) + "+00:00"} {
			ns, ok := event.ParseTime(value.OfString(s))
			require.True(t, ok, s)
			require.Equal(t, at.UnixNano(), ns, s)
		}
		text[r.IntN(len(text))] = "0159:.-TZ/ "[r.IntN(11)]
		usual, ok := event.ParseTime(value.OfString(string(text) + "Z"))
		other, also := event.ParseTime(value.OfString(string(text) + "z")) // which is read another way
		require.Equal(t, also, ok, "%s", text)
		require.Equal(t, other, usual, "%s", text)
	}
}

func BenchmarkParseTime(b *testing.B) {
	for _, s := range []string{"2024-05-31T12:34:56.789Z", "2024-05-31T12:34:56.789+00:00"} {
		v := value.OfString(s)
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				event.ParseTime(v)
			}
		})
	}
	b.Run("time.Parse", func(b *testing.B) {
		for b.Loop() {
			_, _ = time.Parse(time.RFC3339Nano, "2024-05-31T12:34:56.789Z")
		}
	})
}
