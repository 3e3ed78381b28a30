package parser_test

import (
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/parser"
)

// The file has the rules of the grammar, as they are printed, and below them
// those of the expressions, which are written by hand.
func TestGrammar(t *testing.T) {
	const path, divider = "testdata/grammar.ebnf", "\n\n(* Expressions."
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	statements, expressions, found := strings.Cut(string(data), divider)
	require.True(t, found)
	if *update {
		statements = parser.EBNF()
		require.NoError(t, os.WriteFile(path, []byte(statements+divider+expressions), 0o644))
	}
	assert.Equal(t, statements, parser.EBNF(), "run the test with -update and look at the difference")
}

func TestLexer(t *testing.T) {
	const text = "a.b?![$c 1s 2in~ f~(`d``e`) \"g\" \"\"\"h\"\"\" // i\n'j' \xff"
	names := lexer.SymbolsByRune(parser.Definition)
	read := func(lex lexer.Lexer, err error) (out []string) {
		require.NoError(t, err)
		tokens, err := lexer.ConsumeAll(lex)
		require.NoError(t, err)
		for _, tok := range tokens {
			out = append(out, names[tok.Type]+" "+tok.Value)
			assert.Equal(t, tok.Value, text[tok.Pos.Offset:][:len(tok.Value)])
		}
		return out
	}
	want := []string{
		"Ident a", "Punct .", "Ident b", "Punct ?", "Punct ![", "Variable $c", "Quantity 1s", "Number 2", "Keyword in~", "Tilde f~", "Punct (",
		"Quoted `d``e`", "Punct )", `String "g"`, `RawString """h"""`, "Bad 'j'", "Bad \xff", "EOF ",
	}
	assert.Equal(t, want, read(parser.Definition.LexString("", text)))
	assert.Equal(t, want, read(parser.Definition.Lex("", strings.NewReader(text))))
}
