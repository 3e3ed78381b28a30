package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

func TestDateFormat(t *testing.T) {
	const (
		millis = 1717156861123
		iso    = "2024-05-31T12:01:01.123Z"
	)
	at := time.UnixMilli(millis).UTC()
	second, minute, hour := at.Truncate(time.Second), at.Truncate(time.Minute), at.Truncate(time.Hour)
	day := at.Truncate(24 * time.Hour)
	text := value.OfString
	tests := []struct {
		format string
		in     value.Value
		want   time.Time
		unit   time.Duration
	}{
		{"epoch_millis", value.OfInt(millis), at, time.Millisecond},
		{"epoch_millis", text("1717156861123"), at, time.Millisecond},
		{"epoch_second", value.OfInt(1717156861), second, time.Second},
		{"epoch_second", text("1717156861"), second, time.Second},
		{"epoch_second", value.OfFloat(1717156861.5), second.Add(500 * time.Millisecond), time.Second},
		{"epoch_second", text("1717156861.5"), second.Add(500 * time.Millisecond), time.Second},
		{"epoch_second", value.OfInt(-1), time.Unix(-1, 0).UTC(), time.Second},
		{"epoch_second", value.OfDate(at.UnixNano()), at, 1},

		{"strict_date_optional_time||epoch_millis", text(iso), at, time.Millisecond},
		{"strict_date_optional_time||epoch_millis", value.OfInt(millis), at, time.Millisecond},
		{"date_optional_time||epoch_second", text(iso), at, time.Millisecond},
		{"date_optional_time||epoch_second", text("1717156861"), second, time.Second},
		{"date_optional_time||epoch_second", text("2024-05-31"), day, 24 * time.Hour},
		{"epoch_second || yyyy-MM-dd", text("2024-05-31"), day, 24 * time.Hour},
		{"strict_year_month_day", text("2024-05-31"), day, 24 * time.Hour},
		{"strict_date_time_no_millis", text("2024-05-31T12:01:01Z"), second, time.Second},

		{"basic_date", text("20240531"), day, 24 * time.Hour},
		{"basic_date", value.OfInt(20240531), day, 24 * time.Hour},
		{"strict_basic_date_time", text("20240531T120101.123Z"), at, time.Millisecond},
		{"basic_date_time_no_millis", text("20240531T140101+0200"), second, time.Second},
		{"ordinal_date", text("2024-152"), day, 24 * time.Hour},
		{"basic_ordinal_date", text("2024152"), day, 24 * time.Hour},

		{"yyyy-MM-dd HH:mm:ss", text("2024-05-31 12:01:01"), second, time.Second},
		{"uuuu/MM/dd HH:mm:ss.SSS", text("2024/05/31 12:01:01.123"), at, time.Millisecond},
		{"yyyy/MM/dd[ HH:mm[:ss]]", text("2024/05/31"), day, 24 * time.Hour},
		{"yyyy/MM/dd[ HH:mm[:ss]]", text("2024/05/31 12:01"), minute, time.Minute},
		{"yyyy/MM/dd[ HH:mm[:ss]]", text("2024/05/31 12:01:01"), second, time.Second},
		{"yyyyMMddHHmmss", text("20240531120101"), second, time.Second},
		{"yyyyMMddHHmmssSSSSSS", text("20240531120101123456"), at.Add(456 * time.Microsecond), time.Microsecond},
		{"yyyyMMddHH", text("2024053112"), hour, time.Hour},
		{"M/d/yy h:mm:ss a", text("5/31/24 12:01:01 pm"), second, time.Second},
		{"M/d/yyyy h 'o''clock' a", text("5/31/2024 12 o'clock AM"), day, time.Hour},
		{"d.M.yyyy k''", text("31.5.2024 24'"), day, time.Hour},
		{"EEE MMM dd HH:mm:ss Z yyyy", text("Fri May 31 07:01:01 -0500 2024"), second, time.Second},
		{"EEEE, d MMMM yyyy HH:mm:ss z", text("friday, 31 MAY 2024 12:01:01 GMT"), second, time.Second},
		{"yyyy-MM-dd'T'HH:mm:ssXXX", text("2024-05-31T12:01:01Z"), second, time.Second},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSX", text("2024-05-31T14:01:01.123+02"), at, time.Millisecond},
		{"MM/yyyy", text("02/2024"), time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC), 29 * 24 * time.Hour},
		{"'year' yyyy", text("year 2024"), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), 366 * 24 * time.Hour},

		{"yyyy/MM/dd", text(iso), at, time.Millisecond}, // as if there were no format
		{"epoch_second", text(iso), at, time.Millisecond},
	}
	for _, tt := range tests {
		f, err := schema.NewDateFormat(tt.format)
		require.NoError(t, err, tt.format)
		first, last, ok := f.Range(tt.in)
		assert.True(t, ok, "%s: %s", tt.format, tt.in)
		assert.Equal(t, tt.want, time.Unix(0, first).UTC(), "%s: %s", tt.format, tt.in)
		assert.Equal(t, tt.unit, time.Duration(last-first+1), "%s: %s", tt.format, tt.in)
		assert.Equal(t, tt.format, f.String())
	}
}

