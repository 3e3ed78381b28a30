package pattern_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

func TestContainsAgainstStrings(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	text := func(n int) string {
		b := make([]byte, r.IntN(n))
		for i := range b {
			b[i] = "aae~"[r.IntN(4)]
		}
		return string(b)
	}
	for range 20_000 {
		s, sub := text(200), text(6)
		require.Equal(t, strings.Contains(s, sub), pattern.Wildcard("*"+sub+"*", false).Match(s), "%q in %q", sub, s)
		_, behind, ok := strings.Cut(s, sub)
		require.Equal(t, ok && strings.Contains(behind, "e~"), pattern.Wildcard("*"+sub+"*e~*", false).Match(s), "%q in %q", sub, s)
	}
}

func TestContainsOfRareBytes(t *testing.T) {
	text := strings.Repeat("~", 1<<20)
	start := time.Now()
	assert.False(t, pattern.Wildcard("*"+strings.Repeat("~", 1<<14)+"a*", false).Match(text))
	assert.True(t, pattern.Wildcard("*"+strings.Repeat("~", 1<<14)+"a*", false).Match(text+"a"))
	assert.Less(t, time.Since(start), 5*time.Second)
}
