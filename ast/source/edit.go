package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Edit replaces the text of a Span of the file by New.
type Edit struct {
	Span Span
	New  string
}

// A Fix is a change to a file that would settle a problem.
type Fix struct {
	Title string // what it does, one clause: "write : instead of =="
	// Safe says that the query finds the same events afterwards, so that
	// nobody has to look at the change first.
	Safe  bool
	Edits []Edit // in order of place, not overlapping
}

// Apply returns text with all edits made. It fails if two of them overlap or
// one reaches beyond the text; their order does not matter.
func Apply(text string, edits []Edit) (string, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var b strings.Builder
	done := 0
	for _, e := range edits {
		start, end := e.Span.Start.Offset(), e.Span.End.Offset()
		if start < done || end < start || end > len(text) {
			return "", fmt.Errorf("edit of bytes %d to %d overlaps another or is beyond the text", start, end)
		}
		b.WriteString(text[done:start])
		b.WriteString(e.New)
		done = end
	}
	b.WriteString(text[done:])
	return b.String(), nil
}
