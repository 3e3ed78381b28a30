package pattern

import (
	"encoding/binary"
	"slices"
)

// A term is a regular expression in normal form. Terms are made by a termTable
// only, which makes equal ones but once.
type term struct {
	op       termOp
	id       int32
	nullable bool // whether the empty text is matched
	set      int32
	min, max int32   // max is many if there is none
	subs     []*term // operands; those of opAlt and opAnd are in order of id
	derived  []*term // by class; nil where not yet known
}

type termOp uint8

const (
	opNone   termOp = iota // matches nothing
	opEmpty                // the empty text
	opSet                  // one symbol of a set
	opCat                  // subs[0], not itself an opCat, then subs[1]
	opAlt                  // any of subs
	opAnd                  // all of subs
	opNot                  // not subs[0]
	opRepeat               // subs[0], min to max times
)

const many = -1

// A termTable makes terms and their derivatives, as Brzozowski describes them:
// the derivative of t by a symbol matches what may follow that symbol in a text
// that t matches. Repeated derivation yields finitely many terms, since unions
// and intersections are sets, and since what precedes a continuation is a term
// that is not a union.
type termTable struct {
	terms   map[termKey]*term
	sets    []charSet
	setIDs  map[string]int32
	none    *term
	empty   *term
	all     *term // every text
	classes *alphabet

	effort int // grows with the work done
	limit  int // of effort; 0 is none
}

// flattenedPerEffort is how many operands are put in order in the time of one
// unit of effort.
const flattenedPerEffort = 4

// exhausted reports whether the effort is above the limit. From then on the
// table makes terms that mean nothing.
func (b *termTable) exhausted() bool { return b.limit > 0 && b.effort > b.limit }

type termKey struct {
	op       termOp
	a, b     int32
	min, max int32
	list     string
}

func newTermTable() *termTable {
	b := &termTable{
		terms:  map[termKey]*term{},
		setIDs: map[string]int32{},
	}
	b.none = b.make(termKey{op: opNone}, term{})
	b.empty = b.make(termKey{op: opEmpty}, term{nullable: true})
	any := b.set(anySymbol)
	b.all = b.make(termKey{op: opRepeat, a: any.id, max: many},
		term{nullable: true, max: many, subs: []*term{any}})
	return b
}

func (b *termTable) make(key termKey, t term) *term {
	b.effort++
	if known, ok := b.terms[key]; ok {
		return known
	}
	t.op, t.id = key.op, int32(len(b.terms))
	b.terms[key] = &t
	return &t
}

// set returns the term for one symbol of c.
func (b *termTable) set(c charSet) *term {
	if len(c) == 0 {
		return b.none
	}
	var name []byte
	for _, s := range c {
		name = binary.LittleEndian.AppendUint32(name, uint32(s.lo))
		name = binary.LittleEndian.AppendUint32(name, uint32(s.hi))
	}
	id, ok := b.setIDs[string(name)]
	if !ok {
		id = int32(len(b.sets))
		b.sets = append(b.sets, c)
		b.setIDs[string(name)] = id
	}
	return b.make(termKey{op: opSet, a: id}, term{set: id})
}

func (b *termTable) cat(x, y *term) *term {
	switch {
	case x == b.none || y == b.none:
		return b.none
	case x == b.empty:
		return y
	case y == b.empty:
		return x
	case x == b.all && (y == b.all || y.op == opCat && y.subs[0] == b.all):
		return y
	}
	switch x.op {
	case opCat:
		// Both loops keep the recursion flat for long chains.
		var heads []*term
		for ; x.op == opCat; x = x.subs[1] {
			heads = append(heads, x.subs[0])
		}
		y = b.cat(x, y)
		for _, h := range slices.Backward(heads) {
			y = b.cat(h, y)
		}
		return y
	case opAlt:
		subs := make([]*term, len(x.subs))
		for i, s := range x.subs {
			subs[i] = b.cat(s, y)
		}
		return b.alt(subs)
	}
	return b.make(termKey{op: opCat, a: x.id, b: y.id},
		term{nullable: x.nullable && y.nullable, subs: []*term{x, y}})
}

// alt returns the union of subs, which it may change.
func (b *termTable) alt(subs []*term) *term {
	if subs = b.flatten(opAlt, subs); b.exhausted() {
		return b.none
	}
	nullable := false
	for _, s := range subs {
		if s == b.all {
			return b.all
		}
		nullable = nullable || s.nullable && s != b.empty
	}
	subs = slices.DeleteFunc(subs, func(s *term) bool { return s == b.none || s == b.empty && nullable })
	switch len(subs) {
	case 0:
		return b.none
	case 1:
		return subs[0]
	}
	nullable = nullable || slices.Contains(subs, b.empty)
	b.effort += len(subs)
	return b.make(termKey{op: opAlt, list: idList(subs)}, term{nullable: nullable, subs: subs})
}

