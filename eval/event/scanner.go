package event

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A SyntaxError says why a document is not a JSON object.
type SyntaxError struct {
	Offset int64 // in bytes; where the mistake was found
	Msg    string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg) }

// maxDepth is how deep arrays and objects may be nested, as in encoding/json.
const maxDepth = 10_000

// A scanner moves over JSON text and says what is wrong with it. It accepts what
// encoding/json does.
type scanner struct {
	text string
	pos  int
}

func (s *scanner) errorf(format string, args ...any) error {
	return &SyntaxError{int64(s.pos), fmt.Sprintf(format, args...)}
}

// expected is the error for what stands at pos.
func (s *scanner) expected(what string) error {
	if s.pos >= len(s.text) {
		return s.errorf("expected %s, found the end", what)
	}
	r, n := utf8.DecodeRuneInString(s.text[s.pos:])
	if r == utf8.RuneError && n == 1 {
		return s.errorf("expected %s, found the byte 0x%02x", what, s.text[s.pos])
	}
	return s.errorf("expected %s, found %q", what, r)
}

// peek returns the byte at pos, or 0, which JSON does not have, at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// space skips white space and returns the byte after it, or 0 at the end.
func (s *scanner) space() byte {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// end checks that nothing but white space follows.
func (s *scanner) end() error {
	s.space()
	if s.pos < len(s.text) {
		return s.expected("the end")
	}
	return nil
}

// document skips a whole document, which must be an object.
func (s *scanner) document() error {
	if s.space() != '{' {
		return s.expected("an object")
	}
	if err := s.skip(0); err != nil {
		return err
	}
	return s.end()
}

// skip skips the value at pos, which lies in depth arrays and objects.
func (s *scanner) skip(depth int) error {
	switch s.peek() {
	case '{':
		return s.skipObject(depth + 1)
	case '[':
		return s.skipArray(depth + 1)
	case '"':
		return s.str()
	default:
		return s.scalar()
	}
}

func (s *scanner) skipObject(depth int) error {
	more, err := s.open('}', depth)
	for more && err == nil {
		if err = s.key(); err != nil {
			return err
		}
		if err = s.skip(depth); err != nil {
			return err
		}
		more, err = s.next('}')
	}
	return err
}

func (s *scanner) skipArray(depth int) error {
	more, err := s.open(']', depth)
	for more && err == nil {
		if err = s.skip(depth); err != nil {
			return err
		}
		more, err = s.next(']')
	}
	return err
}

// open moves into an array or an object that ends with a closing byte, to its
// first member, and reports whether there is one. The depth counts it.
func (s *scanner) open(closing byte, depth int) (more bool, err error) {
	if depth > maxDepth {
		return false, s.errorf("nested deeper than %d", maxDepth)
	}
	s.pos++
	if s.space() == closing {
		s.pos++
		return false, nil
	}
	return true, nil
}

// next moves from the end of a member to the next one, or beyond the closing byte.
func (s *scanner) next(closing byte) (more bool, err error) {
	switch c := s.space(); c {
	case ',':
		s.pos++
		s.space()
		return true, nil
	case closing:
		s.pos++
		return false, nil
	default:
		return false, s.expected("',' or '" + string(rune(closing)) + "'")
	}
}

// key moves over a key and the colon to the value after it.
func (s *scanner) key() error {
	if s.peek() != '"' {
		return s.expected("a key")
	}
	if err := s.str(); err != nil {
		return err
	}
	if s.space() != ':' {
		return s.expected("':'")
	}
	s.pos++
	s.space()
	return nil
}

// str skips a string.
func (s *scanner) str() error {
	for s.pos++; ; {
		for s.pos < len(s.text) && !special[s.text[s.pos]] {
			s.pos++
		}
		switch c := s.peek(); {
		case s.pos == len(s.text):
			return s.expected("'\"'")
		case c == '"':
			s.pos++
			return nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case c < ' ':
			return s.expected("no control character in a string")
		default:
			s.pos++
		}
	}
}

// escape skips an escape sequence.
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

// scalar skips null, true, false or a number.
func (s *scanner) scalar() error {
	switch s.peek() {
	case 'n':
		return s.word("null")
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	default:
		return s.number()
	}
}

func (s *scanner) word(w string) error {
	if !strings.HasPrefix(s.text[s.pos:], w) {
		return s.expected("a value")
	}
	s.pos += len(w)
	return nil
}

// number skips a number.
func (s *scanner) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	switch c := s.peek(); {
	case c == '0':
		s.pos++
	case isDigit(c):
		s.digits()
	default:
		return s.expected("a value")
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return s.expected("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return s.expected("a digit")
		}
	}
	return nil
}

// digits skips digits and reports whether there are any.
func (s *scanner) digits() bool {
	from := s.pos
	for s.pos < len(s.text) && isDigit(s.text[s.pos]) {
		s.pos++
	}
	return s.pos > from
}
