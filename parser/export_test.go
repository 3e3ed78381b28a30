package parser

import "github.com/eqlkit/eqlkit/ast"

// EBNF returns the statement grammar as participle prints it.
func EBNF() string { return newGrammar(ast.Elasticsearch).query.String() }

// Definition is the lexer that participle is given.
var Definition = definition{}
