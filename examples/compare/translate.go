package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// A language is how another language of expressions writes what the rules need.
type language struct {
	lower                          func(x string) string
	contains, startsWith, endsWith func(x, s string) string
	length                         func(x string) string
	// some says that an element of a list satisfies a condition on elem.
	some func(list, cond string) string
	elem string
}

var exprLanguage = language{
	lower:      func(x string) string { return "lower(" + x + ")" },
	contains:   func(x, s string) string { return x + " contains " + s },
	startsWith: func(x, s string) string { return x + " startsWith " + s },
	endsWith:   func(x, s string) string { return x + " endsWith " + s },
	length:     func(x string) string { return "len(" + x + ")" },
	some:       func(list, cond string) string { return "any(" + list + ", " + cond + ")" },
	elem:       "#",
}

var celLanguage = language{
	lower:      func(x string) string { return x + ".lowerAscii()" },
	contains:   func(x, s string) string { return x + ".contains(" + s + ")" },
	startsWith: func(x, s string) string { return x + ".startsWith(" + s + ")" },
	endsWith:   func(x, s string) string { return x + ".endsWith(" + s + ")" },
	length:     func(x string) string { return "size(" + x + ")" },
	some:       func(list, cond string) string { return list + ".exists(e, " + cond + ")" },
	elem:       "e",
}

// A translation is a rule about single events in another language. It knows what the
// rules that are compared use, and no more.
type translation struct {
	language
	blocks [][]netip.Prefix // of cidr(address, index)
}

// translate returns the query as an expression in which fields are called as nameOf
// says, and what is missing is "" or 0.
func (t *translation) translate(q *ast.Query) (string, error) {
	f, ok := q.Body.(*ast.EventFilter)
	if !ok {
		return "", fmt.Errorf("no query for single events")
	}
	cond, err := t.expr(f.Where)
	if err != nil {
		return "", err
	}
	category := t.each("event.category", func(x string) string { return x + " == " + strconv.Quote(f.Category.Name) })
	return category + " && " + cond, nil
}

func nameOf(path string) string { return strings.ReplaceAll(path, ".", "__") }

// isList reports whether a field has several values.
func isList(path string) bool {
	return path == "event.category" || path == "event.type" || path == "process.args"
}

// each applies a condition to a field, or to some element of a list.
func (t *translation) each(path string, cond func(x string) string) string {
	if isList(path) {
		return t.some(nameOf(path), cond(t.elem))
	}
	return cond(nameOf(path))
}

func (t *translation) expr(x ast.Expr) (string, error) {
	switch x := x.(type) {
	case *ast.Paren:
		s, err := t.expr(x.X)
		return "(" + s + ")", err
	case *ast.Unary:
		s, err := t.expr(x.X)
		if x.Op != ast.Not {
			return "", fmt.Errorf("%v is not translated", x.Op)
		}
		return "!(" + s + ")", err
	case *ast.Binary:
		if x.Op.IsLogic() {
			return t.logic(x)
		}
		return t.compare(x)
	case *ast.Match:
		return t.match(x)
	case *ast.Call:
		return t.call(x)
	}
	return "", fmt.Errorf("%s is not translated", ast.FormatExpr(x))
}

func (t *translation) logic(x *ast.Binary) (string, error) {
	a, err := t.expr(x.X)
	if err != nil {
		return "", err
	}
	b, err := t.expr(x.Y)
	if x.Op == ast.And {
		return a + " && " + b, err
	}
	return "(" + a + " || " + b + ")", err
}

func (t *translation) compare(x *ast.Binary) (string, error) {
	f, ok := x.X.(*ast.Field)
	if !ok || x.Op != ast.Eq && x.Op != ast.Ne {
		return "", fmt.Errorf("%s is not translated", ast.FormatExpr(x))
	}
	y := `""`
	if _, null := x.Y.(*ast.Null); !null {
		var err error
		if y, err = literal(x.Y, false); err != nil {
			return "", err
		}
	}
	return t.each(f.Path, func(v string) string { return v + " " + x.Op.String() + " " + y }), nil
}

