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
	if int(opts.Dialect) >= len(grammars) {
		return nil, source.List{{File: f, Span: source.SpanAt(0, 0), Code: codeLimit, Msg: fmt.Sprintf("there is no dialect %d", opts.Dialect)}}
	}
	return parse(f, opts.Dialect, depth)
}

func parse(f *source.File, dialect ast.Dialect, depth int) (*ast.Query, error) {
	scan := &scanner{text: f.Text}
	lex, err := lexer.Upgrade(scan)
	if err != nil {
		return nil, err
	}
	tokens := lex.Range(0, lexer.RawCursor(scan.count))
	if bad := checkDepth(tokens, depth); bad != nil {
		return nil, source.List{bad.in(f)}
	}
	r := &reporter{file: f, tokens: tokens, grammar: grammars[dialect]()}
	begin := *lex
	tree, err := r.grammar.query.ParseFromLexer(lex)
	if err != nil {
		return nil, r.syntax(err, begin)
	}
	l := &lowering{dialect: dialect}
	q := l.query(tree)
	if len(l.faults) > 0 {
		return nil, r.list(l.faults)
	}
	q.File, q.Comments = f, scan.comments
	return q, nil
}

// checkDepth returns a fault if brackets and prefix operators nest deeper than
// limit. It runs before anything recurses over the tokens.
func checkDepth(tokens []lexer.Token, limit int) *fault {
	var outer []int // for each open bracket, the depth around it
	depth := 0
	for i := range tokens {
		switch tok := &tokens[i]; {
		case tok.Type == punctToken && (tok.Value == "(" || tok.Value == "[" || tok.Value == "!["):
			outer = append(outer, depth)
			depth++
		case tok.Value == "not", tok.Type == punctToken && (tok.Value == "-" || tok.Value == "+"):
			depth++
		default:
			if n := len(outer); n > 0 && tok.Type == punctToken && (tok.Value == ")" || tok.Value == "]") {
				outer = outer[:n-1]
			}
			depth = 0 // prefix operators end with their operand
			if n := len(outer); n > 0 {
				depth = outer[n-1] + 1
			}
		}
		if depth > limit {
			return &fault{code: codeLimit, span: span(&tokens[i]), msg: fmt.Sprintf("the query nests deeper than %d levels", limit)}
		}
	}
	return nil
}
