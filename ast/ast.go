// Package ast declares the syntax tree of EQL.
//
// Nodes are immutable once the parser has returned them: share them between
// goroutines, compile one tree as often as needed, keep results of analysis in
// tables beside the tree. Every node knows its Span in the File of its Query.
package ast

import (
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A Node is an immutable piece of query syntax.
type Node interface {
	// Span is the node's text, from its first byte to the byte after its last.
	Span() source.Span
}

// An Expr is a Node that denotes a value.
type Expr interface {
	Node
	expr()
}

// A Body is what a Query consists of before its pipes:
// *EventFilter, *Sequence or *Sample.
type Body interface {
	Node
	body()
}

// A Query is a whole statement.
type Query struct {
	File     *source.File
	Body     Body
	Pipes    []*Pipe    // nil when there are none
	Comments []*Comment // all comments, in source order
}

// An EventFilter is "category where condition": a query of its own, or the
// inside of a Term.
type EventFilter struct {
	Category *Category
	Where    Expr // never nil
}

// A Category is the word or string before "where".
type Category struct {
	Range  source.Span
	Name   string // the decoded text; "any" for the keyword
	Quoted bool   // written as a string, so that "any" is a name like others
}

// Any reports whether x is the keyword any, which holds for every event.
func (x *Category) Any() bool { return x.Name == "any" && !x.Quoted }

// A Sequence is "sequence by keys with maxspan=d [step] ... until [step]".
type Sequence struct {
	Keyword source.Pos
	By      []Expr    // keys of all steps; nil when there are none
	MaxSpan *Duration // nil when there is none
	Terms   []*Term   // at least one
	Until   *Term     // nil when there is none
}

// A Sample is "sample by keys [filter] ...".
type Sample struct {
	Keyword source.Pos
	By      []Expr
	Terms   []*Term // at least one
}

// A Term is one bracketed step: [category where condition] by keys.
type Term struct {
	Lbrack  source.Pos // of "[" or "!["
	Rbrack  source.Pos // of "]"
	Missing bool       // opened by "!["
	Filter  *EventFilter
	By      []Expr // nil unless this step has keys of its own
	Runs    *Runs  // nil unless written
	Alias   *Ident // nil unless written (endpoint dialect)
	End     source.Pos
}

// Runs is the "with runs=N" of a Term.
type Runs struct {
	Range source.Span // of the number
	Text  string      // the number as written
	N     int
}

// A Duration is the value of maxspan.
type Duration struct {
	Range source.Span
	Value time.Duration
}

// A Pipe is "| name arguments".
type Pipe struct {
	Bar  source.Pos
	Name *Ident
	Args []Expr
}

// A Comment is one comment with its delimiters, without the line end.
type Comment struct {
	Range source.Span
	Text  string
}

// An Ident is a single name.
type Ident struct {
	Range source.Span
	Name  string
}

// A Null is the literal null.
type Null struct{ Range source.Span }

// A Bool is the literal true or false.
type Bool struct {
	Range source.Span
	Value bool
}

// A Number is a numeric literal; it never has a sign. Exactly one of the forms
// is meant: an integer that fits 64 signed bits, one that fits 64 unsigned
// bits, or a float.
type Number struct {
	Range source.Span
	Text  string // as written
	Kind  NumberKind
	Uint  uint64  // for Int and Uint
	Float float64 // for Float
}

// A NumberKind is the form of a Number.
type NumberKind uint8

// The kinds of numbers.
const (
	Int   NumberKind = iota // at most 2^63-1
	Uint                    // above that, at most 2^64-1
	Float                   // with a point or exponent, or beyond 64 bits
)

// A String is a string literal.
type String struct {
	Range source.Span
	Value string // decoded
	Raw   bool   // written in triple quotes
}

// A Field is a path such as process.name, ?process.name or, inside a function
// that binds a variable, $entry.name.
type Field struct {
	Range    source.Span
	Optional bool     // marked by "?"
	Var      string   // the variable without "$", or "" for a field of the event
	Path     string   // the segments joined by "."; may be "" for a bare variable
	Segments []*Ident // as written; names are unquoted
}

// A Call is a function call.
type Call struct {
	Name   *Ident // as written, without "~"
	Fold   bool   // written with "~": ignores case
	Args   []Expr
	Rparen source.Pos
}

// A Unary is "not X", "-X" or "+X".
type Unary struct {
	OpPos source.Pos
	Op    Op // Not, Neg or Plus
	X     Expr
}

// A Binary is an infix operation X Op Y: logic, comparison or arithmetic.
type Binary struct {
	X     Expr
	OpPos source.Pos
	Op    Op // Or, And, Eq to Ge, Add to Mod
	Y     Expr
}

// A Match is "X op pattern" or "X op (pattern, ...)": Op is one of In, InFold,
// Colon, Like, LikeFold, Regex and RegexFold.
type Match struct {
	X      Expr
	OpPos  source.Pos // of "not" in "not in"
	Not    bool       // "not in", "not in~"
	Op     Op
	List   []Expr     // at least one; literals unless Op is In or InFold
	Lparen source.Pos // NoPos for a single pattern without parentheses
	Rparen source.Pos
}

// A Paren is "(X)". It is kept so that formatting gives back what was written.
type Paren struct {
	Lparen, Rparen source.Pos
	X              Expr
}

// A Lineage is "descendant of [category where condition]" and its relatives
// "child of" and "event of".
type Lineage struct {
	Relation *Ident // descendant, child or event
	Lbrack   source.Pos
	Filter   *EventFilter
	Rbrack   source.Pos
}

func (*Null) expr()    {}
func (*Bool) expr()    {}
func (*Number) expr()  {}
func (*String) expr()  {}
func (*Field) expr()   {}
func (*Call) expr()    {}
func (*Unary) expr()   {}
func (*Binary) expr()  {}
func (*Match) expr()   {}
func (*Paren) expr()   {}
func (*Lineage) expr() {}

func (*EventFilter) body() {}
func (*Sequence) body()    {}
func (*Sample) body()      {}

// Span is the text of the whole statement, from its first word to its last.
func (q *Query) Span() source.Span {
	s := q.Body.Span()
	if n := len(q.Pipes); n > 0 {
		s.End = q.Pipes[n-1].Span().End
	}
	return s
}

// Span implements Node, as do the methods below.
func (x *EventFilter) Span() source.Span {
	return source.Span{Start: x.Category.Range.Start, End: x.Where.Span().End}
}

// Span includes until.
func (x *Sequence) Span() source.Span {
	last := x.Terms[len(x.Terms)-1]
	if x.Until != nil {
		last = x.Until
	}
	return source.Span{Start: x.Keyword, End: last.End}
}

// Span implements Node.
func (x *Sample) Span() source.Span {
	return source.Span{Start: x.Keyword, End: x.Terms[len(x.Terms)-1].End}
}

// Span is the text from the name (or the bar, if there is none) to the last argument.
func (x *Pipe) Span() source.Span {
	s := source.Span{Start: x.Bar, End: x.Name.Range.End}
	if n := len(x.Args); n > 0 {
		s.End = x.Args[n-1].Span().End
	}
	return s
}

// Span starts at the operand, or at the operator of a prefix operation.
func (x *Unary) Span() source.Span {
	return source.Span{Start: x.OpPos, End: x.X.Span().End}
}

// Span implements Node.
func (x *Binary) Span() source.Span {
	return source.Span{Start: x.X.Span().Start, End: x.Y.Span().End}
}

// Span implements Node.
func (x *Match) Span() source.Span {
	s := source.Span{Start: x.X.Span().Start, End: x.List[len(x.List)-1].Span().End}
	if x.Rparen.IsValid() {
		s.End = x.Rparen + 1
	}
	return s
}

// Span implements Node.
func (x *Call) Span() source.Span {
	return source.Span{Start: x.Name.Range.Start, End: x.Rparen + 1}
}

// Span includes the keys and options behind the bracket.
func (x *Term) Span() source.Span  { return source.Span{Start: x.Lbrack, End: x.End} }
func (x *Paren) Span() source.Span { return source.Span{Start: x.Lparen, End: x.Rparen + 1} }
func (x *Lineage) Span() source.Span {
	return source.Span{Start: x.Relation.Range.Start, End: x.Rbrack + 1}
}
func (x *Category) Span() source.Span { return x.Range }
func (x *Runs) Span() source.Span     { return x.Range }
func (x *Duration) Span() source.Span { return x.Range }
func (x *Comment) Span() source.Span  { return x.Range }
func (x *Ident) Span() source.Span    { return x.Range }
func (x *Null) Span() source.Span     { return x.Range }
func (x *Bool) Span() source.Span     { return x.Range }
func (x *Number) Span() source.Span   { return x.Range }
func (x *String) Span() source.Span   { return x.Range }
func (x *Field) Span() source.Span    { return x.Range }

// Unparen returns x without enclosing parentheses.
func Unparen(x Expr) Expr {
	for {
		p, ok := x.(*Paren)
		if !ok {
			return x
		}
		x = p.X
	}
}
