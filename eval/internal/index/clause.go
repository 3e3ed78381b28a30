package index

import (
	"cmp"
	"math"
	"slices"
	"strings"

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
}

// A term is a fact about a field.
type term struct {
	source *source
	fact   fact
}

// A fact is what a term says of a value. The zero fact is that there is one.
type fact struct {
	kind factKind
	text string // of kinds with a text; of a number how it is written, see numberKey
	num  uint64 // of booleans and numbers
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

// conjuncts appends the operands of x as a conjunction.
func conjuncts(dst []plan.Expr, x plan.Expr) []plan.Expr {
	if l, ok := x.(*plan.Logic); ok && !l.Or {
		for _, o := range l.Xs {
			dst = conjuncts(dst, o)
		}
		return dst
	}
	return append(dst, x)
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
		return b.choice(x.Xs, b.refutes)
	case *plan.Not:
		return b.needs(x.X)
	case *plan.IsNull:
		if f, ok := x.X.(*plan.Field); ok {
			return b.one(f, fact{}, true)
		}
	}
	return nil
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
		if len(all) == 0 {
			return nil
		}
		best := slices.MinFunc(all, func(x, y clause) int { return cmp.Compare(x.guess(), y.guess()) })
		joined.terms = append(joined.terms, best.terms...)
		joined.exact = joined.exact && best.exact && len(all) == 1
		joined.unsaid = joined.unsaid || best.unsaid
	}
	if len(joined.terms) == 0 || joined.unsaid {
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
	return []clause{{terms: []term{{s, k}}, exact: exact}}
}

// atom returns what a test of one field against constants needs.
func (b *Builder) atom(x plan.Expr) (clause, bool) {
	var f *plan.Field
	var keys []fact
	exact := false
	switch x := x.(type) {
	case *plan.Compare:
		c, ok := x.Y.(*plan.Const)
		if f, _ = x.X.(*plan.Field); f == nil || !ok || x.Op != ast.Eq {
			return clause{}, false
		}
		k, isExact := constantKey(c.V)
		keys, exact = []fact{k}, isExact
	case *plan.In:
		if f, _ = x.X.(*plan.Field); f == nil {
			return clause{}, false
		}
		keys, exact = listKeys(x)
	case *plan.Match:
		if f, _ = x.X.(*plan.Field); f == nil {
			return clause{}, false
		}
		keys, exact = patternKeys(x)
	default:
		return clause{}, false
	}
	s := b.field(f)
	if s == nil {
		return clause{}, false
	}
	out := clause{exact: exact}
	for _, k := range keys {
		if k.kind == present { // which the others imply
			return clause{terms: []term{{s, k}}}, true
		}
		out.terms = append(out.terms, term{s, k})
	}
	return out, true
}

// constantKey returns what equality with v asks for.
func constantKey(v value.Value) (k fact, exact bool) {
	switch {
	case v.Kind() == value.String:
		return fact{kind: isText, text: v.Str()}, true
	case v.Kind() == value.Bool:
		return fact{kind: isBool, num: boolKey(v)}, true
	case v.Kind().IsNumber():
		return numberKey(v), true
	default:
		return fact{}, false
	}
}

func boolKey(v value.Value) uint64 {
	if v.Bool() {
		return 1
	}
	return 0
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

func listKeys(x *plan.In) (keys []fact, exact bool) {
	exact = true
	for _, v := range x.Values {
		k, isExact := constantKey(v)
		exact = exact && isExact
		switch {
		case k.kind == isText && x.Fold:
			k = fact{kind: isFolded, text: pattern.Fold(k.text)}
		case k.kind == isNumber && x.IDs: // also as text
			return []fact{{}}, false
		case k.kind == present:
			return []fact{k}, false
		}
		keys = append(keys, k)
	}
	return keys, exact
}

// patternKeys returns what matching one of several patterns asks for.
func patternKeys(x *plan.Match) (keys []fact, exact bool) {
	if x.Op == ast.Regex || x.Op == ast.RegexFold || x.Escapes {
		return []fact{{}}, false
	}
	exact = true
	for _, p := range x.Patterns {
		k := wildcardKey(p, x.Op != ast.Like)
		keys = append(keys, k)
		exact = exact && (k.kind == isText || k.kind == isFolded)
	}
	return keys, exact
}

// wildcardKey returns the best of what a text has to be like that matches a
// pattern of * and ?.
func wildcardKey(p string, fold bool) fact {
	switch {
	case !pattern.HasWildcard(p) && fold:
		return fact{kind: isFolded, text: pattern.Fold(p)}
	case !pattern.HasWildcard(p):
		return fact{kind: isText, text: p}
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
	return best
}

// search returns what a search in an array asks for.
func (b *Builder) search(x *plan.Search) []clause {
	if x.Array.Var != nil || x.Array.Alias != nil {
		return nil
	}
	return []clause{{terms: []term{{b.list(x), fact{}}}}}
}

// system returns what a test of the operating system asks for. An event that
// does not say satisfies it; see filter.demand.
func (b *Builder) system(x *plan.System) []clause {
	s := b.systems(x)
	c := clause{exact: true, unsaid: true}
	for _, name := range x.Names {
		c.terms = append(c.terms, term{s, fact{kind: isText, text: name}})
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
