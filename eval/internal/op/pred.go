package op

import (
	"errors"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Pred decides about a record. Predicates are immutable and may be shared by
// rules and goroutines. Logic between predicates is two-valued: what is null
// inside an atom is false at its border.
type Pred interface {
	// Test reports whether the record of c satisfies the predicate.
	Test(c *Ctx) bool
	// describe says in a few words how the predicate works, for Explain.
	describe() string
}

// constPred is a condition that does not depend on the event.
type constPred bool

func (p constPred) Test(*Ctx) bool { return bool(p) }
func (p constPred) describe() string {
	if p {
		return "always true"
	}
	return "never true"
}

// allPred is a conjunction.
type allPred struct {
	xs    []Pred     // as written, for Explain
	texts []textPred // what is tested first, without a call for each
	operands
}

func newAllPred(x *plan.Logic, xs []Pred) *allPred {
	p := &allPred{xs: xs, operands: newOperands(x, xs)}
	for len(p.terms) > 0 {
		t, ok := p.terms[0].pred.(*textPred)
		if !ok || p.terms[0].not {
			break
		}
		p.texts, p.terms, p.others = append(p.texts, *t), p.terms[1:], p.others[1:]
	}
	return p
}

func (p *allPred) Test(c *Ctx) bool {
	for i := range p.texts {
		t := &p.texts[i]
		if v := c.Rec.At(t.slot); v.Kind() == value.String {
			if s := v.Str(); len(s) != t.text.Len() || !t.text.Same(s) {
				return false
			}
		} else if !t.some(v) {
			return false
		}
	}
	decided, terms := p.look(c)
	if decided {
		return false
	}
	for i := range terms {
		if t := &terms[i]; t.pred.Test(c) == t.not {
			return false
		}
	}
	return true
}
func (p *allPred) describe() string { return "all of" }

// anyPred is a disjunction.
type anyPred struct {
	xs []Pred // as written, for Explain
	operands
}

func (p *anyPred) Test(c *Ctx) bool {
	decided, terms := p.look(c)
	if decided {
		return true
	}
	for i := range terms {
		if t := &terms[i]; t.pred.Test(c) != t.not {
			return true
		}
	}
	return false
}
func (p *anyPred) describe() string { return "any of" }

// notPred is the complement of another predicate.
type notPred struct{ x Pred }

func (p *notPred) Test(c *Ctx) bool { return !p.x.Test(c) }
func (p *notPred) describe() string { return "not" }

// A term is an operand of a conjunction or disjunction: pred, or its complement.
type term struct {
	pred Pred
	not  bool
}

func newTerm(p Pred) term {
	t := term{pred: p}
	for {
		n, ok := t.pred.(*notPred)
		if !ok {
			return t
		}
		t.pred, t.not = n.x, !t.not
	}
}

// InCategory returns the predicate that slot holds a category, among others
// perhaps, and cond is true.
func InCategory(slot event.Slot, category string, cond Pred) Pred {
	is := textPred{slot, pattern.NewText(category)}
	if all, ok := cond.(*allPred); ok {
		return &allPred{xs: []Pred{&is, cond}, texts: append([]textPred{is}, all.texts...), operands: all.operands}
	}
	rest := []term{newTerm(cond)}
	return &allPred{xs: []Pred{&is, cond}, texts: []textPred{is}, operands: operands{terms: rest, others: rest}}
}

// maxChoices bounds the combinations of values that an atom tries: one with
// several multi-valued fields must not take forever.
const maxChoices = 1 << 16

// ErrTooManyValues is reported when the fields of one comparison have so many
// values that not all combinations of them are tried.
var ErrTooManyValues = errors.New("too many combinations of values; the rest is ignored")

// atomPred is an atom of any form: it holds if one choice of values for the
// fields below makes it true.
type atomPred struct {
	body node
	refs []ref // of the fields, by fieldNode.nth
}

func (p *atomPred) describe() string { return "computed" }

func (p *atomPred) Test(c *Ctx) bool {
	several := false
	for _, r := range p.refs {
		if c.get(r).Kind() == value.List {
			several = true
			break
		}
	}
	if !several {
		return p.holds(c)
	}
	// An atom may stand within another, which goes on with its own choice.
	outer := c.choice
	c.choice = append(outer[len(outer):], make([]int, len(p.refs))...)
	found := p.some(c)
	if len(outer) > 0 {
		c.choice = outer
	} else {
		c.choice = c.choice[:0] // room for the next one
	}
	return found
}

// some reports whether a choice of values makes the atom true.
func (p *atomPred) some(c *Ctx) bool {
	for range maxChoices {
		if p.holds(c) {
			return true
		}
		if !p.next(c) {
			return false
		}
	}
	c.report(ErrTooManyValues)
	return false
}

func (p *atomPred) holds(c *Ctx) bool {
	v := p.body.eval(c)
	return v.Kind() == value.Bool && v.Bool()
}

// next moves c to the next choice of values and reports whether there is one.
func (p *atomPred) next(c *Ctx) bool {
	for i := len(p.refs) - 1; i >= 0; i-- {
		if n := len(c.get(p.refs[i]).Elems()); c.choice[i]+1 < n {
			c.choice[i]++
			return true
		}
		c.choice[i] = 0
	}
	return false
}
