package op

import (
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// inBlocks is the test that a value is an address of a set.
type inBlocks struct{ set *pattern.CIDRSet }

func (t inBlocks) holds(v *value.Value) bool {
	return v.Kind().IsText() && t.set.Contains(event.ParseAddr(v.Str()))
}
func (inBlocks) describe() string { return "blocks of addresses" }

func (t inBlocks) pred(r ref) Pred {
	if r.frame != 0 {
		return nil
	}
	return &addrPred{r.slot, t}
}

// addrPred is the predicate of inBlocks: the record parses the address, once for
// all of them.
type addrPred struct {
	slot event.Slot
	inBlocks
}

func (p *addrPred) Test(c *Ctx) bool {
	if v := c.Rec.At(p.slot); v.Kind() == value.List {
		return someValue(v, &p.inBlocks)
	}
	return p.set.Contains(c.Rec.Addr(p.slot))
}
