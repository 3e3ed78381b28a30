package pattern_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

func TestRegex(t *testing.T) {
	tests := []struct {
		pattern string
		yes, no []string // whatever the case
		only    []string // yes when folding, else no
	}{
		{pattern: "", yes: []string{""}, no: []string{"a", " "}},
		{pattern: "foo", yes: []string{"foo"}, no: []string{"", "fo", "fooo", "xfoo"}, only: []string{"FOO", "fOo"}},
		{pattern: "Foo", yes: []string{"Foo"}, only: []string{"foo"}},
		{pattern: "F.*", yes: []string{"F", "Foo", "F\n\n"}, no: []string{"", "oF"}, only: []string{"f"}},
		{pattern: ".", yes: []string{"a", "\n", "é", "😀", "\xff"}, no: []string{"", "ab", "\xff\xff"}},
		{pattern: ".+o", yes: []string{"fo", "\no"}, no: []string{"o", ""}},
		{pattern: "Fo{2}", yes: []string{"Foo"}, no: []string{"Fo", "Fooo"}},
		{pattern: "a{2,}", yes: []string{"aa", "aaaaa"}, no: []string{"", "a"}},
		{pattern: "a{2,4}", yes: []string{"aa", "aaa", "aaaa"}, no: []string{"a", "aaaaa"}},
		{pattern: "a{0}", yes: []string{""}, no: []string{"a"}},
		{pattern: "(a|b){0,2}", yes: []string{"", "b", "ab"}, no: []string{"aba"}},
		{pattern: "(a?){3}", yes: []string{"", "a", "aaa"}, no: []string{"aaaa"}},
		{pattern: "x{1000}", yes: []string{strings.Repeat("x", 1000)}, no: []string{strings.Repeat("x", 999)}},
		{pattern: "[ab]{1,3000}", yes: []string{strings.Repeat("ab", 1500)}, no: []string{strings.Repeat("a", 3001)}},
		{pattern: "a*?", yes: []string{"", "aa"}, no: []string{"b"}},
		{pattern: "a+*", yes: []string{"", "aa"}, no: []string{"b"}},
		{pattern: "(a|())b?", yes: []string{"", "a", "b", "ab"}, no: []string{"ba"}},

		// Literal where other flavours have anchors, flags and groups.
		{pattern: "^foo$", yes: []string{"^foo$"}, no: []string{"foo"}},
		{pattern: "(?:a)", yes: []string{"?:a"}, no: []string{"a"}},
		{pattern: "(?i)x", yes: []string{"?ix"}, no: []string{"x", "ix"}},

		// Too large for a deterministic automaton.
		{pattern: ".*[ab].{30}", yes: []string{"ca" + strings.Repeat("é", 30)}, no: []string{"ca" + strings.Repeat("é", 29)}},
		{pattern: ".*[ab].{20}x.*", yes: []string{"aa" + strings.Repeat("b", 20) + "x\xff"}, no: []string{"x", "aa" + strings.Repeat("b", 18) + "x"}, only: []string{"a" + strings.Repeat("c", 20) + "X"}},
		{pattern: "~(ab)x.*[ab].{20}", yes: []string{"xa" + strings.Repeat("c", 20)}, no: []string{"abxa" + strings.Repeat("c", 20)}},

		// Operators where an operand begins are literal.
		{pattern: "*foo", yes: []string{"*foo"}, no: []string{"foo"}},
		{pattern: "**", yes: []string{"", "*", "***"}, no: []string{"a"}},
		{pattern: "+", yes: []string{"+"}, no: []string{""}},
		{pattern: "?a", yes: []string{"?a"}, no: []string{"a", ""}},
		{pattern: "{2}", yes: []string{"{2}"}},
		{pattern: "(|a)", yes: []string{"|a"}, no: []string{"", "a"}},
		{pattern: "|a", yes: []string{"|a"}, no: []string{"", "a"}},
		{pattern: "a||b", yes: []string{"a", "|b"}, no: []string{"", "b"}},
		{pattern: "a|*b", yes: []string{"a", "*b"}, no: []string{"b"}},
		{pattern: "]", yes: []string{"]"}},
		{pattern: "}", yes: []string{"}"}},
		{pattern: ">", yes: []string{">"}},
		{pattern: "&", yes: []string{"&"}},
		{pattern: ")", yes: []string{")"}},
		{pattern: "a|)", yes: []string{"a", ")"}},
		{pattern: "&&a", no: []string{"&a", "&", "a"}},
		{pattern: "a-b,", yes: []string{"a-b,"}},

		// The optional operators.
		{pattern: "#", no: []string{"", "#", "a"}},
		{pattern: "#|foo", yes: []string{"foo"}, no: []string{"", "#"}},
		{pattern: "a#?", yes: []string{"a"}, no: []string{"a#", ""}},
		{pattern: "(#){2,}", no: []string{"", "##"}},
		{pattern: "@", yes: []string{"", "a\nb", "\xff"}},
		{pattern: "f@o", yes: []string{"fo", "f\n o"}, no: []string{"f", "of"}},
		{pattern: "()", yes: []string{""}, no: []string{"()"}},
		{pattern: "f()oo", yes: []string{"foo"}},
		{pattern: `"a.b*"c`, yes: []string{"a.b*c"}, no: []string{"axbc"}, only: []string{"A.B*C"}},
		{pattern: `""`, yes: []string{""}},
		{pattern: `"\"`, yes: []string{`\`}},
		{pattern: `("ab"|"c"){2}`, yes: []string{"abc", "cc", "abab"}, no: []string{"ab"}},
		{pattern: "~(bar)", yes: []string{"", "ba", "barr", "\xff"}, no: []string{"bar"}},
		{pattern: "~(bar).*", yes: []string{"", "bar", "x"}},
		{pattern: "~[ab]", yes: []string{"", "c", "ab"}, no: []string{"a", "b"}},
		{pattern: "~a*", yes: []string{"", "aa", "b"}, no: []string{"a"}},
		{pattern: "~(a*)", yes: []string{"b", "ab"}, no: []string{"", "a", "aa"}},
		{pattern: "~~a", yes: []string{"a"}, no: []string{"", "b"}},
		{pattern: "~#", yes: []string{"", "x"}},
		{pattern: "~@", no: []string{"", "x"}},
		{pattern: "~()", yes: []string{"x"}, no: []string{""}},
		{pattern: "x~(a)y", yes: []string{"xy", "xby", "xaay"}, no: []string{"xay"}},
		{pattern: "f.*&~(foo)", yes: []string{"f", "fooo"}, no: []string{"foo", "x"}},
		{pattern: "(a.b)&(.x.)", yes: []string{"axb"}, no: []string{"ayb"}},
		{pattern: "a&b", no: []string{"a", "b", ""}},
		{pattern: "a|b&c|d", yes: []string{"a", "d"}, no: []string{"b", "c"}},
		{pattern: "(.*a.*&.*b.*){2}", yes: []string{"abab", "baab"}, no: []string{"aba", "abb"}},
		{pattern: "[^a]+&~(.*xx.*)", yes: []string{"x", "xyx"}, no: []string{"", "a", "xx", "yxx"}},

		// Intervals.
		{pattern: "<7-19>", yes: []string{"7", "07", "19", "0019", "10"}, no: []string{"6", "20", "", "0", "119", "1"}},
		{pattern: "<19-7>", yes: []string{"7", "0019"}, no: []string{"20"}},
		{pattern: "<05-12>", yes: []string{"05", "12", "10"}, no: []string{"5", "005", "13", "04"}},
		{pattern: "<12-05>", yes: []string{"05", "12"}, no: []string{"5"}},
		{pattern: "<7-7>", yes: []string{"7"}, no: []string{"07", "8"}},
		{pattern: "<007-19>", yes: []string{"7", "007", "19"}, no: []string{"6", "20"}},
		{pattern: "-?<0-100>", yes: []string{"0", "00", "-100", "042"}, no: []string{"", "-", "101", "+1"}},
		{pattern: "<0-2147483647>", yes: []string{"0", "2147483647", "02147483646", "999"}, no: []string{"2147483648", "3000000000"}},
		{pattern: "<1000000000-2147483647>", yes: []string{"1000000000", "1999999999"}, no: []string{"999999999", "01000000000"}},
		{pattern: "a<1-3>b", yes: []string{"a1b", "a3b"}, no: []string{"a01b", "a4b", "ab"}},
		{pattern: "<1-13>", yes: []string{"1", "13", "0013"}, no: []string{"0", "14"}},

		// Classes.
		{pattern: "[]a]", yes: []string{"]", "a"}, no: []string{"[", ""}, only: []string{"A"}},
		{pattern: "[^]a]", yes: []string{"b", "\n", "é", "\xff"}, no: []string{"]", "a"}},
		{pattern: "[-a]", yes: []string{"-", "a"}, no: []string{"b"}},
		{pattern: `[a\-z]`, yes: []string{"a", "-", "z"}, no: []string{"b"}},
		{pattern: `[\w-z]`, yes: []string{"-", "q", "_", "Z", "0"}, no: []string{" "}},
		{pattern: `[+-\]]`, yes: []string{"+", "]", "A", ","}, no: []string{"*", "^"}},
		{pattern: `[\.-0]`, yes: []string{".", "/", "0"}, no: []string{"-", "1"}},
		{pattern: `[\\-a]`, yes: []string{`\`, "-", "a"}, no: []string{"]", "_"}},
		{pattern: `[\]x]`, yes: []string{"]", "x"}, no: []string{`\`}},
		{pattern: "[a.*]", yes: []string{"a", ".", "*"}, no: []string{"b"}},
		{pattern: "[^a-c]", yes: []string{"d", "A", "\n"}, no: []string{"a", "b"}},
		{pattern: "[a^]", yes: []string{"a", "^"}},
		{pattern: "[é-ü]", yes: []string{"é", "ü", "ö"}, no: []string{"e", "É", "\xff"}},
		{pattern: `\d+`, yes: []string{"042"}, no: []string{"٣", "", "4a"}},
		{pattern: `\D`, yes: []string{"a", "٣", "\n"}, no: []string{"4"}},
		{pattern: `\s`, yes: []string{" ", "\t", "\n", "\r"}, no: []string{"\f", "\v", "\u00a0"}},
		{pattern: `\S`, yes: []string{"a", "\f", "\v"}, no: []string{" ", "\r"}},
		{pattern: `\w+`, yes: []string{"aZ_9"}, no: []string{"é", "-"}},
		{pattern: `\W`, yes: []string{"é", "-", "\n"}, no: []string{"a", "_"}},
		{pattern: `a\.exe`, yes: []string{"a.exe"}, no: []string{"axexe"}},
		{pattern: `\\\"\*\é\1`, yes: []string{`\"*é1`}, only: []string{`\"*É1`}},
		{pattern: "a\nb", yes: []string{"a\nb"}},
		{pattern: "e😀x", yes: []string{"e😀x"}},

		// Folding stops at ranges and escapes in classes.
		{pattern: "[f]oo", yes: []string{"foo"}, only: []string{"Foo"}},
		{pattern: "[f-f]oo", yes: []string{"foo"}, only: []string{"Foo"}},
		{pattern: "[fg]oo", yes: []string{"goo"}, only: []string{"Foo"}},
		{pattern: "[^f]oo", yes: []string{"Goo"}, no: []string{"foo"}},
		{pattern: "[e-g]oo", yes: []string{"foo"}, no: []string{"Foo"}, only: []string{"fOO"}},
		{pattern: "[^e-g]oo", yes: []string{"Foo"}, no: []string{"foo"}},
		{pattern: "[A-Z]+", yes: []string{"ABC"}, no: []string{"abc"}},
		{pattern: "k", yes: []string{"k"}, only: []string{"K", "\u212a"}},
		{pattern: "[s]x", yes: []string{"sx"}, only: []string{"Sx", "ſX"}},
		{pattern: "^日本{1,2}$", yes: []string{"^日本$", "^日本本$"}},

		// Bytes that are no code point equal only themselves.
		{pattern: "a\xff", yes: []string{"a\xff"}, no: []string{"a\xfe", "a\ufffd", "aÿ"}},
		{pattern: "\ufffd", yes: []string{"\ufffd"}, no: []string{"\xff"}},
		{pattern: "[^\ufffd]", yes: []string{"\xff", "a"}, no: []string{"\ufffd"}},
		{pattern: ".*\xa9.*", yes: []string{"\xa9", "x\xa9y"}, no: []string{"é", "©"}},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			for _, fold := range []bool{false, true} {
				m, err := pattern.Regex([]string{tt.pattern}, fold, pattern.Limits{})
				require.NoError(t, err)
				for _, s := range tt.yes {
					assert.True(t, m.Match(s), "%q, fold %t", s, fold)
				}
				for _, s := range tt.no {
					assert.False(t, m.Match(s), "%q, fold %t", s, fold)
				}
				for _, s := range tt.only {
					assert.Equal(t, fold, m.Match(s), "%q, fold %t", s, fold)
				}
			}
		})
	}
}

