package event

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A rawString is a JSON string between its quotes, with all escapes valid.
type rawString struct {
	text  string
	plain bool // ASCII without escapes, so that text is what it means
}

// String returns what r means, in the way of encoding/json: bytes that are not
// UTF-8 and halves of surrogate pairs become U+FFFD. It is r.text itself if it
// can be.
func (r rawString) String() string {
	if r.plain {
		return r.text
	}
	if strings.IndexByte(r.text, '\\') < 0 && utf8.ValidString(r.text) {
		return r.text
	}
	return unescape(r.text)
}

// stringClass tells how a byte may stand in a string.
var stringClass = func() (t [256]byte) {
	for c := range t {
		switch {
		case c < ' ', c == '"', c == '\\':
			t[c] = classStop
		case c >= utf8.RuneSelf:
			t[c] = classWide
		}
	}
	return t
}()

const (
	classStop = 1 // quotes, escapes and what is not allowed
	classWide = 2 // part of a rune of several bytes
)

// rawString moves over the string at pos.
func (s *scanner) rawString() (rawString, error) {
	from := s.pos + 1
	plain := true
	for i := from; i < len(s.text); i++ {
		c := s.text[i]
		switch stringClass[c] {
		case 0:
		case classWide:
			plain = false
		default:
			s.pos = i
			switch c {
			case '"':
				s.pos++
				return rawString{s.text[from:i], plain}, nil
			case '\\':
				plain = false
				if err := s.escape(); err != nil {
					return rawString{}, err
				}
				i = s.pos - 1
			default:
				return rawString{}, s.expected("no control character in a string")
			}
		}
	}
	s.pos = len(s.text)
	return rawString{}, s.expected("'\"'")
}

// escape moves over an escape sequence.
func (s *scanner) escape() error {
	s.pos++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			if !isHex(s.peek()) {
				return s.expected("a hexadecimal digit")
			}
			s.pos++
		}
		return nil
	default:
		return s.expected("an escape sequence")
	}
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// unescape returns what the text of a string means.
func unescape(raw string) string {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		c := raw[0]
		switch {
		case c == '\\' && raw[1] == 'u':
			r, n := escapedRune(raw)
			out = utf8.AppendRune(out, r)
			raw = raw[n:]
		case c == '\\':
			out = append(out, escaped(raw[1]))
			raw = raw[2:]
		case c < utf8.RuneSelf:
			out = append(out, c)
			raw = raw[1:]
		default:
			r, n := utf8.DecodeRuneInString(raw)
			out = utf8.AppendRune(out, r)
			raw = raw[n:]
		}
	}
	return string(out)
}

func escaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

// escapedRune returns the rune of one \u sequence or of two that are a pair, and
// the length of them.
func escapedRune(raw string) (rune, int) {
	const length = len(`\u0000`)
	r := hexRune(raw)
	if !utf16.IsSurrogate(r) {
		return r, length
	}
	if rest := raw[length:]; strings.HasPrefix(rest, `\u`) {
		if pair := utf16.DecodeRune(r, hexRune(rest)); pair != utf8.RuneError {
			return pair, 2 * length
		}
	}
	return utf8.RuneError, length
}

func hexRune(raw string) rune {
	u, _ := strconv.ParseUint(raw[2:6], 16, 32) // the scanner has seen the digits
	return rune(u)
}
