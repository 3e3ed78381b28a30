package parser

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
)

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
		n, err := numberOf(tok)
		if err != nil {
			return nil, err // not a nil *ast.Number in an ast.Expr
		}
		return n, nil
	case tok.Type == stringToken, tok.Type == rawStringToken:
		s := p.strings.next()
		if err := setString(s, tok); err != nil {
			return nil, err
		}
		return s, nil
	case tok.Value == "null":
		return &ast.Null{Range: span(tok)}, nil
	default:
		return &ast.Bool{Range: span(tok), Value: tok.Value == "true"}, nil
	}
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
	c := &ast.Call{Name: p.ident(name)}
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
	args, rparen, err := p.list(open, nil)
	if err != nil {
		return nil, err
	}
	c.Args, c.Rparen = args, rparen
	return c, nil
}

// field parses the path whose first token, which has been read, is first: "?",
// a variable or a name.
func (p *exprParser) field(first *lexer.Token) (ast.Expr, error) {
	f := p.begin(span(first))
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
		f.Segments = append(f.Segments, p.ident(first))
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
	return p.finish(f), nil
}

func (p *exprParser) segment(f *ast.Field) error {
	tok := p.lex.Peek()
	if tok.Type != identToken && tok.Type != quotedToken {
		return p.unexpected(wantSegment, nil)
	}
	p.lex.Next()
	f.Segments = append(f.Segments, p.ident(tok))
	f.Range.End = span(tok).End
	return nil
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
	return &ast.Lineage{Relation: p.ident(relation), Lbrack: start(open), Filter: filter, Rbrack: start(end)}, nil
}
