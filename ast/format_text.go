package ast

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/ast/source"
)

// keywords are the words that name nothing unless quoted.
var keywords = map[string]bool{
	"and": true, "any": true, "by": true, "false": true, "in": true, "join": true, "like": true,
	"maxspan": true, "not": true, "null": true, "of": true, "or": true, "regex": true, "sample": true,
	"sequence": true, "true": true, "until": true, "where": true, "with": true,
}

// isName reports whether s can be written without quotes.
func isName(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i == 0 && c == '@', i > 0 && '0' <= c && c <= '9':
		default:
			return false
		}
	}
	return s != "" && !keywords[s]
}

// isPath reports whether s can be written as names joined by dots.
func isPath(s string) bool {
	for name := range strings.SplitSeq(s, ".") {
		if !isName(name) {
			return false
		}
	}
	return true
}

func categoryText(c *Category) string {
	if isName(c.Name) || c.Any() {
		return c.Name
	}
	return quote(c.Name)
}

func fieldText(x *Field) string {
	var b strings.Builder
	if x.Optional {
		b.WriteByte('?')
	}
	if x.Var != "" {
		b.WriteByte('$')
		b.WriteString(x.Var)
	}
	for i, name := range pathSegments(x) {
		if i > 0 || x.Var != "" {
			b.WriteByte('.')
		}
		if isPath(name) {
			b.WriteString(name)
		} else {
			b.WriteByte('`')
			b.WriteString(strings.ReplaceAll(name, "`", "``"))
			b.WriteByte('`')
		}
	}
	return b.String()
}

// pathSegments returns the segments as they were written if they make up the
// path, and the pieces of the path otherwise.
func pathSegments(x *Field) []string {
	names := make([]string, len(x.Segments))
	for i, s := range x.Segments {
		names[i] = s.Name
	}
	bare := x.Var != "" && x.Path == ""
	if (len(names) > 0 || bare) && strings.Join(names, ".") == x.Path {
		return names
	}
	return strings.Split(x.Path, ".")
}

func numberText(x *Number) string {
	switch {
	case x.Text != "":
		return x.Text
	case x.Kind == Float:
		s := strconv.FormatFloat(x.Float, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	default:
		return strconv.FormatUint(x.Uint, 10)
	}
}

func runsText(x *Runs) string {
	if x.Text != "" {
		return x.Text
	}
	return strconv.Itoa(x.N)
}

// durationText returns the duration as written, without what stands between
// the number and the unit.
func durationText(file *source.File, x *Duration) string {
	if file != nil && x.Range.IsValid() {
		text := file.Slice(x.Range)
		number := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
		unit := text[len(strings.TrimRight(text, "dhms")):]
		if number != "" {
			return number + unit
		}
	}
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if x.Value%unit.size == 0 {
			return fmt.Sprintf("%d%s", x.Value/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%dms", x.Value.Milliseconds())
}

func stringText(x *String) string {
	if x.Raw && !strings.ContainsAny(x.Value, "\r\n") && !strings.Contains(x.Value, `"""`) {
		return `"""` + x.Value + `"""`
	}
	return quote(x.Value)
}

// quote returns s as a string literal. It escapes what cannot be seen, and
// leaves bytes that are not UTF-8 as they are.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if i := strings.IndexRune("\b\t\n\f\r\"\\", r); i >= 0 && r != utf8.RuneError {
			b.WriteByte('\\')
			b.WriteByte(`btnfr"\`[i])
		} else if unicode.IsPrint(r) || r == utf8.RuneError && size == 1 {
			b.WriteString(s[:size])
		} else {
			fmt.Fprintf(&b, `\u{%02x}`, r)
		}
		s = s[size:]
	}
	b.WriteByte('"')
	return b.String()
}
