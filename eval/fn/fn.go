// Package fn describes functions of EQL: the built-in ones and those that an
// embedder adds. One description serves the checker, the planner, the
// evaluator, error messages and documentation.
package fn

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Type is what the checker knows of an expression or demands of an argument.
type Type uint8

// The types. Any fits everything, and everything fits Any.
const (
	Any     Type = iota
	Null         // the literal null; fits everything
	Boolean      // true or false
	Integer      // a whole number
	Number       // any number
	String       // text
	Date         // an instant
	IP           // an address
	Version      // a software version
	Object       // a field that only has sub-fields; fits nothing
)

var typeNames = [...]string{"any type", "null", "boolean", "integer", "number", "string", "date", "ip", "version", "object"}

// String returns the type's name in words.
func (t Type) String() string { return typeNames[t] }

// Fits reports whether an expression of type t may stand where want is asked for.
func (t Type) Fits(want Type) bool {
	switch {
	case t == want, t == Any, t == Null, want == Any && t != Object:
		return true
	case want == Number:
		return t == Integer
	default:
		return false
	}
}

// Arithmetic returns the type of a computation with numbers: an Integer, unless
// one of the operands is known to be no whole number.
func Arithmetic(operands []Type) Type {
	for _, t := range operands {
		if t == Number {
			return Number
		}
	}
	return Integer
}

// A Param is one parameter of a Func.
type Param struct {
	Name     string // as documentation calls it
	Type     Type
	AlsoType Type // a second type that is allowed; Any (the zero Type) for none
	Optional bool // may be left out; only optional parameters may follow
	Constant bool // must be a literal or an expression of literals
}

// An Impl computes a function for one event. The arguments are single values or
// null; the slice belongs to the engine, the values may be kept. The result is a single value or null, and
// depends on the arguments alone: a call with constants is computed once, when
// the query is compiled. It may be called from several goroutines at a time. An
// error makes the result null and is reported by the engine.
type Impl func(args []value.Value) (value.Value, error)

// A Func describes a function. It is immutable once it is in use.
type Func struct {
	// Name is the canonical spelling; look-up ignores case.
	Name string
	// Doc is one line of documentation.
	Doc string
	// Params lists the parameters. If Variadic is set the last one may be
	// given any number of times, but at least once unless it is Optional.
	Params   []Param
	Variadic bool
	// Result is the type of the result.
	Result Type
	// Infer, if it is set, narrows Result down by the types of the arguments.
	Infer func(args []Type) Type
	// Folds says that there is a form with "~" that ignores case.
	Folds bool
	// Nulls says that Impl wants to see null arguments. Without it a null
	// argument makes the result null and Impl is not called.
	Nulls bool
	// Prepare returns the function for one place of a query. It is called once
	// when the query is compiled, with fold set for the "~" form, and with the
	// values of the arguments that are constant; the others are nil. This is
	// where patterns, sets and other costly things are built. An *ArgError
	// names the argument at fault.
	Prepare func(fold bool, constants []*value.Value) (Impl, error)
}

// An ArgError is a compile-time complaint about one argument.
type ArgError struct {
	Arg int // index of the argument
	Msg string
}

// Error implements error.
func (e *ArgError) Error() string { return e.Msg }

// Signature returns the function's call as documentation shows it, such as
// "between(source, left, right[, greedy])".
func (f *Func) Signature() string {
	var b strings.Builder
	b.WriteString(f.Name)
	b.WriteByte('(')
	depth := 0
	for i, p := range f.Params {
		if p.Optional {
			b.WriteByte('[')
			depth++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
	}
	if f.Variadic {
		b.WriteString(", ...")
	}
	b.WriteString(strings.Repeat("]", depth))
	b.WriteByte(')')
	return b.String()
}

// Arity returns the least and the greatest number of arguments; maximum is -1 if
// there is no greatest.
func (f *Func) Arity() (minimum, maximum int) {
	for _, p := range f.Params {
		if !p.Optional {
			minimum++
		}
	}
	if f.Variadic {
		return minimum, -1
	}
	return minimum, len(f.Params)
}

// Param returns the parameter that argument i is passed to.
func (f *Func) Param(i int) Param { return f.Params[min(i, len(f.Params)-1)] }

// A Registry holds functions by name. The zero Registry is empty. It is safe
// for concurrent use as long as nobody adds to it.
type Registry struct {
	funcs map[string]*Func
	names []string
}

// Add registers f. It fails if f has no name, no Prepare, or takes the name of
// a function that is already there.
func (r *Registry) Add(f Func) error {
	key := strings.ToLower(f.Name)
	switch {
	case !isName(f.Name):
		return fmt.Errorf("%q cannot be the name of a function", f.Name)
	case !ordered(f.Params):
		return fmt.Errorf("function %s has a required parameter behind an optional one", f.Name)
	case f.Prepare == nil:
		return fmt.Errorf("function %s has no Prepare", f.Name)
	case f.Variadic && len(f.Params) == 0:
		return fmt.Errorf("function %s is variadic but has no parameter", f.Name)
	case r.funcs[key] != nil:
		return fmt.Errorf("function %s is already defined", f.Name)
	}
	if r.funcs == nil {
		r.funcs = make(map[string]*Func)
	}
	r.funcs[key] = &f
	r.names = append(r.names, f.Name)
	return nil
}

// isName reports whether a query can call a function by that name.
func isName(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '_', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case c >= '0' && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

func ordered(params []Param) bool {
	for i := 1; i < len(params); i++ {
		if params[i-1].Optional && !params[i].Optional {
			return false
		}
	}
	return true
}

// Lookup returns the function called name, in any case, or nil.
func (r *Registry) Lookup(name string) *Func { return r.funcs[strings.ToLower(name)] }

// Names returns the names of all functions in the order they were added. The
// caller must not change it.
func (r *Registry) Names() []string { return r.names }
