package pattern

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A guard lets all through that the expression matches, and stops most of the rest; one
// that would not be quicker than the automaton is left out.
func TestGuard(t *testing.T) {
	for _, tt := range []struct {
		pattern       string
		fold          bool
		passes, stops []string
	}{
		{pattern: `.*Word[0-9]+.*`, passes: []string{"xWord1x", "Word"}, stops: []string{"", "xword1x", "WORD1"}},
		{pattern: `.*Word[0-9]+.*`, fold: true, passes: []string{"xWORD1x", "word"}, stops: []string{"", "wor"}},
		{pattern: `.*[a-z]+Éa`, fold: true, passes: []string{"xéa", "XÉA"}, stops: []string{"éax"}},
		{pattern: `.*[a-z]+end`, passes: []string{"xend", "end"}, stops: []string{"xEnd", "endx"}},
		{pattern: `.*(One[0-9]|two).*`, passes: []string{"xOne1", "two"}, stops: []string{"one1", "xTwo"}},
		{pattern: `begin[0-9]*|.*[0-9]end`, passes: []string{"begin1", "end"}, stops: []string{"xbegin", "endx"}},
		{pattern: `[a-c]*whole`, passes: []string{"awhole"}, stops: []string{"wholea"}},
		{pattern: `.*ab[0-9]+.*&.*longer[0-9]+.*`, passes: []string{"longer"}, stops: []string{"ab1"}},
		{pattern: `begin[0-9]+.*`},
		{pattern: `.*[ ]{3,}x?`, passes: []string{"   ", "a    "}, stops: []string{"  ", "a  b"}},
		{pattern: `.ab[0-9]|.*[0-9]end`, passes: []string{"xab", "éab", "end"}, stops: []string{"ab", "xxab", "endx"}},
		{pattern: `[a-c]word[0-9]+`},
		{pattern: `begin|begun`},
		{pattern: `.*[0-9]+.*`},
		{pattern: `.*[0-9]x.*`},
		{pattern: `~(.*word.*)`},
	} {
		table := newTermTable()
		p := regexParser{termTable: table, text: tt.pattern, fold: tt.fold}
		term, bad := p.parse()
		require.Nil(t, bad, tt.pattern)
		m := guardOf(table, term, tt.fold)
		if len(tt.passes) == 0 {
			assert.Nil(t, m, tt.pattern)
			continue
		}
		require.NotNil(t, m, tt.pattern)
		for _, s := range tt.passes {
			assert.True(t, m.Match(s), "%s: %s", tt.pattern, s)
		}
		for _, s := range tt.stops {
			assert.False(t, m.Match(s), "%s: %s", tt.pattern, s)
		}
		whole, err := Regex([]string{tt.pattern}, tt.fold, Limits{})
		require.NoError(t, err)
		for _, s := range tt.stops {
			assert.False(t, whole.Match(s), "%s: %s", tt.pattern, s)
		}
	}
	m, err := Regex([]string{`.*Word[0-9]+.*`}, false, Limits{})
	require.NoError(t, err)
	assert.IsType(t, &guarded{}, m)
	assert.True(t, m.Match("xWord12"))
}
