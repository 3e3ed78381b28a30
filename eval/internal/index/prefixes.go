package index

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// prefixes finds which of many texts another text begins with, or ends with if it
// reads backwards. The zero prefixes is empty; compile comes after the last add.
//
// It is a trie: a node is a beginning that texts have in common, and says by what its
// label adds to that of its parent and by which byte of it those behind it differ.
type prefixes struct {
	backwards bool
	entries   []prefix // until compile
	nodes     []node   // the first is the root; children of one lie together
	bytes     []byte   // by node: with which its parent goes on to it
	labels    string   // of nodes
	numbers   []int32  // of texts that end at a node
}

type prefix struct {
	text   string
	number int32
}

type node struct {
	label, length int32 // of what comes after the byte: where it is in labels
	first, end    int32 // its children
	from, to      int32 // its numbers
}

func (p *prefixes) any() bool { return len(p.entries)+len(p.nodes) > 0 }

// grow makes room for n texts.
func (p *prefixes) grow(n int) { p.entries = slices.Grow(p.entries, n) }

func (p *prefixes) add(text string, number int32) {
	p.entries = append(p.entries, prefix{text: text, number: number})
}

func (p *prefixes) compile() {
	if len(p.entries) == 0 {
		return
	}
	slices.SortFunc(p.entries, func(x, y prefix) int { return p.compare(x.text, y.text) })
	p.nodes, p.bytes = append(p.nodes, node{}), append(p.bytes, 0)
	var labels strings.Builder
	p.build(0, p.entries, 0, &labels)
	p.entries, p.labels = nil, labels.String()
	p.nodes, p.bytes = slices.Clip(p.nodes), slices.Clip(p.bytes)
}

// build makes a node what the texts of entries are from depth on.
func (p *prefixes) build(n int32, entries []prefix, depth int, labels *strings.Builder) {
	first, last := entries[0].text, entries[len(entries)-1].text
	length := p.common(first, last)
	label := int32(labels.Len())
	labels.WriteString(p.part(first, depth, length))
	from := len(p.numbers)
	for len(entries) > 0 && len(entries[0].text) == length {
		p.numbers = append(p.numbers, entries[0].number)
		entries = entries[1:]
	}
	children := len(p.nodes)
	for i, e := range entries {
		if b := p.at(e.text, length); i == 0 || b != p.at(entries[i-1].text, length) {
			p.nodes, p.bytes = append(p.nodes, node{}), append(p.bytes, b)
		}
	}
	p.nodes[n] = node{label, int32(length - depth), int32(children), int32(len(p.nodes)), int32(from), int32(len(p.numbers))}
	for child := children; len(entries) > 0; child++ {
		same := 1
		for same < len(entries) && p.at(entries[same].text, length) == p.bytes[child] {
			same++
		}
		p.build(int32(child), entries[:same], length+1, labels)
		entries = entries[same:]
	}
}

// find appends the numbers of the texts that s begins with.
func (p *prefixes) find(dst []int32, s string) []int32 {
	if len(p.nodes) == 0 {
		return dst
	}
	n, depth := &p.nodes[0], 0
	for {
		end := depth + int(n.length)
		if end > len(s) || p.part(s, depth, end) != p.labels[n.label:n.label+n.length] {
			return dst
		}
		if n.from < n.to {
			dst = append(dst, p.numbers[n.from:n.to]...)
		}
		if end == len(s) {
			return dst
		}
		next := bytes.IndexByte(p.bytes[n.first:n.end], p.at(s, end))
		if next < 0 {
			return dst
		}
		n, depth = &p.nodes[int(n.first)+next], end+1
	}
}

// at returns byte i of s in the direction in which p reads.
func (p *prefixes) at(s string, i int) byte {
	if p.backwards {
		return s[len(s)-1-i]
	}
	return s[i]
}

// part returns the bytes of s from one place to another, counted in the direction in
// which p reads.
func (p *prefixes) part(s string, from, to int) string {
	if p.backwards {
		return s[len(s)-to : len(s)-from]
	}
	return s[from:to]
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
	for i < n && p.at(x, i) == p.at(y, i) {
		i++
	}
	return i
}
