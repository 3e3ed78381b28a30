package parser

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast/source"
)

// locate says what the statement grammar expected in the place of token i. The
// tokens before it tell where in the statement it stands.
func (r *reporter) locate(i int) *surprise {
	s := &surprise{index: i}
	if i == 0 {
		s.want = "an event category, sequence or sample"
		return s
	}
	prev, before := &r.tokens[i-1], ""
	if i > 1 {
		before = r.tokens[i-2].Value
	}
	switch {
	case prev.Value == "where":
		s.want = "a condition"
	case prev.Value == "by", prev.Value == "," && r.innermost(i) < 0:
		s.want = "a field"
	case prev.Value == ",":
		s.want = "a value"
	case r.opensStep(i - 1):
		s.want = "an event category"
	case r.isCategory(i - 1):
		s.want = "where"
	case prev.Value == "sequence":
		s.want = "by, with maxspan or a step in [ ]"
	case prev.Value == "sample":
		s.want = "by or a step in [ ]"
	case prev.Value == "until":
		s.want = "a step in [ ]"
	case prev.Value == "|":
		s.want = "the name of a pipe, such as head"
	case prev.Value == "as":
		s.want = "a name"
	case prev.Value == "with":
		s.want = "maxspan or runs"
	case before == "with":
		s.want = "="
	case prev.Value == "=" && before == "maxspan":
		s.want = "a time such as 30s"
	case prev.Value == "=":
		s.want = "a positive whole number"
	default:
		s.want = "an operator, | or the end of the query"
		if open := r.innermost(i); open >= 0 {
			s.want, s.open = "an operator or ]", start(&r.tokens[open])
		} else if r.tokens[0].Value == "sequence" || r.tokens[0].Value == "sample" {
			s.want = "a step in [ ], | or the end of the query"
		}
	}
	return s
}

// isCategory reports whether token i stands where a category does.
func (r *reporter) isCategory(i int) bool {
	switch tok := &r.tokens[i]; tok.Type {
	case identToken, stringToken, rawStringToken:
	default:
		if tok.Value != "any" {
			return false
		}
	}
	return i == 0 || r.opensStep(i-1)
}

// innermost returns the index of the last bracket before token i that has not
// been closed, or -1.
func (r *reporter) innermost(i int) int {
	closed := 0
	for i--; i >= 0; i-- {
		if r.tokens[i].Type != punctToken {
			continue
		}
		switch r.tokens[i].Value {
		case ")", "]":
			closed++
		case "(", "[", "![":
			if closed == 0 {
				return i
			}
			closed--
		}
	}
	return -1
}

// explain words the message for an unexpected token: if possible, what its
// author has in mind and how EQL says it.
func (r *reporter) explain(s *surprise) *fault {
	tok := &r.tokens[s.index]
	if tok.Type == badToken {
		return r.badToken(s.index)
	}
	if tok.EOF() && s.index == 0 {
		return &fault{code: codeSyntax, span: source.SpanAt(0, 0), msg: "the query is empty", hint: `the shortest is "any where true"`}
	}
	for _, rule := range rules {
		if f := rule(r, s, tok); f != nil {
			if f.code == "" {
				f.code = codeSyntax
			}
			if !f.span.IsValid() {
				f.span = span(tok)
			}
			return f
		}
	}
	found := clip(tok.Value)
	if tok.EOF() {
		found = "end of the query"
	}
	want := s.want
	if s.open.IsValid() {
		at := r.file.Position(s.open)
		bracket := r.file.Text[s.open.Offset()]
		if bracket == '!' {
			bracket = '['
		}
		want += fmt.Sprintf(" to close the %c at %d:%d", bracket, at.Line, at.Column)
	}
	return &fault{code: codeSyntax, span: span(tok), msg: fmt.Sprintf("unexpected %s, expected %s", found, want), hint: r.misspelt(s, tok)}
}

