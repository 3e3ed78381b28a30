package evaltest

import (
	"strings"
	"unicode"
)

// foldCase maps each code point to the least of those that differ from it by
// case only. All of them take as many UTF-16 units.
func foldCase(s string) string {
	return strings.Map(foldRune, s)
}

func foldRune(r rune) rune {
	least := r
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		least = min(least, c)
	}
	return least
}

// wildcard matches the whole of s, "*" being any code points and "?" being one.
func wildcard(pattern, s []rune) bool {
	// here[i] tells whether the pattern so far matches s[:i].
	here := make([]bool, len(s)+1)
	here[0] = true
	for _, p := range pattern {
		next := make([]bool, len(s)+1)
		for i, ok := range here {
			switch {
			case p == '*':
				next[i] = ok || i > 0 && next[i-1]
			case ok && i < len(s) && (p == '?' || p == s[i]):
				next[i+1] = true
			}
		}
		here = next
	}
	return here[len(s)]
}