// and returns the intersection of subs, which it may change.
func (b *termTable) and(subs []*term) *term {
	if subs = b.flatten(opAnd, subs); b.exhausted() {
		return b.none
	}
	nullable := true
	for _, s := range subs {
		nullable = nullable && s.nullable
	}
	subs = slices.DeleteFunc(subs, func(s *term) bool { return s == b.all })
	switch {
	case len(subs) == 0:
		return b.all
	case len(subs) == 1:
		return subs[0]
	case slices.Contains(subs, b.none):
		return b.none
	case slices.Contains(subs, b.empty):
		if nullable {
			return b.empty
		}
		return b.none
	}
	b.effort += len(subs)
	return b.make(termKey{op: opAnd, list: idList(subs)}, term{nullable: nullable, subs: subs})
}

func (b *termTable) not(x *term) *term {
	switch {
	case x == b.none:
		return b.all
	case x == b.all:
		return b.none
	case x.op == opNot:
		return x.subs[0]
	}
	return b.make(termKey{op: opNot, a: x.id}, term{nullable: !x.nullable, subs: []*term{x}})
}

// repeat returns x from least to most times, where most may be many.
func (b *termTable) repeat(x *term, least, most int32) *term {
	if x.nullable {
		least = 0 // the empty text stands in for what is missing
	}
	switch {
	case most == 0 || x == b.empty:
		return b.empty
	case least == 1 && most == 1:
		return x
	case x == b.none && least == 0:
		return b.empty
	case x == b.none:
		return b.none
	case x == b.all:
		return b.all
	case x.nullable && most == 1:
		return x
	case least == 0 && most == many && x.op == opRepeat && x.min <= 1:
		x = x.subs[0]
	}
	return b.make(termKey{op: opRepeat, a: x.id, min: least, max: most},
		term{nullable: least == 0, min: least, max: most, subs: []*term{x}})
}

// derive returns the derivative of t by the symbols of a class.
func (b *termTable) derive(t *term, class uint16) *term {
	switch t.op {
	case opNone, opEmpty:
		return b.none
	case opSet:
		if b.sets[t.set].has(b.classes.members[class]) {
			return b.empty
		}
		return b.none
	}
	if b.effort++; b.exhausted() {
		return b.none
	}
	if t.derived == nil {
		t.derived = make([]*term, len(b.classes.members))
		b.effort += len(t.derived) / 8
	}
	if t.derived[class] == nil {
		d := b.deriveCompound(t, class)
		if b.exhausted() { // d means nothing, and a later attempt must not meet it
			return b.none
		}
		t.derived[class] = d
	}
	return t.derived[class]
}

func (b *termTable) deriveCompound(t *term, class uint16) *term {
	switch t.op {
	case opCat:
		d := b.cat(b.derive(t.subs[0], class), t.subs[1])
		if t.subs[0].nullable {
			d = b.alt([]*term{d, b.derive(t.subs[1], class)})
		}
		return d
	case opNot:
		return b.not(b.derive(t.subs[0], class))
	case opRepeat:
		most := t.max
		if most != many {
			most--
		}
		return b.cat(b.derive(t.subs[0], class), b.repeat(t.subs[0], max(t.min-1, 0), most))
	default:
		subs := make([]*term, len(t.subs))
		for i, s := range t.subs {
			subs[i] = b.derive(s, class)
		}
		if t.op == opAnd {
			return b.and(subs)
		}
		return b.alt(subs)
	}
}

// flatten replaces operands that are themselves of op by theirs, and returns
// them in order and without repetition.
func (b *termTable) flatten(op termOp, subs []*term) []*term {
	if b.exhausted() {
		return nil
	}
	if slices.ContainsFunc(subs, func(s *term) bool { return s.op == op }) {
		var flat []*term
		for _, s := range subs {
			if s.op == op {
				flat = append(flat, s.subs...)
			} else {
				flat = append(flat, s)
			}
		}
		subs = flat
	}
	b.effort += len(subs) / flattenedPerEffort // most of them may be there twice
	slices.SortFunc(subs, func(x, y *term) int { return int(x.id - y.id) })
	return slices.Compact(subs)
}

func idList(subs []*term) string {
	list := make([]byte, 0, 4*len(subs))
	for _, s := range subs {
		list = binary.LittleEndian.AppendUint32(list, uint32(s.id))
	}
	return string(list)
}
