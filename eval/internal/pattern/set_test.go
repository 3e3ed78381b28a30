package pattern_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

func TestSet(t *testing.T) {
	many := []string{"Foo", "b*", "\u212a", "", "É"}
	for i := range 20 {
		many = append(many, "n"+strconv.Itoa(i))
	}
	for name, texts := range map[string][]string{"few": many[:5], "many": many} {
		exact, folding := pattern.Set(texts, false), pattern.Set(texts, true)
		for _, tt := range []struct {
			text          string
			exact, folded bool
		}{
			{"Foo", true, true},
			{"fOO", false, true},
			{"b*", true, true},
			{"bar", false, false},
			{"", true, true},
			{"k", false, true},
			{"é", false, true},
			{strings.Repeat("Foo", 200), false, false},
		} {
			assert.Equal(t, tt.exact, exact.Match(tt.text), "%s: %q", name, tt.text)
			assert.Equal(t, tt.folded, folding.Match(tt.text), "%s: %q, fold", name, tt.text)
		}
	}
	assert.False(t, pattern.Set(nil, false).Match(""))
	assert.False(t, pattern.Set(nil, true).Match(""))
	assert.True(t, pattern.Set([]string{"ONE"}, true).Match("one"))
}

func TestSetKeepsNoSlice(t *testing.T) {
	texts := []string{"a", "b"}
	m := pattern.Set(texts, false)
	texts[0] = "c"
	assert.True(t, m.Match("a"))
	assert.False(t, m.Match("c"))
}

// Texts of many lengths, also around those of words, are looked up in sets of
// all sizes; so are others that differ in one byte.
func TestSetAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	text := func() string {
		b := make([]byte, r.IntN(20))
		for i := range b {
			b[i] = "abA\x00\xff"[r.IntN(5)]
		}
		return string(b)
	}
	for range 2000 {
		texts := make([]string, r.IntN(60))
		in := make(map[string]bool)
		folded := make(map[string]bool)
		for i := range texts {
			texts[i] = text()
			in[texts[i]], folded[pattern.Fold(texts[i])] = true, true
		}
		exact, folding := pattern.Set(texts, false), pattern.Set(texts, true)
		for _, s := range append(texts, text(), text(), strings.Repeat("a", 64), strings.Repeat("a", 128)) {
			for _, s := range []string{s, s + "a", strings.ToUpper(s), strings.Replace(s, "a", "b", 1)} {
				checkMatcher(t, exact, texts, s, in[s])
				checkMatcher(t, folding, texts, s, folded[pattern.Fold(s)])
			}
		}
	}
}
