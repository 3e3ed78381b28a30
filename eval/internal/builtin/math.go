package builtin

import (
	"errors"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// named are the named forms of the arithmetic operators.
var named = []struct {
	name, doc string
	op        value.ArithOp
}{
	{"add", "the sum of two numbers", '+'},
	{"subtract", "the difference of two numbers", '-'},
	{"multiply", "the product of two numbers", '*'},
	{"divide", "the quotient of two numbers; integers are divided without remainder", '/'},
	{"modulo", "the remainder of a division, with the sign of the dividend", '%'},
}

// Operator returns the operator that a function is another name for, if it is one.
func Operator(name string) (op value.ArithOp, ok bool) {
	for _, f := range named {
		if f.name == name {
			return f.op, true
		}
	}
	return 0, false
}

func mathFuncs() []fn.Func {
	var all []fn.Func
	for _, f := range named {
		all = append(all, fn.Func{
			Name:   f.name,
			Doc:    f.doc,
			Params: []fn.Param{{Name: "x", Type: fn.Number}, {Name: "y", Type: fn.Number}},
			Result: fn.Number,
			Infer:  fn.Arithmetic,
			Prepare: plain(func(args []value.Value) (value.Value, error) {
				v, err := value.Arith(f.op, args[0], args[1])
				if errors.Is(err, value.ErrNotNumber) { // as for the operators, no value rather than an error
					return null, nil
				}
				return v, err
			}),
		})
	}
	return all
}
