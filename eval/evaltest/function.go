package evaltest

import (
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/eqlkit/eqlkit/ast"
)

// A function is what the manual says of one.
type function struct {
	min, max int // number of arguments
	folds    bool
	boolean  bool
	nullable []int // arguments that may be null; any other makes the result null

	call func(args []any, fold bool) any
}

func (f function) takesNull(arg int) bool { return slices.Contains(f.nullable, arg) }

func (f function) apply(args []any, fold bool) any {
	for i, a := range args {
		if a == nil && !f.takesNull(i) {
			return nil
		}
	}
	return f.call(args, fold)
}

var functions = map[string]function{
	"add":            arithmeticFunction(ast.Add),
	"subtract":       arithmeticFunction(ast.Sub),
	"multiply":       arithmeticFunction(ast.Mul),
	"divide":         arithmeticFunction(ast.Div),
	"modulo":         arithmeticFunction(ast.Mod),
	"between":        {min: 3, max: 4, folds: true, call: between},
	"cidrmatch":      {min: 2, max: math.MaxInt, boolean: true, call: cidrMatch},
	"concat":         {min: 1, max: math.MaxInt, call: concat},
	"endswith":       {min: 2, max: 2, folds: true, boolean: true, call: endsWith},
	"indexof":        {min: 2, max: 3, folds: true, nullable: []int{2}, call: indexOf},
	"length":         {min: 1, max: 1, call: length},
	"number":         {min: 1, max: 2, nullable: []int{1}, call: toNumber},
	"startswith":     {min: 2, max: 2, folds: true, boolean: true, call: startsWith},
	"string":         {min: 1, max: 1, call: func(args []any, _ bool) any { return text(args[0]) }},
	"stringcontains": {min: 2, max: 2, folds: true, boolean: true, call: stringContains},
	"substring":      {min: 2, max: 3, nullable: []int{1, 2}, call: substring},
}

func arithmeticFunction(op ast.Op) function {
	return function{min: 2, max: 2, call: func(args []any, _ bool) any {
		return arithmetic(op, args[0], args[1])
	}}
}

// units are the UTF-16 units of x, without regard to case if fold is set. It
// reports false if x is no string.
func units(x any, fold bool) ([]uint16, bool) {
	s, ok := x.(string)
	if fold {
		s = foldCase(s)
	}
	return utf16.Encode([]rune(s)), ok
}

// indexFrom is the first place of sub in s at or after start, or -1.
func indexFrom(s, sub []uint16, start int) int {
	for i := start; i+len(sub) <= len(s); i++ {
		if slices.Equal(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

func fromUnits(u []uint16) string { return string(utf16.Decode(u)) }

// integer is x brought into the range of int32, which is enough for positions.
func integer(x any) (int, bool) {
	n, ok := keyValue(x).(*big.Int)
	if !ok {
		return 0, false
	}
	switch {
	case n.Cmp(big.NewInt(math.MinInt32)) < 0:
		return math.MinInt32, true
	case n.Cmp(big.NewInt(math.MaxInt32)) > 0:
		return math.MaxInt32, true
	default:
		return int(n.Int64()), true
	}
}

func between(args []any, fold bool) any {
	original, ok := units(args[0], false)
	source, _ := units(args[0], fold)
	left, okLeft := units(args[1], fold)
	right, okRight := units(args[2], fold)
	greedy := false
	if len(args) == 4 {
		var okGreedy bool
		if greedy, okGreedy = args[3].(bool); !okGreedy {
			return nil
		}
	}
	if !ok || !okLeft || !okRight {
		return nil
	}
	if len(source) == 0 || len(left) == 0 || len(right) == 0 {
		return args[0]
	}
	start := indexFrom(source, left, 0)
	if start < 0 {
		return ""
	}
	start += len(left)
	end := indexFrom(source, right, start)
	if end < 0 {
		return ""
	}
	for greedy {
		next := indexFrom(source, right, end+1)
		if next < 0 {
			break
		}
		end = next
	}
	return fromUnits(original[start:end])
}

func concat(args []any, _ bool) any {
	s := ""
	for _, a := range args {
		s += text(a)
	}
	return s
}

func startsWith(args []any, fold bool) any {
	s, ok := units(args[0], fold)
	prefix, okPrefix := units(args[1], fold)
	if !ok || !okPrefix {
		return nil
	}
	return len(prefix) <= len(s) && slices.Equal(s[:len(prefix)], prefix)
}

func endsWith(args []any, fold bool) any {
	s, ok := units(args[0], fold)
	suffix, okSuffix := units(args[1], fold)
	if !ok || !okSuffix {
		return nil
	}
	return len(suffix) <= len(s) && slices.Equal(s[len(s)-len(suffix):], suffix)
}

func stringContains(args []any, fold bool) any {
	s, ok := units(args[0], fold)
	sub, okSub := units(args[1], fold)
	if !ok || !okSub {
		return nil
	}
	return len(s) > 0 && len(sub) > 0 && indexFrom(s, sub, 0) >= 0
}

func indexOf(args []any, fold bool) any {
	s, ok := units(args[0], fold)
	sub, okSub := units(args[1], fold)
	if !ok || !okSub {
		return nil
	}
	start := 0
	if len(args) == 3 && args[2] != nil {
		var okStart bool
		if start, okStart = integer(args[2]); !okStart {
			return nil
		}
	}
	start = max(start, 0)
	if len(sub) == 0 {
		return big.NewInt(int64(min(start, len(s))))
	}
	if i := indexFrom(s, sub, start); i >= 0 {
		return big.NewInt(int64(i))
	}
	return nil
}

func length(args []any, _ bool) any {
	s, ok := units(args[0], false)
	if !ok {
		return nil
	}
	return big.NewInt(int64(len(s)))
}

func substring(args []any, _ bool) any {
	s, ok := units(args[0], false)
	if !ok {
		return nil
	}
	if args[1] == nil {
		return args[0]
	}
	start, okStart := integer(args[1])
	end, okEnd := len(s), true
	if len(args) == 3 && args[2] != nil {
		end, okEnd = integer(args[2])
	}
	if !okStart || !okEnd {
		return nil
	}
	// As a slice in Python: from the end if negative, then held within s.
	place := func(i int) int {
		if i < 0 {
			i += len(s)
		}
		return min(max(i, 0), len(s))
	}
	start, end = place(start), place(end)
	if start >= end {
		return ""
	}
	return fromUnits(s[start:end])
}

var javaDouble = regexp.MustCompile(`^[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?)$`)

func toNumber(args []any, _ bool) any {
	s, ok := args[0].(string)
	if !ok {
		return nil
	}
	base := 10
	switch {
	case len(args) == 2 && args[1] != nil:
		if base, ok = integer(args[1]); !ok || base < 2 || base > 36 {
			return nil
		}
	case strings.HasPrefix(s, "0x"):
		base = 16
	}
	if base == 16 {
		s = strings.TrimPrefix(s, "0x")
	}
	if n, err := strconv.ParseInt(s, base, 64); err == nil {
		return big.NewInt(n)
	}
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if base != 10 || !javaDouble.MatchString(s) {
		return nil
	}
	if !strings.HasSuffix(s, "Infinity") { // no suffix of a number
		s = strings.TrimRight(s, "fFdD")
	}
	f, _ := strconv.ParseFloat(s, 64) // an infinity if it is out of range
	return f
}
