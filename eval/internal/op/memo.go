package op

import (
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A memo is a predicate whose answer is kept: until the record is filled again if
// several conditions share it, and for as long as the value is remembered that it
// is about if it is about a single field. What reports errors is asked again, so
// that each query learns of its own.
type memo struct {
	pred   Pred
	number int32      // of the answer in Ctx.answers; below 0 if nobody shares it
	slot   event.Slot // of the field; below 0 if there are several
	nth    int32      // among the memos about the field
}

// Verdicts are what predicates about one field say of a value, as far as they have
// been asked. The zero Verdicts is that of a new value. It belongs to one
// goroutine.
type Verdicts struct {
	words []uint64 // by memo.nth: which were asked, and behind each word which of them held
}

// Forget makes v that of another value.
func (v *Verdicts) Forget() { clear(v.words) }

// Use makes v empty and gives it memory. If that is not enough it takes more.
func (v *Verdicts) Use(memory []uint64) { v.words = memory }

// note keeps an answer.
func (v *Verdicts) note(nth int32, held bool) {
	w, bit := int(nth>>6)<<1, uint64(1)<<(nth&63)
	for w >= len(v.words) {
		v.words = append(v.words, 0, 0)
	}
	v.words[w] |= bit
	if held {
		v.words[w+1] |= bit
	} else {
		v.words[w+1] &^= bit
	}
}

// VerdictWords returns how many words verdicts about the values of a slot take.
func (b *Builder) VerdictWords(s event.Slot) int { return 2 * (int(b.bySlot[s]+63) / 64) }

// remember returns p with a memory of its answers, if that is worth anything.
func (b *Builder) remember(x plan.Expr, p Pred) Pred {
	if b.Forgetful || !isCostly(x) || !plan.IsClosed(x) {
		return p
	}
	m := &memo{pred: p, number: -1, slot: -1}
	if slot, ok := b.onlySlot(x); ok && !mayReport(x) {
		m.slot, m.nth = slot, b.bySlot[slot]
		if b.bySlot == nil {
			b.bySlot = make(map[event.Slot]int32)
		}
		b.bySlot[slot]++
	}
	return m
}

// onlySlot returns the slot of the only field of the event that x reads.
func (b *Builder) onlySlot(x plan.Expr) (event.Slot, bool) {
	if _, ok := x.(*plan.Search); ok {
		return -1, false
	}
	slot, ok := event.Slot(-1), true
	plan.Fields(x, func(f *plan.Field) {
		s := b.Slot(b.Layout, f)
		ok = ok && f.Var == nil && f.Alias == nil && (slot < 0 || slot == s)
		slot = s
	})
	return slot, ok && slot >= 0
}

// isCostly reports whether to remember the answer of x is cheaper than to test it
// again.
func isCostly(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Match, *plan.In, *plan.Search, *plan.Call:
		return true
	case *plan.Compare:
		return !isOperand(x.X) || !isOperand(x.Y)
	default:
		return false
	}
}

func isOperand(x plan.Expr) bool {
	switch x.(type) {
	case *plan.Const, *plan.Field:
		return true
	default:
		return false
	}
}

func (m *memo) Test(c *Ctx) bool {
	if m.slot >= 0 && c.Known != nil {
		if v := c.Known[m.slot]; v != nil {
			w, bit := int(m.nth>>6)<<1, uint64(1)<<(m.nth&63)
			if w < len(v.words) && v.words[w]&bit != 0 {
				return v.words[w+1]&bit != 0
			}
			held := m.pred.Test(c)
			v.note(m.nth, held)
			return held
		}
	}
	if m.number < 0 || c.Forgetful {
		return m.pred.Test(c)
	}
	return m.recall(c)
}

// recall returns the answer about the record at hand.
func (m *memo) recall(c *Ctx) bool {
	if int(m.number) >= len(c.answers) {
		c.answers = append(c.answers, make([]uint64, int(m.number)+1-len(c.answers))...)
	}
	fill := c.Rec.Fills() << 1
	a := c.answers[m.number]
	if a&^1 == fill {
		return a&1 != 0
	}
	errors := c.errors
	answer := fill
	if m.pred.Test(c) {
		answer |= 1
	}
	if c.errors == errors {
		c.answers[m.number] = answer
	}
	return answer&1 != 0
}

func (m *memo) describe() string { return m.pred.describe() }

// bare returns p without memory.
func bare(p Pred) Pred {
	if m, ok := p.(*memo); ok {
		return m.pred
	}
	return p
}
