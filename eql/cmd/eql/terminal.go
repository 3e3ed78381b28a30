package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// A terminal tells what an output can show. The zero terminal is a file or a
// pipe: no colours, no bar.
type terminal struct {
	is     bool
	colour bool
}

// terminalOf looks at w. Colours are off for dumb terminals and where NO_COLOR
// is set to anything.
func terminalOf(w io.Writer) terminal {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return terminal{}
	}
	return terminal{is: true, colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// isInteractive reports whether somebody would have to type what in yields.
func isInteractive(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (t terminal) bad(s string) string    { return t.paint(s, color.FgRed, color.Bold) }
func (t terminal) warn(s string) string   { return t.paint(s, color.FgYellow) }
func (t terminal) strong(s string) string { return t.paint(s, color.Bold) }
func (t terminal) faint(s string) string  { return t.paint(s, color.Faint) }

func (t terminal) paint(s string, attrs ...color.Attribute) string {
	if !t.colour || s == "" {
		return s
	}
	c := color.New(attrs...)
	c.EnableColor()
	return c.Sprint(s)
}

// printable replaces what could steer a terminal: control characters other than
// tab and line feed.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
