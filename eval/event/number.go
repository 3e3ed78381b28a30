package event

import (
	"math"
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/eval/value"
)

// number returns the value of a JSON number: an integer without fraction and
// exponent is exact up to 64 bits, everything else a float, which is infinite if
// it is out of range.
func number(literal string) value.Value {
	if strings.ContainsAny(literal, ".eE") {
		return floatNumber(literal)
	}
	if i, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return value.OfInt(i)
	}
	if u, err := strconv.ParseUint(literal, 10, 64); err == nil {
		return value.OfUint(u)
	}
	return floatNumber(literal)
}

func floatNumber(literal string) value.Value {
	f, _ := strconv.ParseFloat(literal, 64) // out of range is infinite
	return value.OfFloat(f)
}

// isNumber reports whether s is a number in JSON.
func isNumber(s string) bool {
	sc := scanner{text: s}
	return sc.number() == nil && sc.pos == len(s)
}

// jsonText returns a number or a boolean as encoding/json writes it.
func jsonText(v value.Value) string {
	if v.Kind() != value.Float || math.IsInf(v.Float(), 0) {
		return v.String()
	}
	f := v.Float()
	if a := math.Abs(f); a == 0 || a >= 1e-6 && a < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strings.Replace(strconv.FormatFloat(f, 'e', -1, 64), "e-0", "e-", 1)
}
