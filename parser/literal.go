package parser

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// numberOf decodes a number: an integer if it is written as one and fits 64
// bits, a float otherwise.
func numberOf(tok *lexer.Token) (*ast.Number, error) {
	n := &ast.Number{Range: span(tok), Text: tok.Value, Kind: ast.Float}
	if isInteger(tok.Value) {
		if u, err := strconv.ParseUint(tok.Value, 10, 64); err == nil {
			n.Kind, n.Uint = ast.Int, u
			if u > math.MaxInt64 {
				n.Kind = ast.Uint
			}
			return n, nil
		}
	}
	f, err := strconv.ParseFloat(tok.Value, 64)
	if err != nil {
		return nil, &fault{code: codeSyntax, span: n.Range, msg: fmt.Sprintf("number %s is too large", clip(tok.Value))}
	}
	n.Float = f
	return n, nil
}

func isInteger(s string) bool { return strings.Trim(s, "0123456789") == "" }

// setString decodes a string in double or triple quotes.
func setString(s *ast.String, tok *lexer.Token) error {
	s.Range = span(tok)
	if tok.Type == rawStringToken {
		s.Value, s.Raw = tok.Value[3:len(tok.Value)-3], true
		return nil
	}
	s.Value = tok.Value[1 : len(tok.Value)-1]
	if strings.IndexByte(s.Value, '\\') < 0 {
		return nil
	}
	value, bad := unescape(s.Value)
	if bad != nil {
		bad.code, bad.span = codeLexical, s.Range
		return bad
	}
	s.Value = value
	return nil
}

// unescape replaces the escapes of a string. The fault has no place yet.
func unescape(text string) (string, *fault) {
	var out strings.Builder
	out.Grow(len(text))
	for {
		before, rest, found := strings.Cut(text, `\`)
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		if strings.HasPrefix(rest, "u") {
			r, size, bad := unicodeEscape(rest)
			if bad != nil {
				return "", bad
			}
			out.WriteRune(r)
			text = rest[size:]
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		c, ok := escaped(r)
		if !ok {
			return "", &fault{
				msg:  fmt.Sprintf("unknown escape \\%c in a string", r),
				hint: fmt.Sprintf(`write \\%c for a backslash, or use a raw string: """..."""`, r),
			}
		}
		out.WriteByte(c)
		text = rest[size:]
	}
}

func escaped(r rune) (byte, bool) {
	switch r {
	case 'b':
		return '\b', true
	case 't':
		return '\t', true
	case 'n':
		return '\n', true
	case 'f':
		return '\f', true
	case 'r':
		return '\r', true
	case '"', '\'', '\\':
		return byte(r), true
	}
	return 0, false
}

// unicodeEscape decodes "u{1F600}", which text begins with, and returns its
// length.
func unicodeEscape(text string) (r rune, size int, bad *fault) {
	const hint = `write the code point as \u{1F600}, with 2 to 8 hex digits`
	digits, _, closed := strings.Cut(strings.TrimPrefix(text, "u{"), "}")
	if !strings.HasPrefix(text, "u{") || !closed {
		return 0, 0, &fault{msg: `a \u escape needs braces around its digits`, hint: hint}
	}
	if n := len(digits); n < 2 || n > 8 {
		return 0, 0, &fault{msg: fmt.Sprintf(`a \u{} escape takes 2 to 8 hex digits, \u{%s} has %d`, clip(digits), n), hint: hint}
	}
	code, err := strconv.ParseUint(digits, 16, 32)
	switch {
	case err != nil:
		return 0, 0, &fault{msg: fmt.Sprintf(`\u{%s} is not a hexadecimal number`, digits), hint: hint}
	case code >= 0xD800 && code <= 0xDFFF:
		return 0, 0, &fault{msg: fmt.Sprintf(`\u{%s} is half of a surrogate pair, not a character`, digits), hint: hint}
	case code > utf8.MaxRune:
		return 0, 0, &fault{msg: fmt.Sprintf(`\u{%s} is beyond the last Unicode character`, digits)}
	}
	return rune(code), len("u{}") + len(digits), nil
}

// nameOf returns a word, or a name in back quotes.
func nameOf(tok *lexer.Token) *ast.Ident { return setName(new(ast.Ident), tok) }

// setName makes id a word, or a name in back quotes.
func setName(id *ast.Ident, tok *lexer.Token) *ast.Ident {
	id.Range, id.Name = span(tok), tok.Value
	if tok.Type == quotedToken {
		id.Name = strings.ReplaceAll(tok.Value[1:len(tok.Value)-1], "``", "`")
	}
	return id
}

var units = map[string]time.Duration{
	"ms": time.Millisecond,
	"s":  time.Second,
	"m":  time.Minute,
	"h":  time.Hour,
	"d":  24 * time.Hour,
}

// durationOf decodes the number and unit of maxspan. The unit stands in the
// number's own token, or in the next; its Value is empty if there is none.
func durationOf(number, unit *lexer.Token) (*ast.Duration, error) {
	d := &ast.Duration{Range: span(number)}
	count, word, at := number.Value, unit.Value, d.Range
	if number.Type == quantityToken {
		count, word = splitQuantity(number.Value)
	} else if word != "" {
		at = span(unit)
		d.Range.End = at.End
	}
	fail := func(at source.Span, hint, format string, args ...any) (*ast.Duration, error) {
		return nil, &fault{code: codeSyntax, span: at, msg: fmt.Sprintf(format, args...), hint: hint}
	}
	size, known := units[word]
	switch {
	case !isInteger(count):
		return fail(d.Range, "use a smaller unit, such as 1500ms for 1.5s", "maxspan must be a whole number of its unit, found %s", clip(count+word))
	case word == "":
		return fail(d.Range, fmt.Sprintf("did you mean %ss?", clip(count)), "maxspan has no time unit")
	case !known:
		return fail(at, "the units are ms, s, m, h and d", "unknown time unit %s in maxspan", clip(word))
	}
	n, err := strconv.ParseInt(count, 10, 64)
	switch {
	case err != nil || n > math.MaxInt64/int64(size):
		return fail(d.Range, "the longest is 106751d", "maxspan %s is too long", clip(count+word))
	case n == 0:
		return fail(d.Range, "", "maxspan must be positive, found %s", clip(count+word))
	}
	d.Value = time.Duration(n) * size
	return d, nil
}
