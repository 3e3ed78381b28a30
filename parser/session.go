package parser

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
)

// A session is what it takes to parse one query at a time, kept for the next:
// a grammar, and room for tokens. Participle's own way to the tokens of a query
// is to grow a list of them anew for each, which takes several times as long as
// reading them.
type session struct {
	*grammar
	room []lexer.Token       // of lex
	lex  *lexer.PeekingLexer // reads room
}

// sessions holds the sessions of each dialect that are not in use. One of each is
// kept for good, since to build a grammar takes the time of many queries.
var sessions = [...]struct {
	kept atomic.Pointer[session]
	more sync.Pool
}{
	ast.Elasticsearch: {},
	ast.Endpoint:      {},
}

// sessionOf returns a session that is not in use. Release it.
func sessionOf(dialect ast.Dialect) *session {
	if s := sessions[dialect].kept.Swap(nil); s != nil {
		return s
	}
	if s, ok := sessions[dialect].more.Get().(*session); ok {
		return s
	}
	return newSession(dialect)
}

// The number of tokens that a session has room for at first, and for how many it
// keeps room.
const (
	roomAtFirst = 1 << 8
	roomKept    = 1 << 12
)

func newSession(dialect ast.Dialect) *session {
	s := &session{grammar: newGrammar(dialect)}
	s.makeRoom(roomAtFirst)
	return s
}

// makeRoom makes a lexer of n tokens to be overwritten.
func (s *session) makeRoom(n int) {
	lex, err := lexer.Upgrade(&vacant{n})
	if err != nil {
		panic(err) // a vacant never fails
	}
	s.lex, s.room = lex, lex.Range(0, lexer.RawCursor(n))
}

// A vacant is a lexer of n tokens that mean nothing. The last is an EOF.
type vacant struct{ n int }

// Next implements lexer.Lexer.
func (v *vacant) Next() (lexer.Token, error) {
	if v.n--; v.n == 0 {
		return lexer.EOFToken(lexer.Position{}), nil
	}
	return lexer.Token{}, nil
}

// read puts the tokens of a text into the room, an EOF at the end, and lex before
// the first of them.
func (s *session) read(scan *scanner) (tokens []lexer.Token) {
	for n := 0; ; n++ {
		if n == len(s.room) {
			full := s.room
			s.makeRoom(n + remaining(scan))
			copy(s.room, full)
		}
		tok, _ := scan.Next() // which never fails
		s.room[n] = tok
		if tok.EOF() {
			s.lex.LoadCheckpoint(lexer.Checkpoint{})
			return s.room[:n+1]
		}
	}
}

// remaining returns how many tokens scan has still to give, the EOF among them. To
// read a long text twice takes less than to make room for it again and again.
func remaining(scan *scanner) int {
	ahead := scanner{text: scan.text, at: scan.at}
	for {
		if tok, _ := ahead.Next(); tok.EOF() {
			return ahead.count
		}
	}
}

// release makes the session ready for another query. Nothing of the last one is
// kept alive.
func (s *session) release(tokens []lexer.Token) {
	x := s.expressions
	if len(s.room) > roomKept {
		s.makeRoom(roomAtFirst)
		x.items = nil
	} else {
		clear(tokens)
		clear(x.items[:cap(x.items)])
	}
	x.reset("", census{})
	if free := &sessions[x.dialect]; !free.kept.CompareAndSwap(nil, s) {
		free.more.Put(s)
	}
}

// A census counts what the tokens of a query will become, so that it can be
// allocated at once.
type census struct {
	strings, names, fields, binaries, matches int
}

// survey counts tokens, and returns a fault if brackets and prefix operators nest
// deeper than limit. It runs before anything recurses over the tokens, the last of
// which is an EOF.
func survey(tokens []lexer.Token, limit int) (census, *fault) {
	var c census
	var outer []int // for each open bracket, the depth around it
	depth := 0
	for i := range tokens {
		tok := &tokens[i]
		prefix := false // whether tok goes before the operand that it belongs to
		switch tok.Type {
		case stringToken, rawStringToken:
			c.strings++
		case identToken, quotedToken, tildeToken:
			c.names++
			if (i == 0 || tokens[i-1].Value != ".") && !namesOther(tok, &tokens[i+1]) {
				c.fields++
			}
		case variableToken:
			c.fields++
		case keywordToken, punctToken:
			if _, ok := infixOf(tok); ok {
				c.binaries++
			} else if _, ok := predicateOf(tok); ok {
				c.matches++
			}
			switch tok.Value {
			case "(":
				outer = append(outer, depth)
				depth++
				prefix = true
			case "[", "![":
				outer = append(outer, depth)
				depth++
				prefix = true
			case "not", "-", "+":
				depth++
				prefix = true
			case ")", "]":
				if n := len(outer); n > 0 {
					outer = outer[:n-1]
				}
			}
		}
		if !prefix { // prefix operators end with their operand
			depth = 0
			if n := len(outer); n > 0 {
				depth = outer[n-1] + 1
			}
		}
		if depth > limit {
			return c, &fault{code: codeLimit, span: span(tok), msg: fmt.Sprintf("the query nests deeper than %d levels", limit)}
		}
	}
	return c, nil
}

// namesOther reports whether the name tok, before next, is one of a function or of
// a category, not of a field.
func namesOther(tok, next *lexer.Token) bool {
	return tok.Type != quotedToken && next.Value == "(" || tok.Type == identToken && next.Value == "where"
}