// rules are the mistakes that have a message of their own, the most telling
// first. A rule returns nil if it does not apply.
var rules = []func(r *reporter, s *surprise, tok *lexer.Token) *fault{
	(*reporter).misspeltStart,
	(*reporter).join,
	(*reporter).fork,
	(*reporter).optionValue,
	(*reporter).noCategory,
	(*reporter).strangeCategory,
	(*reporter).untilOfSample,
	(*reporter).assignment,
	(*reporter).leadingDigit,
	(*reporter).reserved,
	(*reporter).wrongCase,
	(*reporter).notOperator,
	(*reporter).chain,
	(*reporter).isNull,
	(*reporter).splitRaw,
	(*reporter).splitName,
}

// misspeltStart finds "sequnce by ...", which looks like a category.
func (r *reporter) misspeltStart(s *surprise, tok *lexer.Token) *fault {
	if s.want != "where" || s.index != 1 {
		return nil
	}
	switch tok.Value {
	case "by", "with", "[", "![":
		first := &r.tokens[0]
		return &fault{
			span: span(first),
			msg:  fmt.Sprintf("unexpected %s, expected sequence, sample or an event category and where", clip(first.Value)),
			hint: meant(first.Value, []string{"sequence", "sample"}, ""),
		}
	}
	return nil
}

func (r *reporter) join(s *surprise, tok *lexer.Token) *fault {
	if s.index > 0 || tok.Value != "join" {
		return nil
	}
	return &fault{code: codeUnsupported, msg: "join is not supported", hint: "use sequence, or sample if the order of the events does not matter"}
}

func (r *reporter) fork(s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "fork" || s.index == 0 || r.tokens[0].Value != "sequence" || r.innermost(s.index) >= 0 {
		return nil
	}
	return &fault{code: codeUnsupported, msg: "the step option fork is not supported"}
}

// optionValue finds "runs=-1" and "maxspan=-1s".
func (r *reporter) optionValue(s *surprise, tok *lexer.Token) *fault {
	if s.index < 3 || r.tokens[s.index-1].Value != "=" || r.tokens[s.index-3].Value != "with" || tok.EOF() {
		return nil
	}
	option := clip(r.tokens[s.index-2].Value)
	switch {
	case tok.Value == "-" && option == "maxspan":
		return &fault{msg: "maxspan must be positive", hint: "write a time such as 30s"}
	case tok.Value == "-":
		return &fault{msg: option + " must be a positive whole number"}
	case option == "maxspan":
		return &fault{msg: fmt.Sprintf("unexpected %s, maxspan must be a time", clip(tok.Value)), hint: "write a time such as 30s"}
	}
	return nil
}

// noCategory finds a condition that has no "category where" before it.
func (r *reporter) noCategory(s *surprise, tok *lexer.Token) *fault {
	if s.want != "where" || r.tokens[s.index-1].Type != identToken {
		return nil
	}
	switch tok.Value {
	case "==", "!=", "<", "<=", ">", ">=", ":", "in", "in~", "like", "like~", "regex", "regex~", "(", "and", "or":
	case ".":
	default:
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, expected where", tok.Value),
		hint: fmt.Sprintf("a condition has an event category before it: any where %s%s ...", clip(r.tokens[s.index-1].Value), spaced(tok.Value)),
	}
}

func spaced(op string) string {
	if op == "." || op == "(" {
		return op
	}
	return " " + op
}

