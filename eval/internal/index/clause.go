package index

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A clause holds if one of its terms does. Without it a condition cannot hold.
type clause struct {
	terms []term
	// exact says that the conjunct which the clause stems from holds exactly if
	// the clause does.
	exact bool
	// unsaid says that an event without any value satisfies the clause, too, so
	// that only a filter can decide it.
	unsaid bool
	// negative says that the condition cannot hold if one of the terms does and,
	// unless it is empty, everything in also holds.
	negative bool
	also     []clause
}

// A term is a fact about a field.
type term struct {
	source *source
	fact   fact
	enough bool // whether the conjunct holds if the term does
}

// A fact is what a term says of a value. The zero fact is that there is one.
type fact struct {
	kind factKind
	text string // of kinds with a text; of a number how it is written, see numberKey
	num  uint64 // of booleans and numbers
	// whole, unless it is empty, is a pattern that the text has to match besides,
	// in any case if fold is set.
	whole string
	fold  bool
}

// A factKind is the form of a fact about a value.
type factKind uint8

const (
	present    factKind = iota // there is a value
	isText                     // it is this text
	isFolded                   // it is this text in any case
	isBool                     // it is this boolean
	isNumber                   // it is this number; see numberKey
	beginsWith                 // it begins with this text in any case
	continues                  // the same behind its first code point
	endsWith                   // it ends with this text in any case
	contains                   // it contains this text in any case
)

// conjuncts appends the operands of xs as conjunctions.
func conjuncts(dst []plan.Expr, xs ...plan.Expr) []plan.Expr {
	for _, x := range xs {
		if l, ok := x.(*plan.Logic); ok && !l.Or {
			dst = conjuncts(dst, l.Xs...)
		} else {
			dst = append(dst, x)
		}
	}
	return dst
}

// needs returns clauses without which x does not hold; none if nothing is known.
func (b *Builder) needs(x plan.Expr) []clause {
	switch x := x.(type) {
	case *plan.Logic:
		if x.Or {
			return b.choice(x.Xs, b.needs)
		}
		return b.both(x.Xs, b.needs)
	case *plan.Not:
		return b.refutes(x.X)
	case *plan.IsNull:
		if f, ok := x.X.(*plan.Field); ok {
			return b.without(b.one(f, fact{}, true))
		}
		return nil
	case *plan.Field:
		return b.one(x, fact{kind: isBool, num: 1}, true)
	case *plan.System:
		return b.system(x)
	case *plan.Search:
		return b.search(x)
	}
	if c, ok := b.atom(x); ok {
		return []clause{c}
	}
	return b.strict(x)
}

// refutes returns clauses without which x holds.
func (b *Builder) refutes(x plan.Expr) []clause {
	switch x := x.(type) {
	case *plan.Logic:
		if x.Or {
			return b.both(x.Xs, b.refutes)
		}
		if c, ok := b.exception(x); ok {
			return []clause{c}
		}
		return b.choice(x.Xs, b.refutes)
	case *plan.Not:
		return b.needs(x.X)
	case *plan.IsNull:
		if f, ok := x.X.(*plan.Field); ok {
			return b.one(f, fact{}, true)
		}
		return nil
	case *plan.Field:
		return b.without(b.one(x, fact{kind: isBool, num: 1}, true))
	}
	if c, ok := b.atom(x); ok {
		return b.without([]clause{c})
	}
	return nil
}

// exception returns that x, a conjunction, does not hold, if that can be decided.
func (b *Builder) exception(x *plan.Logic) (clause, bool) {
	var all []clause
	for _, o := range conjuncts(nil, x) {
		cs := b.needs(o)
		if len(cs) != 1 || !cs[0].exact || cs[0].unsaid || len(cs[0].also) > 0 {
			return clause{}, false
		}
		all = append(all, cs[0])
	}
	best, least := -1, 2.0
	for i := range all {
		if g := b.guess(&all[i]); !all[i].negative && g < least {
			best, least = i, g
		}
	}
	if best < 0 {
		return clause{}, false
	}
	c := clause{terms: all[best].terms, exact: true, negative: true}
	c.also = slices.Delete(all, best, best+1)
	return c, true
}

// without returns that none of the terms hold which alone suffice for a clause.
func (b *Builder) without(cs []clause) []clause {
	var out []clause
	for _, c := range cs {
		n := clause{exact: c.exact, negative: true}
		for _, t := range c.terms {
			if t.enough {
				n.terms = append(n.terms, t)
			}
		}
		if len(n.terms) > 0 {
			out = append(out, n)
		}
	}
	return out
}

func (b *Builder) both(xs []plan.Expr, of func(plan.Expr) []clause) []clause {
	var out []clause
	for _, x := range xs {
		out = append(out, of(x)...)
	}
	for i := range out {
		out[i].exact = out[i].exact && len(xs) == 1 // none of several is all
	}
	return out
}

// choice joins what the operands of a disjunction need, of each the best clause.
func (b *Builder) choice(xs []plan.Expr, of func(plan.Expr) []clause) []clause {
	joined := clause{exact: true}
	for _, x := range xs {
		if isNever(x) {
			continue
		}
		all := of(x)
		best, least := -1, 2.0
		for i := range all {
			if g := b.guess(&all[i]); !all[i].negative && !all[i].unsaid && g < least {
				best, least = i, g
			}
		}
		if best < 0 {
			return nil
		}
		joined.terms = append(joined.terms, all[best].terms...)
		joined.exact = joined.exact && all[best].exact && len(all) == 1
	}
	if len(joined.terms) == 0 {
		return nil
	}
	return []clause{joined}
}

