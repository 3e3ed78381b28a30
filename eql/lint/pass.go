package lint

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/rule"
)

// A pass is one query under the checks.
type pass struct {
	*Options
	rule     *rule.Rule
	query    *ast.Query
	types    schema.Schema // what is known of fields; nil if nothing is
	config   *Config       // may be nil
	category string        // the field with the category
	filters  []*filter
	problems source.List
	work     *work // left for comparisons of patterns
}

// A filter is one "category where condition" of the query.
type filter struct {
	*ast.EventFilter
	term  *ast.Term // nil for an event query and below "descendant of"
	step  int       // number of the step from 0; -1 for until and below "descendant of"
	until bool
	keys  []ast.Expr // the join keys, those of the whole first
}

func newPass(o *Options, r *rule.Rule, q *ast.Query) *pass {
	p := &pass{Options: o, rule: r, query: q, types: o.types(), category: r.EventCategoryField, work: newWork()}
	if p.category == "" {
		p.category = o.CategoryField
	}
	if p.category == "" {
		p.category = defaultCategory
	}
	add := func(f *filter) {
		p.filters = append(p.filters, f)
		for n := range ast.Preorder(f.Where) {
			if l, ok := n.(*ast.Lineage); ok {
				p.filters = append(p.filters, &filter{EventFilter: l.Filter, step: -1})
			}
		}
	}
	terms := func(by []ast.Expr, list []*ast.Term) {
		for i, t := range list {
			add(&filter{EventFilter: t.Filter, term: t, step: i, keys: append(by[:len(by):len(by)], t.By...)})
		}
	}
	switch b := q.Body.(type) {
	case *ast.EventFilter:
		add(&filter{EventFilter: b})
	case *ast.Sequence:
		terms(b.By, b.Terms)
		if u := b.Until; u != nil {
			add(&filter{EventFilter: u.Filter, term: u, step: -1, until: true, keys: append(b.By[:len(b.By):len(b.By)], u.By...)})
		}
	case *ast.Sample:
		terms(b.By, b.Terms)
	}
	return p
}

const defaultCategory = "event.category"

// sequence returns the query if it is a sequence, else nil.
func (p *pass) sequence() *ast.Sequence {
	s, _ := p.query.Body.(*ast.Sequence)
	return s
}

// report adds a finding. The code's default severity is that of the table.
func (p *pass) report(code string, at source.Span, msg, hint string, fixes ...source.Fix) {
	p.problems.Add(&source.Error{
		File: p.query.File, Span: at, Severity: severityOf(code), Code: code, Msg: msg, Hint: hint, Fixes: fixes,
	})
}

// reportAt adds a finding about a key of the rule file.
func (p *pass) reportAt(code, key, msg, hint string) {
	file, span := p.rule.Find(key)
	p.problems.Add(&source.Error{File: file, Span: span, Severity: severityOf(code), Code: code, Msg: msg, Hint: hint})
}

// nodes calls f for every node of type N in the query.
func nodes[N ast.Node](p *pass, f func(N)) {
	for n := range ast.Preorder(p.query) {
		if n, ok := n.(N); ok {
			f(n)
		}
	}
}

// keyword returns the span of the word that begins a sequence.
func keyword(s *ast.Sequence) source.Span {
	return source.Span{Start: s.Keyword, End: s.Keyword + source.Pos(len("sequence"))}
}

// operator returns the span of the operator of x.
func operator(x *ast.Match) source.Span {
	n := len(x.Op.String())
	if x.Not {
		return source.Span{Start: x.OpPos, End: x.OpPos + source.Pos(len("not"))}
	}
	return source.Span{Start: x.OpPos, End: x.OpPos + source.Pos(n)}
}

// brief shows an expression in a message.
func brief(x ast.Node) string {
	var text string
	if e, ok := x.(ast.Expr); ok {
		text = ast.FormatExpr(e)
	}
	return short(strings.Join(strings.Fields(text), " "))
}

// short cuts text that is too long for a message.
func short(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return text
}

// quoted shows a string as a query writes it.
func quoted(text string) string { return short(ast.FormatExpr(&ast.String{Value: text})) }

// plural returns "1 noun" or "n nouns".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
