package evaltest

import (
	"fmt"
	"strings"
)

// A fragment is the text of an expression and how tightly it binds.
type fragment struct {
	text string
	prec int
}

const (
	precOr = iota + 1
	precAnd
	precNot
	precComparison
	precSum
	precProduct
	precUnary
	precPredicate
	precPrimary
)

// wrap is the text of f where something that binds at least like prec has to be.
func wrap(f fragment, prec int) string {
	if f.prec < prec {
		return "(" + f.text + ")"
	}
	return f.text
}

func primary(format string, args ...any) fragment {
	return fragment{fmt.Sprintf(format, args...), precPrimary}
}

// condition is a filter.
func (g *Gen) condition(depth int) fragment {
	if depth == 0 {
		return g.atom()
	}
	switch g.pick(12) {
	case 0, 1, 2:
		return g.atom()
	case 3, 4:
		return fragment{wrap(g.condition(depth-1), precAnd) + " and " + wrap(g.condition(depth-1), precNot), precAnd}
	case 5, 6:
		return fragment{wrap(g.condition(depth-1), precOr) + " or " + wrap(g.condition(depth-1), precAnd), precOr}
	case 7, 8:
		return fragment{"not " + wrap(g.condition(depth-1), precNot), precNot}
	case 9:
		return primary("(%s)", g.condition(depth-1).text)
	case 10:
		return g.truthTest(depth - 1)
	default:
		return g.nullTest(depth - 1)
	}
}

// truthTest compares a condition with true or false.
func (g *Gen) truthTest(depth int) fragment {
	x := "(" + g.condition(depth).text + ")"
	if g.oneIn(2) {
		x = g.test().text
	}
	return g.either(x, of(g, "==", "!="), of(g, "true", "false"))
}

// either is a comparison, or the same with its sides swapped.
func (g *Gen) either(x, op, y string) fragment {
	if g.oneIn(5) {
		swapped := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}
		if s, ok := swapped[op]; ok {
			op = s
		}
		x, y = y, x
	}
	return fragment{x + " " + op + " " + y, precComparison}
}

// nullTest compares with null what is null for one reason at most: a field or
// an operation on fields without several values.
func (g *Gen) nullTest(depth int) fragment {
	x := g.field(of(g, "s", "n", "z", "void", "ss", "ns", "o.k", "mix", "objs.v"))
	outer := g.single
	g.single = true
	switch g.pick(6) {
	case 0:
		x = wrap(g.stringCall(1), precSum)
	case 1:
		x = wrap(g.integer(1), precSum)
	case 2:
		x = "(" + g.stringTest().text + ")"
	case 3:
		x = "(" + wrap(g.integer(0), precSum) + " " + g.ordering() + " " + g.integerConst() + ")"
		if depth > 0 {
			x = "(" + x + " " + of(g, "and", "or") + " not " + g.stringTest().text + ")"
		}
	case 4:
		x = of(g, "null", "5", `"a"`, "concat(s, null)", "(n + null)", "(null > s)", "length(null)")
	}
	g.single = outer
	return g.either(x, of(g, "==", "!="), "null")
}

func (g *Gen) ordering() string { return of(g, ">", "<", ">=", "<=") }

// atom is a condition without and, or and not.
func (g *Gen) atom() fragment {
	switch g.pick(14) {
	case 12:
		return g.date()
	case 13:
		return g.computed()
	case 0, 1:
		return g.either(wrap(g.stringExpr(2), precSum), of(g, "==", "!=", "<", "<=", ">", ">="), g.stringConst())
	case 2, 3:
		return g.either(wrap(g.integer(2), precSum), of(g, "==", "!=", "<", "<=", ">", ">="), g.integerConst())
	case 4:
		return g.either(wrap(g.float(2), precSum), of(g, "==", "!=", "<", "<=", ">", ">="), g.floatConst())
	case 5, 6:
		return g.stringTest()
	case 7:
		return g.inList()
	case 8:
		return g.test()
	case 9:
		return g.flag()
	case 10:
		return g.odd()
	default:
		return fragment{g.field("u") + " " + of(g, "==", "!=", "<", ">", ">=", "<=") + " " +
			of(g, "9007199254740993", "9007199254740992", "9007199254740992.0", "9223372036854775807",
				"9223372036854775808", "18446744073709551615", "1.8446744073709552e19", "9223372036854775808.0"), precComparison}
	}
}

