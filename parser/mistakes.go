package parser

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast/source"
)

// mistakes are the errors that have a message of their own, the most telling
// first. Each returns nil for what it does not know. A code or span that is not
// set stands for a syntax error at the unexpected token tok.
var mistakes = []func(r *reporter, s *surprise, tok *lexer.Token) *fault{
	misspeltQuery,
	join,
	fork,
	option,
	missingWith,
	missingCategory,
	unquotedCategory,
	wrongCategory,
	untilOfSample,
	singleEqual,
	leadingDigit,
	reservedWord,
	upperCase,
	upperCaseNot,
	misplacedNot,
	chainedPredicate,
	isNull,
	strangeFunction,
	splitRawString,
	splitName,
}

// misspeltQuery knows "sequnce by ...", which looks like a category.
func misspeltQuery(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if s.want != wantWhere || s.index != 1 {
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

func join(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if s.index > 0 || tok.Value != "join" {
		return nil
	}
	return &fault{
		code: codeUnsupported,
		msg:  "join is not supported",
		hint: "use sequence, or sample if the order of the events does not matter",
	}
}

// fork knows the option "fork" or "fork=true" of a step.
func fork(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "fork" || s.want != wantMore || !r.behindStep(s.index) {
		return nil
	}
	return &fault{code: codeUnsupported, msg: "the step option fork is not supported"}
}

// option knows "runs=-1" and "maxspan=true".
func option(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	switch {
	case s.want == wantTime && tok.Value == "-":
		return &fault{msg: "maxspan must be positive", hint: "write a time such as 30s"}
	case s.want == wantTime && !tok.EOF():
		return &fault{msg: fmt.Sprintf("unexpected %s, maxspan must be a time", found(tok)), hint: "write a time such as 30s"}
	case s.want == wantCount && tok.Value == "-":
		return &fault{msg: "runs must be a positive whole number"}
	}
	return nil
}

// missingWith knows "sequence maxspan=1s" and "[...] runs=2".
func missingWith(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if !s.want.isStep() || tok.Value != "maxspan" && tok.Value != "runs" {
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, expected %s", tok.Value, s.want),
		hint: fmt.Sprintf("write with %s=...", tok.Value),
	}
}

// missingCategory knows conditions without "category where".
func missingCategory(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if s.want != wantWhere {
		return nil
	}
	switch tok.Value {
	case "and", "or", "=":
	case "(":
		if r.tokens[s.index-1].Type != identToken || !r.adjacent(s.index) {
			return nil
		}
	case ".":
		if _, next := r.unbroken(s.index); next.Value == "where" {
			return nil
		}
	default:
		_, ok := predicateOf(tok)
		if in, _ := infixOf(tok); !ok && in.level != comparison {
			return nil
		}
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, expected where", found(tok)),
		hint: "a condition has an event category before it: any where ...",
	}
}

// unquotedCategory knows "net-flow where".
func unquotedCategory(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if s.want != wantWhere || tok.EOF() || r.tokens[s.index-1].Type != identToken || !r.adjacent(s.index) || tok.Value == "]" {
		return nil
	}
	text, _ := r.unbroken(s.index)
	return &fault{
		msg:  fmt.Sprintf("unexpected %s in an event category", found(tok)),
		hint: fmt.Sprintf(`put the category in double quotes: "%s"`, clip(text)),
	}
}

// unbroken returns the text without blanks from the token before i to the next
// blank, and the token behind it.
func (r *reporter) unbroken(i int) (text string, next *lexer.Token) {
	first := &r.tokens[i-1]
	for r.adjacent(i) && !r.tokens[i].EOF() && r.tokens[i].Value != "]" {
		i++
	}
	return r.file.Slice(source.Span{Start: start(first), End: span(&r.tokens[i-1]).End}), &r.tokens[i]
}

// wrongCategory knows tokens that cannot be a category.
func wrongCategory(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if s.want != wantQuery && s.want != wantCategory {
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

func untilOfSample(r *reporter, _ *surprise, tok *lexer.Token) *fault {
	if tok.Value != "until" || r.tokens[0].Value != "sample" {
		return nil
	}
	return &fault{msg: "a sample has no until"}
}

func singleEqual(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "=" {
		return nil
	}
	if next := &r.tokens[s.index+1]; next.Value == "~" && r.adjacent(s.index+1) {
		whole := source.Span{Start: start(tok), End: span(next).End}
		return &fault{span: whole, msg: "there is no operator =~", hint: "write : to ignore case, or regex for a regular expression"}
	}
	if r.adjacent(s.index) && r.tokens[s.index-1].Value == "==" {
		whole := source.Span{Start: start(&r.tokens[s.index-1]), End: span(tok).End}
		return &fault{span: whole, msg: "there is no operator ===", hint: "write =="}
	}
	return &fault{msg: "'=' is not a comparison", hint: "write == for equal, or : to ignore case and allow wildcards"}
}

// leadingDigit knows "6th == 1" and "a.5x == 1".
func leadingDigit(r *reporter, s *surprise, tok *lexer.Token) *fault {
	name := strings.TrimPrefix(tok.Value, ".")
	isSegment := name != tok.Value && r.adjacent(s.index) &&
		(r.tokens[s.index-1].Type == identToken || r.tokens[s.index-1].Type == quotedToken)
	if tok.Type != quantityToken && (tok.Type != numberToken || !isSegment) {
		return nil
	}
	if hex, ok := strings.CutPrefix(strings.ToLower(name), "0x"); ok && !isSegment {
		if n, err := strconv.ParseUint(hex, 16, 64); err == nil {
			return &fault{msg: fmt.Sprintf("unexpected %s, numbers are written in decimal", clip(tok.Value)), hint: fmt.Sprintf("write %d", n)}
		}
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, a name cannot begin with a digit", clip(tok.Value)),
		hint: fmt.Sprintf("put the name in back quotes: `%s`", clip(name)),
	}
}

// reservedWord knows keywords in the place of fields.
func reservedWord(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if tok.Type != keywordToken || strings.HasSuffix(tok.Value, "~") {
		return nil
	}
	switch {
	case s.want == wantSegment:
	case s.want.isValue():
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

// upperCase knows AND, Or and WHERE.
func upperCase(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	word := strings.ToLower(tok.Value)
	if tok.Type != identToken && tok.Type != tildeToken || word == tok.Value || !isKeyword(word) {
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s, expected %s", tok.Value, s.want),
		hint: "keywords are written in lower case: " + word,
	}
}

// upperCaseNot knows "NOT a", where the a is unexpected.
func upperCaseNot(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if s.index == 0 || !s.want.isOperator() || !startsOperand(tok) {
		return nil
	}
	prev := &r.tokens[s.index-1]
	if prev.Type != identToken || !strings.EqualFold(prev.Value, "not") {
		return nil
	}
	return &fault{
		span: span(prev),
		msg:  "unexpected " + prev.Value,
		hint: "keywords are written in lower case: not",
	}
}

// misplacedNot knows "a not == 1".
func misplacedNot(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "not" || !s.want.isOperator() {
		return nil
	}
	return &fault{
		msg:  "not cannot follow a value, except in not in",
		hint: "put not before the whole test, and join tests with and",
	}
}

// chainedPredicate knows `a : "x" : "y"`.
func chainedPredicate(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if _, ok := predicateOf(tok); !ok || !s.want.isOperator() {
		return nil
	}
	return chained(tok)
}

// isNull knows "a is null".
func isNull(_ *reporter, s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "is" || !s.want.isOperator() {
		return nil
	}
	return &fault{msg: "unexpected is, there is no such operator", hint: "write == null or != null"}
}

// strangeFunction knows "a.b(c)" and "`f`(c)".
func strangeFunction(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if tok.Value != "(" || !s.want.isOperator() {
		return nil
	}
	switch prev := &r.tokens[s.index-1]; prev.Type {
	case quotedToken:
		return &fault{span: span(prev), msg: "the name of a function cannot be in back quotes"}
	case identToken:
		return &fault{msg: "unexpected '(' behind a field", hint: "the name of a function is a single word"}
	}
	return nil
}

// splitRawString knows """a"""b""".
func splitRawString(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if !r.adjacent(s.index) || r.tokens[s.index-1].Type != rawStringToken || tok.EOF() {
		return nil
	}
	return &fault{
		msg:  fmt.Sprintf("unexpected %s behind the end of a raw string", found(tok)),
		hint: `a raw string ends at the first """; use "..." with \" for quotes inside`,
	}
}

// splitName knows names with back quotes at the wrong places.
func splitName(r *reporter, s *surprise, tok *lexer.Token) *fault {
	if !r.adjacent(s.index) {
		return nil
	}
	prev := &r.tokens[s.index-1]
	switch {
	case prev.Value == "``" && tok.Type == identToken:
		return &fault{
			msg:  fmt.Sprintf("unexpected %s behind an empty name", clip(tok.Value)),
			hint: "a name stands between single back quotes: `name`",
		}
	case tok.Type == quotedToken && prev.Type == identToken, tok.Type == identToken && prev.Type == quotedToken:
		return &fault{
			msg:  fmt.Sprintf("unexpected %s behind a name", clip(tok.Value)),
			hint: "put the whole name in back quotes",
		}
	}
	return nil
}
