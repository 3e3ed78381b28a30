package index

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A leaf is what is known of an expression between logic, whatever block and
// condition it is part of. It is immutable.
type leaf struct {
	needs, refutes []clause  // without which it holds not, or holds
	reads          []*source // each once
	isTest         bool      // of one field against constants, all of which needs has
}

// leaf returns what is known of x. Expressions that are one are looked at once.
func (b *Builder) leaf(x plan.Expr) *leaf {
	l := b.leaves[x]
	if l == nil {
		l = b.newLeaf(x)
		b.leaves[x] = l
	}
	return l
}

func (b *Builder) newLeaf(x plan.Expr) *leaf {
	l := &leaf{}
	switch x := x.(type) {
	case *plan.IsNull:
		if f, ok := x.X.(*plan.Field); ok {
			l.refutes = b.one(f, fact{}, true)
			l.needs = without(l.refutes)
		}
	case *plan.Field:
		l.needs = b.one(x, fact{kind: isBool, num: 1}, true)
		l.refutes = without(l.needs)
	case *plan.System:
		l.needs = b.system(x)
	case *plan.Search:
		l.needs = b.search(x)
		l.reads = []*source{b.array(x)}
		return l
	default:
		var f *plan.Field
		f, b.asked = tested(b.asked[:0], x)
		if s := b.field(f); s != nil && len(b.asked) > 0 {
			l.need(s, b.asked)
			l.reads = []*source{s}
			return l
		}
		l.needs = b.strict(x)
	}
	plan.Fields(x, func(f *plan.Field) {
		if s := b.field(f); s != nil && !slices.Contains(l.reads, s) {
			l.reads = append(l.reads, s)
		}
	})
	return l
}

// need makes l one that holds only if one of some facts does.
func (l *leaf) need(s *source, asked []asked) {
	c := clause{terms: make([]term, len(asked)), exact: true}
	for i, k := range asked {
		c.terms[i] = term{s.mention(k.fact), k.enough}
		c.exact = c.exact && k.enough
	}
	l.isTest = true
	l.needs = []clause{c}
	l.refutes = without(l.needs)
}

// tested takes a test of one field against constants apart and appends what it asks
// for to dst; the field is nil if x is none.
func tested(dst []asked, x plan.Expr) (*plan.Field, []asked) {
	switch x := x.(type) {
	case *plan.Compare:
		f, _ := x.X.(*plan.Field)
		if c, ok := x.Y.(*plan.Const); f != nil && ok {
			if k, ok := askedOfComparison(x.Op, c.V); ok {
				return f, append(dst, k)
			}
		}
	case *plan.CompareID:
		if k, ok := askedOfComparison(x.Op, x.Y); ok {
			k.id = true
			return x.X, append(dst, k)
		}
	case *plan.In:
		if f, ok := x.X.(*plan.Field); ok {
			return f, askedOfList(dst, x)
		}
	case *plan.Match:
		if f, ok := x.X.(*plan.Field); ok {
			return f, askedOfPatterns(dst, x)
		}
	}
	return nil, dst
}

// one returns the clause of one term about a field.
func (b *Builder) one(f *plan.Field, k fact, exact bool) []clause {
	s := b.field(f)
	if s == nil {
		return nil
	}
	return []clause{{terms: []term{{s.mention(k), exact}}, exact: exact}}
}

// search returns what a search in an array asks for.
func (b *Builder) search(x *plan.Search) []clause {
	if x.Array.Var != nil || x.Array.Alias != nil {
		return nil
	}
	return []clause{{terms: []term{{mention: b.array(x).mention(fact{})}}}}
}

// system returns what a test of the operating system asks for. An event that
// does not say satisfies it; see use.silent.
func (b *Builder) system(x *plan.System) []clause {
	s := b.systems(x)
	c := clause{exact: true, unsaid: true}
	for _, name := range x.Names {
		c.terms = append(c.terms, term{s.mention(fact{kind: isText, text: name}), true})
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
