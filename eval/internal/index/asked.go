package index

import (
	"math"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// asked is a fact without which an atom does not hold, or one of several.
type asked struct {
	fact
	enough bool // whether the atom holds with it
}

// askedOfConstant returns what equality with v asks for.
func askedOfConstant(v value.Value) asked {
	switch {
	case v.Kind() == value.String:
		return asked{fact{kind: isText, text: v.Str()}, true}
	case v.Kind() == value.Bool:
		return asked{fact{kind: isBool, num: v.Uint()}, true}
	case v.Kind().IsNumber():
		return asked{numberKey(v), true}
	default:
		return asked{}
	}
}

// numberKey returns what equal numbers share, and others do not.
func numberKey(v value.Value) fact {
	const two63, two64 = 1 << 63, 1 << 64
	k := fact{kind: isNumber}
	f := v.Float()
	switch {
	case v.Kind() == value.Int:
		k.num = v.Uint()
	case v.Kind() == value.Uint:
		k.num, k.text = v.Uint(), unsigned
	case f == math.Trunc(f) && -two63 <= f && f < two63:
		k.num = uint64(int64(f))
	case f == math.Trunc(f) && two63 <= f && f < two64:
		k.num, k.text = uint64(f), unsigned
	default:
		k.num, k.text = math.Float64bits(f), float
	}
	return k
}

// How numbers are written that are no Ints.
const unsigned, float = "unsigned", "float"

// askedOfComparison returns what a comparison with v asks for, and false if nothing is
// known of the like.
func askedOfComparison(op ast.Op, v value.Value) (asked, bool) {
	kind := isBelow
	switch op {
	case ast.Eq:
		return askedOfConstant(v), true
	case ast.Le:
		kind = isAtMost
	case ast.Gt:
		kind = isAbove
	case ast.Ge:
		kind = isAtLeast
	}
	return asked{fact{kind: kind, num: v.Uint()}, true}, v.Kind() == value.Int
}

// askedOfList appends what membership in a list asks for.
func askedOfList(dst []asked, x *plan.In) []asked {
	for _, v := range x.Values {
		k := askedOfConstant(v)
		switch {
		case k.kind == isText && x.Fold:
			k.fact = fact{kind: isFolded, text: pattern.Fold(k.text)}
		case k.kind == isNumber:
			k.id = x.IDs
		}
		dst = append(dst, k)
	}
	return dst
}

// askedOfPatterns appends what matching one of several patterns asks for.
func askedOfPatterns(dst []asked, x *plan.Match) []asked {
	for _, p := range x.Patterns {
		switch {
		case x.Op == ast.Regex || x.Op == ast.RegexFold:
			dst = askedOfRegex(dst, p, x.Op == ast.RegexFold)
		case x.Escapes:
			dst = append(dst, asked{})
		default:
			dst = append(dst, askedOfWildcard(p, x.Op != ast.Like))
		}
	}
	return dst
}

// askedOfRegex appends what a text has to be like that matches a regular expression.
func askedOfRegex(dst []asked, p string, fold bool) []asked {
	parts := pattern.RequiredParts(p, fold, gramLen)
	if len(parts) == 0 {
		return append(dst, asked{})
	}
	kinds := [...]factKind{
		pattern.Inside: contains, pattern.AtBegin: beginsWith, pattern.AtSecond: continues,
		pattern.AtEnd: endsWith, pattern.Whole: isFolded,
	}
	for _, part := range parts {
		dst = append(dst, asked{fact{kind: kinds[part.Place], text: part.Text}, false})
	}
	return dst
}

// askedOfWildcard returns the best of what a text has to be like that matches a
// pattern of * and ?.
func askedOfWildcard(p string, fold bool) asked {
	switch {
	case !pattern.HasWildcard(p) && fold:
		return asked{fact{kind: isFolded, text: pattern.Fold(p)}, true}
	case !pattern.HasWildcard(p):
		return asked{fact{kind: isText, text: p}, true}
	case !utf8.ValidString(p): // parts of it may be parts of code points
		return asked{}
	}
	folded := pattern.Fold(p)
	best, least := fact{}, 1.0
	consider := func(kind factKind, text string) {
		if kind == contains && !isSearchable(text) || text == "" {
			return
		}
		k := fact{kind: kind, text: text}
		if g := guessText(k); g < least {
			best, least = k, g
		}
	}
	first := wildcard(folded, 0)
	consider(beginsWith, folded[:first])
	from := first
	for to := wildcard(folded, from+1); to >= 0; to = wildcard(folded, from+1) {
		if from == 0 && folded[0] == '?' {
			consider(continues, folded[1:to])
		} else {
			consider(contains, folded[from+1:to])
		}
		from = to
	}
	if from == 0 && folded[0] == '?' {
		consider(continues, folded[1:])
	} else {
		consider(endsWith, folded[from+1:])
	}
	if best.kind == present {
		return asked{best, false}
	}
	if !fold || !isAll(best.kind, p) {
		best.whole, best.fold = p, fold
	}
	return asked{best, true}
}

// isAll reports whether the only text in a pattern is all that it asks for.
func isAll(kind factKind, p string) bool {
	switch kind {
	case beginsWith:
		return onlyWildcard(p, len(p)-1)
	case continues:
		return p[0] == '?' && onlyWildcard(p[1:], len(p)-2)
	case endsWith:
		return onlyWildcard(p, 0)
	case contains:
		return len(p) > 2 && p[0] == '*' && onlyWildcard(p[1:], len(p)-2)
	default:
		return false
	}
}

// onlyWildcard reports whether the only wildcard of p is a * at i.
func onlyWildcard(p string, i int) bool {
	return wildcard(p, 0) == i && p[i] == '*' && !pattern.HasWildcard(p[i+1:])
}

// wildcard returns where the first wildcard of a pattern from from on is, or -1.
func wildcard(p string, from int) int {
	for i := from; i < len(p); i++ {
		if p[i] == '*' || p[i] == '?' {
			return i
		}
	}
	return -1
}
