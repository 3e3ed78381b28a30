package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A quick is several memos about one field, operands of a conjunction or disjunction:
// what they say of a value is looked up at once.
type quick struct {
	slot event.Slot
	word int32 // of Verdicts
	// The memos that decide the whole if they hold, and those that do if they do not.
	ifHeld, ifNot uint64
}

// An operands is what a conjunction or disjunction tests.
type operands struct {
	terms  []term // in the order in which they are tested
	quick  []quick
	others []term // of the terms those that are not in quick
}

// newOperands returns what x tests, given the predicates of its operands. Where one of
// them may report an error the order matters, and nothing is looked up before.
func newOperands(x *plan.Logic, preds []Pred) operands {
	o := operands{terms: order(x, preds)}
	if slices.ContainsFunc(x.Xs, mayReport) {
		o.others = o.terms
	} else {
		o.hasten(x.Or)
	}
	return o
}

// hasten makes quick of the terms.
func (o *operands) hasten(or bool) {
	for _, t := range o.terms {
		m, ok := t.pred.(*memo)
		if !ok || m.slot < 0 {
			o.others = append(o.others, t)
			continue
		}
		word := m.nth >> 6 << 1
		i := slices.IndexFunc(o.quick, func(q quick) bool { return q.slot == m.slot && q.word == word })
		if i < 0 {
			i = len(o.quick)
			o.quick = append(o.quick, quick{slot: m.slot, word: word})
		}
		if bit := uint64(1) << (m.nth & 63); or != t.not {
			o.quick[i].ifHeld |= bit
		} else {
			o.quick[i].ifNot |= bit
		}
	}
}

// look looks at what is known of values. It reports whether an operand decides the
// whole, and else returns the terms that have still to be tested.
func (o *operands) look(c *Ctx) (decided bool, rest []term) {
	if c.Known == nil {
		return false, o.terms
	}
	all := true
	for i := range o.quick {
		q := &o.quick[i]
		v := c.Known[q.slot]
		if v == nil || int(q.word) >= len(v.words) {
			all = false
			continue
		}
		asked, held := v.words[q.word], v.words[q.word+1]
		if asked&(held&q.ifHeld|^held&q.ifNot) != 0 {
			return true, nil
		}
		all = all && ^asked&(q.ifHeld|q.ifNot) == 0
	}
	if all {
		return false, o.others
	}
	return false, o.terms
}
