package index

import "github.com/eqlkit/eqlkit/eval/internal/pattern"

// names finds which of many texts another text is, as it is written or in any case.
// The zero names is empty; compile comes after the last add.
type names struct {
	entries []name
	first   map[string]int32 // by text, folded if folds: of entries
	folds   bool             // one of them is in any case
	lengths [4]uint64        // a bit for each length in bytes of the keys of first
}

type name struct {
	text   string // folded if it is in any case
	number int32
	next   int32 // another one with the same key, or -1
	fold   bool
}

// grow makes room for n texts.
func (ns *names) grow(n int) { ns.entries = make([]name, 0, n) }

// add adds a text; with fold, in any case, and then it is folded.
func (ns *names) add(text string, fold bool, number int32) {
	ns.folds = ns.folds || fold
	ns.entries = append(ns.entries, name{text: text, number: number, fold: fold})
}

func (ns *names) compile() {
	if len(ns.entries) == 0 {
		return
	}
	ns.first = make(map[string]int32, len(ns.entries))
	for i := range ns.entries {
		n := &ns.entries[i]
		key := n.text
		if ns.folds && !n.fold {
			key = pattern.Fold(key)
		}
		first, ok := ns.first[key]
		if !ok {
			first = -1
		}
		n.next, ns.first[key] = first, int32(i)
		at := lengthBit(key)
		ns.lengths[at>>6] |= 1 << (at & 63)
	}
}

// lengthBit returns the bit for the length of a text: long ones share one.
func lengthBit(s string) int { return min(len(s), 255) }

func (ns *names) any() bool { return len(ns.entries) > 0 }

// find appends the numbers of the texts that text is. folded is text folded; it may be
// anything if none is meant in any case.
func (ns *names) find(dst []int32, text, folded string) []int32 {
	key := text
	if ns.folds {
		key = folded
	}
	if at := lengthBit(key); ns.lengths[at>>6]&(1<<(at&63)) == 0 {
		return dst
	}
	i, ok := ns.first[key]
	if !ok {
		return dst
	}
	for ; i >= 0; i = ns.entries[i].next {
		if n := &ns.entries[i]; n.fold || n.text == text {
			dst = append(dst, n.number)
		}
	}
	return dst
}
