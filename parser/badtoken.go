package parser

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// badToken explains token i, which is text that the scanner could not read.
func (r *reporter) badToken(i int) *fault {
	tok := &r.tokens[i]
	f := &fault{code: codeLexical, span: span(tok)}
	switch text := tok.Value; {
	case strings.HasPrefix(text, "/*"):
		f.span.End = f.span.Start + 2
		f.msg, f.hint = "the comment is not closed", "comments nest: each /* needs its */"
	case strings.HasPrefix(text, `"""`):
		f.msg, f.hint = "the raw string is not closed", `it ends with """ on the same line`
	case text[0] == '"':
		f.msg, f.hint = "the string is not closed", `it ends with " on the same line; a quote inside is written \"`
	case text[0] == '`':
		f.msg, f.hint = "the name in back quotes is not closed", "a back quote inside a name is doubled"
	case text[0] == '\'':
		f.msg, f.hint = "strings are not written in single quotes", `use double quotes: "..."`
	case text[0] == '?':
		f.msg, f.hint = "strings do not begin with "+text[:2], `a raw string stands in triple quotes: """..."""`
	case text == "!" && r.tokens[i+1].Value == "[":
		f.msg, f.hint = "unexpected '!' before '['", "write ![ without a blank"
	case foreignOperators[text] != "":
		f.msg, f.hint = fmt.Sprintf("there is no operator %s", text), "write "+foreignOperators[text]
	default:
		f.msg, f.hint = strangeRune(text)
	}
	return f
}

// foreignOperators maps operators of other languages to those of EQL.
var foreignOperators = map[string]string{
	"&&": "and",
	"||": "or",
	"!":  "not",
	"<>": "!=",
	"~":  "it right behind in, like, regex or the name of a function",
}

func strangeRune(text string) (msg, hint string) {
	char, size := utf8.DecodeRuneInString(text)
	switch {
	case char == utf8.RuneError && size == 1:
		return fmt.Sprintf("byte 0x%02x is not UTF-8", text[0]), ""
	case unicode.Is(unicode.Quotation_Mark, char):
		return fmt.Sprintf("unexpected quotation mark %c", char), `strings stand in plain double quotes: "..."`
	case unicode.IsSpace(char), char == '\uFEFF', char == '\u200B':
		return fmt.Sprintf("unexpected blank %U", char), "only space, tab and line ends are blanks in EQL"
	case char == ';':
		return "unexpected ';'", "a query ends without it"
	case char == '#':
		return "unexpected '#'", "comments begin with //"
	case char == '$':
		return "unexpected '$'", "a variable is $ and a name"
	case unicode.IsLetter(char):
		return fmt.Sprintf("unexpected letter %c", char), "names with other letters than a-z stand in back quotes"
	case unicode.IsPrint(char):
		return fmt.Sprintf("unexpected '%c'", char), ""
	default:
		return fmt.Sprintf("unexpected character %U", char), ""
	}
}
