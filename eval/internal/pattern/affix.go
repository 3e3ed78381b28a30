package pattern

import (
	"encoding/binary"
	"strings"
)

// Lists of prefixes and of suffixes are compared by the eight bytes at the end
// of the text in question first.

// An affix is a text that others are to begin or to end with.
type affix struct {
	word, mask uint64 // of the outermost bytes
	text       string
}

type (
	prefixes []affix
	suffixes []affix
)

// prefix and suffix are lists of one.
type (
	prefix string
	suffix string
)

func (m prefix) Match(s string) bool { return strings.HasPrefix(s, string(m)) }
func (m suffix) Match(s string) bool { return strings.HasSuffix(s, string(m)) }

func (m *prefixes) add(text string) {
	mask := ^uint64(0)
	if n := len(text); n < 8 {
		mask >>= 8 * (8 - n)
	}
	*m = append(*m, affix{firstWord(text), mask, text})
}

func (m *suffixes) add(text string) {
	mask := ^uint64(0)
	if n := len(text); n < 8 {
		mask <<= 8 * (8 - n)
	}
	*m = append(*m, affix{lastWord(text), mask, text})
}

func (m prefixes) Match(s string) bool {
	w := firstWord(s)
	for i := range m {
		if a := &m[i]; (w^a.word)&a.mask == 0 && strings.HasPrefix(s, a.text) {
			return true
		}
	}
	return false
}

func (m suffixes) Match(s string) bool {
	w := lastWord(s)
	for i := range m {
		if a := &m[i]; (w^a.word)&a.mask == 0 && strings.HasSuffix(s, a.text) {
			return true
		}
	}
	return false
}

// firstWord returns the first eight bytes of s, the first one lowest; zeros
// follow a shorter text.
func firstWord(s string) uint64 {
	if len(s) >= 8 {
		return binary.LittleEndian.Uint64(bytesOf(s))
	}
	w := uint64(0)
	for i := len(s) - 1; i >= 0; i-- {
		w = w<<8 | uint64(s[i])
	}
	return w
}

// lastWord returns the last eight bytes of s, the last one highest; zeros
// precede a shorter text.
func lastWord(s string) uint64 {
	if n := len(s); n >= 8 {
		return binary.LittleEndian.Uint64(bytesOf(s)[n-8:])
	}
	w := uint64(0)
	for i := range len(s) {
		w = w>>8 | uint64(s[i])<<56
	}
	return w
}
