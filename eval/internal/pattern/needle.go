package pattern

import "strings"

// A needle is a text to search for. It looks for the byte of the text that is
// likely to be the rarest, and compares the rest where it finds that.
type needle struct {
	text string // not empty
	rare byte
	at   int // of rare in text
}

// newNeedle returns a needle for text.
func newNeedle(text string) needle {
	n := needle{text: text}
	for i := range len(text) {
		if i == 0 || commonness[text[i]] < commonness[n.rare] {
			n.rare, n.at = text[i], i
		}
	}
	return n
}

// commonness ranks bytes by how often they occur in paths, command lines and
// registry keys; what is not listed is rare.
var commonness = func() (rank [256]uint8) {
	const ascending = "~`^|<>{}[]!;'#@&+QZXJ%,=()\"?*ZKYqVWj$BGUHNFOL:RTPIEDAMSC9786_543z/2vkb1y0xhgfupwmd.l-c\\nrtaoi se"
	for i, c := range []byte(ascending) {
		rank[c] = uint8(i + 1)
	}
	return rank
}()

// Match implements Matcher: it reports whether the needle is in s.
func (n *needle) Match(s string) bool { return n.index(s) >= 0 }

// index returns the offset of the first occurrence in s, or -1.
func (n *needle) index(s string) int {
	// A text full of the rare byte would make this take the product of the
	// lengths; strings.Index does not mind.
	spare := 8 + len(s)/16
	end := len(s) - len(n.text) + n.at + 1 // of where rare may be
	for from := n.at; from < end; from++ {
		i := strings.IndexByte(s[from:end], n.rare)
		if i < 0 {
			return -1
		}
		from += i
		start := from - n.at
		if s[start:start+len(n.text)] == n.text {
			return start
		}
		if spare--; spare == 0 {
			if i = strings.Index(s[start+1:], n.text); i < 0 {
				return -1
			}
			return start + 1 + i
		}
	}
	return -1
}
