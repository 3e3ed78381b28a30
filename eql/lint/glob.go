package lint

import (
	"strings"
	"unicode"
)

// A glob is a set of strings: those that a pattern with * and ? matches, or one
// string alone, in its case or in any.
type glob struct {
	runes []rune // folded if fold is set
	exact bool   // * and ? are characters like others
	fold  bool
}

func newGlob(text string, exact, fold bool) glob {
	g := glob{runes: []rune(text), exact: exact || !strings.ContainsAny(text, "*?"), fold: fold}
	if fold {
		for i, r := range g.runes {
			g.runes[i] = foldRune(r)
		}
	}
	return g
}

// foldRune returns the same rune for all runes that differ in case only.
func foldRune(r rune) rune {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		if r != 'k' && r != 's' { // these two have variants beyond ASCII, the others none
			return r
		}
	}
	least := r
	for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
		least = min(least, v)
	}
	if 'A' <= least && least <= 'Z' {
		least += 'a' - 'A'
	}
	return least
}

func foldText(s string) string { return strings.Map(foldRune, s) }

// hasCase reports whether r has variants that differ in case.
func hasCase(r rune) bool { return unicode.SimpleFold(r) != r }

func (g *glob) isStar(i int) bool { return !g.exact && g.runes[i] == '*' }
func (g *glob) isAny(i int) bool  { return !g.exact && g.runes[i] == '?' }

// isAll reports whether g holds every string.
func (g *glob) isAll() bool {
	if g.exact || len(g.runes) == 0 {
		return false
	}
	for _, r := range g.runes {
		if r != '*' {
			return false
		}
	}
	return true
}

// covers reports whether every string of h is one of g. It may overlook that
// for patterns with several wildcards, but it is never wrong to say so.
//
// It matches the pattern g against that of h as if it were text, in which a * of
// h is a character that only a * of g stands for.
func (g *glob) covers(h *glob) bool {
	i, j := 0, 0
	star, resume := -1, 0 // the latest * of g, and where in h to go on if it takes one more
	for j < len(h.runes) {
		switch {
		case i < len(g.runes) && g.isStar(i):
			star, resume = i, j
			i++
		case i < len(g.runes) && !h.isStar(j) && (g.isAny(i) || !h.isAny(j) && g.holds(g.runes[i], h, h.runes[j])):
			i, j = i+1, j+1
		case star >= 0:
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	for i < len(g.runes) && g.isStar(i) {
		i++
	}
	return i == len(g.runes)
}

// holds reports whether the rune r of g stands for everything that the rune s of
// h stands for.
func (g *glob) holds(r rune, h *glob, s rune) bool {
	switch {
	case g.fold && !h.fold:
		return r == foldRune(s)
	case !g.fold && h.fold:
		return r == s && !hasCase(s)
	default:
		return r == s
	}
}

// meets reports whether g and h have a string in common.
func (g *glob) meets(h *glob) bool {
	return walk(len(h.runes), func(i, j int, visit func(i, j int)) bool {
		endG, endH := i == len(g.runes), j == len(h.runes)
		switch {
		case endG && endH:
			return true
		case !endG && g.isStar(i):
			visit(i+1, j)
			if !endH {
				visit(i, j+1)
			}
		case !endH && h.isStar(j):
			visit(i, j+1)
			if !endG {
				visit(i+1, j)
			}
		case endG || endH:
		case g.isAny(i), h.isAny(j), g.runes[i] == h.runes[j],
			(g.fold || h.fold) && foldRune(g.runes[i]) == foldRune(h.runes[j]):
			visit(i+1, j+1)
		}
		return false
	})
}

// walk looks for a way from (0, 0) to a place where step returns true, through
// the places of a grid that step visits; m is the greatest second coordinate.
func walk(m int, step func(i, j int, visit func(i, j int)) bool) bool {
	var seen map[int]bool
	todo := make([]int, 1, 16)
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		visits := 0
		if step(at/(m+1), at%(m+1), func(i, j int) {
			next := i*(m+1) + j
			if visits++; visits == 2 && seen == nil {
				seen = map[int]bool{}
			}
			if seen != nil {
				if seen[next] {
					return
				}
				seen[next] = true
			}
			todo = append(todo, next)
		}) {
			return true
		}
	}
	return false
}
