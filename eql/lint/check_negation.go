package lint

import (
	"fmt"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var negationCodes = []Check{
	{Code: "unguarded-negation", Severity: source.Info, Doc: "A negated condition also holds for events without the field, of which the sample, or experience, says that it may be missing."},
	{Code: "unguarded-negation-strict", Severity: source.Info, Off: true, Doc: "The same for any field of which no other condition demands a value."},
}

// unguardedNegations looks for conditions such as x != "a" where x may be
// missing and nothing else demands a value.
func unguardedNegations(p *pass) {
	for _, f := range p.filters {
		p.negations(f, f.Where, false, nil)
	}
}

func (p *pass) negations(f *filter, x ast.Expr, not bool, facts []*test) {
	or, list := operandsOf(x, not)
	var tests []*test
	for _, o := range list {
		if !o.isChain() {
			if t := p.testOf(o.expr, o.not); t.subject != "" {
				tests = append(tests, &t)
			}
		}
	}
	if !or {
		facts = append(facts[:len(facts):len(facts)], tests...)
	}
	for _, t := range tests {
		field, ok := t.operand.(*ast.Field)
		if !ok || !t.not || t.kind == exists || t.kind == flag || or && mentionsNull(tests, t.subject) || guarded(facts, t.subject) {
			continue
		}
		code, why := "unguarded-negation", p.maybeMissing(f, field, t.inverse)
		if why == "" {
			code = "unguarded-negation-strict"
		}
		if !p.config.isOff(code, p.rule.Path) {
			p.report(code, t.expr.Span(), fmt.Sprintf("this also holds for events without %s%s", field.Path, why),
				fmt.Sprintf("if they are not wanted, add: %s != null", ast.FormatExpr(field)))
		}
	}
	for _, o := range list {
		if o.isChain() {
			p.negations(f, o.expr, o.not, facts)
		}
	}
}

// guarded reports whether one of the tests demands a value of a subject, or says
// that there is none.
func guarded(tests []*test, subject string) bool {
	for _, t := range tests {
		if t.subject == subject && (!t.not || t.kind == exists) {
			return true
		}
	}
	return false
}

// mentionsNull reports whether a test of the subject is about its absence, so
// that the author has thought of it.
func mentionsNull(tests []*test, subject string) bool {
	for _, t := range tests {
		if t.subject == subject && t.kind == exists {
			return true
		}
	}
	return false
}

// oftenMissing has fields that a part of the events of a category lacks, by field
// and category: registry values that are no text, network events that are no
// look-ups of names, programs without version information.
var oftenMissing = map[string]string{
	"registry.data.strings":         "registry",
	"dns.question.name":             "network",
	"process.pe.original_file_name": "process",
}

// maybeMissing tells how it is known that events which the filter is about may
// lack a field; it is "" if nothing says so. An exception, "not (a and b)", may
// well be silent about a field.
func (p *pass) maybeMissing(f *filter, x *ast.Field, exception bool) string {
	if exception {
		return ""
	}
	if p.Sample != nil {
		category := f.Category.Name
		if f.Category.Any() || p.category != p.Sample.CategoryField() {
			category = ""
		}
		with, of := p.Sample.Frequency(x.Path, category)
		switch {
		case of > 0 && with < of:
			return fmt.Sprintf(": %d of %d events of the sample have none", of-with, of)
		case of > 0:
			return ""
		}
	}
	if category, ok := oftenMissing[x.Path]; ok && category == f.Category.Name {
		return ", and a part of the " + category + " events has none"
	}
	return ""
}
