package parser

import (
	"fmt"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// A level is a level of precedence, loosest first.
type level uint8

const (
	disjunction level = iota
	conjunction
	negation
	comparison // its operators do not associate
	sum
	product
	sign
)

type operator struct {
	op    ast.Op
	level level
}

// infixOf returns the operator between two operands that tok is. The predicates,
// which bind to the operand before them, are not among them.
func infixOf(tok *lexer.Token) (in operator, ok bool) {
	if tok.Type != punctToken && tok.Type != keywordToken {
		return operator{}, false
	}
	switch tok.Value {
	case "and":
		return operator{ast.And, conjunction}, true
	case "or":
		return operator{ast.Or, disjunction}, true
	case "==":
		return operator{ast.Eq, comparison}, true
	case "!=":
		return operator{ast.Ne, comparison}, true
	case "<":
		return operator{ast.Lt, comparison}, true
	case "<=":
		return operator{ast.Le, comparison}, true
	case ">":
		return operator{ast.Gt, comparison}, true
	case ">=":
		return operator{ast.Ge, comparison}, true
	case "+":
		return operator{ast.Add, sum}, true
	case "-":
		return operator{ast.Sub, sum}, true
	case "*":
		return operator{ast.Mul, product}, true
	case "/":
		return operator{ast.Div, product}, true
	case "%":
		return operator{ast.Mod, product}, true
	}
	return operator{}, false
}

// predicateOf returns the operator with a list on the right that tok is.
func predicateOf(tok *lexer.Token) (op ast.Op, ok bool) {
	if tok.Type != punctToken && tok.Type != keywordToken {
		return 0, false
	}
	switch tok.Value {
	case ":":
		return ast.Colon, true
	case "in":
		return ast.In, true
	case "in~":
		return ast.InFold, true
	case "like":
		return ast.Like, true
	case "like~":
		return ast.LikeFold, true
	case "regex":
		return ast.Regex, true
	case "regex~":
		return ast.RegexFold, true
	}
	return 0, false
}

// expressions parses the expressions of one dialect for its grammar, those of one
// query at a time.
type expressions struct {
	nodes
	dialect ast.Dialect
	filter  *participle.Parser[eventFilter]
}

// parse parses one expression. Its nesting has been checked: see checkDepth.
func (x *expressions) parse(lex *lexer.PeekingLexer) (ast.Expr, error) {
	if !startsOperand(lex.Peek()) {
		return nil, participle.NextMatch // what is wrong depends on where we are
	}
	p := exprParser{expressions: x, lex: lex}
	return p.binary(disjunction)
}

// startsOperand reports whether an expression may begin with tok.
func startsOperand(tok *lexer.Token) bool {
	switch tok.Type {
	case identToken, tildeToken, quotedToken, variableToken, numberToken, stringToken, rawStringToken:
		return true
	case keywordToken:
		return tok.Value == "not" || isConstant(tok)
	case punctToken:
		switch tok.Value {
		case "(", "?", "-", "+":
			return true
		}
	}
	return false
}

// isConstant reports whether tok is a literal.
func isConstant(tok *lexer.Token) bool {
	switch tok.Type {
	case numberToken, stringToken, rawStringToken:
		return true
	case keywordToken:
		return tok.Value == "null" || tok.Value == "true" || tok.Value == "false"
	}
	return false
}

// An exprParser parses one expression by precedence climbing.
type exprParser struct {
	*expressions
	lex *lexer.PeekingLexer
}

// binary parses operators of level least and tighter. A long chain of them
// takes no recursion.
func (p *exprParser) binary(least level) (ast.Expr, error) {
	x, err := p.operand(least)
	if err != nil {
		return nil, err
	}
	for {
		tok := p.lex.Peek()
		in, ok := infixOf(tok)
		if !ok || in.level < least {
			return x, nil
		}
		p.lex.Next()
		y, err := p.binary(in.level + 1)
		if err != nil {
			return nil, err
		}
		b := p.binaries.next()
		*b = ast.Binary{X: x, OpPos: start(tok), Op: in.op, Y: y}
		x = b
		if in.level == comparison {
			next := p.lex.Peek()
			if after, _ := infixOf(next); after.level == comparison {
				return nil, chained(next)
			}
		}
	}
}

// operand parses what stands between infix operators of level least and
// tighter.
func (p *exprParser) operand(least level) (ast.Expr, error) {
	tok := p.lex.Peek()
	if tok.Type == keywordToken && tok.Value == "not" {
		if least > negation {
			return nil, &fault{
				code: codeSyntax, span: span(tok),
				msg:  "not cannot be an operand here",
				hint: "put it in parentheses: (not x)",
			}
		}
		return p.unary(ast.Not, negation)
	}
	if tok.Type == punctToken {
		switch tok.Value {
		case "-":
			return p.unary(ast.Neg, sign)
		case "+":
			return p.unary(ast.Plus, sign)
		}
	}
	x, err := p.primary()
	if err != nil {
		return nil, err
	}
	return p.predicate(x)
}

func (p *exprParser) unary(op ast.Op, operand level) (ast.Expr, error) {
	tok := p.lex.Next()
	x, err := p.binary(operand)
	if err != nil {
		return nil, err
	}
	return &ast.Unary{OpPos: start(tok), Op: op, X: x}, nil
}

// predicate parses the tests that may follow the primary x.
func (p *exprParser) predicate(x ast.Expr) (ast.Expr, error) {
	tok := p.lex.Peek()
	before := p.lex.MakeCheckpoint()
	not := tok.Type == keywordToken && tok.Value == "not"
	if not {
		p.lex.Next()
	}
	word := p.lex.Peek()
	op, ok := predicateOf(word)
	switch {
	case !ok:
		p.lex.LoadCheckpoint(before)
		return x, nil
	case not && op.IsPattern():
		return nil, &fault{
			code: codeSyntax, span: span(tok),
			msg:  fmt.Sprintf("there is no operator %q", "not "+word.Value),
			hint: fmt.Sprintf("put not before the whole test: not x %s ...", word.Value),
		}
	}
	p.lex.Next()
	m := p.matches.next()
	*m = ast.Match{X: x, OpPos: start(tok), Not: not, Op: op}
	if err := p.alternatives(m, word); err != nil {
		return nil, err
	}
	return m, nil
}

// alternatives parses the right side of m, whose operator word has been read.
func (p *exprParser) alternatives(m *ast.Match, word *lexer.Token) error {
	open := p.lex.Peek()
	if open.Value != "(" {
		if !m.Op.IsPattern() {
			return p.unexpected(wantList, nil)
		}
		x, err := p.pattern(word)
		m.List = []ast.Expr{x}
		return err
	}
	p.lex.Next()
	m.Lparen = start(open)
	if p.lex.Peek().Value == ")" {
		return &fault{
			code: codeSyntax, span: source.Span{Start: start(open), End: span(p.lex.Peek()).End},
			msg: fmt.Sprintf("the list after %s is empty", word.Value),
		}
	}
	if !m.Op.IsPattern() {
		word = nil
	}
	list, rparen, err := p.list(open, word)
	m.List, m.Rparen = list, rparen
	return err
}

// pattern parses a literal on the right of the operator op.
func (p *exprParser) pattern(op *lexer.Token) (ast.Expr, error) {
	tok := p.lex.Peek()
	if isConstant(tok) {
		return p.constant()
	}
	if !startsOperand(tok) || tok.Value == "(" {
		return nil, p.unexpected(expectation("a string after "+op.Value), nil)
	}
	bad := &fault{code: codeSyntax, span: span(tok), msg: fmt.Sprintf("the right side of %s must be a literal, or a list of literals", op.Value)}
	switch tok.Type {
	case identToken, quotedToken, tildeToken:
		bad.hint = "put a text in double quotes; the values of other fields cannot be patterns"
	case punctToken:
		bad.hint = "numbers are compared with =="
	}
	return nil, bad
}

// list parses items separated by commas up to the ")" for the bracket open: the
// patterns of the operator op, or any expressions if op is nil.
func (p *exprParser) list(open, op *lexer.Token) (list []ast.Expr, rparen source.Pos, err error) {
	begin := len(p.items) // those before are of lists around this one
	for {
		var x ast.Expr
		if op != nil {
			x, err = p.pattern(op)
		} else {
			x, err = p.binary(disjunction)
		}
		if err != nil {
			return nil, source.NoPos, err
		}
		p.items = append(p.items, x)
		switch tok := p.lex.Peek(); tok.Value {
		case ",":
			p.lex.Next()
		case ")":
			p.lex.Next()
			list = make([]ast.Expr, len(p.items)-begin)
			copy(list, p.items[begin:])
			p.items = p.items[:begin]
			return list, start(tok), nil
		default:
			return nil, source.NoPos, p.unexpected(wantComma, open)
		}
	}
}

// unexpected says that the next token is not what was wanted. If open is not
// nil, it is a bracket that has not been closed.
func (p *exprParser) unexpected(want expectation, open *lexer.Token) error {
	err := &surprise{index: int(p.lex.RawCursor()), want: want}
	if open != nil {
		err.open = start(open)
	}
	return err
}

// chained complains about a comparison of a comparison.
func chained(tok *lexer.Token) *fault {
	return &fault{
		code: codeSyntax, span: span(tok),
		msg:  "comparisons cannot be chained",
		hint: "join them with and, or put the first in parentheses",
	}
}
