package value_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/value"
)

// TestString has texts as Java writes them.
func TestString(t *testing.T) {
	for want, v := range map[string]value.Value{
		"null":                     {},
		"true":                     value.OfBool(true),
		"-5":                       value.OfInt(-5),
		"18446744073709551615":     value.OfUint(math.MaxUint64),
		"2.0":                      value.OfFloat(2),
		"-0.0":                     value.OfFloat(math.Copysign(0, -1)),
		"0.001":                    value.OfFloat(0.001),
		"9.99E-4":                  value.OfFloat(0.000999),
		"9999999.0":                value.OfFloat(9999999),
		"1.0E7":                    value.OfFloat(1e7),
		"-1.25E300":                value.OfFloat(-1.25e300),
		"NaN":                      value.OfFloat(math.NaN()),
		"Infinity":                 value.OfFloat(math.Inf(1)),
		"-Infinity":                value.OfFloat(math.Inf(-1)),
		"a b":                      value.OfString("a b"),
		"::1":                      value.OfIP("::1"),
		"1.2":                      value.OfVersion("1.2"),
		"1970-01-01T00:00:00.001Z": value.OfDate(1_999_999),
		"1969-12-31T23:59:59.999Z": value.OfDate(-1),
		"[1, a]":                   value.OfList([]value.Value{value.OfInt(1), value.OfString("a")}),
		"object":                   value.OfObject(1),
	} {
		assert.Equal(t, want, v.String())
	}
}

func TestAny(t *testing.T) {
	for want, v := range map[string]value.Value{
		"null":                       {},
		"true":                       value.OfBool(true),
		"-5":                         value.OfInt(-5),
		"18446744073709551615":       value.OfUint(math.MaxUint64),
		"1.5":                        value.OfFloat(1.5),
		`"1"`:                        value.OfString("1"),
		`"::1"`:                      value.OfIP("::1"),
		`"1.2"`:                      value.OfVersion("1.2"),
		`"1970-01-01T00:00:00.001Z"`: value.OfDate(1_999_999),
		`[1,null,"a"]`:               value.OfList([]value.Value{value.OfInt(1), value.OfFloat(math.NaN()), value.OfString("a")}),
	} {
		text, err := json.Marshal(v.Any())
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	for _, v := range []value.Value{value.OfFloat(math.NaN()), value.OfFloat(math.Inf(-1)), value.OfObject(1)} {
		assert.Nil(t, v.Any())
	}
}

func TestOfList(t *testing.T) {
	one, two := value.OfInt(1), value.OfInt(2)
	list := value.OfList([]value.Value{one, two})
	assert.True(t, value.OfList(nil).IsNull())
	assert.True(t, value.OfList([]value.Value{{}, {}}).IsNull())
	assert.Equal(t, value.Int, value.OfList([]value.Value{{}, one}).Kind())
	nested := value.OfList([]value.Value{list, {}, one})
	assert.Equal(t, value.List, nested.Kind())
	assert.Equal(t, "[1, 2, 1]", nested.String())
	assert.Len(t, nested.Elems(), 3)
	assert.Nil(t, one.Elems())
}

func TestAccessors(t *testing.T) {
	assert.Nil(t, value.OfInt(1).Payload())
	assert.Equal(t, "p", value.OfObject("p").Payload())
	assert.Equal(t, value.Int, value.OfUint(1).Kind())
	assert.InDelta(t, float64(1<<63), value.OfUint(1<<63).AsFloat(), 0)
	assert.InDelta(t, -3, value.OfInt(-3).AsFloat(), 0)
	assert.Equal(t, "abc", value.OfString("abc").Clone().Str())
	for k, text := range map[value.Kind]string{value.Null: "null", value.Uint: "unsigned integer", value.List: "list"} {
		assert.Equal(t, text, k.String())
	}
	assert.True(t, value.IP.IsText() && !value.Date.IsText() && value.Uint.IsNumber() && !value.Bool.IsNumber())
}
