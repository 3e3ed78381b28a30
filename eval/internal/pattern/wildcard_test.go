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

func TestWildcard(t *testing.T) {
	tests := []struct {
		pattern, text string
		want, folded  bool
	}{
		{"", "", true, true},
		{"", "a", false, false},
		{"*", "", true, true},
		{"*", "a\nb", true, true},
		{"**", "x", true, true},
		{"?", "", false, false},
		{"?", "\n", true, true},
		{"?", "😀", true, true},
		{"?", "\xff", true, true},
		{"?", "ab", false, false},
		{"a", "ab", false, false},
		{"a?", "a", false, false},
		{"foo", "Foo", false, true},
		{"F*", "Foo", true, true},
		{"f*", "Foo", false, true},
		{"f??", "Foo", false, true},
		{"Fo", "Foo", false, false},
		{"CMD.*", "cmd.exe", false, true},
		{`C:\A*`, `c:\a*b`, false, true},
		{`?:\Users\*`, `C:\Users\ann`, true, true},
		{`?:\users\*\appdata\*.exe`, `C:\Users\ann\AppData\x.EXE`, false, true},
		{`*\svchost.exe`, `C:\Windows\System32\svchost.exe`, true, true},
		{`*\svchost.exe`, `svchost.exe`, false, false},
		{"a*a", "a", false, false},
		{"a*a", "aa", true, true},
		{"ab*ba", "aba", false, false},
		{"*a*a*", "a", false, false},
		{"*a*b*", "xaxbx", true, true},
		{"*b*a*", "ab", false, false},
		{"*a?c*", "abbabc", true, true},
		{"*?a", "a", false, false},
		{"*??*", "é", false, false},
		{"*??*", "éé", true, true},
		{"a*?*?b", "axb", false, false},
		{"a*?*?b", "axxb", true, true},
		{"%_", "%_", true, true},
		{"%_", "ab", false, false},
		{"straße", "STRAßE", false, true},
		{"*kelvin", "273 \u212aelvin", false, true},
		{"*ſ*", "mast", false, true},
		{"σ", "ς", false, true},
		{"İ", "i", false, false},
		{"ı", "I", false, false},
		{"\xff*", "\xff\xfe", true, true},
		{"*\xa9", "é", false, false},
		{"*\xc3*", "é", false, false},
		{"*\xc3*", "a\xc3", true, true},
		{"\ufffd", "\xff", false, false},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, pattern.Wildcard(tt.pattern, false).Match(tt.text), "%q like %q", tt.text, tt.pattern)
		assert.Equal(t, tt.folded, pattern.Wildcard(tt.pattern, true).Match(tt.text), "%q : %q", tt.text, tt.pattern)
	}
}

func TestHasWildcard(t *testing.T) {
	assert.True(t, pattern.HasWildcard("a*"))
	assert.True(t, pattern.HasWildcard("?"))
	assert.False(t, pattern.HasWildcard(`a\.%_[]`))
}

func TestWildcardsIsAnOr(t *testing.T) {
	m := pattern.Wildcards([]string{"x", "fo*", "*mid*", "?:\\*"}, true)
	for s, want := range map[string]bool{
		"X": true, "FOO": true, "aMIDb": true, `D:\`: true,
		"": false, "xx": false, "mi": false, `DD:\`: false,
	} {
		assert.Equal(t, want, m.Match(s), s)
	}
	assert.False(t, pattern.Wildcards(nil, true).Match(""))
	assert.True(t, pattern.Wildcards([]string{"a", "*"}, false).Match("b"))
}

func TestWildcardLongText(t *testing.T) {
	long := strings.Repeat("Long ", 1000)
	assert.True(t, pattern.Wildcard("*long long*", true).Match(long))
	assert.False(t, pattern.Wildcard("*short*", true).Match(long))
	assert.True(t, pattern.Wildcards([]string{"x", "l*NG "}, true).Match(long))
}

func TestWildcardWorstCases(t *testing.T) {
	text := strings.Repeat("a", 1<<20)
	tests := map[string]string{
		"thousands of stars": strings.Repeat("a*", 5000) + "b",
		"stars and letters":  "*" + strings.Repeat("a*", 5000) + "b*",
		"open segment":       "*" + strings.Repeat("a?", 100) + "b*",
		"open segments":      "*" + strings.Repeat("a?*", 2000) + "b?a*",
		"long segment":       "*" + strings.Repeat("a", 5000) + "b*",
	}
	for name, p := range tests {
		for _, fold := range []bool{false, true} {
			start := time.Now()
			assert.False(t, pattern.Wildcard(p, fold).Match(text), name)
			assert.Less(t, time.Since(start), 5*time.Second, name)
		}
	}
}

var wildcardParts = []string{"a", "b", "A", "k", "\u212a", "é", "É", "ß", "\xff", "\xc3", "\xa9", "*", "*", "?", "aab", "😀"}

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range r.IntN(n) {
		b.WriteString(wildcardParts[r.IntN(len(wildcardParts))])
	}
	return b.String()
}

func checkWildcards(t *testing.T, patterns []string, text string, fold bool) {
	t.Helper()
	any := false
	for _, p := range patterns {
		want := wildcardOracle(p, text, fold)
		any = any || want
		checkMatcher(t, pattern.Wildcard(p, fold), p, text, want)
	}
	checkMatcher(t, pattern.Wildcards(patterns, fold), patterns, text, any)
}

// checkMatcher checks a Matcher and, if it folds, its form for folded texts.
func checkMatcher(t *testing.T, m pattern.Matcher, what any, text string, want bool) {
	t.Helper()
	require.Equal(t, want, m.Match(text), "%q on %q by a %T", what, text, m)
	if f, ok := m.(pattern.Folding); ok {
		require.Equal(t, want, f.Folded().Match(pattern.Fold(text)), "%q on %q, folded, by a %T", what, text, f.Folded())
	}
}

// shapes are the forms of most patterns in rules.
var shapes = []func(text string) string{
	func(s string) string { return s },
	func(s string) string { return s + "*" },
	func(s string) string { return "*" + s },
	func(s string) string { return "*" + s + "*" },
	func(s string) string { return "?" + s },
	func(s string) string { return "?" + s + "*" },
}

func TestWildcardAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		patterns := []string{randomText(r, 8), randomText(r, 5)}
		for range r.IntN(4) {
			patterns = append(patterns, shapes[r.IntN(len(shapes))](randomText(r, 4)))
		}
		checkWildcards(t, patterns, randomText(r, 12), r.IntN(2) == 0)
	}
}

func FuzzWildcard(f *testing.F) {
	f.Add("*a?b*", "b*", "xaabx", true)
	f.Add("?:\\*", "", "C:\\", false)
	f.Fuzz(func(t *testing.T, p, q, text string, fold bool) {
		if len(p)+len(q)+len(text) < 1000 {
			checkWildcards(t, []string{p, q}, text, fold)
		}
	})
}
