package event

import (
	"hash/maphash"
	"math/bits"
)

// A keyTable has keys by the place of their objects and by their text. It takes memory
// for many at a time.
type keyTable struct {
	slots []*key // by hash; as many as a power of two, half of them nil
	known int
	keys  []key  // that are not yet made
	texts []byte // the rest of it is free
}

// How much memory a keyTable takes at a time.
const (
	keysAtOnce  = 64
	textsAtOnce = 1 << 11
)

var keySeed = maphash.MakeSeed()

// newKeyTable returns a table with room for n keys.
func newKeyTable(n int) keyTable {
	return keyTable{
		slots: make([]*key, 1<<bits.Len(uint(2*n))),
		keys:  make([]key, n),
		texts: make([]byte, 0, n*textsAtOnce/keysAtOnce),
	}
}

// slot returns where a key is, or where it could be put.
func (t *keyTable) slot(at *place, text string) **key {
	hash := maphash.String(keySeed, text) + uint64(at.node.id)*0x9e3779b97f4a7c15
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if k := *s; k == nil || k.at == at && k.name() == text {
			return s
		}
	}
}

// find returns the key of objects at a place with a text between the quotes, or nil.
func (t *keyTable) find(at *place, text string) *key { return *t.slot(at, text) }

// add adds a key that there is not. The text is copied.
func (t *keyTable) add(at *place, text string) *key {
	if t.known++; 2*t.known > len(t.slots) {
		old := t.slots
		t.slots = make([]*key, 2*len(old))
		for _, k := range old {
			if k != nil {
				*t.slot(k.at, k.name()) = k
			}
		}
	}
	if len(t.keys) == 0 {
		t.keys = make([]key, keysAtOnce)
	}
	if n := len(text) + 3; n > cap(t.texts)-len(t.texts) {
		t.texts = make([]byte, 0, max(n, textsAtOnce))
	}
	from := len(t.texts)
	t.texts = append(append(append(t.texts, '"'), text...), '"', ':')
	k := &t.keys[0]
	t.keys = t.keys[1:]
	k.at, k.text = at, aliasString(t.texts[from:])
	*t.slot(at, text) = k
	return k
}
