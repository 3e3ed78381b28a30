package event_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

func TestTimeRange(t *testing.T) {
	date := func(month, day, hour int) time.Time {
		return time.Date(2024, time.Month(month), day, hour, 0, 0, 0, time.UTC)
	}
	noon := date(5, 31, 12)
	tests := []struct {
		in          value.Value
		first, next time.Time
	}{
		{value.OfString("2024"), date(1, 1, 0), date(13, 1, 0)},
		{value.OfString("2024-02"), date(2, 1, 0), date(3, 1, 0)},
		{value.OfString("2024-05-31"), date(5, 31, 0), date(6, 1, 0)},
		{value.OfString("2024-05-31T12"), noon, noon.Add(time.Hour)},
		{value.OfString("2024-05-31T12-01:00"), date(5, 31, 13), date(5, 31, 14)},
		{value.OfString("2024-05-31T12:00Z"), noon, noon.Add(time.Minute)},
		{value.OfString("2024-05-31 12:00:00"), noon, noon.Add(time.Second)},
		{value.OfString("2024-05-31T12:00:00.0Z"), noon, noon.Add(time.Millisecond)},
		{value.OfString("2024-05-31T12:00:00,000+00:00"), noon, noon.Add(time.Millisecond)},
		{value.OfString("2024-05-31T12:00:00.0000Z"), noon, noon.Add(time.Microsecond)},
		{value.OfString("2024-05-31T12:00:00.0000000Z"), noon, noon.Add(time.Nanosecond)},
		{value.OfString("1717156800000"), noon, noon.Add(time.Millisecond)},
		{value.OfInt(1717156800000), noon, noon.Add(time.Millisecond)},
		{value.OfDate(noon.UnixNano()), noon, noon.Add(time.Nanosecond)},
		{value.OfString("2262"), time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, math.MaxInt64).Add(1)},
		{value.OfString("2262-04-11"), time.Date(2262, 4, 11, 0, 0, 0, 0, time.UTC), time.Unix(0, math.MaxInt64).Add(1)},
	}
	for _, tt := range tests {
		first, last, ok := event.TimeRange(tt.in)
		assert.True(t, ok, tt.in.String())
		assert.Equal(t, tt.first.UTC(), time.Unix(0, first).UTC(), tt.in.String())
		assert.Equal(t, tt.next.UTC(), time.Unix(0, last).Add(1).UTC(), tt.in.String())
	}
	_, _, ok := event.TimeRange(value.OfString("soon"))
	assert.False(t, ok)
}
