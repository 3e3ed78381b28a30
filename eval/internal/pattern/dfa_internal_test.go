package pattern

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Classes that are taken for alike have the same derivatives, and what is left
// out because of that is what would have come of it.
func TestSimilarity(t *testing.T) {
	for _, text := range []string{
		"", "a", "[a-z]+x?", ".*(com|net|cat)", "(ab?c?|[b-d]{2,3})*", "~(ab*)c", "a.*&.*b&~(.*c.*)", "<7-123>x", "[^a-f]@[e-k]#?",
		"(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z|0|1|2|3|4|5|6|7|8|9)+", // more fronts than are told apart
	} {
		for _, fold := range []bool{false, true} {
			b := newTermTable()
			p := regexParser{termTable: b, text: text, fold: fold}
			start, bad := p.parse()
			require.Nil(t, bad, text)
			var ok bool
			b.classes, ok = newAlphabet(b.sets)
			require.True(t, ok)
			m, ok := newDFA(b, start, 1000)
			require.True(t, ok, text)
			states := []*term{start}
			index := map[*term]int32{start: 0}
			var alike similarity
			for i := 0; i < len(states); i++ {
				alike.find(b, states[i])
				for class := range m.width {
					d := b.derive(states[i], uint16(class))
					require.Same(t, b.derive(states[i], uint16(alike.to[class])), d, text)
					if _, known := index[d]; !known {
						index[d] = int32(len(states))
						states = append(states, d)
					}
					require.Equal(t, index[d], m.next[i*m.width+class], text)
				}
			}
			require.Len(t, m.accepts, len(states))
		}
	}
}
