package parser

import (
	"fmt"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast/source"
)

// An expectation is what could have stood in the place of an unexpected token,
// in the words of a message.
type expectation string

const (
	wantQuery     expectation = "an event category, sequence or sample"
	wantCategory  expectation = "an event category"
	wantWhere     expectation = "where"
	wantCondition expectation = "a condition"
	wantValue     expectation = "a value"
	wantKey       expectation = "a field"
	wantSegment   expectation = "a field name"
	wantName      expectation = "a name"
	wantList      expectation = "a list in parentheses"
	wantPipe      expectation = "the name of a pipe, such as head"
	wantEqual     expectation = "'='"
	wantMaxSpan   expectation = "maxspan"
	wantRuns      expectation = "runs"
	wantTime      expectation = "a time such as 30s"
	wantCount     expectation = "a positive whole number"

	// Behind a complete value.
	wantOperator expectation = "an operator, '|' or the end of the query"
	wantParen    expectation = "an operator or ')'"
	wantBracket  expectation = "an operator or ']'"
	wantComma    expectation = "a comma or ')'"
	wantArgument expectation = "a comma, '|' or the end of the query"

	// Around steps.
	wantHeader     expectation = "by, with maxspan or a step in [ ]"
	wantSampleKeys expectation = "by or a step in [ ]"
	wantStep       expectation = "a step in [ ]"
	wantMore       expectation = "a step in [ ], '|' or the end of the query"
)

// isOperator reports whether an operator was among what was expected.
func (e expectation) isOperator() bool {
	switch e {
	case wantOperator, wantParen, wantBracket, wantComma, wantArgument:
		return true
	}
	return false
}

// isValue reports whether a value was expected.
func (e expectation) isValue() bool {
	return e == wantValue || e == wantKey || e == wantCondition
}

// isStep reports whether a step was expected.
func (e expectation) isStep() bool {
	return e == wantHeader || e == wantSampleKeys || e == wantStep || e == wantMore
}

// locate says what the statement grammar expected in the place of token i. The
// tokens before it tell where in the statement it stands.
func (r *reporter) locate(i int) *surprise {
	s := &surprise{index: i, want: wantQuery}
	if i == 0 {
		return s
	}
	open := r.innermost(i)
	prev, before := &r.tokens[i-1], ""
	if i > 1 {
		before = r.tokens[i-2].Value
	}
	switch {
	case prev.Value == "where":
		s.want = wantCondition
	case prev.Value == "by":
		s.want = wantKey
	case prev.Value == ",":
		s.want = wantValue
		if open < 0 && !r.inPipe(i) {
			s.want = wantKey
		}
	case r.opensStep(i - 1):
		s.want = wantCategory
	case r.isCategory(i - 1):
		s.want = wantWhere
	case prev.Value == "sequence":
		s.want = wantHeader
	case prev.Value == "sample":
		s.want = wantSampleKeys
	case prev.Value == "until":
		s.want = wantStep
	case prev.Value == "|":
		s.want = wantPipe
	case prev.Value == "as" && r.inSteps() && open < 0:
		s.want = wantName
	case prev.Value == "with" && r.behindStep(i):
		s.want = wantRuns
	case prev.Value == "with":
		s.want = wantMaxSpan
	case before == "with":
		s.want = wantEqual
	case prev.Value == "=" && before == "maxspan":
		s.want = wantTime
	case prev.Value == "=":
		s.want = wantCount
	case open >= 0:
		s.want, s.open = wantBracket, start(&r.tokens[open])
	case r.inPipe(i):
		s.want = wantArgument
	case r.inSteps() && !r.behindStep(i):
		s.want = wantStep
	case r.inSteps():
		s.want = wantMore
	default:
		s.want = wantOperator
	}
	return s
}

// inSteps reports whether the query is one with steps.
func (r *reporter) inSteps() bool {
	return r.tokens[0].Value == "sequence" || r.tokens[0].Value == "sample"
}

// inPipe reports whether token i stands in a pipe.
func (r *reporter) inPipe(i int) bool { return r.has("|", i) }

// behindStep reports whether a step has ended before token i.
func (r *reporter) behindStep(i int) bool { return r.has("]", i) }

// has reports whether there is a token text before token i.
func (r *reporter) has(text string, i int) bool {
	for j := range r.tokens[:i] {
		if r.tokens[j].Value == text {
			return true
		}
	}
	return false
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

// adjacent reports whether token i stands right behind the one before it.
func (r *reporter) adjacent(i int) bool {
	return i > 0 && span(&r.tokens[i-1]).End == start(&r.tokens[i])
}

// explain words the message for an unexpected token: if possible, what its
// author has in mind and how EQL says it.
func (r *reporter) explain(s *surprise) *fault {
	tok := &r.tokens[s.index]
	switch {
	case tok.Type == badToken:
		return r.badToken(s.index)
	case tok.EOF() && s.index == 0:
		return &fault{code: codeSyntax, span: source.SpanAt(0, 0), msg: "the query is empty", hint: `the shortest is "any where true"`}
	}
	for _, known := range mistakes {
		if f := known(r, s, tok); f != nil {
			if f.code == "" {
				f.code = codeSyntax
			}
			if !f.span.IsValid() {
				f.span = span(tok)
			}
			return f
		}
	}
	want := string(s.want)
	if s.open.IsValid() {
		at := r.file.Position(s.open)
		want += fmt.Sprintf(" to close the bracket at %d:%d", at.Line, at.Column)
	}
	return &fault{
		code: codeSyntax, span: span(tok),
		msg:  fmt.Sprintf("unexpected %s, expected %s", found(tok), want),
		hint: r.advice(s, tok),
	}
}

// found names an unexpected token.
func found(tok *lexer.Token) string {
	switch {
	case tok.EOF():
		return "end of the query"
	case tok.Type == punctToken:
		return "'" + tok.Value + "'"
	default:
		return clip(tok.Value)
	}
}
