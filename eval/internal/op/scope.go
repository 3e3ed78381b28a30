package op

import (
	"encoding/binary"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A ref says where a value lies while predicates run: in a slot of the event's
// record, which is frame 0, or of one of the frames above it.
type ref struct {
	frame int32
	slot  event.Slot
}

// A frame holds the values of something else that has fields: an element of an
// array, what was kept of an event, or the event of an earlier step.
type frame struct {
	vals []value.Value
	rec  *event.Record // of an element that is read from the event; else nil
}

func (c *Ctx) get(r ref) value.Value { return *c.at(r) }

// at returns where the value at r lies.
func (c *Ctx) at(r ref) *value.Value {
	if r.frame == 0 {
		return c.Rec.At(r.slot)
	}
	return &c.frames[r.frame-1].vals[r.slot]
}

// push makes the frame with the given number the last one.
func (c *Ctx) push(number int) {
	for len(c.frames) < number {
		c.frames = append(c.frames, frame{})
	}
	c.frames = c.frames[:number]
}

// ref returns where a field lies.
func (b *Builder) ref(f *plan.Field) ref {
	switch {
	case b.later != nil:
		return b.later.ref(b, f)
	case f.Var != nil:
		_, elements := b.elements(f.Var)
		return ref{int32(1 + f.Var.Depth), b.Slot(elements, f)}
	default:
		return ref{0, b.Slot(b.Layout, f)}
	}
}

// elements returns the list that a variable runs over, and the layout of its
// elements.
func (b *Builder) elements(v *plan.Var) (event.List, *event.Layout) {
	l := b.Layout
	if outer := v.Array.Var; outer != nil {
		_, l = b.elements(outer)
	}
	return l.AddElements(v.Array.Path)
}

// AppendField implements plan.Places.
func (b *Builder) AppendField(dst []byte, f *plan.Field) []byte {
	r := b.ref(f)
	dst = binary.AppendVarint(dst, int64(r.frame))
	return binary.AppendVarint(dst, int64(r.slot))
}

// List returns the list of an array of the event.
func (b *Builder) List(s *plan.Search) event.List {
	list, _ := b.elements(s.Var)
	return list
}

// AppendList implements plan.Places.
func (b *Builder) AppendList(dst []byte, s *plan.Search) []byte {
	list, _ := b.elements(s.Var)
	from := 0
	if outer := s.Array.Var; outer != nil {
		from = 1 + outer.Depth
	}
	for _, n := range [...]int{from, int(list), s.Var.Depth} {
		dst = binary.AppendVarint(dst, int64(n))
	}
	return dst
}

// searchPred holds if a predicate holds for an element of a list.
type searchPred struct {
	list  event.List
	from  int // the frame with the list
	frame int // of the element
	cond  Pred
}

func (b *Builder) search(x *plan.Search) Pred {
	if b.later != nil {
		return b.later.search(b, x)
	}
	list, _ := b.elements(x.Var)
	p := &searchPred{list: list, frame: 1 + x.Var.Depth, cond: b.Condition(x.Cond)}
	if outer := x.Array.Var; outer != nil {
		p.from = 1 + outer.Depth
	}
	return p
}

func (p *searchPred) Test(c *Ctx) bool {
	rec := c.Rec
	if p.from > 0 {
		rec = c.frames[p.from-1].rec
	}
	n := rec.Elements(p.list)
	if n == 0 {
		return false
	}
	c.push(p.frame)
	for i := range n {
		e := rec.Element(p.list, i)
		c.frames[p.frame-1] = frame{e.Values(), e}
		if p.cond.Test(c) {
			return true
		}
	}
	return false
}
func (p *searchPred) describe() string { return "an element for which" }
func (p *searchPred) inner() Pred      { return p.cond }

// systemPred holds for events of some operating systems, and for those that do
// not tell theirs.
type systemPred struct {
	slots []event.Slot // the best first
	names []string
}

func (b *Builder) system(x *plan.System) Pred {
	p := &systemPred{names: x.Names}
	for _, f := range x.Fields {
		p.slots = append(p.slots, b.Slot(b.Layout, f))
	}
	return p
}

func (p *systemPred) Test(c *Ctx) bool {
	name := SystemOf(c.Rec, p.slots)
	return name == "" || slices.Contains(p.names, name)
}

// SystemOf returns the name of the operating system that the first of some fields
// tells which has a text; "" if none has.
func SystemOf(rec *event.Record, slots []event.Slot) string {
	for _, s := range slots {
		v := rec.At(s)
		if v.Kind() == value.List {
			v = &v.Elems()[0]
		}
		if v.Kind() == value.String && v.Str() != "" {
			return plan.SystemName(v.Str())
		}
	}
	return ""
}
func (p *systemPred) describe() string { return "operating system" }
