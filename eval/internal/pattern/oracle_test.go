package pattern_test

import (
	"unicode"
	"unicode/utf8"
)

// codePoints splits s, numbering the bytes that are no code point above all.
func codePoints(s string) []rune {
	var out []rune
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			r = unicode.MaxRune + 1 + rune(s[i])
		}
		out = append(out, r)
		i += n
	}
	return out
}

// same compares two code points by walking the orbit.
func same(a, b rune, fold bool) bool {
	if a == b || !fold || a > unicode.MaxRune {
		return a == b
	}
	for r := unicode.SimpleFold(a); r != a; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
	}
	return false
}

func sameText(a, b string, fold bool) bool {
	x, y := codePoints(a), codePoints(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !same(x[i], y[i], fold) {
			return false
		}
	}
	return true
}

// wildcardOracle fills the table of which prefixes match which.
func wildcardOracle(pattern, text string, fold bool) bool {
	p, s := codePoints(pattern), codePoints(text)
	match := make([][]bool, len(p)+1)
	for i := range match {
		match[i] = make([]bool, len(s)+1)
		for j := range match[i] {
			switch {
			case i == 0:
				match[i][j] = j == 0
			case p[i-1] == '*':
				match[i][j] = match[i-1][j] || j > 0 && match[i][j-1]
			default:
				match[i][j] = j > 0 && match[i-1][j-1] && (p[i-1] == '?' || same(p[i-1], s[j-1], fold))
			}
		}
	}
	return match[len(p)][len(s)]
}

// indexOracle returns the offsets of the first and the last occurrence.
func indexOracle(s, sub string) (first, last int) {
	first, last = -1, -1
	n := len(codePoints(sub))
	for i := 0; i <= len(s); {
		rest := s[i:]
		end := 0
		for range n {
			_, size := utf8.DecodeRuneInString(rest[end:])
			end += size
		}
		if sameText(rest[:end], sub, true) {
			if first < 0 {
				first = i
			}
			last = i
		}
		_, size := utf8.DecodeRuneInString(rest)
		i += max(size, 1)
	}
	return first, last
}
