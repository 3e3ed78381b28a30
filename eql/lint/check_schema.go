package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/schema"
)

var schemaCodes = []Check{
	{Code: "field-not-in-reference", Severity: source.Warning, Doc: "The field reference does not list the field, nor does any other schema that was given."},
	{Code: "field-unseen", Severity: source.Warning, Doc: "No event of the sample has the field."},
	{Code: "type-unseen", Severity: source.Warning, Doc: "A field is compared with values of a type that it never has in the sample."},
	{Code: "category-unknown", Severity: source.Warning, Doc: "A category that is one or two letters away from a known one."},
	{Code: "category-never", Severity: source.Warning, Doc: "A category that the schema rules out or that no event of the sample has."},
	{Code: "value-never", Severity: source.Warning, Doc: "A value that the field can never have, according to the schema."},
}

// fieldsOf calls f for each field of the event with the place of its first use.
func (p *pass) fieldsOf(f func(x *ast.Field)) {
	aliases := map[string]bool{}
	if s := p.sequence(); s != nil {
		for _, t := range s.Terms {
			if t.Alias != nil {
				aliases[t.Alias.Name] = true
			}
		}
	}
	seen := map[string]bool{}
	nodes(p, func(x *ast.Field) {
		first, _, _ := strings.Cut(x.Path, ".")
		if x.Var == "" && !aliases[first] && !seen[x.Path] {
			seen[x.Path] = true
			f(x)
		}
	})
}

// knownFields compares the fields with those of the reference and the sample.
func knownFields(p *pass) {
	p.fieldsOf(func(x *ast.Field) {
		if p.Reference != nil && !p.listed(x.Path) && !x.Optional {
			p.unknown("field-not-in-reference", x, fmt.Sprintf("the field reference has no %s", x.Path), p.Reference.Paths())
		}
		if p.Sample != nil && p.Sample.Events() > 0 {
			if with, _ := p.Sample.Frequency(x.Path, ""); with == 0 && !hasSubField(p.Sample.Paths(), x.Path) {
				p.unknown("field-unseen", x, fmt.Sprintf("%s is in no event of the sample (of %d)", x.Path, p.Sample.Events()), p.Sample.Paths())
			}
		}
	})
}

// listed reports whether a schema knows of a field.
func (p *pass) listed(path string) bool {
	for _, s := range []schema.Schema{p.Mapping, p.Reference} {
		if s == nil {
			continue
		}
		if _, ok := s.Field(path); ok || schema.IsOpen(s, path) {
			return true
		}
	}
	if p.Sample != nil {
		with, _ := p.Sample.Frequency(path, "")
		return with > 0
	}
	return false
}

func hasSubField(paths []string, path string) bool {
	i, _ := slices.BinarySearch(paths, path+".")
	return i < len(paths) && strings.HasPrefix(paths[i], path+".")
}

func (p *pass) unknown(code string, x *ast.Field, msg string, candidates []string) {
	near := nearestField(x.Path, candidates)
	if near == "" {
		p.report(code, x.Range, msg, "")
		return
	}
	text := near
	if x.Optional {
		text = "?" + near
	}
	p.report(code, x.Range, msg, "did you mean "+near+"?", replace("write "+near, false, x.Range, text))
}

// nearestField returns the field that was probably meant: one that differs at
// one place by a letter or two. A name that there is has not been misspelt.
func nearestField(path string, candidates []string) string {
	if isKnownName(path) {
		return ""
	}
	near := source.Nearest(path, candidates)
	same := 0
	for same < min(len(path), len(near)) && path[same] == near[same] {
		same++
	}
	tail := 0
	for tail < min(len(path), len(near))-same && path[len(path)-1-tail] == near[len(near)-1-tail] {
		tail++
	}
	const most = 2 // letters, as two that are swapped are
	if max(len(path), len(near))-same-tail > most {
		return ""
	}
	return near
}