// strangeCategory finds categories that have to be quoted, or quoted otherwise.
func (r *reporter) strangeCategory(s *surprise, tok *lexer.Token) *fault {
	if s.want == "where" {
		text := r.unbroken(s.index)
		if tok.EOF() || text == "" || r.tokens[s.index-1].Type != identToken {
			return nil
		}
		return &fault{
			msg:  fmt.Sprintf("unexpected %s in an event category", clip(tok.Value)),
			hint: fmt.Sprintf(`put the category in double quotes: "%s"`, clip(text)),
		}
	}
	if !strings.HasPrefix(s.want, "an event category") {
		return nil
	}
	switch {
	case tok.Type == quotedToken:
		return &fault{
			msg:  "an event category cannot be in back quotes",
			hint: fmt.Sprintf("put it in double quotes: %q", clip(nameOf(tok).Name)),
		}
	case tok.Type == keywordToken && tok.Value != "where":
		return &fault{
			msg:  fmt.Sprintf("%s is a keyword, not an event category", tok.Value),
			hint: fmt.Sprintf("put it in double quotes if it is one: %q", tok.Value),
		}
	case tok.Type == numberToken, tok.Type == quantityToken:
		return &fault{
			msg:  "an event category cannot begin with a digit",
			hint: fmt.Sprintf("put it in double quotes: %q", clip(tok.Value)),
		}
	case tok.Value == "?":
		return &fault{msg: "an event category cannot be optional", hint: "the ? belongs before the name of a field"}
	}
	return nil
}

// unbroken returns the text without blanks that goes on over the category
// before token i, or "" if the category stands alone.
func (r *reporter) unbroken(i int) string {
	first := i - 1
	for i < len(r.tokens) && !r.tokens[i].EOF() && r.adjacent(i) && r.tokens[i].Value != "]" {
		i++
	}
	if i == first+1 {
		return ""
	}
	return r.file.Slice(source.Span{Start: start(&r.tokens[first]), End: span(&r.tokens[i-1]).End})
}

// adjacent reports whether token i stands right behind the one before it.
func (r *reporter) adjacent(i int) bool {
	return i > 0 && span(&r.tokens[i-1]).End == start(&r.tokens[i])
}

func (r *reporter) untilOfSample(s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "until" || r.tokens[0].Value != "sample" {
		return nil
	}
	return &fault{msg: "a sample has no until"}
}

// assignment finds "a = 1".
func (r *reporter) assignment(s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "=" {
		return nil
	}
	return &fault{msg: "unexpected =, it compares nothing", hint: "write == for equal, or : to ignore case and allow wildcards"}
}

// leadingDigit finds "6th == 1" and "a.5x == 1".
func (r *reporter) leadingDigit(s *surprise, tok *lexer.Token) *fault {
	name := strings.TrimPrefix(tok.Value, ".")
	switch {
	case tok.Type == quantityToken:
	case tok.Type == numberToken && name != tok.Value && r.adjacent(s.index):
	default:
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, a name cannot begin with a digit", clip(tok.Value)),
		hint: fmt.Sprintf("put the name in back quotes: `%s`", clip(name)),
	}
}

// reserved finds keywords in the place of fields.
func (r *reporter) reserved(s *surprise, tok *lexer.Token) *fault {
	if tok.Type != keywordToken || strings.HasSuffix(tok.Value, "~") {
		return nil
	}
	switch s.want {
	case "a field name":
	case "a value", "a field", "a condition":
		switch tok.Value {
		case "any", "join", "maxspan", "of", "sample", "sequence":
		default:
			return nil
		}
	default:
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("%s is a keyword, expected %s", tok.Value, s.want),
		hint: fmt.Sprintf("put it in back quotes if it is a name: `%s`", tok.Value),
	}
}

// wrongCase finds AND, Or and WHERE.
func (r *reporter) wrongCase(s *surprise, tok *lexer.Token) *fault {
	word := strings.ToLower(tok.Value)
	if tok.Type != identToken && tok.Type != tildeToken || word == tok.Value || !isKeyword(word) {
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, expected %s", tok.Value, s.want),
		hint: "keywords are written in lower case: " + word,
	}
}

// notOperator finds "a not == 1" and, behind the NOT of "NOT a", the a.
func (r *reporter) notOperator(s *surprise, tok *lexer.Token) *fault {
	if prev := s.index - 1; prev >= 0 && r.tokens[prev].Type == identToken && r.tokens[prev].Value != "not" &&
		strings.EqualFold(r.tokens[prev].Value, "not") && startsOperand(tok) {
		return &fault{span: span(&r.tokens[prev]), msg: fmt.Sprintf("unexpected %s", r.tokens[prev].Value), hint: "keywords are written in lower case: not"}
	}
	if tok.Value != "not" || !strings.HasPrefix(s.want, "an operator") {
		return nil
	}
	return &fault{msg: "not cannot follow a value, except in not in", hint: "put not before the whole test, and join tests with and"}
}

