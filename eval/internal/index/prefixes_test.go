package index

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomText returns a short text of few different bytes, so that one is often the
// beginning, the end or a part of another.
func randomText(r *rand.Rand, most int) string {
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		b[i] = "ab\x00\xff"[r.IntN(4)]
	}
	return string(b)
}

// texts returns texts, some more than once.
func texts(r *rand.Rand, n, most int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = randomText(r, most)
	}
	return out
}

// TestPrefixes compares with a look at each text, in both directions.
func TestPrefixes(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		for backwards, is := range map[bool]func(s, text string) bool{false: strings.HasPrefix, true: strings.HasSuffix} {
			known := texts(r, r.IntN(20), 6)
			p := prefixes{backwards: backwards}
			for _, i := range r.Perm(len(known)) {
				p.add(known[i], int32(i))
			}
			p.compile()
			require.Equal(t, len(known) > 0, p.any())
			for range 50 {
				s := randomText(r, 10)
				want := []int32{-1} // what was there stays
				for i, text := range known {
					if is(s, text) {
						want = append(want, int32(i))
					}
				}
				got := p.find([]int32{-1}, s)
				slices.Sort(got)
				require.Equal(t, want, got, "seed %d: %q in %q, backwards %v", seed, s, known, backwards)
			}
		}
	}
}

// TestNoPrefixes finds nothing in nothing.
func TestNoPrefixes(t *testing.T) {
	var p prefixes
	p.compile()
	require.False(t, p.any())
	require.Empty(t, p.find(nil, "a"))
}
