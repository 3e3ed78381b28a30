package evaltest

import (
	"fmt"
	"strings"
)

var (
	plainStrings = []string{
		"a", "", "A", "ab", "aB", "ba", "abc", "a.b.c", "b", "cmd.exe", "CMD.EXE", "x*y", "a?b", `C:\Windows`, `\`,
		"line\nbreak", "null", "5", "10.1.2.3", "aaa", "1\t2", `say "a"`, "Foo", "foobar", "a-b",
	}
	unicodeStrings = []string{
		"é", "É", "ß", "ẞ", "s", "ſ", "K", "k", "Σ", "σς", "İ", "ı", "I", "i", "日本", "e\u0301", "a",
		"\uffff", "\u00a0", "ﬀ", "Ǆ", "ǅ",
	}
	astralStrings = []string{"😀", "a😀b", "𐐀", "𐐨", "😀😀", "b𐐨"} // two UTF-16 units for some code points
	numberStrings = []string{
		"12", "0x1F", "0xff", "077", "-5", "+7", "1e3", "12.5", " 7 ", "NaN", "-Infinity", "abc", "", "0X1f", "9223372036854775808",
		"1.5d", "FF", ".5", "5.", "1_0", "1e400", "0x", "12 3",
	}
	addresses = []string{"10.1.2.3", "10.255.0.1", "192.168.1.200", "192.168.1.5", "fd00::1", "::1", "::ffff:10.0.0.7", "8.8.8.8", "not an address", "", "fe80::1%eth0"}
)

// quote is s as a string literal.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0xffff:
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// quoted is s in one of the forms of a literal.
func (g *Gen) quoted(s string) string {
	if g.oneIn(3) && !strings.ContainsAny(s, "\"\n\r") {
		return `"""` + s + `"""`
	}
	return quote(s)
}

func (g *Gen) text() string {
	switch {
	case !g.narrow && g.oneIn(12):
		return of(g, astralStrings...)
	case g.oneIn(3):
		return of(g, unicodeStrings...)
	default:
		return of(g, plainStrings...)
	}
}

func (g *Gen) stringConst() string {
	if g.oneIn(8) {
		return of(g, `concat("a", "b")`, `substring("xaB", 1)`, `between("(a)", "(", ")")`, `string(5)`, `concat("a", 1, true, 2.0)`)
	}
	return g.quoted(g.text())
}

// pattern is a literal with wildcards in it.
func (g *Gen) pattern() string {
	out := []rune(g.text())
	for range g.pick(3) {
		at := g.pick(len(out) + 1)
		wild := of(g, '*', '?')
		if at < len(out) && g.oneIn(2) {
			out[at] = wild
		} else {
			out = append(out[:at], append([]rune{wild}, out[at:]...)...)
		}
	}
	return g.quoted(string(out))
}

// needle is something short to look for.
func (g *Gen) needle() string {
	switch g.pick(6) {
	case 0:
		return g.field(of(g, "s", "t"))
	case 1:
		return quote(of(g, unicodeStrings...))
	case 2:
		return quote(of(g, astralStrings...))
	default:
		return quote(of(g, "a", "B", "b", ".", "", "ab", "exe", "*", "😀", `\`))
	}
}

// stringField is a field that holds strings.
func (g *Gen) stringField() string {
	if !g.narrow && g.oneIn(8) {
		return g.field("w")
	}
	if g.single {
		return g.field(of(g, "s", "t", "o.k", "z"))
	}
	return g.field(of(g, "s", "s", "t", "o.k", "ss", "objs.v", "mix", "z", "void"))
}

func (g *Gen) stringExpr(depth int) fragment {
	if depth > 0 && g.oneIn(3) {
		return g.stringCall(depth - 1)
	}
	if g.oneIn(12) {
		return fragment{g.quoted(g.text()), precPrimary}
	}
	return fragment{g.stringField(), precPrimary}
}

// stringCall is a call of a function with a string as result.
func (g *Gen) stringCall(depth int) fragment {
	s := func() string { return g.stringExpr(depth).text }
	switch g.pick(6) {
	case 0:
		return primary("%s(%s, %s)", g.name("substring"), g.narrowed(s), g.position())
	case 1:
		return primary("%s(%s, %s, %s)", g.name("substring"), g.narrowed(s), g.position(), g.position())
	case 2:
		greedy := of(g, "", ", false", ", true", ", b")
		return primary("%s(%s, %s, %s%s)", g.name(of(g, "between", "between~")), s(), g.needle(), g.needle(), greedy)
	case 3:
		return primary("%s(%s)", g.name("string"), of(g, g.anything(), s()))
	default:
		return primary("%s(%s)", g.name("concat"), strings.Join(several(g, 1, 3, func() string { return of(g, s(), g.anything()) }), ", "))
	}
}

// narrowed keeps s to strings that have no half of a code point to cut off.
func (g *Gen) narrowed(s func() string) string {
	outer := g.narrow
	g.narrow = true
	defer func() { g.narrow = outer }()
	return s()
}

// anything is an argument of any type.
func (g *Gen) anything() string {
	if g.single {
		return of(g, "n", "b", "x", "1", "2.5", "true")
	}
	return of(g, "n", "b", "x", "ns", "mix", "u", "1", "2.0", "1e7", "0.0001", "1.5e300", "true", "n + 1", "n > 1", `n > 1 and not s : "a*"`)
}

// position is an argument that counts characters.
func (g *Gen) position() string {
	return of(g, "1", "0", "2", "-1", "-2", "99", "-99", "n", "n - 1", "length(s) - 1", `indexOf(s, "a")`, "null", "mix", "x", "u")
}

func (g *Gen) integer(depth int) fragment {
	if depth == 0 || !g.oneIn(2) {
		if g.single {
			return fragment{g.field(of(g, "n", "n", "z")), precPrimary}
		}
		return fragment{g.field(of(g, "n", "n", "ns", "mix", "z", "u")), precPrimary}
	}
	sub := func() fragment {
		if g.oneIn(3) {
			return primary("%s", of(g, "1", "2", "3", "10"))
		}
		return g.integer(depth - 1)
	}
	switch g.pick(9) {
	case 0, 1:
		return fragment{wrap(sub(), precSum) + of(g, " + ", " - ") + wrap(sub(), precProduct), precSum}
	case 2:
		return fragment{wrap(sub(), precProduct) + " * " + wrap(sub(), precUnary), precProduct}
	case 3:
		divisor := of(g, "2", "3", "-2", "n", "ns")
		if g.single {
			divisor = "n"
		}
		return fragment{wrap(g.integer(depth-1), precProduct) + of(g, " / ", " % ") + divisor, precProduct}
	case 4:
		return fragment{of(g, "- ", "+ ", "-") + wrap(g.integer(depth-1), precUnary), precUnary}
	case 5:
		return primary("%s(%s, %s)", g.name(of(g, "add", "subtract", "multiply")), sub().text, sub().text)
	case 6:
		return primary("%s(%s)", g.name("length"), g.stringExpr(depth-1).text)
	case 7:
		start := of(g, "", ", 1", ", -1", ", n", ", null", ", x")
		return primary("%s(%s, %s%s)", g.name(of(g, "indexOf", "indexOf~")), g.stringField(), g.needle(), start)
	default:
		return primary("%s(%s, %s)", g.name(of(g, "divide", "modulo")), g.integer(depth-1).text, of(g, "2", "3", "-2", "n"))
	}
}

func (g *Gen) integerConst() string {
	return of(g, "1", "0", "2", "5", "3", "-1", "-7", "10", "1 + 1", "2.0", "5.0", "length(\"abc\")", "7 / 2", "9007199254740993")
}

// float is a number that may have a fraction, be infinite or be NaN.
func (g *Gen) float(depth int) fragment {
	if g.oneIn(4) {
		return primary("%s(%s%s)", g.name("number"), g.field("digits"), of(g, "", ", 16", ", 8", ", 10", ", null"))
	}
	if depth == 0 || !g.oneIn(2) {
		return fragment{g.field(of(g, "x", "x", "n", "mix")), precPrimary}
	}
	if g.oneIn(2) {
		return fragment{wrap(g.float(depth-1), precProduct) + of(g, " * ", " / ", " % ") + of(g, "2.0", "0.5", "2", "0.0", "x"), precProduct}
	}
	return fragment{wrap(g.float(depth-1), precSum) + of(g, " + ", " - ") + of(g, "1", "0.1", "x", "n"), precSum}
}

func (g *Gen) floatConst() string {
	return of(g, "1.5", "0.0", "2.5", "-0.5", "0.1 + 0.2", "12", "31", "255", "1000.0", "1e3", "0.30000000000000004")
}
