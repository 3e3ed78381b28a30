package index

import (
	"cmp"
	"slices"
	"strings"
)

// prefixes finds which of many texts another text begins with, or ends with if
// it reads backwards. The zero prefixes is empty; compile comes after the last
// add.
type prefixes struct {
	backwards bool
	entries   []prefix // in order
}

type prefix struct {
	text   string
	number int32
	parent int32 // the longest other entry that text begins with, or -1
}

func (p *prefixes) any() bool { return len(p.entries) > 0 }

// grow makes room for n texts.
func (p *prefixes) grow(n int) { p.entries = slices.Grow(p.entries, n) }

func (p *prefixes) add(text string, number int32) {
	p.entries = append(p.entries, prefix{text: text, number: number})
}

func (p *prefixes) compile() {
	slices.SortFunc(p.entries, func(x, y prefix) int { return p.compare(x.text, y.text) })
	for i := range p.entries {
		e := &p.entries[i]
		e.parent = int32(i) - 1
		for e.parent >= 0 && p.common(p.entries[e.parent].text, e.text) < len(p.entries[e.parent].text) {
			e.parent = p.entries[e.parent].parent
		}
	}
}

// find appends the numbers of the entries that s begins with. All of these are
// the last entry that is not behind s, or ancestors of it.
func (p *prefixes) find(dst []int32, s string) []int32 {
	if len(p.entries) == 0 {
		return dst
	}
	lo, hi := 0, len(p.entries)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if p.compare(p.entries[mid].text, s) <= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return dst
	}
	i := int32(lo - 1)
	n := p.common(p.entries[i].text, s)
	for ; i >= 0; i = p.entries[i].parent {
		if e := &p.entries[i]; len(e.text) <= n {
			dst = append(dst, e.number)
		}
	}
	return dst
}

// compare orders texts in the direction in which p reads.
func (p *prefixes) compare(x, y string) int {
	if !p.backwards {
		return strings.Compare(x, y)
	}
	n := p.common(x, y)
	if n == len(x) || n == len(y) {
		return cmp.Compare(len(x), len(y))
	}
	return cmp.Compare(x[len(x)-1-n], y[len(y)-1-n])
}

// common returns how many bytes of two texts are the same in the direction in
// which p reads.
func (p *prefixes) common(x, y string) int {
	n := min(len(x), len(y))
	i := 0
	if !p.backwards {
		for i < n && x[i] == y[i] {
			i++
		}
		return i
	}
	for i < n && x[len(x)-1-i] == y[len(y)-1-i] {
		i++
	}
	return i
}
