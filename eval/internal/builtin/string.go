package builtin

import (
	"math"
	"strings"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// LengthName is the name of the function that Length is.
const LengthName = "length"

const (
	startsWith     = "startsWith"
	endsWith       = "endsWith"
	stringContains = "stringContains"
)

// Matcher returns a Matcher for the texts that relate to a constant as a function
// of two texts asks, nil if there is none for the function. With fold, case does
// not matter.
func Matcher(function string, fold bool, constant string) pattern.Matcher {
	switch function {
	case startsWith:
		return pattern.Prefix(constant, fold)
	case endsWith:
		return pattern.Suffix(constant, fold)
	case stringContains:
		if constant == "" {
			return pattern.Set(nil, fold)
		}
		return pattern.Contains(constant, fold)
	default:
		return nil
	}
}

// HasMatcher reports whether there is a Matcher for a function.
func HasMatcher(function string) bool {
	return function == startsWith || function == endsWith || function == stringContains
}

// stringFuncs test and measure strings.
func stringFuncs() []fn.Func {
	return []fn.Func{
		{
			Name:    startsWith,
			Doc:     "whether a string begins with another",
			Params:  []fn.Param{source, {Name: "prefix", Type: fn.String}},
			Result:  fn.Boolean,
			Folds:   true,
			Prepare: folding(test(strings.HasPrefix), test(pattern.HasPrefixFold)),
		},
		{
			Name:    endsWith,
			Doc:     "whether a string ends with another",
			Params:  []fn.Param{source, {Name: "suffix", Type: fn.String}},
			Result:  fn.Boolean,
			Folds:   true,
			Prepare: folding(test(strings.HasSuffix), test(pattern.HasSuffixFold)),
		},
		{
			Name:   stringContains,
			Doc:    "whether a string contains another; false if one of them is empty",
			Params: []fn.Param{source, {Name: "substring", Type: fn.String}},
			Result: fn.Boolean,
			Folds:  true,
			Prepare: folding(
				test(func(s, sub string) bool { return s != "" && sub != "" && strings.Contains(s, sub) }),
				test(func(s, sub string) bool { return s != "" && sub != "" && pattern.IndexFold(s, sub) >= 0 }),
			),
		},
		{
			Name: LengthName,
			Doc:  "the length of a string in UTF-16 code units",
			Params: []fn.Param{
				{Name: "string", Type: fn.String},
			},
			Result: fn.Integer,
			Prepare: plain(func(args []value.Value) (value.Value, error) {
				if !texts(args...) {
					return null, nil
				}
				return value.OfInt(int64(Length(args[0].Str()))), nil
			}),
		},
		{
			Name: "indexOf",
			Doc:  "the position of the first occurrence of a string in another, counted from 0; null if there is none",
			Params: []fn.Param{
				source,
				{Name: "substring", Type: fn.String},
				{Name: "start", Type: fn.Integer, Optional: true},
			},
			Result:  fn.Integer,
			Folds:   true,
			Nulls:   true,
			Prepare: folding(indexOf(strings.Index), indexOf(pattern.IndexFold)),
		},
	}
}

// Length returns the length of s in UTF-16 code units.
func Length(s string) int { return units(s) }

// test makes an Impl of a relation between two strings.
func test(holds func(s, t string) bool) fn.Impl {
	return func(args []value.Value) (value.Value, error) {
		if !texts(args...) {
			return null, nil
		}
		return value.OfBool(holds(args[0].Str(), args[1].Str())), nil
	}
}

// indexOf makes an Impl of a search; a start of null is 0.
func indexOf(index func(s, sub string) int) fn.Impl {
	return func(args []value.Value) (value.Value, error) {
		if !texts(args[0], args[1]) {
			return null, nil
		}
		s, sub := args[0].Str(), args[1].Str()
		start := 0
		if len(args) == 3 {
			var ok bool
			if start, ok = position(args[2], 0); !ok {
				return null, nil
			}
		}
		start = max(start, 0)
		if sub == "" { // is found anywhere, even inside a surrogate pair
			return value.OfInt(int64(min(start, units(s)))), nil
		}
		from := offset(s, start)
		i := index(s[from:], sub)
		if i < 0 {
			return null, nil
		}
		return value.OfInt(int64(units(s[:from+i]))), nil
	}
}

// position returns a whole number as an int, one that is far outside as one that
// is still outside of every string. Null gives the default; it reports false for
// what is no whole number.
func position(v value.Value, otherwise int) (n int, ok bool) {
	const limit = 1 << 30
	switch v.Kind() {
	case value.Null:
		return otherwise, true
	case value.Int:
		return int(min(max(v.Int(), -limit), limit)), true
	case value.Uint:
		return limit, true
	case value.Float:
		f := v.Float()
		return int(min(max(f, -limit), limit)), f == math.Trunc(f)
	default:
		return 0, false
	}
}
