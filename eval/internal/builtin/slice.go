package builtin

import (
	"strings"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// sliceFuncs cut pieces out of strings.
func sliceFuncs() []fn.Func {
	return []fn.Func{
		{
			Name: "substring",
			Doc:  "the part of a string from start up to end; negative positions count from the end",
			Params: []fn.Param{
				source,
				{Name: "start", Type: fn.Integer},
				{Name: "end", Type: fn.Integer, Optional: true},
			},
			Result:  fn.String,
			Nulls:   true,
			Prepare: plain(substring),
		},
		{
			Name: "between",
			Doc:  "the part of a string between two others; greedy takes the last occurrence of the right one",
			Params: []fn.Param{
				source,
				{Name: "left", Type: fn.String},
				{Name: "right", Type: fn.String},
				{Name: "greedy", Type: fn.Boolean, Optional: true},
			},
			Result: fn.String,
			Folds:  true,
			Prepare: folding(
				between(strings.Index, strings.LastIndex),
				between(pattern.IndexFold, pattern.LastIndexFold),
			),
		},
	}
}

func substring(args []value.Value) (value.Value, error) {
	if !texts(args[0]) {
		return null, nil
	}
	if args[1].IsNull() {
		return args[0], nil
	}
	s := args[0].Str()
	n := units(s)
	start, okStart := position(args[1], 0)
	end, okEnd := n, true
	if len(args) == 3 {
		end, okEnd = position(args[2], n)
	}
	if !okStart || !okEnd {
		return null, nil
	}
	place := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	if start, end = place(start), place(end); start >= end {
		return value.OfString(""), nil
	}
	return value.OfString(s[offset(s, start):offset(s, end)]), nil
}

// between makes an Impl from searches for the first and the last occurrence of
// one string in another. No match gives "", an empty delimiter or source the
// source as it is.
func between(first, last func(s, sub string) int) fn.Impl {
	return func(args []value.Value) (value.Value, error) {
		if !texts(args[:3]...) {
			return null, nil
		}
		s, left, right := args[0].Str(), args[1].Str(), args[2].Str()
		if s == "" || left == "" || right == "" {
			return args[0], nil
		}
		greedy := len(args) == 4 && args[3].Kind() == value.Bool && args[3].Bool()
		start := first(s, left)
		if start < 0 {
			return value.OfString(""), nil
		}
		// Folding keeps the number of code points, not of bytes.
		for range left {
			_, size := utf8.DecodeRuneInString(s[start:])
			start += size
		}
		end := -1
		if greedy {
			if end = last(s, right); end < start {
				end = -1
			}
		} else if i := first(s[start:], right); i >= 0 {
			end = start + i
		}
		if end < 0 {
			return value.OfString(""), nil
		}
		return value.OfString(s[start:end]), nil
	}
}
