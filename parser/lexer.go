package parser

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// The kinds of tokens. White space and comments are not among them: the
// scanner skips them. Text that is no token becomes a badToken, so that
// scanning never fails and the parser can say what is wrong where it matters.
const (
	identToken     lexer.TokenType = iota + 1 // name
	tildeToken                                // name~
	quotedToken                               // `name`
	variableToken                             // $name
	keywordToken                              // where, in~, ...
	numberToken                               // 12, 1.5, .5, 1e3
	quantityToken                             // 30s: a number with a word attached
	stringToken                               // "text"
	rawStringToken                            // """text"""
	punctToken                                // operators and brackets
	badToken                                  // anything else
)

var symbols = map[string]lexer.TokenType{
	"EOF":       lexer.EOF,
	"Ident":     identToken,
	"Tilde":     tildeToken,
	"Quoted":    quotedToken,
	"Variable":  variableToken,
	"Keyword":   keywordToken,
	"Number":    numberToken,
	"Quantity":  quantityToken,
	"String":    stringToken,
	"RawString": rawStringToken,
	"Punct":     punctToken,
	"Bad":       badToken,
}

// isKeyword reports whether a word is reserved. A keyword with "~" is a token
// of its own.
func isKeyword(word string) bool {
	switch word {
	case "and", "any", "by", "false", "in", "in~", "join", "like", "like~", "maxspan", "not", "null", "of",
		"or", "regex", "regex~", "sample", "sequence", "true", "until", "where", "with":
		return true
	}
	return false
}

// A definition makes scanners for participle.
type definition struct{}

var _ interface {
	lexer.Definition
	lexer.StringDefinition
} = definition{}

// Symbols implements lexer.Definition.
func (definition) Symbols() map[string]lexer.TokenType { return symbols }

// Lex implements lexer.Definition.
func (definition) Lex(_ string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return &scanner{text: string(text)}, nil
}

// LexString implements lexer.StringDefinition.
func (definition) LexString(_, text string) (lexer.Lexer, error) {
	return &scanner{text: text}, nil
}

// A scanner cuts query text into tokens. Of a token's position only the offset
// is set; lines and columns are computed for the few that get into a message.
type scanner struct {
	text     string
	at       int // offset of what is to be read
	count    int // tokens read, with the EOF
	comments []*ast.Comment
}

// Next returns the next token, and EOF tokens at the end. It never fails.
func (s *scanner) Next() (lexer.Token, error) {
	start, closed := s.skipBlanks()
	s.count++
	if !closed {
		return s.token(badToken, start), nil
	}
	if start == len(s.text) {
		return lexer.EOFToken(lexer.Position{Offset: start}), nil
	}
	return s.token(s.scan(), start), nil
}

func (s *scanner) token(kind lexer.TokenType, start int) lexer.Token {
	return lexer.Token{Type: kind, Value: s.text[start:s.at], Pos: lexer.Position{Offset: start}}
}

// skipBlanks goes to the next token and returns its offset. It reports false
// if a comment does not end; the scanner then stands at the end of the text.
func (s *scanner) skipBlanks() (start int, closed bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			s.at++
		case c == '/' && s.peek(1) == '/':
			start := s.at
			s.toLineEnd()
			s.comment(start)
		case c == '/' && s.peek(1) == '*':
			start := s.at
			if !s.blockComment() {
				return start, false
			}
			s.comment(start)
		default:
			return s.at, true
		}
	}
	return s.at, true
}

func (s *scanner) comment(start int) {
	s.comments = append(s.comments, &ast.Comment{Range: source.SpanAt(start, s.at), Text: s.text[start:s.at]})
}

// blockComment skips a comment, which may hold others, and reports whether it
// ends.
func (s *scanner) blockComment() bool {
	for open := 0; s.at < len(s.text); {
		switch {
		case s.text[s.at] == '/' && s.peek(1) == '*':
			open++
			s.at += 2
		case s.text[s.at] == '*' && s.peek(1) == '/':
			open--
			s.at += 2
			if open == 0 {
				return true
			}
		default:
			s.at++
		}
	}
	return false
}

// scan reads one token and returns its kind.
func (s *scanner) scan() lexer.TokenType {
	c := s.text[s.at]
	switch {
	case isWordStart(c):
		return s.word()
	case isDigit(c), c == '.' && isDigit(s.peek(1)):
		return s.number()
	}
	switch c {
	case '"':
		return s.doubleQuoted()
	case '`':
		return s.backQuoted()
	case '\'':
		return s.foreignString(1)
	case '?':
		if next := s.peek(1); next == '"' || next == '\'' {
			return s.foreignString(2)
		}
	case '$':
		if isWordStart(s.peek(1)) {
			s.at++
			s.wordChars()
			return variableToken
		}
	}
	return s.punct()
}

