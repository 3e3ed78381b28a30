package parser

import (
	"fmt"
	"strings"

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

// primary parses a literal, field, call, or something in brackets.
func (p *exprParser) primary() (ast.Expr, error) {
	tok := p.lex.Peek()
	switch {
	case isConstant(tok):
		return p.constant()
	case tok.Value == "(":
		return p.paren()
	case tok.Type == tildeToken:
		p.lex.Next()
		return p.call(tok)
	case tok.Type == identToken:
		p.lex.Next()
		switch next := p.lex.Peek(); {
		case next.Value == "(":
			return p.call(tok)
		case next.Value == "of":
			return p.lineage(tok)
		}
		return p.field(tok)
	case tok.Type == quotedToken, tok.Type == variableToken, tok.Value == "?":
		p.lex.Next()
		return p.field(tok)
	}
	return nil, p.unexpected(wantValue, nil)
}

func (p *exprParser) constant() (ast.Expr, error) {
	switch tok := p.lex.Next(); {
	case tok.Type == numberToken:
		return express(numberOf(tok))
	case tok.Type == stringToken, tok.Type == rawStringToken:
		return express(stringOf(tok))
	case tok.Value == "null":
		return &ast.Null{Range: span(tok)}, nil
	default:
		return &ast.Bool{Range: span(tok), Value: tok.Value == "true"}, nil
	}
}

// express makes the nil of a failed x a nil Expr.
func express[E ast.Expr](x E, err error) (ast.Expr, error) {
	if err != nil {
		return nil, err
	}
	return x, nil
}

func (p *exprParser) paren() (ast.Expr, error) {
	open := p.lex.Next()
	x, err := p.binary(disjunction)
	if err != nil {
		return nil, err
	}
	tok := p.lex.Peek()
	if tok.Value != ")" {
		return nil, p.unexpected(wantParen, open)
	}
	p.lex.Next()
	return &ast.Paren{Lparen: start(open), X: x, Rparen: start(tok)}, nil
}

// call parses the arguments of the function name, which has been read.
func (p *exprParser) call(name *lexer.Token) (ast.Expr, error) {
	c := &ast.Call{Name: nameOf(name)}
	if name.Type == tildeToken {
		c.Fold = true
		c.Name.Name = strings.TrimSuffix(name.Value, "~")
	}
	open := p.lex.Peek()
	if open.Value != "(" {
		return nil, p.unexpected(expectation("'(' after the function name "+name.Value), nil)
	}
	p.lex.Next()
	if tok := p.lex.Peek(); tok.Value == ")" {
		p.lex.Next()
		c.Rparen = start(tok)
		return c, nil
	}
	args, rparen, err := p.list(open, func() (ast.Expr, error) { return p.binary(disjunction) })
	if err != nil {
		return nil, err
	}
	c.Args, c.Rparen = args, rparen
	return c, nil
}

// field parses the path whose first token, which has been read, is first: "?",
// a variable or a name.
func (p *exprParser) field(first *lexer.Token) (ast.Expr, error) {
	f := &ast.Field{Range: span(first)}
	switch {
	case first.Value == "?":
		f.Optional = true
		if err := p.segment(f); err != nil {
			return nil, err
		}
	case first.Type == variableToken:
		if p.dialect != ast.Endpoint {
			return nil, &fault{
				code: codeUnsupported, span: f.Range,
				msg: fmt.Sprintf("variables such as %s are supported only in the endpoint dialect", first.Value),
			}
		}
		f.Var = first.Value[1:]
	default:
		f.Segments = append(f.Segments, nameOf(first))
	}
	for p.lex.Peek().Value == "." {
		p.lex.Next()
		if err := p.segment(f); err != nil {
			return nil, err
		}
	}
	if open := p.lex.Peek(); open.Value == "[" {
		before := p.lex.MakeCheckpoint()
		p.lex.Next()
		if p.lex.Peek().Type == numberToken {
			return nil, &fault{code: codeUnsupported, span: span(open), msg: "array indexes are not supported", hint: "a test on a field holds if any of its values passes"}
		}
		p.lex.LoadCheckpoint(before)
	}
	f.Path = path(f.Segments)
	return f, nil
}

func (p *exprParser) segment(f *ast.Field) error {
	tok := p.lex.Peek()
	if tok.Type != identToken && tok.Type != quotedToken {
		return p.unexpected(wantSegment, nil)
	}
	p.lex.Next()
	f.Segments = append(f.Segments, nameOf(tok))
	f.Range.End = span(tok).End
	return nil
}

func path(segments []*ast.Ident) string {
	if len(segments) == 1 {
		return segments[0].Name
	}
	names := make([]string, len(segments))
	for i, s := range segments {
		names[i] = s.Name
	}
	return strings.Join(names, ".")
}

var relations = []string{"descendant", "child", "event"}

// lineage parses "of [filter]" behind the word relation.
func (p *exprParser) lineage(relation *lexer.Token) (ast.Expr, error) {
	if p.dialect != ast.Endpoint {
		return nil, &fault{
			code: codeUnsupported, span: span(relation),
			msg: fmt.Sprintf("process relationships (%s of) are supported only in the endpoint dialect", relation.Value),
		}
	}
	switch relation.Value {
	case "descendant", "child", "event":
	default:
		return nil, &fault{
			code: codeSyntax, span: span(relation),
			msg:  fmt.Sprintf("unknown relationship %s of", clip(relation.Value)),
			hint: meant(relation.Value, relations, "the relationships are descendant of, child of and event of"),
		}
	}
	p.lex.Next() // of
	open := p.lex.Peek()
	if open.Value != "[" {
		return nil, p.unexpected("'[' after of", nil)
	}
	p.lex.Next()
	inner, err := p.filter.ParseFromLexer(p.lex, participle.AllowTrailing(true))
	if err != nil {
		return nil, err
	}
	filter, err := lowerFilter(inner)
	if err != nil {
		return nil, err
	}
	end := p.lex.Peek()
	if end.Value != "]" {
		return nil, p.unexpected(wantBracket, open)
	}
	p.lex.Next()
	return &ast.Lineage{Relation: nameOf(relation), Lbrack: start(open), Filter: filter, Rbrack: start(end)}, nil
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
