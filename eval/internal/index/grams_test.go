package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGrams compares with strings.Contains.
func TestGrams(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		known := slices.DeleteFunc(texts(r, r.IntN(40), 9), func(s string) bool { return !isSearchable(s) })
		var g grams
		for i, text := range known {
			g.add(text, int32(i))
		}
		g.compile()
		for range 50 {
			s := randomText(r, 30)
			var want []int32
			for i, text := range known {
				if strings.Contains(s, text) {
					want = append(want, int32(i))
				}
			}
			got := g.find(nil, s)
			slices.Sort(got)
			require.Equal(t, want, slices.Compact(got), "seed %d: %q in %q", seed, known, s)
		}
	}
}

// TestManyGrams has so many texts that hashes meet.
func TestManyGrams(t *testing.T) {
	var g grams
	const n = 5_000
	for i := range n {
		g.add(fmt.Sprintf("%05d", i), int32(i))
	}
	g.compile()
	for i := range n {
		s := fmt.Sprintf("%05d", i)
		require.Equal(t, []int32{int32(i)}, g.find(nil, s))
		require.Equal(t, []int32{int32(i), int32(i)}, g.find(nil, "x"+s+"-"+s), "as often as it occurs")
		require.Empty(t, g.find(nil, s[:4]+"x"+s[1:]))
	}
}
