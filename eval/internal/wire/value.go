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
		dst = appendText(dst, v.Str())
	}
	return dst
}

// AppendText appends a value of a kind that carries text as AppendValue does.
func AppendText(dst []byte, k value.Kind, text string) []byte {
	return appendText(append(dst, byte(k)), text)
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func float(n uint64) float64 { return math.Float64frombits(bits.Reverse64(n)) }

// Values decodes a sequence of values that AppendValue encoded. It reports false
// if b is none. The values may share the memory of b.
func Values(b string) ([]value.Value, bool) {
	n, ok := count(b)
	var out []value.Value
	if !ok { // there is a list in it, or something wrong
		d := &Reader{rest: []byte(b), ended: true}
		for len(d.rest) > 0 {
			out = append(out, d.Value())
		}
		return out, d.err == nil
	}
	if n > 0 {
		out = make([]value.Value, n)
	}
	for i := range out {
		size := valueLen(b)
		out[i] = single(b[:size])
		b = b[size:]
	}
	return out, true
}

// single decodes a value that is no list.
func single(b string) value.Value {
	n, size := number(b[1:])
	switch text := b[1+size:]; value.Kind(b[0]) {
	case value.Bool:
		return value.OfBool(b[1] == 1)
	case value.Int:
		return value.OfInt(signed(n))
	case value.Date:
		return value.OfDate(signed(n))
	case value.Uint:
		return value.OfUint(n)
	case value.Float:
		return value.OfFloat(float(n))
	case value.String:
		return value.OfString(text)
	case value.IP:
		return value.OfIP(text)
	case value.Version:
		return value.OfVersion(text)
	default:
		return value.Value{}
	}
}

// signed undoes the encoding of signed numbers.
func signed(u uint64) int64 {
	if u&1 != 0 {
		return ^int64(u >> 1)
	}
	return int64(u >> 1)
}

// Valid reports whether Values can decode b, and there is no list in it.
func Valid(b string) bool {
	_, ok := count(b)
	return ok
}

// count returns the number of values in b; ok is false if it is no sequence of
// values, or has a list.
func count(b string) (n int, ok bool) {
	for ; len(b) > 0; n++ {
		size := valueLen(b)
		if size == 0 || size > len(b) {
			return 0, false
		}
		b = b[size:]
	}
	return n, true
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
