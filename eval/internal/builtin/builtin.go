// Package builtin holds the functions of the Elasticsearch dialect, one file
// for each family. Their meaning is that of the EQL function reference.
package builtin

import (
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// All returns the built-in functions.
func All() []fn.Func {
	var all []fn.Func
	all = append(all, mathFuncs()...)
	all = append(all, stringFuncs()...)
	all = append(all, sliceFuncs()...)
	all = append(all, convertFuncs()...)
	return append(all, cidrMatch())
}

// plain makes a Prepare of functions that have nothing to prepare.
func plain(impl fn.Impl) func(bool, []*value.Value) (fn.Impl, error) {
	return func(bool, []*value.Value) (fn.Impl, error) { return impl, nil }
}

// folding makes a Prepare of a function with and without regard to case.
func folding(exact, fold fn.Impl) func(bool, []*value.Value) (fn.Impl, error) {
	return func(ignoreCase bool, _ []*value.Value) (fn.Impl, error) {
		if ignoreCase {
			return fold, nil
		}
		return exact, nil
	}
}

var (
	source = fn.Param{Name: "source", Type: fn.String}
	null   = value.Value{}
)

// texts reports whether all of vs carry text.
func texts(vs ...value.Value) bool {
	for _, v := range vs {
		if !v.Kind().IsText() {
			return false
		}
	}
	return true
}

// Positions and lengths count UTF-16 code units, as Java's strings do. Every
// byte that is no part of valid UTF-8 counts as one unit.

// units returns the length of s.
func units(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// offset returns the byte offset of position n of s, at most len(s). A position
// inside a surrogate pair is moved behind the pair.
func offset(s string, n int) int {
	i := 0
	for n > 0 && i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		n--
		if r > 0xFFFF {
			n--
		}
	}
	return i
}
