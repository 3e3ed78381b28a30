package pattern_test

import (
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
