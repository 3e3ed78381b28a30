package pattern_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

// A tree is a regular expression that knows its text and what it matches: ends
// returns where a match that begins at from may end, from slow first principles.
type tree interface {
	text() string
	ends(s []rune, from int) map[int]bool
}

// A leaf matches one code point.
type leaf struct {
	source string
	match  func(r rune) bool
}

func (l leaf) text() string { return l.source }

func (l leaf) ends(s []rune, from int) map[int]bool {
	if from < len(s) && l.match(s[from]) {
		return map[int]bool{from + 1: true}
	}
	return nil
}

// A whole matches by all of what it spans.
type whole struct {
	source string
	match  func(s string) bool
}

func (w whole) text() string { return w.source }

func (w whole) ends(s []rune, from int) map[int]bool {
	out := map[int]bool{}
	for to := from; to <= len(s); to++ {
		if w.match(string(s[from:to])) {
			out[to] = true
		}
	}
	return out
}

type node struct {
	op       byte // one of . | & ~ {
	x, y     tree
	min, max int // of {; max may be -1
}

func (n node) text() string {
	switch n.op {
	case '.':
		return n.x.text() + n.y.text()
	case '~':
		return "(~(" + n.x.text() + "))"
	case '{':
		switch {
		case n.min == 0 && n.max == 1:
			return "(" + n.x.text() + ")?"
		case n.min == 0 && n.max < 0:
			return "(" + n.x.text() + ")*"
		case n.max < 0:
			return fmt.Sprintf("(%s){%d,}", n.x.text(), n.min)
		default:
			return fmt.Sprintf("(%s){%d,%d}", n.x.text(), n.min, n.max)
		}
	default:
		return "(" + n.x.text() + string(n.op) + n.y.text() + ")"
	}
}

func (n node) ends(s []rune, from int) map[int]bool {
	out := map[int]bool{}
	switch n.op {
	case '.':
		for mid := range n.x.ends(s, from) {
			for to := range n.y.ends(s, mid) {
				out[to] = true
			}
		}
	case '|':
		for to := range n.x.ends(s, from) {
			out[to] = true
		}
		for to := range n.y.ends(s, from) {
			out[to] = true
		}
	case '&':
		y := n.y.ends(s, from)
		for to := range n.x.ends(s, from) {
			if y[to] {
				out[to] = true
			}
		}
	case '~':
		x := n.x.ends(s, from)
		for to := from; to <= len(s); to++ {
			if !x[to] {
				out[to] = true
			}
		}
	case '{':
		at := map[int]bool{from: true}
		last := n.max
		if last < 0 {
			last = n.min + len(s) + 1
		}
		for i := 0; ; i++ {
			if i >= n.min {
				for to := range at {
					out[to] = true
				}
			}
			if i == last {
				break
			}
			next := map[int]bool{}
			for mid := range at {
				for to := range n.x.ends(s, mid) {
					next[to] = true
				}
			}
			at = next
		}
	}
	return out
}

// A treeMaker draws random trees.
type treeMaker struct {
	*rand.Rand
	fold bool
}

const regexAlphabet = "abAB1é-"

func (g treeMaker) tree(depth int) tree {
	if depth == 0 || g.IntN(6) == 0 {
		return g.leaf()
	}
	switch g.IntN(9) {
	case 0, 1:
		return node{op: '|', x: g.tree(depth - 1), y: g.tree(depth - 1)}
	case 2:
		return node{op: '&', x: g.tree(depth - 1), y: g.tree(depth - 1)}
	case 3:
		return node{op: '~', x: g.tree(depth - 1)}
	case 4, 5:
		n := node{op: '{', x: g.tree(depth - 1), min: g.IntN(3), max: -1}
		if g.IntN(2) == 0 {
			n.max = n.min + g.IntN(3)
		}
		return n
	default:
		return node{op: '.', x: g.tree(depth - 1), y: g.tree(depth - 1)}
	}
}

func (g treeMaker) leaf() tree {
	letters := []rune(regexAlphabet)
	r := letters[g.IntN(len(letters))]
	one := func(x rune) bool { return same(x, r, g.fold) }
	switch g.IntN(12) {
	case 0:
		return leaf{".", func(rune) bool { return true }}
	case 1:
		return leaf{"[^" + string(r) + "]", func(x rune) bool { return !one(x) }}
	case 2:
		return leaf{"[a-b]", func(x rune) bool { return 'a' <= x && x <= 'b' }}
	case 3:
		return leaf{`[\-A-` + string(max(r, 'A')) + "]", func(x rune) bool { return x == '-' || 'A' <= x && x <= max(r, 'A') || r <= 'A' && same(x, 'A', g.fold) }}
	case 4:
		return leaf{`\W`, func(x rune) bool { return !strings.ContainsRune("abAB012", x) }}
	case 5:
		return whole{"@", func(string) bool { return true }}
	case 6:
		return whole{"#", func(string) bool { return false }}
	case 7:
		return whole{"()", func(s string) bool { return s == "" }}
	case 8:
		lo, hi := g.IntN(30), g.IntN(30)
		low, high := strconv.Itoa(lo), strconv.Itoa(hi)
		return whole{"<" + low + "-" + high + ">", func(s string) bool {
			n, err := strconv.ParseUint(s, 10, 64)
			fits := len(low) != len(high) || len(s) == len(low)
			return err == nil && fits && int(n) >= min(lo, hi) && int(n) <= max(lo, hi)
		}}
	case 9:
		return whole{`"` + string(r) + `b"`, func(s string) bool { return sameText(s, string(r)+"b", g.fold) }}
	default:
		return leaf{string(r), one}
	}
}

