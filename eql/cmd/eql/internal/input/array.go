package input

import "fmt"

// array yields the elements behind the bracket, or behind the comma, that was
// taken last. An array that is broken off is an error of the input, not of an
// element.
func (s *splitter) array(yield func(Doc, error) bool) bool {
	for {
		n := s.element + 1
		c, ok := s.peek()
		at := Place{File: s.file, Line: s.line, Element: n, before: s.col}
		switch {
		case s.err != nil:
			return true
		case !ok:
			return s.broken(yield, at, "has no end")
		case c == ']' && n == 1:
			_, _ = s.next()
			return true
		}
		end, whole, tooLong := s.takeElement()
		if s.element = 0; end != ']' {
			s.element = n
		}
		var more bool
		switch {
		case s.err != nil:
			return true
		case tooLong:
			more = s.refuse(yield, at, s.tooLong())
		case end == 0 && (s.unfinished || !whole):
			return s.broken(yield, at, fmt.Sprintf("breaks off in element %d", n))
		case len(s.doc) == 0:
			more = s.refuse(yield, at, "an element is missing")
		default:
			more = s.emit(yield, at, s.doc)
		}
		if !more || end == ']' {
			return more
		}
	}
}

// broken tells that the text ends within the array.
func (s *splitter) broken(yield func(Doc, error) bool, at Place, how string) bool {
	s.element = 0
	if s.unfinished {
		return s.leave(yield, at)
	}
	s.err = fmt.Errorf("the array that begins in line %d %s", s.begun, how)
	return true
}

// takeElement takes one element into s.doc and the comma or bracket behind it,
// which it returns; 0 if the text ends before, in which case the element may not
// be whole. White space at the element's end is dropped. If the element is beyond
// the limit, s.doc is incomplete.
func (s *splitter) takeElement() (end byte, whole, tooLong bool) {
	s.doc = s.doc[:0]
	depth, inString, escaped := 0, false, false
	for {
		c, ok := s.next()
		if !ok {
			s.trim()
			return 0, depth == 0 && !inString, tooLong
		}
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped = c == '\\'
			inString = c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
		case (c == ',' || c == ']') && depth <= 0:
			s.trim()
			return c, true, tooLong
		case c == '}' || c == ']':
			depth--
		}
		if tooLong = tooLong || len(s.doc) >= s.max; !tooLong {
			s.doc = append(s.doc, c)
		}
	}
}

// trim drops white space at the end of s.doc.
func (s *splitter) trim() {
	for n := len(s.doc); n > 0 && isSpace(s.doc[n-1]); n-- {
		s.doc = s.doc[:n-1]
	}
}