func TestRegexErrors(t *testing.T) {
	tests := []struct {
		pattern string
		offset  int
		msg     string
	}{
		{"a|", 2, "the pattern ends"},
		{"a&", 2, "the pattern ends"},
		{"~", 1, "the pattern ends"},
		{`a\`, 2, "the pattern ends"},
		{"[", 1, "the pattern ends"},
		{`[\`, 2, "the pattern ends"},
		{"(", 1, "the pattern ends"},
		{"[b-", 3, "the pattern ends"},
		{"ab)c", 2, "there is no"},
		{"x(ab", 1, `this "(" is not closed`},
		{"é[ab", 2, `this "[" is not closed`},
		{"[]", 0, `this "[" is not closed`},
		{"[^]", 0, `this "[" is not closed`},
		{"[+-]", 0, `this "[" is not closed`},
		{"x[a-]", 2, "the first character of a range"},
		{"[z-a]", 1, "the first character of a range"},
		{"x{,5}", 2, "expected a number"},
		{"x{", 2, "expected a number"},
		{"x{a}", 2, "expected a number"},
		{"x{2", 3, `expected "}"`},
		{"x{2,3", 5, `expected "}"`},
		{"x{5,2}", 2, "the lower count"},
		{"x{99999999999}", 2, "the count of a repetition"},
		{`a\n`, 1, "unknown escape"},
		{`\x41`, 0, "unknown escape"},
		{`[a\bc]`, 2, "unknown escape"},
		{`\p{L}`, 0, "unknown escape"},
		{`a"bc`, 1, "this quotation mark"},
		{"a<bc", 1, `this "<" is not closed`},
		{"<name>", 0, "there are no named"},
		{"<>", 0, "there are no named"},
		{"<-5>", 0, "an interval needs"},
		{"<5->", 0, "an interval needs"},
		{"<1-2-3>", 0, "an interval needs"},
		{"<a-b>", 0, "an interval needs"},
		{"<+1-2>", 0, "an interval needs"},
		{"<1-2147483648>", 0, "an interval needs"},
		{strings.Repeat("a", 1001), -1, "more than 1000 characters"},
		{".*[ab].{2000}", -1, "too complex"},
		{"~(.*[ab].{20})", -1, "too complex"},
		{"(a{1,1000}){1,1000}", -1, "too complex"},
		{"a{2000000000}", -1, "too complex"},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			m, err := pattern.Regex([]string{"fine", tt.pattern}, false, pattern.Limits{})
			require.Error(t, err)
			assert.Nil(t, m)
			var re *pattern.RegexError
			require.ErrorAs(t, err, &re)
			assert.Equal(t, 1, re.Pattern)
			assert.Equal(t, tt.offset, re.Offset)
			assert.Contains(t, re.Msg, tt.msg)
		})
	}
}

