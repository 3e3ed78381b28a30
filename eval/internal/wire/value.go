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

// Valid reports whether Values can decode b.
func Valid(b string) bool {
	for len(b) > 0 {
		n := valueLen(b)
		if n == 0 || n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// Nth returns the encoding of value n of a sequence of values, nil if there are
// not so many.
func Nth(b []byte, n int) []byte {
	for len(b) > 0 {
		size := valueLen(b)
		if size == 0 || size > len(b) {
			return nil
		}
		if n == 0 {
			return b[:size]
		}
		b, n = b[size:], n-1
	}
	return nil
}

// valueLen returns the length of the value that b begins with, 0 if it is none
// or a list.
func valueLen[T string | []byte](b T) int {
	n, size := number(b[1:])
	switch value.Kind(b[0]) {
	case value.Null:
		return 1
	case value.Bool:
		if len(b) > 1 && b[1] <= 1 {
			return 2
		}
		return 0
	case value.Int, value.Date, value.Uint, value.Float:
		if size == 0 {
			return 0
		}
		return 1 + size
	case value.String, value.IP, value.Version:
		if size == 0 || n > uint64(len(b)) {
			return 0
		}
		return 1 + size + int(n)
	default:
		return 0
	}
}

// number reads a variable-length number and returns its size, 0 if b begins with
// none.
func number[T string | []byte](b T) (n uint64, size int) {
	for i := range min(len(b), binary.MaxVarintLen64) {
		c := b[i]
		if c < 0x80 {
			if i == binary.MaxVarintLen64-1 && c > 1 {
				return 0, 0
			}
			return n | uint64(c)<<(7*i), i + 1
		}
		n |= uint64(c&0x7f) << (7 * i)
	}
	return 0, 0
}
