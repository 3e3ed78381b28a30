// Package parser turns EQL text into the syntax tree of package ast.
//
// It reports what is wrong with the text itself: tokens, literals, the shape of
// the statement, and syntax that a dialect does not have. Whether fields,
// functions, types and numbers of steps make sense is left to later stages.
package parser

import (
	"fmt"
	"math"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// Limits of Parse that hold unless Options say otherwise.
const (
	DefaultMaxSize  = 1 << 20 // bytes of query text
	DefaultMaxDepth = 256     // nesting of expressions
)

// maxDepth caps Options.MaxDepth: the parser recurses.
const maxDepth = 100_000

// Options tune Parse. The zero Options are the defaults.
type Options struct {
	// Dialect is the language of the query.
	Dialect ast.Dialect
	// MaxSize is the longest query to accept, in bytes of text; 0 means
	// DefaultMaxSize.
	MaxSize int
	// MaxDepth is how deep brackets and prefix operators may nest; 0 means
	// DefaultMaxDepth, and 100,000 is the most there is. Chains of infix
	// operators such as "a or b or c" do not count: they are limited only by
	// MaxSize, and make a tree that is as deep on its left as they are long.
	MaxDepth int
}

// Parse parses the query in f, which becomes the File of the result and must
// not be nil. The time it takes is linear in the size of the text.
//
// If the query is not well-formed, the error is a source.List in order of place:
// the first error of syntax and, in a sequence or sample, the first in each
// later step, ten at most; or, if the syntax is right, everything that is wrong
// with the clauses of the statement.
//
// Parse is safe for concurrent use.
func Parse(f *source.File, opts Options) (q *ast.Query, err error) {
	defer func() {
		if r := recover(); r != nil {
			q, err = nil, source.List{{File: f, Span: source.SpanAt(0, 0), Code: codeInternal, Msg: fmt.Sprintf("internal error: %v", r)}}
		}
	}()
	size, depth := DefaultMaxSize, DefaultMaxDepth
	if opts.MaxSize > 0 {
		size = min(opts.MaxSize, math.MaxInt32-1)
	}
	if opts.MaxDepth > 0 {
		depth = min(opts.MaxDepth, maxDepth)
	}
	if len(f.Text) > size {
		return nil, source.List{{File: f, Span: source.SpanAt(0, 0), Code: codeLimit, Msg: fmt.Sprintf("the query has %d bytes, the limit is %d", len(f.Text), size)}}
	}
	if int(opts.Dialect) >= len(sessions) {
		return nil, source.List{{File: f, Span: source.SpanAt(0, 0), Code: codeLimit, Msg: fmt.Sprintf("there is no dialect %d", opts.Dialect)}}
	}
	return parse(f, opts.Dialect, depth)
}

func parse(f *source.File, dialect ast.Dialect, depth int) (*ast.Query, error) {
	s := sessionOf(dialect)
	scan := &scanner{text: f.Text}
	tokens := s.read(scan)
	q, err := s.parse(f, tokens, depth)
	s.release(tokens)
	if err != nil {
		return nil, err
	}
	q.File, q.Comments = f, scan.comments
	return q, nil
}

// parse parses the tokens of f, before which lex stands.
func (s *session) parse(f *source.File, tokens []lexer.Token, depth int) (*ast.Query, error) {
	count, bad := survey(tokens, depth)
	if bad != nil {
		return nil, source.List{bad.in(f)}
	}
	s.expressions.reset(f.Text, count)
	r := &reporter{file: f, tokens: tokens, grammar: s.grammar}
	begin := *s.lex
	tree, err := s.query.ParseFromLexer(s.lex)
	if err != nil {
		return nil, r.syntax(err, begin)
	}
	l := &lowering{dialect: s.expressions.dialect}
	q := l.query(tree)
	if len(l.faults) > 0 {
		return nil, r.list(l.faults)
	}
	return q, nil
}