func (g treeMaker) subject() string {
	parts := []string{"a", "b", "A", "B", "1", "é", "É", "-", "0", "12", "\n"}
	var b strings.Builder
	for range g.IntN(7) {
		b.WriteString(parts[g.IntN(len(parts))])
	}
	return b.String()
}

func checkRandomRegex(t *testing.T, seed uint64) {
	t.Helper()
	g := treeMaker{Rand: rand.New(rand.NewPCG(seed, 0)), fold: seed%2 == 0}
	x := g.tree(4)
	m, err := pattern.Regex([]string{x.text()}, g.fold, pattern.Limits{})
	if err != nil {
		require.ErrorContains(t, err, "too complex", x.text())
		return
	}
	// An alternative that matches no subject, but makes the automaton too large
	// to be deterministic.
	var large pattern.Matcher
	if seed%8 < 2 {
		if large, err = pattern.Regex([]string{x.text() + "|.*[ab].{30}Q"}, g.fold, pattern.Limits{}); err != nil {
			require.ErrorContains(t, err, "too complex", x.text())
		}
	}
	parts := pattern.RequiredParts(x.text(), g.fold, 2)
	for range 12 {
		s := g.subject()
		r := []rune(s)
		want := x.ends(r, 0)[len(r)]
		require.Equal(t, want, m.Match(s), "%s on %q, fold %t", x.text(), s, g.fold)
		if want && len(parts) > 0 {
			require.True(t, hasPart(pattern.Fold(s), parts), "%s on %q, fold %t: %v", x.text(), s, g.fold, parts)
		}
		if large != nil {
			require.Equal(t, want, large.Match(s), "%s on %q, fold %t, large", x.text(), s, g.fold)
		}
	}
}

// hasPart reports whether a text has one of some parts in its place.
func hasPart(s string, parts []pattern.Part) bool {
	return slices.ContainsFunc(parts, func(p pattern.Part) bool {
		switch p.Place {
		case pattern.Whole:
			return s == p.Text
		case pattern.AtBegin:
			return strings.HasPrefix(s, p.Text)
		case pattern.AtEnd:
			return strings.HasSuffix(s, p.Text)
		case pattern.AtSecond:
			return s != "" && strings.HasPrefix(s[pattern.FirstLen(s):], p.Text)
		default:
			return strings.Contains(s, p.Text)
		}
	})
}

func TestRegexAgainstOracle(t *testing.T) {
	for seed := range uint64(1000) {
		checkRandomRegex(t, seed)
	}
}

// TestRegexUnderTightLimits gives up on automata half-way through and tries the
// next kind: what one attempt leaves behind must not show in another.
func TestRegexUnderTightLimits(t *testing.T) {
	accepted, refused := 0, 0
	for seed := range uint64(1500) {
		g := treeMaker{Rand: rand.New(rand.NewPCG(seed, 1)), fold: seed%2 == 0}
		x := g.tree(5)
		m, err := pattern.Regex([]string{x.text()}, g.fold, pattern.Limits{MaxStates: 2 + g.IntN(30)})
		if err != nil {
			refused++
			continue
		}
		accepted++
		for range 12 {
			s := g.subject()
			r := []rune(s)
			require.Equal(t, x.ends(r, 0)[len(r)], m.Match(s), "%s on %q, fold %t", x.text(), s, g.fold)
		}
	}
	assert.Greater(t, accepted, 500)
	assert.Greater(t, refused, 50)
}

// TestRegexAfterGivingUp has patterns that are abandoned in the middle of a
// derivative. What was made up to there must not serve the next attempt.
func TestRegexAfterGivingUp(t *testing.T) {
	for _, depth := range []int{20, 60} {
		p := strings.Repeat("(", depth) + "a" + strings.Repeat("{1,9})", depth)
		m, err := pattern.Regex([]string{p}, false, pattern.Limits{})
		if err != nil {
			require.ErrorContains(t, err, "too complex")
			continue
		}
		for n := range 40 {
			assert.Equal(t, n > 0, m.Match(strings.Repeat("a", n)), "%d times, depth %d", n, depth)
		}
		assert.False(t, m.Match("aab"))
	}
}

func FuzzRegexTree(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(checkRandomRegex)
}

// FuzzRegex looks for patterns that break the compiler, and checks laws.
func FuzzRegex(f *testing.F) {
	for _, p := range []string{"a|b&~c", "[^]a-z]{2,3}?", `"q"<1-20>@#\d[\w-]`, "((a*)+|b)?", "(|a"} {
		f.Add(p, "a12", true)
	}
	f.Fuzz(func(t *testing.T, p, s string, fold bool) {
		lim := pattern.Limits{MaxStates: 300}
		m, err := pattern.Regex([]string{p}, fold, lim)
		if err != nil {
			var re *pattern.RegexError
			require.True(t, errors.As(err, &re))
			require.LessOrEqual(t, re.Offset, len(p))
			return
		}
		got := m.Match(s)
		for _, law := range []struct {
			pattern string
			want    bool
		}{{"~(" + p + ")", !got}, {"(" + p + ")&@", got}, {"#|(" + p + ")", got}} {
			if p == "" {
				break // an empty group is not an empty pattern
			}
			other, err := pattern.Regex([]string{law.pattern}, fold, lim)
			if err == nil {
				require.Equal(t, law.want, other.Match(s), law.pattern)
			}
		}
	})
}