// isNever reports whether x is a constant that never holds, which is what a null
// leaves of an operand.
func isNever(x plan.Expr) bool {
	c, ok := x.(*plan.Const)
	return ok && c.V.IsNull()
}

// one returns the clause of one term about a field.
func (b *Builder) one(f *plan.Field, k fact, exact bool) []clause {
	s := b.field(f)
	if s == nil {
		return nil
	}
	return []clause{{terms: []term{{s, k, exact}}, exact: exact}}
}

// atom returns what a test of one field against constants needs.
func (b *Builder) atom(x plan.Expr) (clause, bool) {
	if c, ok := b.atoms[x]; ok {
		return c, len(c.terms) > 0
	}
	c, ok := b.newAtom(x)
	b.atoms[x] = c
	return c, ok
}

func (b *Builder) newAtom(x plan.Expr) (clause, bool) {
	var f *plan.Field
	var asked []asked
	switch x := x.(type) {
	case *plan.Compare:
		c, ok := x.Y.(*plan.Const)
		if f, _ = x.X.(*plan.Field); f == nil || !ok || x.Op != ast.Eq {
			return clause{}, false
		}
		asked = append(asked, askedOfConstant(c.V))
	case *plan.In:
		if f, _ = x.X.(*plan.Field); f == nil {
			return clause{}, false
		}
		asked = askedOfList(x)
	case *plan.Match:
		if f, _ = x.X.(*plan.Field); f == nil {
			return clause{}, false
		}
		asked = askedOfPatterns(x)
	default:
		return clause{}, false
	}
	s := b.field(f)
	if s == nil {
		return clause{}, false
	}
	out := clause{exact: true}
	for _, k := range asked {
		out.terms = append(out.terms, term{s, k.fact, k.enough})
		out.exact = out.exact && k.enough
	}
	return out, true
}

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
		k.num, k.text = v.Uint(), "unsigned"
	case f == math.Trunc(f) && -two63 <= f && f < two63:
		k.num = uint64(int64(f))
	case f == math.Trunc(f) && two63 <= f && f < two64:
		k.num, k.text = uint64(f), "unsigned"
	default:
		k.num, k.text = math.Float64bits(f), "float"
	}
	return k
}

func askedOfList(x *plan.In) []asked {
	var out []asked
	for _, v := range x.Values {
		k := askedOfConstant(v)
		switch {
		case k.kind == isText && x.Fold:
			k.fact = fact{kind: isFolded, text: pattern.Fold(k.text)}
		case k.kind == isNumber && x.IDs: // also as text
			k = asked{}
		}
		out = append(out, k)
	}
	return out
}

// askedOfPatterns returns what matching one of several patterns asks for.
func askedOfPatterns(x *plan.Match) []asked {
	if x.Op == ast.Regex || x.Op == ast.RegexFold || x.Escapes {
		return []asked{{}}
	}
	var out []asked
	for _, p := range x.Patterns {
		out = append(out, askedOfWildcard(p, x.Op != ast.Like))
	}
	return out
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
	segments := strings.Split(p, "*")
	best, least := fact{}, 1.0
	consider := func(kind factKind, text string) {
		k := fact{kind: kind, text: pattern.Fold(text)}
		if kind == contains && len(k.text) < gramLen || k.text == "" {
			return
		}
		if g := guessText(k); g < least {
			best, least = k, g
		}
	}
	for i, segment := range segments {
		pieces := strings.Split(segment, "?")
		for j, piece := range pieces {
			switch {
			case i == 0 && j == 0:
				consider(beginsWith, piece)
			case i == 0 && j == 1 && pieces[0] == "":
				consider(continues, piece)
			case i == len(segments)-1 && j == len(pieces)-1:
				consider(endsWith, piece)
			default:
				consider(contains, piece)
			}
		}
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
	return strings.IndexAny(p, "*?") == i && p[i] == '*' && !pattern.HasWildcard(p[i+1:])
}

// search returns what a search in an array asks for.
func (b *Builder) search(x *plan.Search) []clause {
	if x.Array.Var != nil || x.Array.Alias != nil {
		return nil
	}
	return []clause{{terms: []term{{source: b.array(x)}}}}
}

// system returns what a test of the operating system asks for. An event that
// does not say satisfies it; see filter.demand.
func (b *Builder) system(x *plan.System) []clause {
	s := b.systems(x)
	c := clause{exact: true, unsaid: true}
	for _, name := range x.Names {
		c.terms = append(c.terms, term{s, fact{kind: isText, text: name}, true})
	}
	return []clause{c}
}

// strict returns that the fields have values without which x is null.
func (b *Builder) strict(x plan.Expr) []clause {
	var out []clause
	var walk func(plan.Expr)
	walk = func(x plan.Expr) {
		switch x := x.(type) {
		case *plan.Field:
			out = append(out, b.one(x, fact{}, false)...)
		case *plan.Call:
			if !x.Fn.Nulls {
				for _, a := range x.Args {
					walk(a)
				}
			}
		case *plan.Arith:
			walk(x.X)
			walk(x.Y)
		case *plan.Neg:
			walk(x.X)
		case *plan.Compare:
			walk(x.X)
			walk(x.Y)
		case *plan.CompareID:
			walk(x.X)
		case *plan.Within:
			walk(x.X)
		case *plan.In:
			walk(x.X)
		case *plan.Match:
			walk(x.X)
		}
	}
	walk(x)
	return out
}
