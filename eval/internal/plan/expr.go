package plan

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// An Expr is a node of a planned condition. Unlike the syntax tree it has no
// parentheses, no sugar ("!=", "not in", a literal on the left), flat chains of
// and and or, and knows the type of everything. Nodes are immutable.
type Expr interface {
	// Type is the static type; fn.Any if only events know.
	Type() fn.Type
	// Span is the place in the query that the node comes from.
	Span() source.Span
}

type at struct{ span source.Span }

// Span implements Expr.
func (a at) Span() source.Span { return a.span }

// A Const is a value that is known when the query is compiled.
type Const struct {
	at
	V      value.Value
	Narrow bool // an integer that came about from 32-bit integers only
}

// A Field is a field of the event, of an element of an array, or of the event
// of an earlier step.
type Field struct {
	at
	Path     string // relative to what it is a field of
	T        fn.Type
	Optional bool
	Var      *Var   // the element; nil for a field of an event
	Alias    *Alias // the earlier step; nil for a field of the event at hand
}

// A Call is a function call. Impl is nil until the call is prepared.
type Call struct {
	at
	Fn   *fn.Func
	Fold bool
	Args []Expr
	Impl fn.Impl
}

// An Arith is X Op Y on numbers.
type Arith struct {
	at
	Op   value.ArithOp
	X, Y Expr
}

// A Neg is -X.
type Neg struct {
	at
	X Expr
}

// A Compare is X Op Y, where Op is one of == < <= > >=.
type Compare struct {
	at
	Op   ast.Op
	X, Y Expr
}

// A Same is the comparison of two optional fields: like ==, but no value equals
// no value.
type Same struct {
	at
	X, Y *Field
}

// An IsNull is X == null.
type IsNull struct {
	at
	X Expr
}

// A CompareID is X Op Y for a number Y and a field X that may hold a number as
// text: an id, which some systems write as one and some as the other.
type CompareID struct {
	at
	Op ast.Op
	X  *Field
	Y  value.Value
}

// A Within is Lo <= X <= Hi for one value of X: equality with a date literal
// that stands for a whole second, minute or day.
type Within struct {
	at
	X      Expr
	Lo, Hi value.Value
}

// An In is membership in a list of constants.
type In struct {
	at
	X      Expr
	Values []value.Value
	Fold   bool
	IDs    bool   // numbers of the list are compared as by CompareID
	Items  []Expr // the list before folding; nil afterwards
}

// A Match is a test against patterns. M is nil until it is prepared.
type Match struct {
	at
	X        Expr
	Op       ast.Op // Colon, Like, LikeFold, Regex or RegexFold
	Patterns []string
	places   []source.Span // of the patterns, if they are regular expressions
	Escapes  bool          // there is one pattern, in which a backslash protects wildcards
	M        pattern.Matcher
}

// A Logic is a chain of operands joined by and, or by or; at least two.
type Logic struct {
	at
	Or bool
	Xs []Expr
}

// A Not is the negation of X.
type Not struct {
	at
	X Expr
}

// Type implements Expr for all nodes.
func (x *Const) Type() fn.Type   { return typeOfKind(x.V.Kind()) }
func (x *Field) Type() fn.Type   { return x.T }
func (x *Arith) Type() fn.Type   { return fn.Arithmetic([]fn.Type{x.X.Type(), x.Y.Type()}) }
func (x *Neg) Type() fn.Type     { return fn.Arithmetic([]fn.Type{x.X.Type()}) }
func (x *Compare) Type() fn.Type { return fn.Boolean }
func (x *Same) Type() fn.Type    { return fn.Boolean }
func (x *IsNull) Type() fn.Type  { return fn.Boolean }
func (x *Within) Type() fn.Type  { return fn.Boolean }
func (x *In) Type() fn.Type      { return fn.Boolean }
func (x *Match) Type() fn.Type   { return fn.Boolean }
func (x *Logic) Type() fn.Type   { return fn.Boolean }
func (x *Not) Type() fn.Type     { return fn.Boolean }

func (x *CompareID) Type() fn.Type { return fn.Boolean }
func (x *Search) Type() fn.Type    { return fn.Boolean }
func (x *Lineage) Type() fn.Type   { return fn.Boolean }
func (x *System) Type() fn.Type    { return fn.Boolean }

// Type is that of the function's result.
func (x *Call) Type() fn.Type {
	if x.Fn.Infer == nil {
		return x.Fn.Result
	}
	args := make([]fn.Type, len(x.Args))
	for i, a := range x.Args {
		args[i] = a.Type()
	}
	return x.Fn.Infer(args)
}

func typeOfKind(k value.Kind) fn.Type {
	switch k {
	case value.Null:
		return fn.Null
	case value.Bool:
		return fn.Boolean
	case value.Int, value.Uint:
		return fn.Integer
	case value.Float:
		return fn.Number
	case value.String:
		return fn.String
	case value.Date:
		return fn.Date
	case value.IP:
		return fn.IP
	case value.Version:
		return fn.Version
	default:
		return fn.Any
	}
}

// Fields calls yield for every field below x, as often as it occurs.
func Fields(x Expr, yield func(*Field)) {
	switch x := x.(type) {
	case *Field:
		yield(x)
	case *Search:
		yield(x.Array)
		Fields(x.Cond, yield)
	case *Lineage:
		for _, f := range x.Reads {
			yield(f)
		}
		Fields(x.Step.Cond, yield)
	case *System:
		for _, f := range x.Fields {
			yield(f)
		}
	default:
		operands(x, func(o Expr) { Fields(o, yield) })
	}
}