func TestRegexLimits(t *testing.T) {
	_, err := pattern.Regex([]string{"ééé"}, false, pattern.Limits{MaxRegexLen: 3})
	require.NoError(t, err)
	_, err = pattern.Regex([]string{"éééé"}, false, pattern.Limits{MaxRegexLen: 3})
	require.ErrorContains(t, err, "more than 3 characters")
	_, err = pattern.Regex([]string{"[ab]{9}"}, false, pattern.Limits{MaxStates: 5})
	require.ErrorContains(t, err, "more than 5 states")

	for name, p := range map[string]string{
		"groups":      strings.Repeat("(", 50_000) + "a" + strings.Repeat(")", 50_000),
		"complements": strings.Repeat("~", 100_000) + "a",
	} {
		_, err := pattern.Regex([]string{p}, false, pattern.Limits{MaxRegexLen: 1 << 20})
		require.ErrorContains(t, err, "nested too deeply", name)
	}
}

func TestRegexSeveral(t *testing.T) {
	m, err := pattern.Regex([]string{".*?net[1]?  localgroup.*?", ".*? myappserver.py .*?", "exact", "~[^-]"}, false, pattern.Limits{})
	require.NoError(t, err)
	for s, want := range map[string]bool{
		"net  localgroup x":    true,
		"a myappserver.py -v ": true,
		"exact":                true,
		"-":                    true,
		"q":                    false,
	} {
		assert.Equal(t, want, m.Match(s), s)
	}

	none, err := pattern.Regex(nil, false, pattern.Limits{})
	require.NoError(t, err)
	assert.False(t, none.Match(""))
}
