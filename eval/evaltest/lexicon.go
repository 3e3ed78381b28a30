package evaltest

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/ast"
)

// A Lexicon makes up many queries, and documents, out of the same few texts and
// numbers, so that conditions hold often and share much: what an index over all
// of them has to get right. The texts have the letters that fold to others, bytes
// that are no UTF-8, and wildcards. It belongs to the goroutine of its Gen.
type Lexicon struct {
	g       *Gen
	words   []string
	numbers []string
}

// Lexicon returns a Lexicon of random words.
func (g *Gen) Lexicon() *Lexicon {
	l := &Lexicon{g: g}
	piece := func() string {
		return of(g, "a", "b", "ab", "cmd", ".exe", "power", "shell", `:\`, `\`, "K", "\u212a", "k", "s", "ſ", "S", "İ", "i", "ı", "I",
			"ß", "ẞ", "é", "É", "Σ", "ς", "😀", "𐐀", "𐐨", "\xff", "\xe2\x84", "\xaa", "日本", " ", "0", "temp", "*", "?")
	}
	l.words = several(g, 3, 9, func() string { return strings.Join(several(g, 1, 5, piece), "") })
	l.words = append(l.words, "", of(g, "K", "\u212a", "x"))
	l.numbers = several(g, 2, 5, func() string {
		return of(g, "0", "1", "-1", "5", "1.5", "-0.0", "9223372036854775807", "-9223372036854775807", "9223372036854775808",
			"18446744073709551615", "18446744073709551616", "9007199254740993", "9007199254740992.0", "9223372036854775808.0",
			"1e300", "1e-300", "-9.223372036854776e18")
	})
	return l
}

// The fields of a Lexicon: texts, one or several; numbers; booleans; anything; and
// objects with texts in them.
var (
	lexiconTexts = []string{"l1", "l1", "l2", "l3", "l.k", "lm", "la.v"}
	lexiconAll   = []string{"l1", "l2", "l3", "l.k", "lm", "la", "la.v", "ln", "lb", "lx", "none"}
)

// Query returns a query for the documents of Docs.
func (l *Lexicon) Query() (text string, dialect ast.Dialect) {
	g := l.g
	dialect = of(g, ast.Elasticsearch, ast.Endpoint)
	step := func(bracket string) string {
		return bracket + of(g, "any", "any", "process", "network") + " where " + l.condition(dialect, 2).text + "]"
	}
	switch g.pick(6) {
	case 0, 1, 2:
		text = g.category() + " where " + l.condition(dialect, 3).text
		if dialect == ast.Endpoint && g.oneIn(4) {
			text += " and descendant of " + step("[")
		}
	case 3:
		text = "sample by e " + strings.Join(several(g, 2, 3, func() string { return step("[") }), " ")
	default:
		text = l.sequence(dialect, step)
	}
	return text, dialect
}

func (l *Lexicon) sequence(dialect ast.Dialect, step func(bracket string) string) string {
	g := l.g
	head, missing := "sequence"+of(g, "", " by e", " by ?k", " by l1"), g.oneIn(3)
	if missing || g.oneIn(2) {
		head += " with maxspan=" + of(g, "5ms", "1s", "10s")
	}
	b := head
	named := false
	steps := 2 + g.pick(3)
	for i := range steps {
		if missing && i > 0 && g.oneIn(3) {
			b += " " + step("![")
			continue
		}
		s := step("[")
		if named && g.oneIn(2) {
			s = strings.TrimSuffix(s, "]") + " and " + of(g, "l1 == x.l1]", "ln >= x.ln]", "not lb == x.lb]")
		}
		b += " " + s
		switch {
		case i == 0 && dialect == ast.Endpoint && g.oneIn(2):
			b, named = b+" as x", true
		case g.oneIn(6):
			b += " with runs=2"
		}
	}
	if g.oneIn(3) {
		b += " until " + step("[")
	}
	return b
}

// condition is a filter.
func (l *Lexicon) condition(d ast.Dialect, depth int) fragment {
	g := l.g
	if depth == 0 {
		return l.leaf(d)
	}
	sub := func() fragment { return l.condition(d, depth-1) }
	join := func(op string, prec int) fragment {
		parts := several(g, 2, 4, func() string { return wrap(sub(), prec+1) })
		return fragment{strings.Join(parts, op), prec}
	}
	switch g.pick(10) {
	case 0, 1:
		return join(" and ", precAnd)
	case 2, 3:
		return join(" or ", precOr)
	case 4, 5, 6:
		return fragment{"not " + wrap(sub(), precNot), precNot}
	case 7:
		return fragment{"(" + sub().text + ")" + of(g, " == ", " != ") + of(g, "true", "false"), precComparison}
	default:
		return l.leaf(d)
	}
}

func (l *Lexicon) leaf(d ast.Dialect) fragment {
	g := l.g
	f := of(g, lexiconTexts...)
	if g.oneIn(5) {
		f = of(g, lexiconAll...)
	}
	test := func(op string, entry func() string) fragment {
		if !strings.Contains(op, "in") && g.oneIn(2) {
			return fragment{f + op + entry(), precPredicate}
		}
		return fragment{f + op + "(" + strings.Join(several(g, 1, 6, entry), ", ") + ")", precPredicate}
	}
	word := func() string { return raw(l.variant(of(g, l.words...))) }
	pattern := func() string { return raw(l.pattern()) }
	number := func() string { return of(g, l.numbers...) }
	switch g.pick(18) {
	case 0, 1:
		return fragment{f + of(g, " == ", " == ", " != ") + word(), precComparison}
	case 2, 3, 4, 5:
		return test(of(g, " : ", " like~ "), pattern)
	case 6:
		return test(" like ", pattern)
	case 7:
		return test(of(g, " in ", " not in ", " in~ ", " not in~ "), word)
	case 8:
		return fragment{of(g, "ln", "lx") + of(g, " == ", " == ", " != ", " < ") + number(), precComparison}
	case 9:
		return fragment{of(g, "ln", "lx") + of(g, " in (", " not in (") + strings.Join(several(g, 1, 4, number), ", ") + ")", precPredicate}
	case 10:
		return fragment{of(g, "lb", "lb == true", "lb == false", "lb != true", "lx == true", "lb in (true, false)", "lb in (false)"), precComparison}
	case 11, 12:
		return fragment{of(g, lexiconAll...) + of(g, " == null", " != null"), precComparison}
	case 13:
		return primary("%s(%s, %s)", of(g, "startsWith", "startsWith~", "endsWith", "endsWith~", "stringContains", "stringContains~"), f, word())
	case 14:
		return fragment{"length(" + f + ") " + of(g, "== 1", "> 3", "< 2", "!= 4"), precComparison}
	case 15:
		return fragment{of(g, "10 / ln == 2", "ln % lx == 1", "ln + 9223372036854775807 > 0", "number(l1) == 5", "concat(l1, l2) : \"a*\"", "?l1 == ?l2"), precComparison}
	case 16:
		if d == ast.Endpoint {
			inner := of(g, "$v.v : ", "$v.v == ", "$v : ", "not $v.v : ") + pattern()
			return primary("_arraysearch(%s, $v, %s)", of(g, "la", "la", "lm", "none"), inner)
		}
		return fragment{f + of(g, " regex ", " regex~ ") + raw(of(g, "a.*", ".*b.*", "[A-Z]+.*", "(cmd|power).*", ".*")), precPredicate}
	default:
		return fragment{of(g, "cidrMatch(lx, \"10.0.0.0/8\")", "true", "false", "lx == \"5\"", "lx in (\"5\", \"true\")", "lx : \"10.*\"", "lx == \"10.1.2.3\"", "lx != \"1.0\""), precPredicate}
	}
}

// raw is s as a string literal, whatever its bytes.
func raw(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == '"' || r == '\\' {
			b.WriteByte('\\')
		}
		b.WriteString(s[:n])
		s = s[n:]
	}
	b.WriteByte('"')
	return b.String()
}

// variant is s, or s in another case.
func (l *Lexicon) variant(s string) string {
	switch l.g.pick(6) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	case 2: // any letter that folds to the same
		var b strings.Builder
		for len(s) > 0 {
			r, n := utf8.DecodeRuneInString(s)
			if r == utf8.RuneError && n == 1 {
				b.WriteString(s[:1])
			} else {
				b.WriteRune(unicode.SimpleFold(r))
			}
			s = s[n:]
		}
		return b.String()
	default:
		return s
	}
}

// cut is where s may be cut in two: mostly between code points.
func (l *Lexicon) cut(s string) int {
	at := l.g.pick(len(s) + 1)
	for at < len(s) && !utf8.RuneStart(s[at]) && !l.g.oneIn(8) {
		at++
	}
	return at
}

// pattern is one that a word matches, or nearly.
func (l *Lexicon) pattern() string {
	g := l.g
	s := l.variant(of(g, l.words...))
	i := l.cut(s)
	head, tail := s[:i], s[i:]
	j := l.cut(tail)
	inner, end := tail[:j], tail[j:]
	switch g.pick(14) {
	case 0:
		return s
	case 1, 2:
		return head + "*"
	case 3, 4:
		return "*" + tail
	case 5:
		return "*" + inner + "*"
	case 6:
		return "*" + s + "*"
	case 7:
		_, n := utf8.DecodeRuneInString(s)
		return "?" + s[n:]
	case 8:
		_, n := utf8.DecodeRuneInString(s)
		return "?" + s[n:] + "*"
	case 9:
		return head + "?" + inner + "*"
	case 10:
		return head + "*" + inner + "*" + end
	case 11:
		return head + "*" + end
	case 12:
		return of(g, "*", "?", "??", "?*", "*?", "", "**", "*?*", "?"+s+"?")
	default:
		return "*" + inner + "?" + end
	}
}

// value is a text of a document: what queries ask for, with a little before,
// behind or between.
func (l *Lexicon) value() string {
	g := l.g
	s := l.variant(of(g, l.words...))
	switch g.pick(8) {
	case 0:
		s = of(g, "x", "C", "\xff", "é", "C:\\") + s
	case 1:
		s += of(g, "x", "*", "\xe2", "😀", " ")
	case 2:
		i := l.cut(s)
		s = s[:i] + of(g, "x", "K", "\xaa") + s[i:]
	case 3:
		s += l.variant(of(g, l.words...))
	case 4:
		s = s[l.cut(s):]
	}
	if g.oneIn(60) {
		s += strings.Repeat("long ", 120)
	}
	return s
}

// Extend adds to a document what the queries of l ask about. Some texts are no
// UTF-8, so that encoding/json cannot write them as they are.
func (l *Lexicon) Extend(doc map[string]any) {
	g := l.g
	text := func() any { return l.value() }
	number := func() any { return json.Number(of(g, l.numbers...)) }
	mixed := func() any {
		return of[any](g, text(), number(), true, false, "5", "10.1.2.3", "1.0", json.Number("5"), map[string]any{"v": text()})
	}
	doc["e"] = of(g, "A", "B")
	g.maybe(doc, "l1", 8, text)
	g.maybe(doc, "l2", 4, text)
	g.maybe(doc, "l3", 2, text)
	if g.oneIn(2) {
		doc["l"] = map[string]any{"k": text()}
	}
	g.maybe(doc, "lm", 3, func() any { return g.list(text) })
	g.maybe(doc, "la", 3, func() any { return g.list(func() any { return of[any](g, map[string]any{"v": text()}, text()) }) })
	g.maybe(doc, "ln", 3, number)
	g.maybe(doc, "lb", 3, func() any { return of(g, true, false) })
	g.maybe(doc, "lx", 3, func() any {
		if g.oneIn(3) {
			return g.list(mixed)
		}
		return mixed()
	})
	if g.oneIn(3) {
		doc["time2"] = doc["@timestamp"]
	}
	if g.oneIn(3) {
		doc["category2"] = of[any](g, "process", "any", []any{"network", "process"})
	}
	g.maybe(doc, "host", 2, func() any {
		return map[string]any{"os": map[string]any{of(g, "type", "family", "platform"): of[any](g, "windows", "Linux", "macos", "", []any{"linux", "windows"}, json.Number("5"))}}
	})
}
