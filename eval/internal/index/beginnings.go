package index

import (
	"slices"
	"sort"
	"strings"
)

// guessBeginnings corrects what is guessed of the beginnings that conditions ask a
// source for: one that few of them have in common is rare, however short it is.
func (s *source) guessBeginnings() {
	for _, kind := range [...]factKind{beginsWith, continues} {
		all := s.mentionsOf(kind)
		slices.SortFunc(all, func(x, y *mention) int { return strings.Compare(x.text, y.text) })
		before := make([]int, len(all)+1) // how often those up to one are asked for
		for i, m := range all {
			before[i+1] = before[i] + int(m.everywhere)
		}
		from := 0
		for i, m := range all {
			if m.text != all[from].text {
				from = i
			}
			to := i + sort.Search(len(all)-i, func(n int) bool { return !strings.HasPrefix(all[i+n].text, m.text) })
			share := (float64(before[to]-before[from]) + 0.5) / float64(before[len(all)]+unseen)
			m.likely = min(m.likely, share)
		}
	}
}

// mentionsOf returns the mentions of facts of one kind, in no order.
func (s *source) mentionsOf(kind factKind) []*mention {
	var out []*mention
	for m := s.mentioned; m != nil; m = m.before {
		if m.kind == kind {
			out = append(out, m)
		}
	}
	return out
}
