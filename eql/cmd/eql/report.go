package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// problemsOf returns the problems that err carries, or nil if it carries none
// that have a place.
func problemsOf(err error) source.List {
	var list source.List
	if errors.As(err, &list) {
		return list
	}
	var one *source.Error
	if errors.As(err, &one) {
		return source.List{one}
	}
	return nil
}

// report prints the problems that err carries, with their source line and a
// caret where they have a place.
func (a *app) report(err error) {
	list := problemsOf(err)
	if list == nil {
		a.errorf("%v", err)
	}
	for _, e := range list {
		fmt.Fprintln(a.err, a.errTerm.render(e))
	}
}

// notef tells something that is as it should be.
func (a *app) notef(format string, args ...any) {
	fmt.Fprintln(a.err, "eql:", printable(fmt.Sprintf(format, args...)))
}

// warnf reports something that does not stop the command.
func (a *app) warnf(format string, args ...any) {
	fmt.Fprintln(a.err, a.errTerm.warn("eql:"), printable(fmt.Sprintf(format, args...)))
}

// render returns e in several lines, the caret in colour.
func (t terminal) render(e *source.Error) string {
	lines := strings.Split(printable(e.Render()), "\n")
	lines[0] = t.strong(lines[0])
	for i, line := range lines[1:] {
		switch text := strings.TrimLeft(line, " \t"); {
		case i == 1 && strings.Trim(text, "^") == "":
			lines[i+1] = t.bad(line)
		case strings.HasPrefix(text, "hint: "):
			lines[i+1] = t.faint(line)
		}
	}
	return strings.Join(lines, "\n")
}
