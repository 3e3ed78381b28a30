package evaltest

import (
	"fmt"
	"strings"
)

// regexp is a regular expression in Lucene's syntax. With fold it does without
// what is said differently of letters in the versions of Lucene.
func (g *Gen) regexp(depth int, fold bool) string {
	var branches []string
	for range 1 + g.pick(depth+1)/2 {
		parts := several(g, 1, 3, func() string { return g.regexpPart(depth, fold) })
		branches = append(branches, strings.Join(parts, ""))
	}
	return strings.Join(branches, of(g, "|", "|", "&"))
}

func (g *Gen) regexpPart(depth int, fold bool) string {
	atom := g.regexpAtom(depth, fold)
	if g.oneIn(10) {
		atom = "~" + atom
	}
	if g.oneIn(3) {
		atom += of(g, "*", "+", "?", "{2}", "{1,3}", "{0,}", "*?")
	}
	return atom
}

func (g *Gen) regexpAtom(depth int, fold bool) string {
	switch g.pick(10) {
	case 0, 1, 2:
		return of(g, "a", "b", "A", "c", "é", "σ", "k", "😀", `\.`, `\*`, `\?`, `\\`, "^", "$", "-", " ", "_", "%", "5", "/")
	case 3, 4:
		return ".*"
	case 5:
		return of(g, ".", "@", "()", `\d`, `\w`, `\s`, `\D`, `\W`, `\S`, "#", `"a.b"`, `"*"`, "<1-12>", "<01-12>", "<9-5>")
	case 6:
		if fold {
			return of(g, "[ab]", "[a-c]", "[0-9]", "[^0-9]", `[\w-]`, "[-a]", "[.*]")
		}
		return of(g, "[ab]", "[a-c]", "[0-9]", "[^0-9]", "[^a]", `[\w-]`, "[-a]", "[^a-c.]", "[.*]", "[]a]", "[^]]", "[ß-ÿ]", "[f-f]")
	default:
		if depth == 0 {
			return of(g, "a", "b")
		}
		return fmt.Sprintf("(%s)", g.regexp(depth-1, fold))
	}
}
