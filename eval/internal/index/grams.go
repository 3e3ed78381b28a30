package index

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// gramLen is how many bytes of a text are looked up at once. Shorter texts are only
// searched for if they are not ASCII, as most texts are.
const gramLen = 4

// isSearchable reports whether grams can find a text.
func isSearchable(text string) bool { return len(text) >= gramLen || text != "" && !isASCII(text) }

// isASCII reports whether s has no other bytes.
func isASCII(s string) bool {
	all := byte(0)
	for i := range len(s) {
		all |= s[i]
	}
	return all < utf8.RuneSelf
}

// grams finds which of many texts another text contains: each has a gram, four of
// its bytes, that few others have. Of a text every gram is looked up in a small
// filter, and only if that has it is there something to compare. The zero grams
// is empty; compile comes after the last add.
type grams struct {
	words  []word
	short  []word   // of less than gramLen bytes
	shift  uint     // of a hash, to a bit of filter
	filter []uint64 // which hashes there are
	table  []group  // by hash
}

// A group is the words whose grams share a hash, one behind the other.
type group struct {
	gram  uint32 // of the first
	first int32  // plus one, negative if there are others
}

// A word is a text to look for.
type word struct {
	text   string
	number int32
	at     int32  // of the gram in the text
	gram   uint32 // the gram
}

// grow makes room for n texts.
func (g *grams) grow(n int) { g.words = slices.Grow(g.words, n) }

// add adds a text that is searchable.
func (g *grams) add(text string, number int32) {
	w := word{text: text, number: number}
	if len(text) < gramLen {
		g.short = append(g.short, w)
	} else {
		g.words = append(g.words, w)
	}
}

// any reports whether there are texts.
func (g *grams) any() bool { return len(g.words)+len(g.short) > 0 }

func (g *grams) compile() {
	if len(g.words) == 0 {
		return
	}
	// 32 bits or more for each word let one gram in 32 pass at most, and some KB
	// at least are always in the cache.
	size := max(bits.Len(uint(len(g.words)))+5, 12)
	g.shift = uint(32 - size)
	g.filter = make([]uint64, 1<<(size-6))
	g.table = make([]group, 1<<(size-coarser))
	uses := make([]int32, 1<<size) // by hash, which tells apart as much as the filter does
	for i := range g.words {
		text := g.words[i].text
		for at := 0; at+gramLen <= len(text); at++ {
			uses[gramHash(gramAt(text, at))>>g.shift]++
		}
	}
	for i := range g.words {
		w := &g.words[i]
		best := int32(-1)
		for at := 0; at+gramLen <= len(w.text); at++ {
			gram := gramAt(w.text, at)
			if n := uses[gramHash(gram)>>g.shift]; best < 0 || n < best {
				best, w.at, w.gram = n, int32(at), gram
			}
		}
		h := gramHash(w.gram) >> g.shift
		g.filter[h>>6] |= 1 << (h & 63)
	}
	slices.SortFunc(g.words, func(x, y word) int {
		return cmp.Or(cmp.Compare(gramHash(x.gram), gramHash(y.gram)), cmp.Compare(x.number, y.number))
	})
	var texts strings.Builder // together, since they are compared with the same value
	for i := range g.words {
		texts.WriteString(g.words[i].text)
	}
	all := texts.String()
	for i := range g.words {
		w := &g.words[i]
		w.text, all = all[:len(w.text)], all[len(w.text):]
		at := &g.table[gramHash(w.gram)>>g.shift>>coarser]
		if at.first == 0 {
			*at = group{w.gram, int32(i) + 1}
		} else if at.first > 0 {
			at.first = -at.first
		}
	}
}

// coarser is by how many bits a hash for the table is shorter than one for the filter.
const coarser = 3

// find appends the numbers of the texts that s contains, each as often as it
// occurs.
func (g *grams) find(dst []int32, s string) []int32 {
	if len(g.short) > 0 && !isASCII(s) {
		for i := range g.short {
			if strings.Contains(s, g.short[i].text) {
				dst = append(dst, g.short[i].number)
			}
		}
	}
	if len(g.words) == 0 {
		return dst
	}
	filter, shift := g.filter, g.shift
	for i := 0; i+gramLen <= len(s); i++ {
		h := gramHash(gramAt(s, i)) >> shift
		if filter[h>>6]&(1<<(h&63)) != 0 {
			dst = g.check(dst, s, i, h)
		}
	}
	return dst
}

// check appends the texts with a hash that s contains with their gram at i.
func (g *grams) check(dst []int32, s string, i int, h uint32) []int32 {
	gram, at := gramAt(s, i), g.table[h>>coarser]
	if at.first > 0 {
		if at.gram == gram && g.words[at.first-1].isAt(s, i) {
			dst = append(dst, g.words[at.first-1].number)
		}
		return dst
	}
	for n := -int(at.first) - 1; n < len(g.words); n++ {
		w := &g.words[n]
		if gramHash(w.gram)>>g.shift>>coarser != h>>coarser {
			break
		}
		if w.gram == gram && w.isAt(s, i) {
			dst = append(dst, w.number)
		}
	}
	return dst
}

// isAt reports whether s contains w with its gram at i.
func (w *word) isAt(s string, i int) bool {
	from := i - int(w.at)
	return from >= 0 && from+len(w.text) <= len(s) && s[from:from+len(w.text)] == w.text
}

// gramAt returns the bytes of s from i on, of which there must be enough.
func gramAt(s string, i int) uint32 {
	b := unsafe.Slice(unsafe.StringData(s), len(s))[i : i+gramLen : i+gramLen]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func gramHash(g uint32) uint32 { return g * 0x9e3779b1 }
