package event

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string from behind its first quote. The result means what
// encoding/json makes of it: bytes that are not UTF-8 and halves of surrogate
// pairs become U+FFFD. It is a part of the document if it can be, else it lies
// in the record.
func (x *extractor) text(from int) (string, int) {
	doc := x.doc
	for p := from; ; {
		if p = toSpecial(doc, p); p == len(doc) {
			return "", failed
		}
		switch c := doc[p]; {
		case c == '"':
			return x.alias(from, p), p + 1
		case c < ' ':
			return "", failed
		case c == '\\':
			return x.unescape(from, p)
		}
		r, n := utf8.DecodeRune(doc[p:])
		if r == utf8.RuneError && n == 1 {
			return x.unescape(from, p)
		}
		p += n
	}
}

// unescape reads the rest of a string, whose bytes up to p stand for themselves.
func (x *extractor) unescape(from, p int) (string, int) {
	doc := x.doc
	start := len(x.rec.texts)
	out := append(x.rec.texts, doc[from:p]...)
	for {
		if len(out)+8 > cap(out) {
			out = slices.Grow(out, 8)
		}
		if p+8 <= len(doc) {
			w := binary.LittleEndian.Uint64(doc[p:])
			n := len(out)
			binary.LittleEndian.PutUint64(out[n:n+8], w)
			m := specials(w)
			if m == 0 {
				out = out[:n+8]
				p += 8
				continue
			}
			plain := bits.TrailingZeros64(m) >> 3
			out = out[:n+plain]
			p += plain
		} else {
			to := toSpecial(doc, p)
			out = append(out, doc[p:to]...)
			if p = to; p == len(doc) {
				return "", failed
			}
		}
		switch c := doc[p]; {
		case c == '"':
			x.rec.texts = out
			return aliasString(out[start:]), p + 1
		case c == '\\':
			end := skipEscape(doc, p)
			if end == failed {
				return "", failed
			}
			if e := escapes[doc[p+1]]; e != 0 {
				out = append(out, e)
			} else {
				var r rune
				r, end = escapedRune(doc, p)
				out = utf8.AppendRune(out, r)
			}
			p = end
		case c < ' ':
			return "", failed
		default:
			r, n := utf8.DecodeRune(doc[p:])
			out = utf8.AppendRune(out, r)
			p += n
		}
	}
}

// escapedRune returns the rune of one \u sequence, which is valid, or of two that
// are a pair.
func escapedRune(doc []byte, p int) (r rune, end int) {
	const length = len(`\u0000`)
	r, end = hexRune(doc[p:]), p+length
	if !utf16.IsSurrogate(r) {
		return r, end
	}
	if bytes.HasPrefix(doc[end:], []byte(`\u`)) && skipEscape(doc, end) != failed {
		if pair := utf16.DecodeRune(r, hexRune(doc[end:])); pair != utf8.RuneError {
			return pair, end + length
		}
	}
	return utf8.RuneError, end
}

func hexRune(raw []byte) (r rune) {
	for _, c := range raw[2:6] {
		r <<= 4
		if isDigit(c) {
			r |= rune(c - '0')
		} else {
			r |= rune(c|0x20-'a') + 10
		}
	}
	return r
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
