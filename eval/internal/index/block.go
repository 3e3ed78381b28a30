package index

// A block is the conditions that are asked about together, a bit each.
type block struct {
	number   int
	from, to int // its words among those of the index
	members  int
	uses     []*use
	bySource []int32 // by source: its use, or -1
	// choices are clauses which no mask can decide, a bit each: those of member m
	// are the ones from choices[m] to choices[m+1].
	choices []int32
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

// words returns how many words the conditions take.
func (b *block) words() int { return b.to - b.from }

func set(words []uint64, bit int)      { words[bit>>6] |= 1 << (bit & 63) }
func has(words []uint64, bit int) bool { return words[bit>>6]&(1<<(bit&63)) != 0 }

// none reports whether no bit is set.
func none(words []uint64) bool {
	all := uint64(0)
	for _, w := range words {
		all |= w
	}
	return all == 0
}

// A use is what a block makes of a source.
type use struct {
	asked   []uint64 // conditions that have a clause about the source alone
	silent  []uint64 // of these, the ones that are content if nothing is known; nil if none
	good    lists    // by fact: those of asked that are content
	bad     lists    // by fact: conditions that cannot hold any more
	choices lists    // by fact: clauses about several sources that it satisfies
}

// use returns the use of a source, making it if need be.
func (b *block) use(s *source) *use {
	b.extend(s.index + 1)
	if i := b.bySource[s.index]; i >= 0 {
		return b.uses[i]
	}
	b.bySource[s.index] = int32(len(b.uses))
	u := &use{asked: make([]uint64, b.words())}
	b.uses = append(b.uses, u)
	return u
}

// ask makes a clause about s alone the one that a condition has. It reports false
// if the condition has one already.
func (u *use) ask(s *source, member int, c *clause) bool {
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
		u.good.add(s.number(t.fact), member)
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

// lists has for each fact numbers of conditions or clauses. The zero lists is
// empty.
type lists [][]int32

func (l *lists) add(fact int32, number int) {
	for int(fact) >= len(*l) {
		*l = append(*l, nil)
	}
	(*l)[fact] = append((*l)[fact], int32(number))
}

// of returns the numbers of a fact.
func (l lists) of(fact int32) []int32 {
	if int(fact) >= len(l) {
		return nil
	}
	return l[fact]
}
