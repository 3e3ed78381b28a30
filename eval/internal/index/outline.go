package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/eval/event"
)

// Outline says, for people, which sources a block asks about, and of those that most
// of its conditions need how many do. The Index was built for layout l.
func (ix *Index) Outline(block int, l *event.Layout) string {
	b := ix.blocks[block]
	uses := slices.Clone(b.uses)
	slices.SortStableFunc(uses, func(x, y *use) int { return cmp.Compare(count(y.concerns), count(x.concerns)) })
	const named = 3
	var names []string
	for _, u := range uses[:min(len(uses), named)] {
		names = append(names, fmt.Sprintf("%s %d", u.source.describe(l), count(u.concerns)))
	}
	text := strings.Join(names, ", ")
	if more := len(uses) - named; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return cmp.Or(text, "nothing")
}
