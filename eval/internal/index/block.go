package index

// A block is the conditions that are asked about together, a bit each.
type block struct {
	from, to int // its words among those of the index
	members  int
	base     []uint64 // conditions that are candidates unless a filter has it otherwise
	posts    []*post
	filters  []*filter
	vetoes   []*post
}

func newBlock(first, members int) *block {
	from := first / 64
	n := (members + 63) / 64
	return &block{from: from, to: from + n, members: members, base: make([]uint64, n)}
}

func set(words []uint64, bit int)      { words[bit>>6] |= 1 << (bit & 63) }
func has(words []uint64, bit int) bool { return words[bit>>6]&(1<<(bit&63)) != 0 }

// A post says for which conditions the facts of a source are good, or bad.
type post struct {
	source *source
	by     lists
}

// postOf returns the post of a source among some, making it if need be.
func postOf(posts *[]*post, s *source) *post {
	for _, p := range *posts {
		if p.source == s {
			return p
		}
	}
	p := &post{source: s}
	*posts = append(*posts, p)
	return p
}

// A filter says which conditions stay candidates by the facts of one source, or
// of several of which one has to have one. Others have a clause about it that does
// not hold.
type filter struct {
	posts  []*post
	words  []int32  // of the block, with conditions that ask
	base   []uint64 // of each of them, the conditions that do not
	unsaid []uint64 // of each of them, those that are content if nothing is known
	asked  []uint64 // of the whole block, conditions that ask
	silent []uint64 // of the whole block, those of unsaid
}

func newFilter(b *block) *filter {
	return &filter{asked: make([]uint64, len(b.base)), silent: make([]uint64, len(b.base))}
}

// demand makes the filter ask for one of the terms. It reports false if the
// condition asks for others already.
func (f *filter) demand(member int, c *clause) bool {
	if has(f.asked, member) {
		return false
	}
	set(f.asked, member)
	if c.unsaid {
		set(f.silent, member)
	}
	for _, t := range c.terms {
		postOf(&f.posts, t.source).by.add(t.source.number(t.fact), member)
	}
	return true
}

// compile makes everything ready to be read.
func (b *block) compile() {
	for _, p := range b.posts {
		p.by.compile(len(b.base))
	}
	for _, p := range b.vetoes {
		p.by.compile(len(b.base))
	}
	for _, f := range b.filters {
		for i, w := range f.asked {
			if w != 0 {
				f.words = append(f.words, int32(i))
				f.base = append(f.base, ^w)
				f.unsaid = append(f.unsaid, ^w|f.silent[i])
			}
		}
		f.asked, f.silent = nil, nil
		for _, p := range f.posts {
			p.by.compile(len(b.base))
		}
	}
}

// lists has for each fact the conditions that it is good or bad for: as members,
// or as bits if they are many. The zero lists is empty; compile comes after the
// last add.
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

// addTo adds what a fact is good for to dst.
func (l *lists) addTo(dst []uint64, fact int32) {
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

// takeFrom takes what a fact is bad for from dst.
func (l *lists) takeFrom(dst []uint64, fact int32) {
	if int(fact) >= len(l.members) {
		return
	}
	for _, m := range l.members[fact] {
		dst[m>>6] &^= 1 << (m & 63)
	}
	if l.bits != nil {
		for i, w := range l.bits[fact] {
			dst[i] &^= w
		}
	}
}
