package parser

import (
	"fmt"
	"math"
	"strconv"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// A lowering turns the grammar's structs into syntax tree and collects what is
// wrong with their clauses.
type lowering struct {
	dialect ast.Dialect
	faults  []error
}

func (l *lowering) fail(code string, at *lexer.Token, hint, format string, args ...any) {
	l.faults = append(l.faults, &fault{code: code, span: span(at), msg: fmt.Sprintf(format, args...), hint: hint})
}

// add notes an error, and reports whether there is none.
func (l *lowering) add(err error) bool {
	if err != nil {
		l.faults = append(l.faults, err)
	}
	return err == nil
}

func (l *lowering) query(q *query) *ast.Query {
	out := &ast.Query{}
	switch {
	case q.Sequence != nil:
		out.Body = l.sequence(q.Sequence)
	case q.Sample != nil:
		out.Body = l.sample(q.Sample)
	default:
		filter, err := lowerFilter(q.Filter)
		l.add(err)
		out.Body = filter
	}
	for _, p := range q.Pipes {
		out.Pipes = append(out.Pipes, &ast.Pipe{Bar: start(&p.Bar), Name: nameOf(&p.Name), Args: p.Args})
	}
	return out
}

func lowerFilter(f *eventFilter) (*ast.EventFilter, error) {
	category := &ast.Category{Range: span(&f.Category), Name: f.Category.Value}
	if f.Category.Type == stringToken || f.Category.Type == rawStringToken {
		var s ast.String
		if err := setString(&s, &f.Category); err != nil {
			return nil, err
		}
		category.Name, category.Quoted = s.Value, true
	}
	return &ast.EventFilter{Category: category, Where: f.Where}, nil
}

func (l *lowering) sequence(s *sequence) *ast.Sequence {
	out := &ast.Sequence{Keyword: start(&s.Keyword)}
	for _, h := range s.Header {
		switch {
		case h.By != nil:
			if out.MaxSpan != nil && l.dialect == ast.Elasticsearch {
				l.fail(codeSyntax, &s.Keyword, "write sequence by ... with maxspan=...", "by must come before with maxspan")
			}
			out.By = l.by(h.By, out.By)
		default:
			out.MaxSpan = l.maxSpan(h.MaxSpan, out.MaxSpan)
		}
	}
	for _, t := range s.Steps {
		out.Terms = append(out.Terms, l.step(t))
	}
	if s.Until != nil {
		out.Until = l.step(s.Until)
	}
	return out
}

func (l *lowering) sample(s *sample) *ast.Sample {
	out := &ast.Sample{Keyword: start(&s.Keyword)}
	for _, h := range s.Header {
		if h.By != nil {
			out.By = l.by(h.By, out.By)
		} else {
			l.fail(codeSyntax, &h.MaxSpan.With, "", "a sample has no options such as %s", clip(h.MaxSpan.Option.Value))
		}
	}
	for _, t := range s.Steps {
		for _, c := range t.Clauses {
			switch {
			case c.Runs != nil:
				l.fail(codeSyntax, &c.Runs.With, "", "the steps of a sample have no options such as %s", clip(c.Runs.Option.Value))
			case c.Alias != nil:
				l.fail(codeSyntax, &c.Alias.Keyword, "", "the steps of a sample have no names")
			}
		}
		out.Terms = append(out.Terms, l.keyedStep(t))
	}
	return out
}

// by returns the keys of b; before are those already given in its place.
func (l *lowering) by(b *by, before []ast.Expr) []ast.Expr {
	if before != nil {
		l.fail(codeSyntax, &b.Keyword, "separate the keys by commas", "by is given twice")
	}
	return b.Keys
}

func (l *lowering) maxSpan(m *maxSpan, before *ast.Duration) *ast.Duration {
	if m.Option.Value != "maxspan" {
		l.fail(codeSyntax, &m.Option, meant(m.Option.Value, []string{"maxspan"}, "only maxspan is known"),
			"unknown sequence option %s", clip(m.Option.Value))
		return before
	}
	if before != nil {
		l.fail(codeSyntax, &m.With, "", "maxspan is given twice")
	}
	d, err := durationOf(&m.Number, &m.Unit)
	if !l.add(err) {
		return before
	}
	return d
}

// keyedStep lowers the part of a step that samples and sequences share.
func (l *lowering) keyedStep(s *step) *ast.Term {
	out := &ast.Term{
		Lbrack:  start(&s.Open),
		Rbrack:  start(&s.Close),
		Missing: s.Open.Value == "![",
		End:     span(&s.Close).End,
	}
	filter, err := lowerFilter(s.Filter)
	l.add(err)
	out.Filter = filter
	for _, c := range s.Clauses {
		if c.By != nil {
			out.By = l.by(c.By, out.By)
			out.End = out.By[len(out.By)-1].Span().End
		}
	}
	return out
}

// step lowers a step of a sequence. Its clauses have an order only in the
// Elasticsearch dialect.
func (l *lowering) step(s *step) *ast.Term {
	out := l.keyedStep(s)
	hasRuns, hasBy := false, false
	for _, c := range s.Clauses {
		switch {
		case c.By != nil:
			if hasRuns && !hasBy && l.dialect == ast.Elasticsearch {
				l.fail(codeSyntax, &c.By.Keyword, "write [...] by ... with runs=...", "by must come before with runs")
			}
			hasBy = true
		case c.Runs != nil:
			if hasRuns {
				l.fail(codeSyntax, &c.Runs.With, "", "a step has only one option")
			}
			hasRuns = true
			if out.Runs = l.runs(c.Runs); out.Runs != nil {
				out.End = max(out.End, out.Runs.Range.End)
			}
		default:
			l.alias(c.Alias, out)
		}
	}
	return out
}

func (l *lowering) runs(r *runs) *ast.Runs {
	switch {
	case r.Option.Value == "maxspan":
		l.fail(codeSyntax, &r.Option, "write sequence with maxspan=...", "maxspan is an option of the sequence, not of a step")
		return nil
	case r.Option.Value != "runs":
		l.fail(codeSyntax, &r.Option, meant(r.Option.Value, []string{"runs"}, "only runs is known"),
			"unknown step option %s", clip(r.Option.Value))
		return nil
	case !isInteger(r.Number.Value):
		l.fail(codeSyntax, &r.Number, "", "runs must be a whole number, found %s", clip(r.Number.Value))
		return nil
	}
	n, err := strconv.ParseInt(r.Number.Value, 10, 32)
	if err != nil {
		n = math.MaxInt32 // whatever it is, it is more than enough
	}
	return &ast.Runs{Range: span(&r.Number), Text: r.Number.Value, N: int(n)}
}

func (l *lowering) alias(a *alias, term *ast.Term) {
	switch {
	case l.dialect == ast.Elasticsearch:
		l.fail(codeUnsupported, &a.Keyword, "", "names of steps (as %s) are supported only in the endpoint dialect", clip(a.Name.Value))
	case term.Alias != nil:
		l.fail(codeSyntax, &a.Keyword, "", "a step has only one name")
	}
	term.Alias = nameOf(&a.Name)
	term.End = max(term.End, term.Alias.Range.End)
}

// start returns where tok begins.
func start(tok *lexer.Token) source.Pos { return source.PosAt(tok.Pos.Offset) }

// span returns the text of tok.
func span(tok *lexer.Token) source.Span {
	return source.SpanAt(tok.Pos.Offset, tok.Pos.Offset+len(tok.Value))
}
