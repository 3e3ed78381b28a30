package event

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// These functions move over valid JSON, and accept just what encoding/json does.
// They return the position behind, or failed; what is wrong is for a scanner to
// say.

// Eight bytes at a time.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// specials returns the highest bit of each byte of w that does not stand for
// itself in a string: quotes, escapes, control characters and what is not ASCII.
// Only the lowest bit is to be trusted: those above it may be set in error,
// because differences borrow.
func specials(w uint64) uint64 {
	quotes := w ^ '"'*ones
	escapes := w ^ '\\'*ones
	return (w | (w - ' '*ones) | (quotes - ones) | (escapes - ones)) & highs
}

// special marks the same bytes.
var special = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
	}
	return t
}()

// toSpecial returns the position of the next special byte from p on, or the end.
func toSpecial(doc []byte, p int) int {
	for p+8 <= len(doc) {
		if m := specials(binary.LittleEndian.Uint64(doc[p:])); m != 0 {
			return p + bits.TrailingZeros64(m)>>3
		}
		p += 8
	}
	for p < len(doc) && !special[doc[p]] {
		p++
	}
	return p
}

// skipSpace returns the position of the next byte that is not white space, or
// the end.
func skipSpace(doc []byte, p int) int {
	if p < len(doc) && doc[p] > ' ' {
		return p
	}
	return skipBlanks(doc, p)
}

func skipBlanks(doc []byte, p int) int {
	for p < len(doc) && (doc[p] == ' ' || doc[p] == '\t' || doc[p] == '\n' || doc[p] == '\r') {
		p++
	}
	return p
}

// skipString moves over a string from behind its first quote.
func skipString(doc []byte, p int) int {
	for {
		if p = toSpecial(doc, p); p == len(doc) {
			return failed
		}
		switch c := doc[p]; {
		case c == '"':
			return p + 1
		case c == '\\':
			if p = skipEscape(doc, p); p == failed {
				return failed
			}
		case c < ' ':
			return failed
		default:
			for p < len(doc) && doc[p] >= utf8.RuneSelf {
				p++
			}
		}
	}
}

// escapes has the meaning of the byte after a backslash, 0 if it has none or is u.
var escapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func skipEscape(doc []byte, p int) int {
	switch {
	case p+1 >= len(doc):
		return failed
	case escapes[doc[p+1]] != 0:
		return p + 2
	case doc[p+1] != 'u' || p+6 > len(doc):
		return failed
	}
	for _, c := range doc[p+2 : p+6] {
		if !isHex(c) {
			return failed
		}
	}
	return p + 6
}

// skip moves over a value that lies in depth arrays and objects.
func skip(doc []byte, p, depth int) int {
	if p >= len(doc) {
		return failed
	}
	switch doc[p] {
	case '"':
		return skipString(doc, p+1)
	case '{':
		return skipObject(doc, p, depth+1)
	case '[':
		return skipArray(doc, p, depth+1)
	default:
		return skipScalar(doc, p)
	}
}

func skipObject(doc []byte, p, depth int) int {
	if depth > maxDepth {
		return failed
	}
	p = skipSpace(doc, p+1)
	if p < len(doc) && doc[p] == '}' {
		return p + 1
	}
	for {
		if p >= len(doc) || doc[p] != '"' {
			return failed
		}
		if p = skipString(doc, p+1); p == failed {
			return failed
		}
		if p = skipSpace(doc, p); p == len(doc) || doc[p] != ':' {
			return failed
		}
		if p = skip(doc, skipSpace(doc, p+1), depth); p == failed {
			return failed
		}
		if p = skipSpace(doc, p); p == len(doc) {
			return failed
		}
		switch doc[p] {
		case ',':
			p = skipSpace(doc, p+1)
		case '}':
			return p + 1
		default:
			return failed
		}
	}
}

func skipArray(doc []byte, p, depth int) int {
	if depth > maxDepth {
		return failed
	}
	p = skipSpace(doc, p+1)
	if p < len(doc) && doc[p] == ']' {
		return p + 1
	}
	for {
		if p = skip(doc, p, depth); p == failed {
			return failed
		}
		if p = skipSpace(doc, p); p == len(doc) {
			return failed
		}
		switch doc[p] {
		case ',':
			p = skipSpace(doc, p+1)
		case ']':
			return p + 1
		default:
			return failed
		}
	}
}

// skipScalar moves over null, true, false or a number.
func skipScalar(doc []byte, p int) int {
	switch doc[p] {
	case 'n':
		return skipWord(doc, p, "null")
	case 't':
		return skipWord(doc, p, "true")
	case 'f':
		return skipWord(doc, p, "false")
	default:
		return skipNumber(doc, p)
	}
}

func skipWord(doc []byte, p int, w string) int {
	if !strings.HasPrefix(aliasString(doc[p:]), w) {
		return failed
	}
	return p + len(w)
}

func skipNumber(doc []byte, p int) int {
	if p < len(doc) && doc[p] == '-' {
		p++
	}
	from := p
	if p = skipDigits(doc, p); p == from || doc[from] == '0' && p > from+1 {
		return failed
	}
	if p < len(doc) && doc[p] == '.' {
		from = p + 1
		if p = skipDigits(doc, from); p == from {
			return failed
		}
	}
	if p < len(doc) && doc[p]|0x20 == 'e' {
		if p++; p < len(doc) && (doc[p] == '+' || doc[p] == '-') {
			p++
		}
		from = p
		if p = skipDigits(doc, from); p == from {
			return failed
		}
	}
	return p
}

func skipDigits(doc []byte, p int) int {
	for p < len(doc) && isDigit(doc[p]) {
		p++
	}
	return p
}

// shortInteger reads a number that is an integer of up to 18 digits. It fails at
// other numbers.
func shortInteger(doc []byte, p int) (i int64, end int) {
	negative := p < len(doc) && doc[p] == '-'
	if negative {
		p++
	}
	from := p
	for p < len(doc) && isDigit(doc[p]) {
		i = i*10 + int64(doc[p]-'0')
		p++
	}
	switch n := p - from; {
	case n == 0, n > 18, n > 1 && doc[from] == '0':
		return 0, failed
	case p < len(doc) && (doc[p] == '.' || doc[p]|0x20 == 'e'):
		return 0, failed
	}
	if negative {
		i = -i
	}
	return i, p
}
