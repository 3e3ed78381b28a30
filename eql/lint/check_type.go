package lint

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/schema"
)

var typeCodes = []Check{
	{Code: "type-mismatch", Severity: source.Warning, Doc: "A number is compared with a field of text, or text with a field of numbers or of true and false."},
	{Code: "mixed-types", Severity: source.Warning, Doc: "A field is compared with strings here and with numbers there."},
	{Code: "port-range", Severity: source.Warning, Doc: "A port is compared with a number that no port has."},
	{Code: "null-comparison", Severity: source.Warning, Doc: "null stands beside an operator that never holds for it; only == and != test for it."},
	{Code: "cidr-as-text", Severity: source.Warning, Doc: "An address block is compared as text; cidrMatch tests addresses."},
	{Code: "constant-comparison", Severity: source.Warning, Doc: "A comparison of literals, whose result does not depend on the event."},
}

// A use is one comparison of a field with literals.
type use struct {
	field    *ast.Field
	op       ast.Op
	literals []ast.Expr
	at       source.Span
}

// uses calls f for every comparison of a field of the event with literals.
func (p *pass) uses(f func(use)) {
	nodes(p, func(x *ast.Binary) {
		if !x.Op.IsComparison() {
			return
		}
		left, right, op := ast.Unparen(x.X), ast.Unparen(x.Y), x.Op
		if isLiteral(left) && !isLiteral(right) {
			left, right = right, left
			if m, ok := mirrored[op]; ok {
				op = m
			}
		}
		if field, ok := left.(*ast.Field); ok && field.Var == "" && isLiteral(right) {
			f(use{field, op, []ast.Expr{right}, right.Span()})
		}
	})
	nodes(p, func(x *ast.Match) {
		if field, ok := ast.Unparen(x.X).(*ast.Field); ok && field.Var == "" {
			f(use{field, x.Op, x.List, x.Span()})
		}
	})
}

// types compares literals with what is known of the fields.
func typeMismatches(p *pass) {
	seenAs := map[string]map[bool]*ast.Field{} // by path and whether it is a number
	p.uses(func(u use) {
		class, known := p.classOf(u.field.Path)
		for _, x := range u.literals {
			x = ast.Unparen(x)
			s, isText := x.(*ast.String)
			_, isNumber := numberOf(x)
			if n, ok := x.(*ast.Number); ok && n.Kind != ast.Float {
				isNumber = true
			}
			switch {
			case known && isText && (class == schema.Integer || class == schema.Rational):
				p.mismatch(u.field, x, "numbers", "text", numericText(s))
			case known && isNumber && class == schema.String && p.rule.Dialect == ast.Elasticsearch:
				p.mismatch(u.field, x, "text", "a number", ast.FormatExpr(&ast.String{Value: brief(x)}))
			case !known && isText && isFlag(u.field.Path):
				p.mismatch(u.field, x, "true and false", "text", flagText(s))
			case !known && isNumber && isFlag(u.field.Path):
				p.mismatch(u.field, x, "true and false", "a number", "")
			case !known && (isText || isNumber) && p.rule.Dialect == ast.Elasticsearch:
				if seenAs[u.field.Path] == nil {
					seenAs[u.field.Path] = map[bool]*ast.Field{}
				}
				as := seenAs[u.field.Path]
				if as[isNumber] == nil {
					as[isNumber] = u.field
					if as[!isNumber] != nil {
						p.report("mixed-types", u.field.Range, u.field.Path+" is compared with strings and with numbers; a value is either",
							"elsewhere: "+position(p.query.File, as[!isNumber].Range))
					}
				}
			}
		}
	})
}

func position(f *source.File, at source.Span) string {
	p := f.Position(at.Start)
	return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
}

// numericText returns the number that s is, or "".
func numericText(s *ast.String) string {
	if _, err := strconv.ParseInt(s.Value, 10, 64); err != nil {
		return ""
	}
	return s.Value
}

// flagText returns the literal that s is the text of, or "".
func flagText(s *ast.String) string {
	if s.Value != "true" && s.Value != "false" {
		return ""
	}
	return s.Value
}

func (p *pass) mismatch(f *ast.Field, x ast.Expr, holds, found, instead string) {
	var fixes []source.Fix
	if instead != "" {
		fixes = append(fixes, replace("write "+short(instead), false, x.Span(), instead))
	}
	p.report("type-mismatch", x.Span(), fmt.Sprintf("%s holds %s, but %s is %s", f.Path, holds, brief(x), found), "", fixes...)
}

const maxPort = 65535

// ports looks for numbers that no port has. A bound just outside of the range is
// a way to say that there is one.
func ports(p *pass) {
	p.uses(func(u use) {
		if !isPort(u.field.Path) {
			return
		}
		for _, x := range u.literals {
			n, ok := numberOf(x)
			if !ok {
				continue
			}
			bound := u.op >= ast.Lt && u.op <= ast.Ge
			switch {
			case n >= 0 && n <= maxPort && n == math.Trunc(n):
				beyond := u.op == ast.Gt && n == maxPort || u.op == ast.Lt && n == 0
				if beyond {
					p.report("port-range", x.Span(), "no port is beyond this", "")
				}
			case bound && (n == -1 || n == maxPort+1):
			default:
				p.report("port-range", x.Span(), fmt.Sprintf("%s is no port", brief(x)), "ports are 0 to 65535")
			}
		}
	})
}

// nullComparisons looks for null where it never matches.
func nullComparisons(p *pass) {
	isNull := func(x ast.Expr) bool {
		_, ok := ast.Unparen(x).(*ast.Null)
		return ok
	}
	nodes(p, func(x *ast.Binary) {
		if x.Op.IsComparison() && x.Op != ast.Eq && x.Op != ast.Ne && (isNull(x.X) || isNull(x.Y)) {
			p.report("null-comparison", x.Span(), fmt.Sprintf("%s is never true for null", x.Op), "test with == null or != null")
		}
	})
	nodes(p, func(x *ast.Match) {
		if x.Op.IsPattern() && slices.ContainsFunc(x.List, isNull) {
			p.report("null-comparison", x.Span(), fmt.Sprintf("%s is never true for null", x.Op), "test with == null or != null")
		}
	})
}

// blocksAsText looks for address blocks outside of cidrMatch.
func blocksAsText(p *pass) {
	p.uses(func(u use) {
		if name := lastName(u.field.Path); name != "ip" && name != "address" && name != "resolved_ip" {
			return
		}
		for _, x := range u.literals {
			s, ok := ast.Unparen(x).(*ast.String)
			if !ok {
				continue
			}
			if _, err := netip.ParsePrefix(s.Value); err == nil {
				p.report("cidr-as-text", s.Range, fmt.Sprintf("%s compares %s as text", u.op, quoted(s.Value)),
					fmt.Sprintf("write cidrMatch(%s, %s)", u.field.Path, quoted(s.Value)))
			}
		}
	})
}

// constantComparisons looks for comparisons of literals.
func constantComparisons(p *pass) {
	nodes(p, func(x *ast.Binary) {
		if x.Op.IsComparison() && isLiteral(x.X) && isLiteral(x.Y) {
			p.report("constant-comparison", x.Span(), "the result of "+brief(x)+" does not depend on the event", "")
		}
	})
}
