package op

// A table is the buckets of a hash table whose entries are chained outside of
// it: each bucket names its first entry, 0 for none. It grows and shrinks by one
// bucket at a time (linear hashing), so that no event waits for the whole table
// to be rearranged, and takes four bytes for each entry.
type table struct {
	chunks [][]uint32
	size   uint32 // buckets in use
	count  uint32 // entries
}

const (
	tableShift = 9
	tableChunk = 1 << tableShift
	tableMin   = 8
)

// chained are the entries of a table.
type chained interface {
	// hashOf returns the hash of an entry.
	hashOf(i uint32) uint32
	// link returns the place of the name of the entry that follows in the bucket.
	link(i uint32) *uint32
}

// home returns the bucket of a hash.
func (t *table) home(hash uint32) uint32 {
	span := uint32(tableMin)
	for span < t.size {
		span <<= 1
	}
	if b := hash & (span - 1); b < t.size {
		return b
	}
	return hash & (span>>1 - 1)
}

func (t *table) bucket(b uint32) *uint32 { return &t.chunks[b>>tableShift][b&(tableChunk-1)] }

// first returns the first entry of the bucket of a hash, or 0.
func (t *table) first(hash uint32) uint32 {
	if t.size == 0 {
		return 0
	}
	return *t.bucket(t.home(hash))
}

// add enters i.
func (t *table) add(i uint32, c chained) {
	if t.size == 0 {
		t.chunks, t.size = [][]uint32{make([]uint32, tableMin)}, tableMin
	}
	t.push(t.home(c.hashOf(i)), i, c)
	if t.count++; t.count > t.size {
		t.grow(c)
	}
}

func (t *table) push(b, i uint32, c chained) {
	head := t.bucket(b)
	*c.link(i), *head = *head, i
}

// remove takes i out.
func (t *table) remove(i uint32, c chained) {
	at := t.bucket(t.home(c.hashOf(i)))
	for *at != i {
		at = c.link(*at)
	}
	*at = *c.link(i)
	if t.count--; t.count < t.size/4 && t.size > tableMin {
		t.shrink(c)
	}
}

// grow adds a bucket and moves to it what belongs there.
func (t *table) grow(c chained) {
	b := t.size
	switch k := int(b >> tableShift); {
	case k == len(t.chunks):
		t.chunks = append(t.chunks, make([]uint32, tableChunk))
	case k == 0 && int(b) == len(t.chunks[0]):
		t.chunks[0] = append(t.chunks[0], make([]uint32, b)...)
	}
	half := uint32(tableMin)
	for half<<1 <= b {
		half <<= 1
	}
	t.size++
	at := t.bucket(b - half)
	for *at != 0 {
		i := *at
		next := c.link(i)
		if t.home(c.hashOf(i)) == b {
			*at = *next
			t.push(b, i, c)
		} else {
			at = next
		}
	}
}

// shrink gives up the last bucket.
func (t *table) shrink(c chained) {
	t.size--
	last := t.bucket(t.size)
	for *last != 0 {
		i := *last
		*last = *c.link(i)
		t.push(t.home(c.hashOf(i)), i, c)
	}
	if k := int(t.size+tableChunk-1) >> tableShift; k < len(t.chunks) {
		t.chunks[k] = nil
		t.chunks = t.chunks[:k]
	}
}
