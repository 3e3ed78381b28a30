package index

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A clause holds if one of its terms does. Without it a condition cannot hold.
type clause struct {
	terms []term
	// exact says that the conjunct which the clause stems from holds exactly if
	// the clause does.
	exact bool
	// unsaid says that an event without any value satisfies the clause, too. Only a
	// mask can say so; see use.silent.
	unsaid bool
	// spare says that another clause says as much, of several sources. This one, of
	// one source, is worth having as a mask only.
	spare bool
	// negative says that the condition cannot hold if one of the terms does and,
	// unless it is empty, everything in also holds.
	negative bool
	also     []clause
}

// A term is a fact about a source.
type term struct {
	*mention
	enough bool // whether the conjunct holds if the term does
}

// A fact is what a term says of a value. The zero fact is that there is one.
type fact struct {
	kind factKind
	text string // of kinds with a text; of a number how it is written, see numberKey
	num  uint64 // of booleans and numbers
	id   bool   // of numbers: it may also be written as text; see plan.IDNumber
	// whole, unless it is empty, is a pattern that the text has to match besides,
	// in any case if fold is set.
	whole string
	fold  bool
}

// A factKind is the form of a fact about a value.
type factKind uint8

const (
	present    factKind = iota // there is a value
	isBool                     // it is this boolean
	isNumber                   // it is this number; see numberKey
	isBelow                    // it is a number below this integer
	isAtMost                   // the same, or the integer
	isAbove                    // it is a number above this integer
	isAtLeast                  // the same, or the integer
	isText                     // it is this text
	isFolded                   // it is this text in any case
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

// needs returns clauses without which x does not hold, or not x unless it is
// wanted; none if nothing is known. The caller must not change them.
func (b *Builder) needs(x plan.Expr, wanted bool) []clause {
	switch x := x.(type) {
	case *plan.Not:
		return b.needs(x.X, !wanted)
	case *plan.Logic:
		if x.Or != wanted {
			return b.both(x.Xs, wanted)
		}
		if !wanted {
			if c, ok := b.exception(x); ok {
				return []clause{c}
			}
		}
		return b.choice(x.Xs, wanted)
	}
	if l := b.leaf(x); wanted {
		return l.needs
	} else {
		return l.refutes
	}
}

// exception returns that x, a conjunction, does not hold, if that can be decided.
func (b *Builder) exception(x *plan.Logic) (clause, bool) {
	var all []clause
	for _, o := range conjuncts(nil, x) {
		cs := b.needs(o, true) // an exact one is all that o needs, and comes first
		if len(cs) == 0 || !cs[0].exact || cs[0].unsaid || len(cs[0].also) > 0 {
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
func without(cs []clause) []clause {
	var out []clause
	for _, c := range cs {
		n := clause{exact: c.exact, negative: true, terms: c.terms}
		if slices.ContainsFunc(c.terms, func(t term) bool { return !t.enough }) {
			n.terms = nil
			for _, t := range c.terms {
				if t.enough {
					n.terms = append(n.terms, t)
				}
			}
		}
		if len(n.terms) > 0 {
			out = append(out, n)
		}
	}
	return out
}

func (b *Builder) both(xs []plan.Expr, wanted bool) []clause {
	var out []clause
	for _, x := range xs {
		out = append(out, b.needs(x, wanted)...)
	}
	for i := range out {
		out[i].exact = out[i].exact && len(xs) == 1 // none of several is all
	}
	return out
}

// only returns the source that all terms are about; nil if there are several.
func (c *clause) only() *source {
	s := c.terms[0].source
	for i := range c.terms {
		if c.terms[i].source != s {
			return nil
		}
	}
	return s
}

// choice joins what the operands of a disjunction need, of each the best clause, and
// adds as spares what all of them need of one source.
func (b *Builder) choice(xs []plan.Expr, wanted bool) []clause {
	base, terms, exact := len(b.chosen), 0, true
	defer func() { b.chosen = b.chosen[:base] }()
	var spares shares
	for _, x := range xs {
		if plan.IsNever(x) {
			continue
		}
		all := b.needs(x, wanted)
		best, least := -1, 2.0
		for i := range all {
			if all[i].negative || all[i].unsaid || all[i].spare {
				continue
			}
			if g := b.guess(&all[i]); g < least {
				best, least = i, g
			}
		}
		if best < 0 {
			return nil
		}
		spares.take(all, len(b.chosen)-base)
		b.chosen = append(b.chosen, all[best].terms)
		terms += len(all[best].terms)
		exact = exact && all[best].exact
	}
	if terms == 0 {
		return nil
	}
	joined := clause{terms: make([]term, 0, terms), exact: exact}
	for _, ts := range b.chosen[base:] {
		joined.terms = append(joined.terms, ts...)
	}
	out := []clause{joined}
	for _, sh := range spares {
		if sh.operands == len(b.chosen)-base && sh.source != joined.only() {
			out = append(out, clause{terms: sh.terms, spare: true})
		}
	}
	return out
}

// shares are what the operands of a disjunction, as far as they have been looked at,
// need of single sources.
type shares []share

type share struct {
	source   *source
	terms    []term
	operands int // how many of them need one of the terms
}

// take adds the clauses of an operand, before which there were others.
func (s *shares) take(cs []clause, others int) {
	for i := range cs {
		c := &cs[i]
		source := c.only()
		if source == nil || c.negative || c.unsaid {
			continue
		}
		at := slices.IndexFunc(*s, func(sh share) bool { return sh.source == source })
		switch {
		case at < 0 && others == 0:
			*s = append(*s, share{source, c.terms[:len(c.terms):len(c.terms)], 1})
		case at >= 0 && (*s)[at].operands == others:
			sh := &(*s)[at]
			sh.terms = append(sh.terms, c.terms...)
			sh.operands++
		}
	}
}