// date is a condition on the time of the event.
func (g *Gen) date() fragment {
	literal := func() string {
		return of(g, `"2024-03-01"`, `"2024-02-29"`, `"2024-03-01T00:00:00"`, `"2024-03-01T00:00"`, `"2024-02-29T23"`,
			`"2024-03-01T00:00:00.000Z"`, `"2024-02-29T23:59:59.999Z"`, `"2024-03-01T01:00:00.001+01:00"`,
			`"2024-03-01T00:00:00.000000001Z"`, "1709251200000", "1709251200001", `"1709251200000"`)
	}
	switch g.pick(5) {
	case 0:
		return fragment{g.field("@timestamp") + of(g, " in", " not in") + " (" + strings.Join(several(g, 1, 3, literal), ", ") + ")", precPredicate}
	case 1:
		return fragment{"string(" + g.field("@timestamp") + ") " + of(g, `: "2024-03-01T*"`, `like "*:59.99?Z"`, `regex ".*<0-1>Z"`), precPredicate}
	default:
		return g.either(g.field("@timestamp"), of(g, "==", "!=", "<", "<=", ">", ">="), literal())
	}
}

// computed compares two operations with each other.
func (g *Gen) computed() fragment {
	op := of(g, "==", "!=", "<", "<=", ">", ">=")
	x := func() fragment { return g.stringCall(0) }
	y := func() fragment { return g.stringExpr(0) }
	switch g.pick(3) {
	case 0:
		x = func() fragment { return fragment{wrap(g.integer(1), precSum) + " + 0", precSum} }
		y = func() fragment { return g.integer(0) }
	case 1:
		x = func() fragment { return fragment{wrap(g.float(1), precProduct) + " * 1", precProduct} }
		y = func() fragment { return g.integer(1) }
	}
	return g.either(wrap(x(), precSum), op, wrap(y(), precSum))
}

// flag is a condition on a boolean.
func (g *Gen) flag() fragment {
	f := g.field(of(g, "b", "b", "bs", "mix", "z"))
	switch g.pick(3) {
	case 0:
		return fragment{f, precPrimary}
	default:
		return g.either(f, of(g, "==", "!="), of(g, "true", "false"))
	}
}

// odd is one of the rare conditions.
func (g *Gen) odd() fragment {
	switch g.pick(5) {
	case 0:
		return fragment{of(g, "true", "false"), precPrimary}
	case 1:
		pair := of(g, [2]string{"s", "t"}, [2]string{"s", "ss"}, [2]string{"n", "ns"}, [2]string{"z", "void"}, [2]string{"mix", "s"}, [2]string{"k", "x"})
		return fragment{"?" + pair[0] + " " + of(g, "==", "!=") + " ?" + pair[1], precComparison}
	case 2:
		return g.either(g.field("mix"), of(g, "==", "!="), of(g, "5", `"5"`, "true", "1.5", `"a"`))
	case 3:
		return fragment{wrap(g.integer(1), precPrimary) + of(g, " in", " not in") + " (null, " + g.integerConst() + ")", precPredicate}
	default:
		return fragment{of(g, "1 + 1 == 2", "7 / 2 == 3", "-7 % 3 == -1", "7.0 / 2 == 3.5", `"cmd.exe" : "CMD.*"`,
			`"a" < "B"`, "1 == 1.0", `"a*" : "ab"`, "5 in (1, 2 + 3)", `length("😀") == 2`), precComparison}
	}
}

