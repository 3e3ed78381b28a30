package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A splitter cuts the text of one input into documents.
type splitter struct {
	in   *bufio.Reader
	max  int
	file string
	line int   // of the next byte, from 1
	col  int   // characters of the line that have been taken
	err  error // why reading ended; nil at the end of the text
	doc  []byte
}

func newSplitter(r io.Reader, file string, limit int) *splitter {
	if limit == 0 {
		limit = MaxDoc
	}
	return &splitter{in: bufio.NewReaderSize(r, 256<<10), max: limit, file: file, line: 1}
}

// split yields all documents and reports whether yield wants more. An input
// whose text begins with "[" holds arrays; what follows them, and everything
// else, is lines.
func (s *splitter) split(yield func(Doc, error) bool) bool {
	if b, _ := s.in.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		_, _ = s.in.Discard(3)
	}
	for arrays := true; ; {
		c, ok := s.peek()
		if !ok {
			return true
		}
		arrays = arrays && c == '['
		more := false
		if arrays {
			more = s.array(yield)
		} else {
			more = s.text(yield)
		}
		if !more {
			return false
		}
		if s.err != nil {
			return true
		}
	}
}

// peek skips white space and returns the byte behind it without taking it.
func (s *splitter) peek() (byte, bool) {
	for {
		c, ok := s.next()
		if !ok {
			return 0, false
		}
		if !isSpace(c) {
			s.unread(c)
			return c, true
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// next takes one byte.
func (s *splitter) next() (byte, bool) {
	c, err := s.in.ReadByte()
	if err != nil {
		s.fail(err)
		return 0, false
	}
	switch {
	case c == '\n':
		s.line++
		s.col = 0
	case utf8.RuneStart(c):
		s.col++
	}
	return c, true
}

// unread gives back c, which next has returned last and which ends no line.
func (s *splitter) unread(c byte) {
	_ = s.in.UnreadByte()
	if utf8.RuneStart(c) {
		s.col--
	}
}

func (s *splitter) fail(err error) {
	if !errors.Is(err, io.EOF) {
		s.err = err
	}
}

// text yields the rest of the current line, which is not blank.
func (s *splitter) text(yield func(Doc, error) bool) bool {
	at := Place{File: s.file, Line: s.line, before: s.col}
	line, tooLong := s.rest()
	switch {
	case s.err != nil:
		return true // half a line is no document
	case tooLong:
		return s.refuse(yield, at, s.tooLong())
	}
	return s.emit(yield, at, bytes.Trim(line, " \t\r\n"))
}

// rest takes the rest of the current line with its end, and tells whether it is
// beyond the limit (what is returned is then incomplete). The line is valid
// until the next read.
func (s *splitter) rest() (line []byte, tooLong bool) {
	s.doc = s.doc[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		if err == nil {
			s.line++
			s.col = 0
		}
		tooLong = tooLong || len(s.doc)+len(part) > s.max+len("\r\n")
		switch {
		case !tooLong && len(s.doc) == 0 && !errors.Is(err, bufio.ErrBufferFull):
			line = part
		case !tooLong:
			s.doc = append(s.doc, part...)
			line = s.doc
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if err != nil {
				s.fail(err)
			}
			return line, tooLong
		}
	}
}

func (s *splitter) tooLong() string {
	return fmt.Sprintf("the document is longer than %d bytes", s.max)
}

// emit yields data as a document of its own, or a refusal.
func (s *splitter) emit(yield func(Doc, error) bool, at Place, data []byte) bool {
	switch {
	case data[0] != '{':
		return s.refuse(yield, at, "not a JSON object: it begins with "+quote(data))
	case data[len(data)-1] != '}':
		return s.refuse(yield, at, "not a JSON object: it has no end on this line")
	}
	return yield(Doc{Place: at, Data: bytes.Clone(data)}, nil)
}

func (s *splitter) refuse(yield func(Doc, error) bool, at Place, reason string) bool {
	return yield(Doc{}, &Refusal{Place: at, Reason: reason})
}

// quote returns the beginning of data in quotes.
func quote(data []byte) string {
	const show = 12
	if len(data) <= show {
		return fmt.Sprintf("%q", data)
	}
	n := show
	for n > 0 && !utf8.RuneStart(data[n]) {
		n--
	}
	return fmt.Sprintf("%q", string(data[:n])+"...")
}
