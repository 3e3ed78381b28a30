package parser

import (
	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
)

// The statements of EQL. Where the clauses of a statement have an order, or may
// stand only once, the grammar takes them as they come and lowering complains:
// it knows more to say.

// query = ( sequence | sample | filter ) { pipe }
type query struct {
	Sequence *sequence    `parser:"( @@"`
	Sample   *sample      `parser:"| @@"`
	Filter   *eventFilter `parser:"| @@ )"`
	Pipes    []*pipe      `parser:"@@*"`
}

// eventFilter = category "where" condition
type eventFilter struct {
	Category lexer.Token `parser:"@( 'any' | Ident | String | RawString )"`
	Where    ast.Expr    `parser:"'where' @@"`
}

// sequence = "sequence" [ by ] [ with maxspan ] step { step } [ "until" step ]
type sequence struct {
	Keyword lexer.Token `parser:"@'sequence'"`
	Header  []*header   `parser:"@@*"`
	Steps   []*step     `parser:"@@+"`
	Until   *step       `parser:"( 'until' @@ )?"`
}

// sample = "sample" [ by ] step { step }
type sample struct {
	Keyword lexer.Token `parser:"@'sample'"`
	Header  []*header   `parser:"@@*"`
	Steps   []*step     `parser:"@@+"`
}

// header = by | with maxspan
type header struct {
	By      *by      `parser:"  @@"`
	MaxSpan *maxSpan `parser:"| @@"`
}

// by = "by" key { "," key }
type by struct {
	Keyword lexer.Token `parser:"@'by'"`
	Keys    []ast.Expr  `parser:"@@ ( ',' @@ )*"`
}

// maxSpan = "with" "maxspan" "=" number unit
type maxSpan struct {
	With   lexer.Token `parser:"@'with'"`
	Option lexer.Token `parser:"@( 'maxspan' | Ident )"`
	Number lexer.Token `parser:"'=' @( Quantity | Number )"`
	Unit   lexer.Token `parser:"@Ident?"`
}

// step = ( "[" | "![" ) filter "]" { clause }
type step struct {
	Open    lexer.Token  `parser:"@( '[' | '![' )"`
	Filter  *eventFilter `parser:"@@"`
	Close   lexer.Token  `parser:"@']'"`
	Clauses []*clause    `parser:"@@*"`
}

// clause = by | with runs | alias
type clause struct {
	By    *by    `parser:"  @@"`
	Runs  *runs  `parser:"| @@"`
	Alias *alias `parser:"| @@"`
}

// runs = "with" "runs" "=" number
type runs struct {
	With   lexer.Token `parser:"@'with'"`
	Option lexer.Token `parser:"@( Ident | 'maxspan' )"`
	Number lexer.Token `parser:"'=' @( Number | Quantity )"`
}

// alias = "as" name
type alias struct {
	Keyword lexer.Token `parser:"@'as'"`
	Name    lexer.Token `parser:"@Ident"`
}

// pipe = "|" name [ argument { "," argument } ]
type pipe struct {
	Bar  lexer.Token `parser:"@'|'"`
	Name lexer.Token `parser:"@Ident"`
	Args []ast.Expr  `parser:"( @@ ( ',' @@ )* )?"`
}

// A grammar is the built parser of one dialect. It parses one query at a time.
type grammar struct {
	query       *participle.Parser[query]
	step        *participle.Parser[step] // to go on after an error
	expressions *expressions
}

func newGrammar(dialect ast.Dialect) *grammar {
	x := &expressions{dialect: dialect}
	g := &grammar{expressions: x, query: participle.MustBuild[query](
		participle.Lexer(definition{}),
		participle.UseLookahead(0), // LL(1): no error is lost in an abandoned branch
		participle.ParseTypeWith(x.parse),
	)}
	g.step = production[step](g.query)
	x.filter = production[eventFilter](g.query)
	return g
}

func production[P any](p *participle.Parser[query]) *participle.Parser[P] {
	sub, err := participle.ParserForProduction[P](p)
	if err != nil {
		panic(err) // not a type of the grammar
	}
	return sub
}
