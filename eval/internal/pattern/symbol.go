package pattern

import "unicode/utf8"

// A symbol is what one step of a match consumes: a code point, or a byte that
// belongs to none, which is numbered from invalidByte upwards.
type symbol = rune

const (
	invalidByte symbol = utf8.MaxRune + 1
	maxSymbol   symbol = invalidByte + 0xFF
)

// firstSymbol returns the first symbol of s and its length in bytes, 0 at the end.
func firstSymbol(s string) (symbol, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return invalidByte + symbol(s[0]), 1
	}
	return r, n
}

// lastSymbol returns the last symbol of s and its length in bytes, 0 at the end.
func lastSymbol(s string) (symbol, int) {
	r, n := utf8.DecodeLastRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return invalidByte + symbol(s[len(s)-1]), 1
	}
	return r, n
}

// appendSymbol appends the bytes that x stands for.
func appendSymbol(dst []byte, x symbol) []byte {
	if x >= invalidByte {
		return append(dst, byte(x-invalidByte))
	}
	return utf8.AppendRune(dst, x)
}

// FirstLen returns the length of the first code point of s in bytes, 0 at the end.
// What is no code point is one byte.
func FirstLen(s string) int {
	_, n := firstSymbol(s)
	return n
}
