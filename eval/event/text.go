package event

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
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

// special marks the bytes that do not stand for themselves in a string: quotes,
// escapes, control characters and what is not ASCII.
var special = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
	}
	return t
}()

// rawString moves over the string at pos.
func (s *scanner) rawString() (rawString, error) {
	text := s.text
	from := s.pos + 1
	plain := true
	for i := from; ; i++ {
		for i+8 <= len(text) && isPlainWord(text[i:i+8]) {
			i += 8
		}
		for i < len(text) && !special[text[i]] {
			i++
		}
		s.pos = i
		if i == len(text) {
			return rawString{}, s.expected("'\"'")
		}
		switch c := text[i]; {
		case c == '"':
			s.pos++
			return rawString{text[from:i], plain}, nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return rawString{}, err
			}
			i = s.pos - 1
		case c < ' ':
			return rawString{}, s.expected("no control character in a string")
		}
		plain = false
	}
}

// isPlainWord reports whether none of the eight bytes of w is special. It works on
// them at once: in the difference to a byte, the highest bit of each lane says
// that it was less, which is certain as long as no lane before it was.
func isPlainWord(w string) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
		uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
	quotes := x ^ '"'*ones
	escapes := x ^ '\\'*ones
	return (x|(x-' '*ones)|(quotes-ones)|(escapes-ones))&highs == 0
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
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '\\' && raw[i+1] == 'u':
			r, n := escapedRune(raw[i:])
			out = utf8.AppendRune(out, r)
			i += n
		case c == '\\':
			out = append(out, escaped(raw[i+1]))
			i += 2
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(raw[i:])
			out = utf8.AppendRune(out, r)
			i += n
		default:
			from := i
			for i < len(raw) && !special[raw[i]] {
				i++
			}
			out = append(out, raw[from:i]...)
		}
	}
	return unsafe.String(unsafe.SliceData(out), len(out)) // out is not used again
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
