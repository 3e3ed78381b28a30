package source

import "strings"

// Nearest returns the candidate that is most likely meant by word, or "" when
// none is close: at most one edit for every three letters. Case counts little.
func Nearest(word string, candidates []string) string {
	best, limit := "", len(word)/3+1
	for _, c := range candidates {
		if c == word {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(c), limit); d < limit || d == limit && best == "" && d <= len(word)/3 {
			best, limit = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance of a and b (insertions,
// deletions, substitutions and swaps of neighbours), or something above limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
