package wire

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/eqlkit/eqlkit/eval/value"
)

// AppendValue appends v to dst such that values of one kind and content, and
// only these, have the same bytes, and that no encoding is the beginning of
// another. Objects are null.
func AppendValue(dst []byte, v value.Value) []byte {
	k := v.Kind()
	if k == value.Object {
		k = value.Null
	}
	dst = append(dst, byte(k))
	switch k {
	case value.Null:
	case value.Bool:
		b := byte(0)
		if v.Bool() {
			b = 1
		}
		dst = append(dst, b)
	case value.Int:
		dst = binary.AppendVarint(dst, v.Int())
	case value.Date:
		dst = binary.AppendVarint(dst, v.Nanos())
	case value.Uint:
		dst = binary.AppendUvarint(dst, v.Uint())
	case value.Float:
		// The low bits of a float are mostly zero; turned round they are short.
		dst = binary.AppendUvarint(dst, bits.Reverse64(math.Float64bits(v.Float())))
	case value.List:
		dst = binary.AppendUvarint(dst, uint64(len(v.Elems())))
		for _, e := range v.Elems() {
			dst = AppendValue(dst, e)
		}
	default:
		dst = binary.AppendUvarint(dst, uint64(len(v.Str())))
		dst = append(dst, v.Str()...)
	}
	return dst
}

func float(n uint64) float64 { return math.Float64frombits(bits.Reverse64(n)) }

// Values decodes a sequence of values that AppendValue encoded. It reports false
// if b is none.
func Values(b string) ([]value.Value, bool) {
	var out []value.Value
	d := &Reader{rest: []byte(b), ended: true}
	for len(d.rest) > 0 {
		out = append(out, d.Value())
	}
	return out, d.err == nil
}
