package parser

import (
	"errors"
	"fmt"
	"sort"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast/source"
)

// The values of source.Error.Code.
const (
	codeLexical     = "lexical"     // text that is no token, or a string that cannot be decoded
	codeSyntax      = "syntax"      // a token that cannot stand where it does
	codeUnsupported = "unsupported" // syntax of another dialect or an older EQL
	codeLimit       = "limit"       // a query beyond the limits in Options
	codeInternal    = "internal"    // a bug in the parser
)

// A fault is a problem with its message, on the way out of the grammar.
type fault struct {
	code string
	span source.Span
	msg  string
	hint string
}

func (f *fault) Error() string { return f.msg }

func (f *fault) in(file *source.File) *source.Error {
	return &source.Error{File: file, Span: f.span, Code: f.code, Msg: f.msg, Hint: f.hint}
}

// A surprise is an unexpected token. Its message is made when all tokens are at
// hand.
type surprise struct {
	index int         // of the token
	want  expectation // what could have stood there
	open  source.Pos  // of a bracket that has not been closed; NoPos if that is not the matter
}

func (s *surprise) Error() string { return "expected " + string(s.want) }

// maxErrors is how many errors are reported of one query.
const maxErrors = 10

// A reporter makes messages of what the grammar and the lowering return.
type reporter struct {
	file    *source.File
	tokens  []lexer.Token
	grammar *grammar
}

// syntax reports the error that ended the parse of a query, and the first in
// each later step. The lexer begin stands at the first token.
func (r *reporter) syntax(err error, begin lexer.PeekingLexer) error {
	if i := r.unpaired(); i >= 0 {
		return r.list([]error{r.badToken(i)})
	}
	first := r.fault(err)
	faults := []error{first}
	at := r.index(first.span.Start)
	for len(faults) < maxErrors {
		if at = r.nextStep(at + 1); at < 0 {
			break
		}
		lex := begin
		lex.FastForward(lexer.RawCursor(at - 1))
		if _, err := r.grammar.step.ParseFromLexer(&lex, participle.AllowTrailing(true)); err != nil {
			bad := r.fault(err)
			faults = append(faults, bad)
			at = max(at, r.index(bad.span.Start))
		} else {
			at = int(lex.RawCursor()) - 1
		}
	}
	return r.list(faults)
}

// unpaired returns the index of a back quote without a partner, or -1. It comes
// before all other errors because it makes names of what stands between names.
func (r *reporter) unpaired() int {
	for i := range r.tokens {
		if r.tokens[i].Type == badToken && r.tokens[i].Value[0] == '`' {
			return i
		}
	}
	return -1
}

// nextStep returns the index of the first token from i on that opens a step of
// a sequence or sample, or -1.
func (r *reporter) nextStep(i int) int {
	if !r.inSteps() {
		return -1
	}
	for ; i+2 < len(r.tokens); i++ {
		if r.opensStep(i) && r.tokens[i+2].Value == "where" {
			return i
		}
	}
	return -1
}

func (r *reporter) opensStep(i int) bool {
	return r.tokens[i].Type == punctToken && (r.tokens[i].Value == "[" || r.tokens[i].Value == "![")
}

// list returns the errors in order of place.
func (r *reporter) list(errs []error) error {
	var out source.List
	for _, err := range errs {
		out.Add(r.fault(err).in(r.file))
	}
	out.Sort()
	return out.Err()
}

// fault turns any error of the grammar into one with a message of ours.
func (r *reporter) fault(err error) *fault {
	var (
		ours   *fault
		ahead  *surprise
		theirs *participle.UnexpectedTokenError
		other  participle.Error
	)
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &ahead):
		return r.explain(ahead)
	case errors.As(err, &theirs):
		return r.explain(r.locate(r.index(source.PosAt(theirs.Unexpected.Pos.Offset))))
	case errors.As(err, &other): // participle.MaxIterations; nothing else is left
		at := source.PosAt(other.Position().Offset)
		return &fault{code: codeLimit, span: source.Span{Start: at, End: at}, msg: "the query has too many steps, keys or pipes"}
	default:
		return &fault{code: codeInternal, span: source.SpanAt(0, 0), msg: fmt.Sprintf("internal error: %v", err)}
	}
}

// index returns the index of the token at or behind pos.
func (r *reporter) index(pos source.Pos) int {
	i := sort.Search(len(r.tokens), func(i int) bool { return r.tokens[i].Pos.Offset >= pos.Offset() })
	return min(i, len(r.tokens)-1)
}

// meant returns the hint that suggests the nearest of the known words, or
// otherwise.
func meant(word string, known []string, otherwise string) string {
	if near := source.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return otherwise
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-3]) + "..."
}
