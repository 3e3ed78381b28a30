package op

import (
	"encoding/binary"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A condition stands for all expressions that compute the same. It is known by
// plan.AppendIdentity, or if it is logic by the numbers of its operands, so that
// nothing is written more than once however deep it lies.
type condition struct {
	number int32
	asked  int32     // how many conditions and queries ask it
	expr   plan.Expr // the first one, its operands being the first of theirs
	pred   Pred
}

// condition returns the condition that x is, making it if need be.
func (b *Builder) condition(x plan.Expr) *condition {
	base := len(b.operands)
	var key []byte
	switch x := x.(type) {
	case *plan.Not:
		b.operand(x.X)
		key = b.numbers('!', base)
	case *plan.Logic:
		for _, o := range x.Xs {
			b.operand(o)
		}
		kind := byte('&')
		if x.Or {
			kind = '|'
		}
		key = b.numbers(kind, base)
	default:
		key = plan.AppendIdentity(b.key[:0], x, b)
	}
	b.key = key
	c := b.conditions[string(key)]
	if c == nil {
		c = b.newCondition(string(key))
		b.define(c, x, base)
	}
	b.operands = b.operands[:base]
	return c
}

// newCondition returns a new condition, which is known by key.
func (b *Builder) newCondition(key string) *condition {
	const each, chunk = 12, 32 // conditions of a query, and how many are made at once
	if b.conditions == nil {
		b.conditions = make(map[string]*condition, each*b.Queries)
	}
	if len(b.free) == 0 {
		b.free = make([]condition, chunk)
	}
	c := &b.free[0]
	b.free = b.free[1:]
	c.number = int32(len(b.conditions))
	b.conditions[key] = c
	return c
}

func (b *Builder) operand(x plan.Expr) {
	c := b.condition(x)
	b.operands = append(b.operands, c)
}

// numbers returns the key of logic of a kind, which is no kind of other
// expressions, between the operands from base on.
func (b *Builder) numbers(kind byte, base int) []byte {
	key := append(b.key[:0], kind)
	for _, o := range b.operands[base:] {
		key = binary.LittleEndian.AppendUint32(key, uint32(o.number))
	}
	return key
}

// define makes c the condition of x, whose operands are those from base on.
func (b *Builder) define(c *condition, x plan.Expr, base int) {
	for _, o := range b.operands[base:] {
		b.ask(o)
	}
	switch x := x.(type) {
	case *plan.Not:
		o := b.operands[base]
		c.expr, c.pred = x, notOf(x, o.pred)
		if o.expr != x.X {
			own := *x
			own.X = o.expr
			c.expr = &own
		}
	case *plan.Logic:
		preds, same := make([]Pred, len(x.Xs)), true
		for i, o := range b.operands[base:] {
			preds[i] = o.pred
			same = same && o.expr == x.Xs[i]
		}
		c.expr, c.pred = x, logicOf(x, preds)
		if !same {
			own := *x
			own.Xs = make([]plan.Expr, len(x.Xs))
			for i, o := range b.operands[base:] {
				own.Xs[i] = o.expr
			}
			c.expr = &own
		}
		if !x.Or {
			b.note(b.operands[base:])
		}
	default:
		c.expr, c.pred = x, b.remember(x, b.pred(x))
	}
}

// note notes conjuncts, some of which are soon asked for again.
func (b *Builder) note(cs []*condition) {
	if b.conjuncts == nil {
		b.conjuncts = make(map[plan.Expr]*condition, 6*b.Queries)
	}
	for _, c := range cs {
		b.conjuncts[c.expr] = c
	}
}

// ask notes that one more condition or query asks c. From the second one on its
// answer is kept.
func (b *Builder) ask(c *condition) {
	if c.asked++; c.asked != 2 {
		return
	}
	if m, ok := c.pred.(*memo); ok {
		m.number = b.memos
		b.memos++
	}
}
