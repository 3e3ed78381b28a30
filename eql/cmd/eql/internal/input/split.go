package input

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A splitter cuts the text of one input into documents.
type splitter struct {
	mark            // of the next byte
	behind     mark // what was yielded last
	in         *bufio.Reader
	max        int
	file       string
	unfinished bool  // whether more text may follow behind the end, some other time
	err        error // why reading ended; nil at the end of the text
	doc        []byte
}

// A mark is a place between two documents.
type mark struct {
	offset  int64 // in bytes of text
	line    int   // of the next byte, from 1
	col     int   // characters of the line that have been taken
	begun   int   // line of the last array's beginning
	element int   // number of the element before, within an array; else 0
	lines   bool  // whether only lines can follow, no array
}

// start is the mark before all text.
var start = mark{line: 1}

// newSplitter returns a splitter of the text that r yields from the mark on.
func newSplitter(r io.Reader, file string, limit int, from mark) *splitter {
	if limit == 0 {
		limit = MaxDoc
	}
	return &splitter{mark: from, behind: from, in: bufio.NewReaderSize(r, 256<<10), max: limit, file: file}
}

// split yields all documents and reports whether yield wants more. An input
// whose text begins with "[" holds arrays; what follows them, and everything
// else, is lines.
func (s *splitter) split(yield func(Doc, error) bool) bool {
	if s.offset == 0 {
		s.skipByteOrderMark()
	}
	for s.err == nil {
		more := false
		if s.element > 0 { // read so far some other time
			more = s.array(yield)
		} else {
			c, ok := s.peek()
			if !ok {
				return true
			}
			if s.lines = s.lines || c != '['; s.lines {
				more = s.text(yield)
			} else {
				s.begun = s.line
				_, _ = s.next()
				more = s.array(yield)
			}
		}
		if !more {
			return false
		}
	}
	return true
}

func (s *splitter) skipByteOrderMark() {
	const bom = "\xef\xbb\xbf"
	if b, _ := s.in.Peek(1); len(b) == 0 || b[0] != bom[0] {
		return // without waiting for more
	}
	if b, _ := s.in.Peek(len(bom)); string(b) == bom {
		_, _ = s.in.Discard(len(bom))
		s.offset += int64(len(bom))
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
	s.offset++
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
	s.offset--
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
	case s.unfinished && line[len(line)-1] != '\n' && !json.Valid(line):
		return s.leave(yield, at)
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
		s.offset += int64(len(part))
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
	s.behind = s.mark
	return yield(Doc{Place: at, Data: bytes.Clone(data)}, nil)
}

// leave tells that the text ends within a document, which is left to be read
// when the rest of it is there.
func (s *splitter) leave(yield func(Doc, error) bool, at Place) bool {
	return yield(Doc{}, &Notice{at.String() + ": the last document is not complete yet; it is left for the next run"})
}

func (s *splitter) refuse(yield func(Doc, error) bool, at Place, reason string) bool {
	s.behind = s.mark
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
