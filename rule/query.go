package rule

import (
	"strings"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A cursor turns offsets of a text into positions. Asking for increasing
// offsets takes time linear in the text.
type cursor struct {
	text string
	off  int
	at   source.Position
}

func newCursor(text string) *cursor {
	return &cursor{text: text, at: source.Position{Line: 1, Column: 1}}
}

func (c *cursor) position(off int) source.Position {
	if off < c.off {
		*c = *newCursor(c.text)
	}
	piece := c.text[c.off:off]
	if n := strings.Count(piece, "\n"); n > 0 {
		c.at.Line += n
		c.at.Column = 1
		piece = piece[strings.LastIndexByte(piece, '\n')+1:]
	}
	c.at.Column += utf8.RuneCountInString(piece)
	c.off = off
	return c.at
}

// queryFile makes the text of the TOML string at it a file of its own, whose
// positions are those of the rule file. basic tells whether the string is one
// that TOML decodes.
func queryFile(doc *document, c *cursor, it *item) (f *source.File, basic bool) {
	text := it.text
	raw := doc.file.Slice(it.span)
	start := it.span.Start.Offset()
	f = &source.File{Name: doc.file.Name, Text: text}
	quotes := 1
	if len(raw) >= 6 && raw[1] == raw[0] {
		quotes = 3
	}
	i := quotes
	if quotes == 3 {
		i += lineEnd(raw[i:])
	}
	f.Anchors = []source.Anchor{{Position: c.position(start + i)}}
	if raw[0] != '"' {
		return f, false
	}
	// Text and file run in step between the escapes.
	off, end := 0, len(raw)-quotes
	for {
		n := strings.IndexByte(raw[i:end], '\\')
		if n < 0 {
			return f, true
		}
		off, i = off+n, i+n
		width, out := escape(raw[i:end])
		off, i = off+out, i+width
		anchor := source.Anchor{Offset: off, Position: c.position(start + i)}
		if last := len(f.Anchors) - 1; f.Anchors[last].Offset == off {
			f.Anchors[last] = anchor
		} else {
			f.Anchors = append(f.Anchors, anchor)
		}
	}
}

// escape returns the length of the escape at the beginning of s, a valid one,
// and of what it stands for.
func escape(s string) (width, out int) {
	digits := 0
	switch s[1] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case ' ', '\t', '\r', '\n':
		return 1 + len(s[1:]) - len(strings.TrimLeft(s[1:], " \t\r\n")), 0
	default:
		return 2, 1
	}
	var r rune
	for _, c := range []byte(s[2 : 2+digits]) {
		r = r<<4 | hexDigit(c)
	}
	return 2 + digits, utf8.RuneLen(r)
}

func hexDigit(c byte) rune {
	switch {
	case c >= 'a':
		return rune(c-'a') + 10
	case c >= 'A':
		return rune(c-'A') + 10
	default:
		return rune(c - '0')
	}
}

// lineEnd returns the length of the line end that s begins with.
func lineEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "\n"):
		return 1
	case strings.HasPrefix(s, "\r\n"):
		return 2
	default:
		return 0
	}
}

// looksLikeEQL reports whether text begins as an EQL query does: with sequence,
// sample, or a category and where. It never takes SQL or ES|QL for EQL.
func looksLikeEQL(text string) bool {
	first, rest := word(text)
	if first == "" {
		return false
	}
	second, after := word(rest)
	switch first {
	case "sequence":
		return second == "by" || second == "with" || second == "" && strings.HasPrefix(after, "[")
	case "sample":
		return second == "by"
	}
	return second == "where"
}

// word cuts the first word, or quoted string, off text after blanks and
// comments. If another character comes first it returns "" and what follows the
// blanks.
func word(text string) (first, rest string) {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if s, ok := strings.CutPrefix(text, "//"); ok {
			_, text, _ = strings.Cut(s, "\n")
		} else if s, ok := strings.CutPrefix(text, "/*"); ok {
			_, text, _ = strings.Cut(s, "*/")
		} else {
			break
		}
	}
	if s, ok := strings.CutPrefix(text, `"`); ok {
		in, after, ok := strings.Cut(s, `"`)
		if !ok {
			return "", text
		}
		return `"` + in + `"`, after
	}
	n := strings.IndexFunc(text, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	if n < 0 {
		n = len(text)
	}
	return text[:n], text[n:]
}