func (s *scanner) word() lexer.TokenType {
	start := s.at
	s.wordChars()
	if s.peek(0) == '~' && isLetter(s.text[start]) {
		s.at++
		if isKeyword(s.text[start:s.at]) {
			return keywordToken
		}
		return tildeToken
	}
	if isKeyword(s.text[start:s.at]) {
		return keywordToken
	}
	return identToken
}

func (s *scanner) wordChars() {
	s.at++
	for isWordChar(s.peek(0)) {
		s.at++
	}
}

// number reads a number. A word right behind it belongs to it, unless that is a
// keyword.
func (s *scanner) number() lexer.TokenType {
	s.numeral()
	if !isWordStart(s.peek(0)) {
		return numberToken
	}
	end := s.at
	if s.word() == keywordToken {
		s.at = end
		return numberToken
	}
	return quantityToken
}

// splitQuantity parts a quantity token into its number and word.
func splitQuantity(text string) (number, word string) {
	s := scanner{text: text}
	s.numeral()
	return text[:s.at], text[s.at:]
}

// numeral reads digits with an optional point and exponent.
func (s *scanner) numeral() {
	s.digits()
	if s.peek(0) == '.' {
		s.at++
		s.digits()
	}
	if c := s.peek(0); c == 'e' || c == 'E' {
		n := 1
		if sign := s.peek(1); sign == '+' || sign == '-' {
			n = 2
		}
		if isDigit(s.peek(n)) {
			s.at += n
			s.digits()
		}
	}
}

func (s *scanner) digits() {
	for isDigit(s.peek(0)) {
		s.at++
	}
}

// doubleQuoted reads "text" or """text""". Whether its escapes are right shows
// when it is decoded.
func (s *scanner) doubleQuoted() lexer.TokenType {
	const quotes = `"""`
	if !strings.HasPrefix(s.text[s.at:], quotes) {
		s.at++
		if s.toQuote('"') {
			return stringToken
		}
		return badToken
	}
	s.at += len(quotes)
	end := strings.Index(s.text[s.at:], quotes)
	if end < 0 || strings.ContainsAny(s.text[s.at:s.at+end], "\r\n") {
		s.toLineEnd()
		return badToken
	}
	s.at += end + len(quotes)
	for range 2 { // quotes at the end that belong to the text
		if s.peek(0) == '"' {
			s.at++
		}
	}
	return rawStringToken
}

// foreignString reads a string in quotes that EQL no longer has, from its
// opening of n bytes to the closing quote or the end of the line.
func (s *scanner) foreignString(n int) lexer.TokenType {
	s.at += n
	s.toQuote(s.text[s.at-1])
	return badToken
}

// toQuote skips text up to and with a quote that has no backslash before it.
// It stops at the end of the line and then reports false.
func (s *scanner) toQuote(quote byte) bool {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case quote:
			s.at++
			return true
		case '\n', '\r':
			return false
		case '\\':
			s.at++
			if c := s.peek(0); c == '\n' || c == '\r' || s.at == len(s.text) {
				return false
			}
			s.at++
		default:
			s.at++
		}
	}
	return false
}

// backQuoted reads a name in back quotes, in which a doubled back quote stands
// for one. If no end is found, a doubled one is taken for the end and the
// beginning of the next.
func (s *scanner) backQuoted() lexer.TokenType {
	lastEnd := 0
	for i := s.at + 1; i < len(s.text); i++ {
		if s.text[i] != '`' {
			continue
		}
		if i+1 == len(s.text) || s.text[i+1] != '`' {
			s.at = i + 1
			return quotedToken
		}
		lastEnd = i + 1
		i++
	}
	if lastEnd > 0 {
		s.at = lastEnd
		return quotedToken
	}
	s.toLineEnd()
	return badToken
}

// punct reads an operator or bracket, or what is none.
func (s *scanner) punct() lexer.TokenType {
	if len(s.text)-s.at >= 2 {
		switch s.text[s.at : s.at+2] {
		case "==", "!=", "<=", ">=", "![":
			s.at += 2
			return punctToken
		case "&&", "||", "<>":
			s.at += 2
			return badToken
		}
	}
	switch s.text[s.at] {
	case ':', '=', '<', '>', '+', '-', '*', '/', '%', '.', ',', '[', ']', '(', ')', '|', '?':
		s.at++
		return punctToken
	}
	_, size := utf8.DecodeRuneInString(s.text[s.at:])
	s.at += size
	return badToken
}

// peek returns the byte n places ahead, or 0 behind the end.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.text) {
		return s.text[s.at+n]
	}
	return 0
}

func (s *scanner) toLineEnd() {
	if i := strings.IndexAny(s.text[s.at:], "\r\n"); i >= 0 {
		s.at += i
	} else {
		s.at = len(s.text)
	}
}

func isLetter(c byte) bool    { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool     { return '0' <= c && c <= '9' }
func isWordStart(c byte) bool { return isLetter(c) || c == '_' || c == '@' }
func isWordChar(c byte) bool  { return isLetter(c) || isDigit(c) || c == '_' }
