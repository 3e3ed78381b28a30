package index

// A block is the conditions that are asked about together, a bit each.
type block struct {
	from, to int // its words among those of the index
	members  int
	base     []uint64 // conditions that are candidates unless a filter has it otherwise
	posts    []*post
	filters  []*filter
}

func newBlock(first, members int) *block {
	from := first / 64
	n := (members + 63) / 64
	return &block{from: from, to: from + n, members: members, base: make([]uint64, n)}
}

func set(words []uint64, bit int)      { words[bit>>6] |= 1 << (bit & 63) }
func has(words []uint64, bit int) bool { return words[bit>>6]&(1<<(bit&63)) != 0 }

// A post makes conditions candidates by the facts of a source.
type post struct {
	source *source
	by     lists
}

func (b *block) post(s *source, fact int32, member int) {
	for _, p := range b.posts {
		if p.source == s {
			p.by.add(fact, member)
			return
		}
	}
	p := &post{source: s}
	p.by.add(fact, member)
	b.posts = append(b.posts, p)
}

// A filter says which conditions stay candidates by the facts of a source. The
// others have a clause about it that does not hold.
type filter struct {
	source *source
	absent []uint64 // without any value
	other  []uint64 // with a value of which nothing else is known
	by     lists    // what facts add to other
	asked  []uint64 // conditions that have a clause here
}

func newFilter(s *source, b *block, members int) *filter {
	n := len(b.base)
	f := &filter{source: s, absent: make([]uint64, n), other: make([]uint64, n), asked: make([]uint64, n)}
	for m := range members {
		set(f.absent, m)
		set(f.other, m)
	}
	return f
}

// demand makes the filter ask for one of the terms, which are about its source.
// It reports false if it asks for others already.
func (f *filter) demand(member int, terms []term) bool {
	if has(f.asked, member) {
		return false
	}
	set(f.asked, member)
	clearBit(f.other, member)
	if f.source.kind != systemSource { // of which nothing is as good as anything
		clearBit(f.absent, member)
	}
	for _, t := range terms {
		if t.fact == (fact{}) {
			set(f.other, member)
		} else {
			f.by.add(f.source.number(t.fact), member)
		}
	}
	return true
}

func clearBit(words []uint64, bit int) { words[bit>>6] &^= 1 << (bit & 63) }

// compile makes everything ready to be read.
func (b *block) compile() {
	for _, p := range b.posts {
		p.by.compile(len(b.base))
	}
	for _, f := range b.filters {
		f.by.compile(len(b.base))
		f.asked = nil
	}
}

// lists has for each fact the conditions that it is good for: as members, or as
// bits if they are many. The zero lists is empty; compile comes after the last add.
type lists struct {
	members [][]int32
	bits    [][]uint64 // by fact, nil for those in members; nil if there are none
}

func (l *lists) add(fact int32, member int) {
	for int(fact) >= len(l.members) {
		l.members = append(l.members, nil)
	}
	l.members[fact] = append(l.members[fact], int32(member))
}

func (l *lists) compile(words int) {
	total := 0
	for fact, ms := range l.members {
		if len(ms) <= 2*words {
			total += len(ms)
			continue
		}
		if l.bits == nil {
			l.bits = make([][]uint64, len(l.members))
		}
		l.bits[fact] = make([]uint64, words)
		for _, m := range ms {
			set(l.bits[fact], int(m))
		}
		l.members[fact] = nil
	}
	all := make([]int32, 0, total) // one array instead of many
	for fact, ms := range l.members {
		from := len(all)
		all = append(all, ms...)
		l.members[fact] = all[from:len(all):len(all)]
	}
}

// or adds what a fact is good for to dst.
func (l *lists) or(dst []uint64, fact int32) {
	if int(fact) >= len(l.members) {
		return
	}
	for _, m := range l.members[fact] {
		dst[m>>6] |= 1 << (m & 63)
	}
	if l.bits != nil {
		for i, w := range l.bits[fact] {
			dst[i] |= w
		}
	}
}
