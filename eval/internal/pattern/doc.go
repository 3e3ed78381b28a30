// Package pattern holds what EQL compares text with: wildcards, regular
// expressions, sets of texts, case folding, and blocks of addresses.
//
// Everything is compiled once and then immutable, so a Matcher may be used by
// several goroutines. Matching takes time linear in the text and, for texts of
// ordinary length, allocates nothing.
//
// Text need not be valid UTF-8. A byte that is not part of a valid encoding
// counts as one code point, which equals only itself.
package pattern

// A Matcher decides about whole texts.
type Matcher interface {
	// Match reports whether s as a whole is matched.
	Match(s string) bool
}

// A Folding is a Matcher that does not mind the case.
type Folding interface {
	Matcher
	// Folded returns a Matcher that decides about a text in canonical case, as
	// Fold returns it, as the Folding does about the text in any case.
	Folded() Matcher
}

// anyOf matches what one of its members matches.
type anyOf []Matcher

func (m anyOf) Match(s string) bool {
	for _, x := range m {
		if x.Match(s) {
			return true
		}
	}
	return false
}