// sampleTypes compares literals with the types that the sample has.
func sampleTypes(p *pass) {
	if p.Sample == nil {
		return
	}
	p.uses(func(u use) {
		f, ok := p.Sample.Field(u.field.Path)
		if _, known := p.classOf(u.field.Path); !ok || known {
			return // the latter is the task of typeMismatches
		}
		for _, x := range u.literals {
			x = ast.Unparen(x)
			var wrong string
			_, isText := x.(*ast.String)
			_, isBool := x.(*ast.Bool)
			_, isNumber := numberOf(x)
			switch {
			case isText && (f.Class == schema.Integer || f.Class == schema.Rational):
				wrong = "only numbers"
			case isText && f.Class == schema.Boolean:
				wrong = "only true and false"
			case isNumber && f.Class == schema.String && p.rule.Dialect == ast.Elasticsearch:
				wrong = "only text"
			case isBool && (f.Class == schema.String || f.Class == schema.Integer):
				wrong = "no true or false"
			default:
				continue
			}
			p.report("type-unseen", x.Span(), fmt.Sprintf("in the sample %s has %s", u.field.Path, wrong), "")
			return
		}
	})
}

// ecsCategories are the values of event.category in the Elastic Common Schema,
// and the further ones that endpoint rules use.
var ecsCategories = strings.Fields("api authentication configuration credential_access database dns driver email file host iam " +
	"intrusion_detection library malware network package persistence process registry session threat vulnerability web")

// categories compares the categories of the steps with those that there are.
func categories(p *pass) {
	var allowed []string
	source := ""
	for _, s := range []schema.Schema{p.Mapping, p.Reference} {
		if s == nil || allowed != nil {
			continue
		}
		if f, ok := s.Field(p.category); ok {
			allowed, source = f.Values, "the schema"
		}
	}
	for _, f := range p.filters {
		name := f.Category.Name
		if f.Category.Any() {
			continue
		}
		switch {
		case p.Sample != nil && p.Sample.Events() > 0 && p.category == p.Sample.CategoryField():
			if _, n := p.Sample.Frequency("", name); n == 0 {
				p.wrongCategory("category-never", f, fmt.Sprintf("no event of the sample (of %d) is of category %s", p.Sample.Events(), name), p.Sample.Categories())
			}
		case allowed != nil:
			if !slices.Contains(allowed, name) {
				p.wrongCategory("category-never", f, fmt.Sprintf("%s rules out the category %s", source, name), allowed)
			}
		case p.category == defaultCategory && !slices.Contains(ecsCategories, name) && nearCategory(name) != "":
			p.wrongCategory("category-unknown", f, "unusual category "+name, ecsCategories)
		}
	}
}

// nearCategory returns the category that was probably meant.
func nearCategory(name string) string { return source.Nearest(name, ecsCategories) }

func (p *pass) wrongCategory(code string, f *filter, msg string, candidates []string) {
	if near := source.Nearest(f.Category.Name, candidates); near != "" {
		p.report(code, f.Category.Range, msg, "did you mean "+near+"?", replace("write "+near, false, f.Category.Range, near))
		return
	}
	hint := ""
	if len(candidates) > 0 && len(candidates) <= 30 {
		hint = "there is " + strings.Join(candidates, ", ")
	}
	p.report(code, f.Category.Range, msg, hint)
}

// values compares literals with the values that a field can have.
func values(p *pass) {
	if p.types == nil {
		return
	}
	p.uses(func(u use) {
		f, ok := p.types.Field(u.field.Path)
		if !ok || f.Values == nil || u.op != ast.Eq && u.op != ast.Ne && u.op != ast.In && u.op != ast.InFold && u.op != ast.Colon {
			return
		}
		for _, x := range u.literals {
			s, ok := ast.Unparen(x).(*ast.String)
			if !ok || u.op == ast.Colon && strings.ContainsAny(s.Value, "*?") {
				continue
			}
			if slices.Contains(f.Values, s.Value) || u.op.FoldsCase() && slices.ContainsFunc(f.Values, func(v string) bool { return foldText(v) == foldText(s.Value) }) {
				continue
			}
			hint := ""
			var fixes []source.Fix
			if near := source.Nearest(s.Value, f.Values); near != "" {
				hint = "did you mean " + near + "?"
				fixes = append(fixes, replace("write "+near, false, s.Range, ast.FormatExpr(&ast.String{Value: near})))
			}
			p.report("value-never", s.Range, fmt.Sprintf("%s never is %s", u.field.Path, quoted(s.Value)), hint, fixes...)
		}
	})
}
