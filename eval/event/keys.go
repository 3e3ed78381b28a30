package event

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// habits are what a record has learnt of how documents are written.
type habits struct {
	places []place // by node
	keys   keyTable
	odd    key    // one that is not remembered
	object uint64 // number of objects seen
}

func newHabits(l *Layout) *habits {
	h := &habits{places: make([]place, len(l.nodes)), keys: newKeyTable(2 * len(l.nodes))}
	for i, n := range l.nodes {
		h.places[i].node = n
	}
	return h
}

// A place is a node of the layout as a Record sees it, with what it has
// learnt of the objects there. The keys of objects mostly come in the order in
// which they came before, so that it takes one comparison to know a key.
type place struct {
	node *node
	// seen is the last object with a key for this place, times two, plus one if
	// the key ended here and did not lead beyond.
	seen    uint64
	before  key // stands before the first key of an object
	unknown int // how many keys lead nowhere
}

// The keys that lead nowhere and are remembered: so many at a place, and of this
// length at most.
const (
	maxUnknown    = 64
	maxUnknownLen = 64
)

// A key is a key of objects at a place, as JSON writes it.
type key struct {
	at         *place // of the objects
	text       string // with quotes and the colon; "" for one that is not remembered
	head, mask uint64 // the first bytes of text, up to eight
	place      *place // that it leads to; nil if there is none
	via        []*place
	next       [2]*key // the keys that followed lately, the last one first
}

// name returns the text of k between the quotes.
func (k *key) name() string { return k.text[1 : len(k.text)-2] }

// standsAt reports whether k stands at a position of a document.
func (k *key) standsAt(doc []byte, p int) bool {
	if p+8 > len(doc) {
		return strings.HasPrefix(aliasString(doc[p:]), k.text)
	}
	if (binary.LittleEndian.Uint64(doc[p:])^k.head)&k.mask != 0 {
		return false
	}
	n := len(k.text)
	return n <= 8 || p+n <= len(doc) && string(doc[p+8:p+n]) == k.text[8:]
}

// learn returns a key of objects at a place from now on; nil if it is not worth
// remembering. The text must have no escapes.
func (h *habits) learn(at *place, text string) *key {
	if !utf8.ValidString(text) {
		return nil
	}
	var learnt key // most that is not worth it takes no memory
	h.lead(&learnt, at, text)
	if learnt.place == nil {
		if at.unknown == maxUnknown || len(text) > maxUnknownLen {
			return nil
		}
		at.unknown++
	}
	k := h.keys.add(at, text)
	k.place, k.via = learnt.place, learnt.via
	var head [8]byte
	n := copy(head[:], k.text)
	k.head = binary.LittleEndian.Uint64(head[:])
	k.mask = ^uint64(0) >> (64 - 8*n)
	return k
}

// lead finds the place that a key leads to, by its meaning.
func (h *habits) lead(k *key, at *place, meaning string) {
	if child := at.node.children[meaning]; child != nil {
		k.place = &h.places[child.id]
		return
	}
	n := at.node
	for seg := range strings.SplitSeq(meaning, ".") {
		if n != at.node {
			k.via = append(k.via, &h.places[n.id])
		}
		if n = n.children[seg]; n == nil {
			return
		}
	}
	k.place = &h.places[n.id]
}

// arrive notes that an object has the key, and reports false if another key of
// the object has led to the place already, or to one on the way or beyond it.
func (k *key) arrive(object uint64) bool {
	for _, p := range k.via {
		if p.seen == object<<1|1 {
			return false
		}
		p.seen = object << 1
	}
	if k.place.seen>>1 == object {
		return false
	}
	k.place.seen = object<<1 | 1
	return true
}
