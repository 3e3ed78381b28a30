package pattern

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// Fold returns s in canonical case: two texts are equal but for case exactly if
// their folded forms are the same. Each code point is replaced by one
// representative of its orbit under Unicode simple folding, for ASCII letters
// the lower-case one. The result is s itself if nothing changes; its length may
// differ from that of s.
func Fold(s string) string {
	for i := 0; ; {
		i += foldedASCII(s[i:])
		if i == len(s) {
			return s
		}
		x, n := firstSymbol(s[i:])
		if foldSymbol(x) != x {
			dst := make([]byte, i, len(s)+utf8.UTFMax)
			copy(dst, s)
			dst = appendFold(dst, s[i:])
			return unsafe.String(unsafe.SliceData(dst), len(dst))
		}
		i += n
	}
}

// AppendFold appends Fold(s) to dst. If nothing changes it reports same, and dst
// is as it was.
func AppendFold(dst []byte, s string) (folded []byte, same bool) {
	plain := foldedASCII(s)
	if plain == len(s) {
		return dst, true
	}
	return appendFold(append(dst, s[:plain]...), s[plain:]), false
}

// Eight bytes at a time.
const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// upperCase returns the high bit of each byte of w that is 'A' to 'Z', provided
// that all of them are ASCII.
func upperCase(w uint64) uint64 {
	return (w + ones*(0x80-'A')) &^ (w + ones*(0x80-'Z'-1)) & high
}

// foldedASCII returns how many bytes at the beginning of s are ASCII but no
// upper-case letters.
func foldedASCII(s string) int {
	src := bytesOf(s)
	i := 0
	for ; i+8 <= len(src); i += 8 {
		w := binary.LittleEndian.Uint64(src[i:])
		if w&high != 0 || upperCase(w) != 0 {
			break
		}
	}
	for i < len(src) && src[i] < utf8.RuneSelf && foldByte(src[i]) == src[i] {
		i++
	}
	return i
}

// appendFold appends Fold(s) to dst.
func appendFold(dst []byte, s string) []byte {
	for {
		dst, s = appendFoldASCII(dst, s)
		if s == "" {
			return dst
		}
		x, n := firstSymbol(s)
		dst = appendSymbol(dst, foldSymbol(x))
		s = s[n:]
	}
}

// appendFoldASCII appends the lower-case form of the ASCII text that s begins
// with and returns what follows it. It works on eight bytes at a time.
func appendFoldASCII(dst []byte, s string) ([]byte, string) {
	src := bytesOf(s)
	i := 0
	for ; i+8 <= len(src); i += 8 {
		w := binary.LittleEndian.Uint64(src[i:])
		if w&high != 0 {
			break
		}
		dst = binary.LittleEndian.AppendUint64(dst, w|upperCase(w)>>2)
	}
	for ; i < len(src) && src[i] < utf8.RuneSelf; i++ {
		dst = append(dst, foldByte(src[i]))
	}
	return dst, s[i:]
}

func foldByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// commonFolds holds the folded form of the scripts of Europe, which are nearly
// all there is in practice.
var commonFolds = func() (t [0x590]uint16) {
	for x := range t {
		t[x] = uint16(representative(symbol(x)))
	}
	return t
}()

func foldSymbol(x symbol) symbol {
	switch {
	case x < symbol(len(commonFolds)):
		return symbol(commonFolds[x])
	case x >= invalidByte:
		return x
	default:
		return representative(x)
	}
}

// representative returns the member of x's orbit that stands for all of it.
func representative(x symbol) symbol {
	least := x
	for y := unicode.SimpleFold(x); y != x; y = unicode.SimpleFold(y) {
		least = min(least, y)
	}
	if least == unicode.SimpleFold(least) {
		return x // no other case, whatever its lower case may be
	}
	return unicode.ToLower(least)
}

// orbit returns all symbols that differ from x by case only, x among them.
func orbit(x symbol) []symbol {
	all := []symbol{x}
	if x >= invalidByte {
		return all
	}
	for y := unicode.SimpleFold(x); y != x; y = unicode.SimpleFold(y) {
		all = append(all, y)
	}
	return all
}

// EqualFold reports whether a and b are equal but for case: Fold(a) == Fold(b).
func EqualFold(a, b string) bool {
	n, ok := prefixFold(a, b)
	return ok && n == len(a)
}

// HasPrefixFold reports whether s begins with prefix, whatever the case.
func HasPrefixFold(s, prefix string) bool {
	_, ok := prefixFold(s, prefix)
	return ok
}

// HasSuffixFold reports whether s ends with suffix, whatever the case.
func HasSuffixFold(s, suffix string) bool {
	_, ok := suffixFold(s, suffix)
	return ok
}

// prefixFold returns how many bytes at the beginning of s equal prefix, or the
// part of prefix that comes before the first difference.
func prefixFold(s, prefix string) (int, bool) {
	i, j := 0, 0
	for j < len(prefix) {
		if i == len(s) {
			return i, false
		}
		x, y := s[i], prefix[j]
		if x|y < utf8.RuneSelf {
			if x != y && foldByte(x) != foldByte(y) {
				return i, false
			}
			i++
			j++
			continue
		}
		r, n := firstSymbol(s[i:])
		q, m := firstSymbol(prefix[j:])
		if r != q && foldSymbol(r) != foldSymbol(q) {
			return i, false
		}
		i += n
		j += m
	}
	return i, true
}

// suffixFold returns how many bytes at the end of s equal suffix.
func suffixFold(s, suffix string) (int, bool) {
	i, j := len(s), len(suffix)
	for j > 0 {
		if i == 0 {
			return 0, false
		}
		x, y := s[i-1], suffix[j-1]
		if x|y < utf8.RuneSelf {
			if x != y && foldByte(x) != foldByte(y) {
				return 0, false
			}
			i--
			j--
			continue
		}
		r, n := lastSymbol(s[:i])
		q, m := lastSymbol(suffix[:j])
		if r != q && foldSymbol(r) != foldSymbol(q) {
			return 0, false
		}
		i -= n
		j -= m
	}
	return len(s) - i, true
}

// foldSpace is how much space callers of folded should have on their stack.
const foldSpace = 512

// folded returns Fold(s), using the capacity of space if it suffices. The
// caller must use the result no longer than space.
func folded(space []byte, s string) string {
	if len(s) > cap(space) {
		return Fold(s)
	}
	space = appendFold(space, s)
	return unsafe.String(unsafe.SliceData(space), len(space))
}
