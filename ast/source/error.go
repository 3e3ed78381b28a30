package source

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Severity grades a problem.
type Severity uint8

// The severities. An Err makes a query unusable; a Warning does not.
const (
	Err Severity = iota
	Warning
	Info
)

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Info:
		return "info"
	default:
		return "error"
	}
}

// An Error is one problem at one place of a query.
type Error struct {
	File     *File
	Span     Span
	Severity Severity
	Code     string // stable short name of the kind of problem, such as "syntax"; may be empty
	Msg      string // one clause, lower case, no period
	Hint     string // what to do about it; may be empty
	Fixes    []Fix  // alternatives, the best first; nil when there is none
}

// Position returns the line and column where the problem begins.
func (e *Error) Position() Position {
	if e.File == nil {
		return Position{1, 1}
	}
	return e.File.Position(e.Span.Start)
}

// Error returns "NAME:LINE:COL: message", and "; hint" if there is one.
func (e *Error) Error() string {
	s := e.head()
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *Error) head() string {
	p := e.Position()
	msg := e.Msg
	if e.Severity != Err {
		msg = e.Severity.String() + ": " + msg
	}
	if e.File == nil || e.File.Name == "" {
		return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File.Name, p.Line, p.Column, msg)
}

// snippetWidth caps the source line that Render shows, in runes.
const snippetWidth = 120

// Render returns the error in several lines without a final newline: the first
// line of Error, the line of source, a caret under the place, and the hint.
func (e *Error) Render() string {
	var b strings.Builder
	b.WriteString(e.head())
	if e.File != nil && e.Span.IsValid() {
		line, start := e.File.line(e.Span.Start)
		off := min(e.Span.Start.Offset()-start, len(line))
		end := min(max(e.Span.End.Offset()-start, off), len(line))
		before, marked, after := line[:off], line[off:end], line[end:]
		if n := utf8.RuneCountInString(before); n > snippetWidth/2 {
			before = "..." + tail(before, snippetWidth/2)
		}
		marked = head(marked, snippetWidth)
		after = head(after, snippetWidth)
		b.WriteString("\n    ")
		b.WriteString(clean(before + marked + after))
		b.WriteString("\n    ")
		for _, r := range before {
			if r == '\t' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(strings.Repeat("^", max(utf8.RuneCountInString(marked), 1)))
	}
	if e.Hint != "" {
		b.WriteString("\n    hint: ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// clean keeps control characters of a source line from reaching a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, s)
}

func head(s string, n int) string {
	i := 0
	for at := range s {
		if i == n {
			return s[:at]
		}
		i++
	}
	return s
}

func tail(s string, n int) string {
	skip := utf8.RuneCountInString(s) - n
	for at := range s {
		if skip <= 0 {
			return s[at:]
		}
		skip--
	}
	return ""
}

// A List is a set of problems. The zero List is empty and ready to use.
type List []*Error

// Add appends an error.
func (l *List) Add(e *Error) { *l = append(*l, e) }

// Sort orders the list by place, keeping the order of problems at one place.
func (l List) Sort() {
	sort.SliceStable(l, func(i, j int) bool { return l[i].Span.Start < l[j].Span.Start })
}

// Err returns nil if the list holds no error (warnings do not count), and the
// list otherwise.
func (l List) Err() error {
	for _, e := range l {
		if e.Severity == Err {
			return l
		}
	}
	return nil
}

// Error returns the first problem and the number of the others.
func (l List) Error() string {
	switch len(l) {
	case 0:
		return "no errors"
	case 1:
		return l[0].Error()
	default:
		return fmt.Sprintf("%s (and %d more)", l[0].Error(), len(l)-1)
	}
}

// Unwrap gives errors.As and errors.Is access to every problem.
func (l List) Unwrap() []error {
	out := make([]error, len(l))
	for i, e := range l {
		out[i] = e
	}
	return out
}

// Render returns all problems, rendered and separated by newlines.
func (l List) Render() string {
	out := make([]string, len(l))
	for i, e := range l {
		out[i] = e.Render()
	}
	return strings.Join(out, "\n")
}