// null is a condition that is null for all events.
func (g *Gen) null() fragment {
	switch g.pick(5) {
	case 0:
		return fragment{"null", precPrimary}
	case 1:
		return g.either(wrap(g.integer(1), precSum), g.ordering(), "null")
	case 2:
		return fragment{g.field("s") + " " + of(g, ":", "like", "regex", "like~", "regex~") + " null", precPredicate}
	case 3:
		return primary("%s(%s, null)", of(g, "startsWith", "endsWith~", "stringContains"), g.stringExpr(1).text)
	default:
		call := of(g, "concat(%s, null)", `between(%s, "a", "b", null)`)
		return g.either(fmt.Sprintf(call, g.stringExpr(1).text), g.ordering(), g.stringConst())
	}
}

// nullFilter is a filter with a null condition, where it does not matter whether
// that is taken for false at once or only at the end.
func (g *Gen) nullFilter() fragment {
	x := g.null()
	switch g.pick(4) {
	case 0:
		return x
	case 1:
		return fragment{"not " + wrap(x, precNot), precNot}
	case 2:
		return fragment{wrap(x, precAnd) + " and " + wrap(g.condition(1), precNot), precAnd}
	default:
		return fragment{wrap(x, precOr) + " or " + wrap(g.condition(1), precAnd), precOr}
	}
}

// test is a call of a boolean function.
func (g *Gen) test() fragment {
	switch g.pick(4) {
	case 0:
		return primary("%s(%s, %s)", g.name("cidrMatch"), g.field(of(g, "ip", "ips", "s", "z")),
			strings.Join(several(g, 1, 3, func() string {
				return quote(of(g, "10.0.0.0/8", "10.1.2.3", "192.168.0.0/16", "192.168.1.128/25", "fd00::/8", "::1", "::/0",
					"0.0.0.0/0", "::ffff:10.0.0.0/104", "10.1.2.3/8", "fe80::/10"))
			}), ", "))
	default:
		return primary("%s(%s, %s)", g.name(of(g, "startsWith", "endsWith", "stringContains")+of(g, "", "~")),
			g.stringExpr(1).text, g.needle())
	}
}

// stringTest is a pattern or list of strings.
func (g *Gen) stringTest() fragment {
	op := of(g, ":", ":", "like", "like~", "in~", "not in~", "regex", "regex~")
	entry := g.pattern
	switch {
	case strings.HasSuffix(op, "in~"):
		entry = g.stringConst
	case strings.HasPrefix(op, "regex"):
		entry = func() string { return g.quoted(g.regexp(2, op == "regex~")) }
	}
	list := "(" + strings.Join(several(g, 1, 3, entry), ", ") + ")"
	if !strings.Contains(op, "in~") && g.oneIn(2) {
		list = entry()
	}
	return fragment{wrap(g.stringExpr(1), precPrimary) + " " + op + " " + list, precPredicate}
}

// inList is "in" or "not in".
func (g *Gen) inList() fragment {
	x, entry := g.stringExpr(1), g.stringConst
	switch g.pick(5) {
	case 0, 1:
		x, entry = g.integer(1), g.integerConst
	case 2:
		x, entry = fragment{g.field(of(g, "b", "bs")), precPrimary}, func() string { return of(g, "true", "false") }
	}
	return fragment{wrap(x, precPrimary) + " " + of(g, "in", "not in") + " (" + strings.Join(several(g, 1, 4, entry), ", ") + ")", precPredicate}
}

// field is a field as it may be written.
func (g *Gen) field(path string) string {
	switch g.pick(12) {
	case 10:
		return "?" + path
	case 11:
		return "`" + path + "`"
	default:
		return path
	}
}

// name is a function name in some case.
func (g *Gen) name(name string) string {
	return of(g, name, name, name, strings.ToLower(name), strings.ToUpper(name))
}
