package index

import "slices"

// An answer is which facts hold of a value, with what blocks make of them. Values
// of which the same holds share one. It is as long as two lines of the cache, of which
// part, all that is needed most of the time, is one.
type answer struct {
	part   part // of the block that was the first to ask, and the first of a list
	facts  []int32
	hash   uint64 // of all this
	source int32
	odd    bool // a value is of a kind for which conditions may know better
	_      [24]byte
}

// A part is what a block makes of an answer.
type part struct {
	masks   []mask
	numbers []int32 // of clauses that are satisfied, and of exceptions, see triggers
	first   int32   // of the exceptions, in numbers
	block   int32   // counted from 1; 0 as long as nothing is known
	next    *part
}

// choices returns the clauses that are satisfied.
func (p *part) choices() []int32 { return p.numbers[:p.first] }

// triggers returns the exceptions of which the first part is met.
func (p *part) triggers() []int32 { return p.numbers[p.first:] }

// A mask is the conditions of one word of a block that a value leaves.
type mask struct {
	word int
	left uint64
}

// has reports whether a fact holds.
func (a *answer) has(fact int32) bool {
	return a != nil && slices.Contains(a.facts, fact)
}

// become makes a another answer, in the same memory.
func (f *Finder) become(a *answer, odd bool) {
	a.facts, a.odd = f.numbers.put(a.facts, f.facts), odd
	for p := &a.part; p != nil; p = p.next {
		p.forget()
	}
}

func (p *part) forget() {
	p.masks, p.numbers, p.first, p.block = p.masks[:0], p.numbers[:0], 0, 0
}

// of returns what a block makes of a, which is about the source of one of its uses.
func (f *Finder) of(a *answer, b *block, use int32) *part {
	number := int32(b.number) + 1
	p := &a.part
	for p.block != number {
		if p.block == 0 {
			p.block = number
			f.digest(p, a, b, b.uses[use])
			break
		}
		if p.next == nil {
			p.next = &f.parts.take(1)[0]
		}
		p = p.next
	}
	return p
}

// digest makes p what a block makes of a by a use.
func (f *Finder) digest(p *part, a *answer, b *block, u *use) {
	left := f.left[:b.words()]
	for i, w := range u.asked {
		left[i] = ^w
	}
	numbers := f.scratch[:0]
	for _, fact := range a.facts {
		for _, m := range u.good.of(fact) {
			set(left, int(m))
		}
		numbers = append(numbers, u.choices.of(fact)...)
	}
	p.first = int32(len(numbers))
	for _, fact := range a.facts {
		numbers = append(numbers, u.triggers.of(fact)...)
	}
	if !a.odd {
		for _, fact := range a.facts {
			for _, m := range u.bad.of(fact) {
				left[m>>6] &^= 1 << (m & 63)
			}
		}
	}
	masks := f.masks[:0]
	for i, w := range left {
		if w != ^uint64(0) {
			masks = append(masks, mask{i, w})
		}
	}
	f.scratch, f.masks = numbers, masks
	p.numbers = f.numbers.put(p.numbers, numbers)
	p.masks = f.allMasks.put(p.masks, masks)
}
