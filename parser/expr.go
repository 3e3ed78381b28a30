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

// infix holds the operators between two operands. The predicates, which bind to
// the operand before them, are not among them.
var infix = map[string]operator{
	"or":  {ast.Or, disjunction},
	"and": {ast.And, conjunction},
	"==":  {ast.Eq, comparison},
	"!=":  {ast.Ne, comparison},
	"<":   {ast.Lt, comparison},
	"<=":  {ast.Le, comparison},
	">":   {ast.Gt, comparison},
	">=":  {ast.Ge, comparison},
	"+":   {ast.Add, sum},
	"-":   {ast.Sub, sum},
	"*":   {ast.Mul, product},
	"/":   {ast.Div, product},
	"%":   {ast.Mod, product},
}

// predicates holds the operators with a list on the right.
var predicates = map[string]ast.Op{
	"in":     ast.In,
	"in~":    ast.InFold,
	":":      ast.Colon,
	"like":   ast.Like,
	"like~":  ast.LikeFold,
	"regex":  ast.Regex,
	"regex~": ast.RegexFold,
}

// expressions parses the expressions of one dialect for its grammar.
type expressions struct {
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
		in, ok := infix[tok.Value]
		if !ok || in.level < least {
			return x, nil
		}
		p.lex.Next()
		y, err := p.binary(in.level + 1)
		if err != nil {
			return nil, err
		}
		x = &ast.Binary{X: x, OpPos: start(tok), Op: in.op, Y: y}
		if next := p.lex.Peek(); in.level == comparison && infix[next.Value].level == comparison {
			return nil, chained(next)
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
	m := &ast.Match{X: x, OpPos: start(tok)}
	before := p.lex.MakeCheckpoint()
	if tok.Type == keywordToken && tok.Value == "not" {
		m.Not = true
		p.lex.Next()
	}
	word := p.lex.Peek()
	op, ok := predicates[word.Value]
	switch {
	case !ok:
		p.lex.LoadCheckpoint(before)
		return x, nil
	case m.Not && op.IsPattern():
		return nil, &fault{
			code: codeSyntax, span: span(tok),
			msg:  fmt.Sprintf("there is no operator %q", "not "+word.Value),
			hint: fmt.Sprintf("put not before the whole test: not x %s ...", word.Value),
		}
	}
	p.lex.Next()
	m.Op = op
	if err := p.alternatives(m, word); err != nil {
		return nil, err
	}
	return m, nil
}

// alternatives parses the right side of m, whose operator word has been read.
func (p *exprParser) alternatives(m *ast.Match, word *lexer.Token) error {
	item := p.pattern
	if !m.Op.IsPattern() {
		item = func(string) (ast.Expr, error) { return p.binary(disjunction) }
	}
	open := p.lex.Peek()
	if open.Value != "(" {
		if !m.Op.IsPattern() {
			return p.unexpected(wantList, nil)
		}
		x, err := item(word.Value)
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
	list, rparen, err := p.list(open, func() (ast.Expr, error) { return item(word.Value) })
	m.List, m.Rparen = list, rparen
	return err
}

// pattern parses a literal on the right of the operator op.
func (p *exprParser) pattern(op string) (ast.Expr, error) {
	tok := p.lex.Peek()
	if isConstant(tok) {
		return p.constant()
	}
	if !startsOperand(tok) || tok.Value == "(" {
		return nil, p.unexpected(expectation("a string after "+op), nil)
	}
	bad := &fault{code: codeSyntax, span: span(tok), msg: fmt.Sprintf("the right side of %s must be a literal, or a list of literals", op)}
	switch tok.Type {
	case identToken, quotedToken, tildeToken:
		bad.hint = "put a text in double quotes; the values of other fields cannot be patterns"
	case punctToken:
		bad.hint = "numbers are compared with =="
	}
	return nil, bad
}

// list parses items separated by commas up to the ")" for the bracket open.
func (p *exprParser) list(open *lexer.Token, item func() (ast.Expr, error)) (list []ast.Expr, rparen source.Pos, err error) {
	for {
		x, err := item()
		if err != nil {
			return nil, source.NoPos, err
		}
		list = append(list, x)
		switch tok := p.lex.Peek(); tok.Value {
		case ",":
			p.lex.Next()
		case ")":
			p.lex.Next()
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
