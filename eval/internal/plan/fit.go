package plan

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// fitted converts the constant of a comparison to the type that a schema gives
// the field beside it, as Elasticsearch does. A constant that has no such form
// is a mistake.
func (a *analyser) fitted(x *Compare, c *Const) Expr {
	f, ok := x.X.(*Field)
	if !ok || f.T == fn.Any {
		return x
	}
	switch f.T {
	case fn.Date:
		return a.fittedDate(x, f, c)
	case fn.IP:
		if x.Op == ast.Eq && c.V.Kind() == value.String && strings.Contains(c.V.Str(), "/") {
			return a.inBlock(x, f, c)
		}
	}
	v, ok := fit(f.T, c.V)
	if !ok {
		noun := f.T.String()
		if f.T == fn.IP {
			noun = "IP address"
		}
		a.errorf("type", c.span, "%s is compared with %s, which is no %s", f.Path, FormatValue(c.V), noun)
		return &Const{at: x.at}
	}
	return &Compare{x.at, x.Op, f, &Const{at: c.at, V: v}}
}

// inBlock is the equality of an address with a CIDR block.
func (a *analyser) inBlock(x *Compare, f *Field, c *Const) Expr {
	return a.foldCall(&Call{at: x.at, Fn: a.Functions.Lookup("cidrMatch"), Args: []Expr{f, c}})
}

// fittedIn does the same for a list.
func (a *analyser) fittedIn(x *In) Expr {
	f, ok := x.X.(*Field)
	if !ok || f.T == fn.Any {
		return x
	}
	if f.T == fn.Date || f.T == fn.IP {
		alternatives := &Logic{at: x.at, Or: true}
		for _, v := range x.Values {
			c := &Const{at: x.at, V: v}
			alternatives.Xs = append(alternatives.Xs, a.fitted(&Compare{x.at, ast.Eq, f, c}, c))
		}
		return a.foldLogic(alternatives)
	}
	out := &In{at: x.at, X: f, Fold: x.Fold}
	for _, v := range x.Values {
		if v, ok := fit(f.T, v); ok {
			out.Values = append(out.Values, v)
		}
	}
	return out
}

// fit converts a constant to a field's type.
func fit(t fn.Type, v value.Value) (value.Value, bool) {
	switch t {
	case fn.IP:
		addr, err := netip.ParseAddr(v.Str())
		return value.OfIP(addr.Unmap().String()), err == nil
	case fn.Version:
		return value.OfVersion(v.Str()), v.Kind() == value.String
	case fn.String:
		return value.OfString(v.String()), true
	case fn.Boolean:
		if v.Kind() == value.String {
			b, err := strconv.ParseBool(v.Str())
			return value.OfBool(b), err == nil && (v.Str() == "true" || v.Str() == "false")
		}
		return v, v.Kind() == value.Bool
	case fn.Integer, fn.Number:
		if v.Kind() == value.String {
			return parseNumber(v.Str())
		}
		return v, v.Kind().IsNumber()
	default:
		return v, true
	}
}

func parseNumber(s string) (value.Value, bool) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return value.OfInt(i), true
	}
	if u, err := strconv.ParseUint(s, 10, 64); err == nil {
		return value.OfUint(u), true
	}
	f, err := strconv.ParseFloat(s, 64)
	return value.OfFloat(f), err == nil
}
