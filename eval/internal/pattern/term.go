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
	fronts   []int32 // see termTable.frontsOf; nil where not yet known
	crowded  bool    // whether there are too many of them
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
	lists   map[string]*term // of opAlt and opAnd, by op and ids of operands
	made    []term           // room for more
	derived []*term          // room for more
	sets    []charSet
	setIDs  map[string]int32
	none    *term
	empty   *term
	all     *term // every text
	classes *alphabet
	name    []byte  // scratch
	stack   []*term // operands that are being collected

	effort int // grows with the work done
	limit  int // of effort; 0 is none
}

// flattenedPerEffort is how many operands are put in order in the time of one
// unit of effort.
const flattenedPerEffort = 4

// exhausted reports whether the effort is above the limit. From then on the
// table makes terms that mean nothing.
func (b *termTable) exhausted() bool { return b.limit > 0 && b.effort > b.limit }

// A termKey identifies a term without a list of operands.
type termKey struct {
	op       termOp
	a, b     int32
	min, max int32
}

func newTermTable() *termTable {
	b := &termTable{
		terms:  map[termKey]*term{},
		lists:  map[string]*term{},
		setIDs: map[string]int32{},
	}
	b.none = b.add(termKey{op: opNone}, term{})
	b.empty = b.add(termKey{op: opEmpty}, term{nullable: true})
	any := b.set(anySymbol)
	b.all = b.add(termKey{op: opRepeat, a: any.id, max: many},
		term{nullable: true, max: many, subs: []*term{any}})
	return b
}

// find returns the term of a key, or nil if it has not been made.
func (b *termTable) find(key termKey) *term {
	b.effort++
	return b.terms[key]
}

// add makes a term whose key is new.
func (b *termTable) add(key termKey, t term) *term {
	out := b.new(key.op, t)
	b.terms[key] = out
	return out
}

// new makes a term. They are allocated by the dozen.
func (b *termTable) new(op termOp, t term) *term {
	if len(b.made) == 0 {
		b.made = make([]term, 32)
	}
	out := &b.made[0]
	b.made = b.made[1:]
	t.op, t.id = op, int32(len(b.terms)+len(b.lists))
	*out = t
	return out
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
	key := termKey{op: opSet, a: id}
	if t := b.find(key); t != nil {
		return t
	}
	return b.add(key, term{set: id})
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
		return b.collect(opAlt, x.subs, func(s *term) *term { return b.cat(s, y) })
	}
	key := termKey{op: opCat, a: x.id, b: y.id}
	if t := b.find(key); t != nil {
		return t
	}
	return b.add(key, term{nullable: x.nullable && y.nullable, subs: []*term{x, y}})
}

// collect returns the union or intersection of what each makes of subs.
func (b *termTable) collect(op termOp, subs []*term, each func(*term) *term) *term {
	begin := len(b.stack)
	for _, s := range subs {
		made := each(s)
		b.stack = append(b.stack, made)
	}
	var t *term
	if list := b.stack[begin:]; op == opAnd {
		t = b.and(list)
	} else {
		t = b.alt(list)
	}
	b.stack = b.stack[:begin]
	return t
}

// ofList returns the term with the given operands, which are in order.
func (b *termTable) ofList(op termOp, nullable bool, subs []*term) *term {
	b.effort += 1 + len(subs)
	name := append(b.name[:0], byte(op))
	for _, s := range subs {
		name = binary.LittleEndian.AppendUint32(name, uint32(s.id))
	}
	b.name = name
	if t, ok := b.lists[string(name)]; ok {
		return t
	}
	t := b.new(op, term{nullable: nullable, subs: slices.Clone(subs)})
	b.lists[string(name)] = t
	return t
}

// alt returns the union of subs, which it may change but does not keep.
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
	return b.ofList(opAlt, nullable, subs)
}

// and returns the intersection of subs, which it may change but does not keep.
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
	return b.ofList(opAnd, nullable, subs)
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
	key := termKey{op: opNot, a: x.id}
	if t := b.find(key); t != nil {
		return t
	}
	return b.add(key, term{nullable: !x.nullable, subs: []*term{x}})
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
	key := termKey{op: opRepeat, a: x.id, min: least, max: most}
	if t := b.find(key); t != nil {
		return t
	}
	return b.add(key, term{nullable: least == 0, min: least, max: most, subs: []*term{x}})
}

// derive returns the derivative of t by the symbols of a class.
func (b *termTable) derive(t *term, class uint16) *term {
	switch t.op {
	case opNone, opEmpty:
		return b.none
	case opSet:
		if b.classes.inside(t.set, class) {
			return b.empty
		}
		return b.none
	}
	if b.effort++; b.exhausted() {
		return b.none
	}
	if t.derived == nil {
		n := len(b.classes.members)
		if len(b.derived) < n {
			b.derived = make([]*term, max(16*n, 256))
		}
		t.derived, b.derived = b.derived[:n:n], b.derived[n:]
		b.effort += n / 8
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
			pair := [...]*term{d, b.derive(t.subs[1], class)}
			d = b.alt(pair[:])
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
		return b.collect(t.op, t.subs, func(s *term) *term { return b.derive(s, class) })
	}
}

// maxFronts is how many sets frontsOf returns at most.
const maxFronts = 32

// frontsOf returns the sets that tell apart by which symbols t has different
// derivatives: those of the symbols that its texts may begin with, in order. It
// reports false if they are too many.
func (b *termTable) frontsOf(t *term) ([]int32, bool) {
	if t.fronts != nil || t.crowded || t.op == opNone || t.op == opEmpty {
		return t.fronts, !t.crowded
	}
	if t.op == opSet {
		t.fronts = []int32{t.set}
		return t.fronts, true
	}
	relevant := t.subs
	if t.op == opCat && !t.subs[0].nullable {
		relevant = t.subs[:1]
	}
	var fronts []int32
	for i, s := range relevant {
		more, ok := b.frontsOf(s)
		switch {
		case !ok:
			t.crowded = true
			return nil, false
		case i == 0:
			fronts = more
		default:
			fronts = slices.Concat(fronts, more)
			slices.Sort(fronts)
			if fronts = slices.Compact(fronts); len(fronts) > maxFronts {
				t.crowded = true
				return nil, false
			}
		}
	}
	t.fronts = fronts
	return fronts, true
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