// chain finds `a : "x" : "y"`.
func (r *reporter) chain(s *surprise, tok *lexer.Token) *fault {
	if _, ok := predicates[tok.Value]; ok && !strings.HasPrefix(s.want, "a value") && s.want != "where" {
		if strings.HasPrefix(s.want, "an operator") || strings.HasPrefix(s.want, "a comma") {
			return chained(tok)
		}
	}
	return nil
}

func (r *reporter) isNull(s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "is" || !strings.HasPrefix(s.want, "an operator") {
		return nil
	}
	return &fault{msg: "unexpected is, there is no such operator", hint: "write == null or != null"}
}

// splitRaw finds """a"""b""".
func (r *reporter) splitRaw(s *surprise, tok *lexer.Token) *fault {
	if !r.adjacent(s.index) || r.tokens[s.index-1].Type != rawStringToken {
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s behind the end of a raw string", clip(tok.Value)),
		hint: `a raw string ends at the first """; use "..." with \" for quotes inside`,
	}
}

// splitName finds “name.
func (r *reporter) splitName(s *surprise, tok *lexer.Token) *fault {
	if !r.adjacent(s.index) || tok.EOF() {
		return nil
	}
	prev := &r.tokens[s.index-1]
	switch {
	case prev.Value == "``":
		return &fault{msg: fmt.Sprintf("unexpected %s behind an empty name", clip(tok.Value)), hint: "a name stands between single back quotes: `name`"}
	case tok.Type == quotedToken && prev.Type == identToken, tok.Type == identToken && prev.Type == quotedToken:
		return &fault{msg: fmt.Sprintf("unexpected %s behind a name", clip(tok.Value)), hint: "put the whole name in back quotes"}
	}
	return nil
}

// misspelt returns a hint if tok looks like a keyword that could stand there.
func (r *reporter) misspelt(s *surprise, tok *lexer.Token) string {
	if tok.Type != identToken {
		return ""
	}
	var words []string
	switch {
	case s.want == "where":
		words = []string{"where"}
	case strings.HasPrefix(s.want, "an operator"):
		words = []string{"and", "or", "in", "like", "regex"}
	case strings.Contains(s.want, "step in [ ]"):
		words = []string{"by", "with", "until"}
	}
	return meant(tok.Value, words, "")
}

// badToken explains text that is no token.
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
		f.msg, f.hint = fmt.Sprintf("strings do not begin with %s", text[:2]), `a raw string stands in triple quotes: """..."""`
	case text == "!" && s(r, i+1) == "[":
		f.msg, f.hint = "unexpected ! before [", "write ![ without a blank"
	case operatorsElsewhere[text] != "":
		f.msg, f.hint = fmt.Sprintf("there is no operator %s", text), "write "+operatorsElsewhere[text]
	default:
		f.msg, f.hint = strangeRune(text)
	}
	return f
}

// s returns the text of token i.
func s(r *reporter, i int) string { return r.tokens[i].Value }

// operatorsElsewhere maps operators of other languages to EQL's.
var operatorsElsewhere = map[string]string{
	"&&": "and",
	"||": "or",
	"!":  "not",
	"<>": "!=",
	"~":  "~ right behind in, like, regex or a function name",
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
		return "unexpected ;", "a query ends without it"
	case char == '$':
		return "unexpected $", "a variable is $ and a name"
	case unicode.IsLetter(char):
		return fmt.Sprintf("unexpected letter %c", char), "names with other letters than a-z stand in back quotes"
	case unicode.IsPrint(char):
		return fmt.Sprintf("unexpected character %c", char), ""
	default:
		return fmt.Sprintf("unexpected character %U", char), ""
	}
}