func literal(x ast.Expr, lower bool) (string, error) {
	switch x := x.(type) {
	case *ast.String:
		if lower {
			return strconv.Quote(strings.ToLower(x.Value)), nil
		}
		return strconv.Quote(x.Value), nil
	case *ast.Number:
		return x.Text, nil
	}
	return "", fmt.Errorf("%s is not translated", ast.FormatExpr(x))
}

// match translates lists: what has no wildcard becomes one list, the rest tests of
// the beginning, the end, or a part.
func (t *translation) match(x *ast.Match) (string, error) {
	f, ok := x.X.(*ast.Field)
	if !ok {
		return "", fmt.Errorf("%s is not translated", ast.FormatExpr(x))
	}
	var exact []string
	var tests []func(v string) string
	for _, item := range x.List {
		s, isText := item.(*ast.String)
		if x.Op.IsPattern() && isText && strings.ContainsAny(s.Value, "*?") {
			text := s.Value
			if x.Op.FoldsCase() {
				text = strings.ToLower(text)
			}
			test, err := t.pattern(text)
			if err != nil {
				return "", err
			}
			tests = append(tests, test)
			continue
		}
		lit, err := literal(item, x.Op.FoldsCase())
		if err != nil {
			return "", err
		}
		exact = append(exact, lit)
	}
	out := t.each(f.Path, func(v string) string {
		if x.Op.FoldsCase() {
			v = t.lower(v)
		}
		var parts []string
		switch len(exact) {
		case 0:
		case 1:
			parts = append(parts, v+" == "+exact[0])
		default:
			parts = append(parts, v+" in ["+strings.Join(exact, ", ")+"]")
		}
		for _, test := range tests {
			parts = append(parts, test(v))
		}
		return "(" + strings.Join(parts, " || ") + ")"
	})
	if x.Not {
		out = "!" + out
	}
	return out, nil
}

func (t *translation) pattern(p string) (func(v string) string, error) {
	core := strings.Trim(p, "*")
	quoted := strconv.Quote(core)
	begins, ends := strings.HasPrefix(p, "*"), strings.HasSuffix(p, "*")
	switch {
	case strings.HasPrefix(p, "?") && !strings.ContainsAny(p[1:], "*?"):
		return func(v string) string {
			return "(" + t.length(v) + " == " + strconv.Itoa(len(p)) + " && " + t.endsWith(v, strconv.Quote(p[1:])) + ")"
		}, nil
	case strings.ContainsAny(core, "*?"):
		return nil, fmt.Errorf("the pattern %q is not translated", p)
	case begins && ends:
		return func(v string) string { return t.contains(v, quoted) }, nil
	case begins:
		return func(v string) string { return t.endsWith(v, quoted) }, nil
	default:
		return func(v string) string { return t.startsWith(v, quoted) }, nil
	}
}

func (t *translation) call(x *ast.Call) (string, error) {
	f, ok := x.Args[0].(*ast.Field)
	if !ok || x.Name.Name != "cidrmatch" {
		return "", fmt.Errorf("%s is not translated", ast.FormatExpr(x))
	}
	var blocks []netip.Prefix
	for _, a := range x.Args[1:] {
		s, ok := a.(*ast.String)
		if !ok {
			return "", fmt.Errorf("%s is not translated", ast.FormatExpr(x))
		}
		p, err := parseBlock(s.Value)
		if err != nil {
			return "", err
		}
		blocks = append(blocks, p)
	}
	t.blocks = append(t.blocks, blocks)
	return fmt.Sprintf("cidr(%s, %d)", nameOf(f.Path), len(t.blocks)-1), nil
}

// parseBlock reads a block of addresses, or one address.
func parseBlock(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		return netip.ParsePrefix(s)
	}
	a, err := netip.ParseAddr(s)
	return netip.PrefixFrom(a, a.BitLen()), err
}

// within answers cidr(address, index).
func (t *translation) within(address string, index int) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, b := range t.blocks[index] {
		if b.Contains(a) {
			return true
		}
	}
	return false
}
