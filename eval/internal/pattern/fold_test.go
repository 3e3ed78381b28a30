package pattern_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

func TestFold(t *testing.T) {
	tests := map[string]string{
		"":                       "",
		"already folded é":       "already folded é",
		"Mixed CASE @[`{ 12":     "mixed case @[`{ 12",
		"ÉTÉ ДОМ":                "été дом",
		"\u212aelvin, ſ":         "kelvin, s",
		"İ ı I":                  "İ ı i",
		"\xffA\xc3":              "\xffa\xc3",
		"ABCDEFGHIJKLMNOPéQRSTU": "abcdefghijklmnopéqrstu",
		"ZZZZZZZZAAAAAAAA[[[[[[[[@@@@@@@@``````{{": "zzzzzzzzaaaaaaaa[[[[[[[[@@@@@@@@``````{{",
	}
	for s, want := range tests {
		assert.Equal(t, want, pattern.Fold(s))
	}
}

func TestFoldIsOnePerOrbit(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if 0xD800 <= r && r <= 0xDFFF {
			continue
		}
		folded := pattern.Fold(string(r))
		inOrbit := same([]rune(folded)[0], r, true)
		if !inOrbit || folded != pattern.Fold(string(unicode.SimpleFold(r))) || folded != pattern.Fold(folded) {
			t.Errorf("%U folds to %q", r, folded)
		}
	}
}

func TestFoldedTextIsNotCopied(t *testing.T) {
	s := strings.Repeat("plain été ", 10)
	assert.Zero(t, testing.AllocsPerRun(10, func() { pattern.Fold(s) }))
}

func TestFoldFunctionsAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		checkFoldFunctions(t, randomText(r, 12), randomText(r, 4))
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Kelvin \u212a", "k")
	f.Fuzz(checkFoldFunctions)
}

func checkFoldFunctions(t *testing.T, s, sub string) {
	t.Helper()
	cps, n := codePoints(s), len(codePoints(sub))
	equal := sameText(s, sub, true)
	require.Equal(t, equal, pattern.EqualFold(s, sub), "%q, %q", s, sub)
	require.Equal(t, equal, pattern.Fold(s) == pattern.Fold(sub), "%q, %q", s, sub)
	first, last := indexOracle(s, sub)
	require.Equal(t, first, pattern.IndexFold(s, sub), "%q in %q", sub, s)
	require.Equal(t, last, pattern.LastIndexFold(s, sub), "%q in %q", sub, s)
	require.Equal(t, first == 0, pattern.HasPrefixFold(s, sub), "%q in %q", sub, s)
	suffix := last >= 0 && len(codePoints(s[:last]))+n == len(cps)
	require.Equal(t, suffix, pattern.HasSuffixFold(s, sub), "%q in %q", sub, s)
}

func TestIndexFoldWorstCases(t *testing.T) {
	text := strings.Repeat("a", 1<<20)
	sub := strings.Repeat("A", 1<<19) + "b"
	start := time.Now()
	assert.Equal(t, -1, pattern.IndexFold(text, sub))
	assert.Equal(t, -1, pattern.LastIndexFold(text, sub))
	assert.Equal(t, 1<<19, pattern.IndexFold(text+"B", sub))
	assert.Equal(t, 1<<19, pattern.LastIndexFold(text+"B", sub))
	assert.Less(t, time.Since(start), 5*time.Second)
}
