package builtin

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// convertFuncs turn values into strings and strings into numbers.
func convertFuncs() []fn.Func {
	return []fn.Func{
		{
			Name:     "concat",
			Doc:      "its arguments as one string",
			Params:   []fn.Param{{Name: "value", Type: fn.Any}},
			Variadic: true,
			Result:   fn.String,
			Prepare: plain(func(args []value.Value) (value.Value, error) {
				var b strings.Builder
				for _, a := range args {
					b.WriteString(a.String())
				}
				return value.OfString(b.String()), nil
			}),
		},
		{
			Name:   "string",
			Doc:    "a value as a string",
			Params: []fn.Param{{Name: "value", Type: fn.Any}},
			Result: fn.String,
			Prepare: plain(func(args []value.Value) (value.Value, error) {
				return value.OfString(args[0].String()), nil
			}),
		},
		{
			Name: "number",
			Doc:  "a string as a number, to base 10 (or 16 after 0x) unless told otherwise",
			Params: []fn.Param{
				{Name: "string", Type: fn.String},
				{Name: "base", Type: fn.Integer, Optional: true},
			},
			Result:  fn.Number,
			Nulls:   true,
			Prepare: plain(number),
		},
	}
}

func number(args []value.Value) (value.Value, error) {
	if !texts(args[0]) {
		return null, nil
	}
	text := args[0].Str()
	base := 0
	if len(args) == 2 {
		var ok bool
		if base, ok = position(args[1], 0); !ok {
			return null, nil
		}
	}
	digits := text
	switch {
	case base == 0 && strings.HasPrefix(text, "0x"):
		base, digits = 16, text[2:]
	case base == 0:
		base = 10
	case base == 16:
		digits = strings.TrimPrefix(text, "0x")
	}
	if base >= 2 && base <= 36 {
		if i, err := strconv.ParseInt(digits, base, 64); err == nil {
			return value.OfInt(i), nil
		}
	}
	if base == 10 {
		if f, ok := javaDouble(text); ok {
			return value.OfFloat(f), nil
		}
	}
	return null, fmt.Errorf("cannot convert %q to a number of base %d", text, base)
}

// javaDouble parses what Java's Double.parseDouble accepts, but for
// hexadecimal floats.
func javaDouble(s string) (float64, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	sign, rest := 1.0, s
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		rest = s[1:]
		if s[0] == '-' {
			sign = -1
		}
	}
	switch rest {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(int(sign)), true
	}
	if n := len(rest); n > 1 && strings.IndexByte("dDfF", rest[n-1]) >= 0 {
		rest = rest[:n-1]
	}
	if rest == "" || strings.Trim(rest, "0123456789.eE+-") != "" || rest[0] == '+' || rest[0] == '-' {
		return 0, false
	}
	f, err := strconv.ParseFloat(rest, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return sign * f, true
}
