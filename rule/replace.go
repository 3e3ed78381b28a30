package rule

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ReplaceQuery returns a copy of a rule file whose n-th query reads text, where
// n is Rule.Index; every byte outside of that query's TOML string stays. The
// string becomes a ”' literal, or an escaped """ string if a literal cannot
// hold the text; if the query reads text already nothing changes. In a file
// whose lines end in CR LF those of text do so too.
func ReplaceQuery(data []byte, n int, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("the query is not UTF-8 text")
	}
	doc, problem := decode("", data)
	if problem != nil {
		return nil, problem
	}
	it := queryOf(doc.tree(), n)
	if it == nil {
		return nil, fmt.Errorf("the file has no query %d", n)
	}
	whole := doc.file.Text
	newline := "\n"
	if i := strings.IndexByte(whole, '\n'); i > 0 && whole[i-1] == '\r' {
		newline = "\r\n"
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	}
	if it.text == text {
		return append([]byte(nil), data...), nil
	}
	mark := len(data) - len(whole)
	var out []byte
	out = append(out, data[:mark+it.span.Start.Offset()]...)
	out = append(out, quote(text, newline)...)
	return append(out, data[mark+it.span.End.Offset():]...), nil
}

// queryOf returns the string that holds the n-th query, or nil.
func queryOf(root *table, n int) *item {
	in := func(name string) (it *item, ok bool) {
		t := root.get(name)
		if t == nil {
			return nil, false
		}
		if t, ok := t.val.(*table); ok {
			return t.get("query"), true
		}
		return nil, false
	}
	it, _ := in("rule")
	if hunt, ok := in("hunt"); ok {
		it = hunt
		if it != nil {
			if a, ok := it.val.(*array); ok {
				if n < 0 || n >= len(a.items) {
					return nil
				}
				it, n = a.items[n], 0
			}
		}
	}
	if it == nil || n != 0 {
		return nil
	}
	if _, ok := it.str(); !ok {
		return nil
	}
	return it
}

// quote writes text as a multi-line TOML string.
func quote(text, newline string) string {
	if fitsLiteral(text) {
		return "'''" + newline + text + "'''"
	}
	var b strings.Builder
	b.WriteString(`"""` + newline)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' || c == '"':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\r' && !strings.HasPrefix(text[i:], "\r\n"):
			b.WriteString(`\r`)
		case isControl(c) && c != '\r':
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(`"""`)
	return b.String()
}

// fitsLiteral reports whether text can stand between triple single quotes.
func fitsLiteral(text string) bool {
	if strings.Contains(text, "'''") || strings.HasSuffix(text, "'") {
		return false
	}
	for i := range len(text) {
		if c := text[i]; isControl(c) && (c != '\r' || !strings.HasPrefix(text[i:], "\r\n")) {
			return false
		}
	}
	return true
}

// isControl reports whether a TOML string cannot hold c as it is.
func isControl(c byte) bool { return c < ' ' && c != '\t' && c != '\n' || c == 0x7f }
