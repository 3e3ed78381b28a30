package pattern_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

func TestRequiredParts(t *testing.T) {
	const in, begin, end, whole, second = pattern.Inside, pattern.AtBegin, pattern.AtEnd, pattern.Whole, pattern.AtSecond
	for _, tt := range []struct {
		pattern string
		fold    bool
		want    []pattern.Part
	}{
		{pattern: `abc`, want: []pattern.Part{{whole, "abc"}}},
		{pattern: `ABC`, want: []pattern.Part{{whole, "abc"}}},
		{pattern: `aBé`, fold: true, want: []pattern.Part{{whole, "abé"}}},
		{pattern: `ab.*`, want: []pattern.Part{{begin, "ab"}}},
		{pattern: `.*ab`, want: []pattern.Part{{end, "ab"}}},
		{pattern: `.*abcd.*`, want: []pattern.Part{{in, "abcd"}}},
		{pattern: `.*abc.*`},
		{pattern: `.*[aA]bc[dD].*`, want: []pattern.Part{{in, "abcd"}}},
		{pattern: `.*[a-d]bcde.*`, want: []pattern.Part{{in, "bcde"}}},
		{pattern: `ab.*longer.*`, want: []pattern.Part{{in, "longer"}}},
		{pattern: `.*(first|second).*`, want: []pattern.Part{{in, "first"}, {in, "second"}}},
		{pattern: `(first|second)`, want: []pattern.Part{{whole, "first"}, {whole, "second"}}},
		{pattern: `.*(first|no).*`},
		{pattern: `.*(first|no)`, want: []pattern.Part{{end, "first"}, {end, "no"}}},
		{pattern: `.*x?`},
		{pattern: `(a|)`},
		{pattern: `.*ba{3}c.*`, want: []pattern.Part{{in, "baaac"}}},
		{pattern: `.*(word)+.*`, want: []pattern.Part{{in, "word"}}},
		{pattern: `(word){2,3}`, want: []pattern.Part{{in, "word"}}},
		{pattern: `(word)*`},
		{pattern: `(long)?er`, want: []pattern.Part{{end, "er"}}},
		{pattern: `.*one.*&.*three.*`, want: []pattern.Part{{in, "three"}}},
		{pattern: `[A-Z]:\\:.+`, want: []pattern.Part{{second, `:\:`}}},
		{pattern: `.a[0-9]+`, want: []pattern.Part{{second, "a"}}},
		{pattern: `.a`, want: []pattern.Part{{end, "a"}}},
		{pattern: `.(ab|c)[0-9]`, want: []pattern.Part{{second, "ab"}, {second, "c"}}},
		{pattern: `([a-z]x|y).*`, want: []pattern.Part{{second, "x"}, {begin, "y"}}},
		{pattern: `a{3}`, want: []pattern.Part{{whole, "aaa"}}},
		{pattern: `a+`, want: []pattern.Part{{begin, "a"}}},
		{pattern: `([a-z]x[0-9]|y).*`, want: []pattern.Part{{second, "x"}, {begin, "y"}}},
		{pattern: `[0-9]?a[0-9]`},
		{pattern: `.(.a.)+`},
		{pattern: `.*[ ]{20,}.*`, want: []pattern.Part{{in, "                    "}}},
		{pattern: `.*[0-9]ab{3,}c`, want: []pattern.Part{{in, "abbb"}}},
		{pattern: `ab+`, want: []pattern.Part{{begin, "ab"}}},
		{pattern: `[0-9]*ab+`},
		{pattern: `b{100}`, want: []pattern.Part{{begin, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
		{pattern: `~(.*abcd.*)`},
		{pattern: `#`},
		{pattern: `[`},
	} {
		got := pattern.RequiredParts(tt.pattern, tt.fold, 4)
		assert.ElementsMatch(t, tt.want, got, tt.pattern)
	}
}
