package op

// A table is the buckets of a hash table of partials, which are chained through
// partial.next: each bucket names its first one, 0 for none. It grows and
// shrinks by one bucket at a time (linear hashing), so that no event waits for
// the whole table to be rearranged, and takes four bytes for each entry.
type table struct {
	chunks [][]uint32
	size   uint32 // buckets in use
	mask   uint32 // of the bits of a hash that name a bucket, if there is that one
	count  uint32 // entries
}

const (
	tableShift = 9
	tableChunk = 1 << tableShift
	tableMin   = 8
)

// home returns the bucket of a hash.
func (t *table) home(hash uint32) uint32 {
	if b := hash & t.mask; b < t.size {
		return b
	}
	return hash & (t.mask >> 1)
}

func (t *table) bucket(b uint32) *uint32 { return &t.chunks[b>>tableShift][b&(tableChunk-1)] }

// first returns the first entry of the bucket of a hash, or 0.
func (t *table) first(hash uint32) uint32 {
	if t.count == 0 {
		return 0
	}
	return *t.bucket(t.home(hash))
}

// insert enters partial i, which is p, into the table.
func (ps *partials) insert(i uint32, p *partial) {
	t := &ps.table
	if t.size == 0 {
		t.chunks, t.size, t.mask = [][]uint32{make([]uint32, tableMin)}, tableMin, tableMin-1
	}
	head := t.bucket(t.home(p.mixed()))
	p.next, *head = *head, i
	if t.count++; t.count > t.size {
		ps.grow()
	}
}

// remove takes partial i, which is p, out of the table.
func (ps *partials) remove(i uint32, p *partial) {
	t := &ps.table
	at := t.bucket(t.home(p.mixed()))
	for *at != i {
		at = &ps.at(*at).next
	}
	*at = p.next
	if t.count--; t.count < t.size/4 && t.size > tableMin {
		ps.shrink()
	}
}

// grow adds a bucket to the table and moves to it what belongs there.
func (ps *partials) grow() {
	t := &ps.table
	b := t.size
	switch k := int(b >> tableShift); {
	case k == len(t.chunks):
		t.chunks = append(t.chunks, make([]uint32, tableChunk))
	case k == 0 && int(b) == len(t.chunks[0]):
		t.chunks[0] = append(t.chunks[0], make([]uint32, b)...)
	}
	if t.size++; b > t.mask {
		t.mask = t.mask<<1 | 1
	}
	at, to := t.bucket(b&(t.mask>>1)), t.bucket(b)
	for *at != 0 {
		i := *at
		p := ps.at(i)
		if t.home(p.mixed()) == b {
			*at = p.next
			p.next, *to = *to, i
		} else {
			at = &p.next
		}
	}
}

// shrink gives up the last bucket of the table.
func (ps *partials) shrink() {
	t := &ps.table
	t.size--
	last := *t.bucket(t.size)
	*t.bucket(t.size) = 0
	if t.size <= t.mask>>1+1 && t.mask > tableMin-1 {
		t.mask >>= 1
	}
	for last != 0 {
		p := ps.at(last)
		head := t.bucket(t.home(p.mixed()))
		last, p.next, *head = p.next, *head, last
	}
	if k := int(t.size+tableChunk-1) >> tableShift; k < len(t.chunks) {
		t.chunks[k] = nil
		t.chunks = t.chunks[:k]
	}
}