func TestDateFormatRefusesValues(t *testing.T) {
	tests := []struct{ format, in string }{
		{"epoch_second", "soon"},
		{"epoch_second", "9223372036854775807"},
		{"epoch_second", "9223372037"},
		{"yyyy/MM/dd", "2024/5/31"},
		{"yyyy/MM/dd", "2024/02/30"},
		{"yyyy/MM/dd", "2024/13/01"},
		{"yyyy/MM/dd", "2024/00/01"},
		{"yyyy/MM/dd", "2024/01/00"},
		{"yyyy/MM/dd", "24/01/01"},
		{"yyyy/MM/dd", "2024/01/01 "},
		{"yyyy/MM/dd", "1677/01/01"},
		{"yyyy/MM/dd", "2262/01/01"},
		{"yyyy/DDD", "2023/366"},
		{"yyyy/DDD", "2023/000"},
		{"yyyy/MM/dd HH:mm:ss", "2024/01/01 24:00:00"},
		{"yyyy/MM/dd HH:mm:ss", "2024/01/01 00:60:00"},
		{"yyyy/MM/dd HH:mm:ss", "2024/01/01 00:00:60"},
		{"yyyy/MM/dd HH:mm:ss.SSS", "2024/01/01 00:00:00.12"},
		{"yyyy/MM/dd hh a", "2024/01/01 13 AM"},
		{"yyyy/MM/dd hh a", "2024/01/01 11 XM"},
		{"dd MMM yyyy", "01 Mai 2024"},
		{"EEE yyyy/MM/dd", "Xyz 2024/01/01"},
		{"yyyy/MM/dd HH X", "2024/01/01 00 +1"},
		{"yyyy/MM/dd HH X", "2024/01/01 00 +01:60"},
		{"yyyy/MM/dd HH X", "2024/01/01 00 +19:00"},
		{"yyyy/MM/dd HH X", "2024/01/01 00 CEST"},
	}
	for _, tt := range tests {
		f, err := schema.NewDateFormat(tt.format)
		require.NoError(t, err, tt.format)
		ns, ok := f.Parse(value.OfString(tt.in))
		assert.False(t, ok, "%s: %s is %s", tt.format, tt.in, time.Unix(0, ns).UTC())
	}
}

func TestDateFormatRefusesFormats(t *testing.T) {
	tests := []struct{ format, want string }{
		{"", "a date format is empty"},
		{"epoch_millis||", "a date format is empty"},
		{strings.Repeat("[", 1001), "a date format is longer than 1000 bytes"},
		{"strict_weekyear_week", "the date format strict_weekyear_week is not supported"},
		{"yyyy-MM-dd GG", "the date format yyyy-MM-dd GG is not supported: the letter G is not known"},
		{"YYYY-'W'ww", "the date format YYYY-'W'ww is not supported: the letter Y is not known"},
		{"yyyy[-MM", "the date format yyyy[-MM is not supported: a bracket has no end"},
		{"yyyy]-MM", "the date format yyyy]-MM is not supported: a bracket is closed that is not open"},
		{"yyyy'T", "the date format yyyy'T is not supported: a quote has no end"},
	}
	for _, tt := range tests {
		_, err := schema.NewDateFormat(tt.format)
		assert.EqualError(t, err, tt.want)
	}
}

func TestDateFormatsOfMappings(t *testing.T) {
	m, err := schema.FromMapping([]byte(`{
		"one": {"mappings": {"properties": {
			"seen": {"type": "date", "format": "epoch_second"},
			"plain": {"type": "date"},
			"half": {"type": "date"},
			"week": {"type": "date", "format": "basic_week_date"}
		}}},
		"two": {"mappings": {"properties": {
			"seen": {"type": "date", "format": "yyyy/MM/dd"},
			"plain": {"type": "date"},
			"half": {"type": "date", "format": "basic_date"}
		}}}
	}`))
	require.NoError(t, err)
	for path, want := range map[string]string{"seen": "epoch_second||yyyy/MM/dd", "plain": "", "half": "basic_date"} {
		f, ok := m.Field(path)
		require.True(t, ok, path)
		assert.Equal(t, schema.Date, f.Class, path)
		assert.Equal(t, want, f.Dates.String(), path)
	}
	week, _ := m.Field("week")
	assert.Equal(t, schema.Unsupported, week.Class)
	assert.Equal(t, "date with format basic_week_date", week.Type)

	_, err = schema.FromMapping([]byte(`{"properties": {"a": {"type": "date", "format": 5}}}`))
	assert.ErrorContains(t, err, "field a: format must be a string, found a number")
}

// A format that is accepted reads any text without failing, and its dates have an
// end that is not before their beginning.
func FuzzDateFormat(f *testing.F) {
	f.Add("yyyy-MM-dd[ HH:mm[:ss]]||epoch_second", "2024-05-31 12:00")
	f.Add("EEE, d MMM yy h:mm a z", "Fri, 31 May 24 12:00 am UTC+02:00")
	f.Add("DDDyyyy'T'HHmmssSSSSSSSSSX", "1522024T120101123456789+0200")
	f.Add("[[[['a']]]]]", "a")
	f.Fuzz(func(t *testing.T, format, text string) {
		df, err := schema.NewDateFormat(format)
		if err != nil {
			return
		}
		for _, v := range []value.Value{value.OfString(text), value.OfInt(int64(len(text))), value.OfFloat(float64(len(text)) / 2)} {
			first, last, ok := df.Range(v)
			ns, again := df.Parse(v)
			require.Equal(t, ok, again)
			if ok {
				require.Equal(t, first, ns)
				require.LessOrEqual(t, first, last)
			}
		}
	})
}
