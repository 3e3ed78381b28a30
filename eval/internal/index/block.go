package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// A block is the conditions that are asked about together, a bit each.
type block struct {
	number   int
	from, to int // its words among those of the index
	members  int
	uses     []*use
	bySource []int32 // by source: its use, or -1
	// choices are clauses which no mask can decide, a bit each: those of member m
	// are the ones from choices[m] to choices[m+1]. Each needs one of some sources.
	choices    []int32
	choosable  [][]int32 // by clause: sources
	exceptions []exception
}

// An exception is what a condition must not meet as a whole. What triggers it is
// found by the facts of a use; the rest has to be looked at.
type exception struct {
	member int
	rest   []test
}

// A test is whether one of some facts holds, or none of them.
type test struct {
	facts []sourceFact
	none  bool
}

type sourceFact struct {
	source int
	fact   int32
}

// exception returns the exception that a clause of a condition makes.
func (b *block) exception(c *clause, member int) exception {
	e := exception{member: member}
	for i := range c.also {
		t := test{none: c.also[i].negative}
		for _, term := range c.also[i].terms {
			b.use(term.source, member) // which it concerns
			t.facts = append(t.facts, sourceFact{term.source.index, term.number()})
		}
		e.rest = append(e.rest, t)
	}
	return e
}

func newBlock(number, first, members int) *block {
	from := first / 64
	return &block{number: number, from: from, to: from + (members+63)/64, members: members}
}

// extend makes room in bySource for some sources.
func (b *block) extend(sources int) {
	for len(b.bySource) < sources {
		b.bySource = append(b.bySource, -1)
	}
}

// choose adds a clause, which has a number, to those of a condition.
func (b *block) choose(c *clause, number, member int) {
	var sources []int32
	for _, t := range c.terms {
		b.use(t.source, member).choices.add(t.number(), number)
		if i := int32(t.source.index); !slices.Contains(sources, i) {
			sources = append(sources, i)
		}
	}
	b.choosable = append(b.choosable, sources)
}

// absent takes out of dst the conditions with a choice of which no source is among the
// present ones, a bit for each use.
func (b *block) absent(dst, present []uint64) {
	for m := range b.members {
		for _, sources := range b.choosable[b.choices[m]:b.choices[m+1]] {
			if !slices.ContainsFunc(sources, func(s int32) bool { return has(present, int(b.bySource[s])) }) {
				dst[m>>6] &^= 1 << (m & 63)
			}
		}
	}
}

// words returns how many words the conditions take.
func (b *block) words() int { return b.to - b.from }

func set(words []uint64, bit int)      { words[bit>>6] |= 1 << (bit & 63) }
func has(words []uint64, bit int) bool { return words[bit>>6]&(1<<(bit&63)) != 0 }

// A use is what a block makes of a source.
type use struct {
	source  *source
	asked   []uint64 // conditions that have a clause about the source alone
	silent  []uint64 // of these, the ones that are content if nothing is known; nil if none
	good    lists    // by fact: those of asked that are content
	bad     lists    // by fact: conditions that cannot hold any more
	choices lists    // by fact: clauses about several sources that it satisfies
	// triggers has by fact exceptions that it is the first part of.
	triggers lists

	concerns []uint64 // the conditions of all these
}

// use returns the use of a source for a condition, making it if need be.
func (b *block) use(s *source, member int) *use {
	b.extend(s.index + 1)
	i := b.bySource[s.index]
	if i < 0 {
		i = int32(len(b.uses))
		b.bySource[s.index] = i
		b.uses = append(b.uses, &use{source: s, asked: make([]uint64, b.words()), concerns: make([]uint64, b.words())})
	}
	set(b.uses[i].concerns, member)
	return b.uses[i]
}

// arrange puts the uses into the order in which they are asked: what is cheap to
// find out and concerns many conditions comes first, so that the others need not
// be asked if no condition is left that they concern.
func (b *block) arrange() {
	slices.SortStableFunc(b.uses, func(x, y *use) int {
		return cmp.Or(x.source.effort-y.source.effort, count(y.concerns)-count(x.concerns))
	})
	for i, u := range b.uses {
		b.bySource[u.source.index] = int32(i)
		u.good.compile()
		u.bad.compile()
		u.choices.compile()
		u.triggers.compile()
	}
}

func count(words []uint64) int {
	n := 0
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	return n
}

// ask makes a clause about the source alone the one that a condition has. It reports false
// if the condition has one already.
func (u *use) ask(member int, c *clause) bool {
	if has(u.asked, member) {
		return false
	}
	set(u.asked, member)
	if c.unsaid {
		if u.silent == nil {
			u.silent = make([]uint64, len(u.asked))
		}
		set(u.silent, member)
	}
	for _, t := range c.terms {
		u.good.add(t.number(), member)
	}
	return true
}

// absent takes out of dst what is not content if nothing is known of the source.
func (u *use) absent(dst []uint64) {
	for i, w := range u.asked {
		if u.silent != nil {
			w &^= u.silent[i]
		}
		dst[i] &^= w
	}
}
