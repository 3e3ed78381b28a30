package eval

import (
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// withOwnArgs returns f such that it may keep its arguments. What is read of an
// event is not good for longer than the event; our own functions know that.
func withOwnArgs(f fn.Func) fn.Func {
	prepare := f.Prepare
	if prepare == nil {
		return f // which is reported elsewhere
	}
	f.Prepare = func(fold bool, constants []*value.Value) (fn.Impl, error) {
		impl, err := prepare(fold, constants)
		if impl == nil || err != nil {
			return impl, err
		}
		return func(args []value.Value) (value.Value, error) {
			for i := range args {
				args[i] = args[i].Clone()
			}
			return impl(args)
		}, nil
	}
	return f
}
