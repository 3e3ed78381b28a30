package ruletest

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// WriteText writes the coverage for a terminal: one line for each rule and each
// gap, and one for all.
func (c *Coverage) WriteText(w io.Writer) error {
	var b strings.Builder
	rules := c.Rules()
	tried, outcomes, gaps := 0, 0, 0
	for _, r := range rules {
		tried += r.Tried
		outcomes += r.Outcomes
		if len(r.Gaps) > 0 {
			gaps++
		}
		fmt.Fprintf(&b, "%s: %.1f%% (%d of %d)\n", r.Rule.Path, r.Percent(), r.Tried, r.Outcomes)
		for _, g := range r.Gaps {
			fmt.Fprintf(&b, "  %s: %s\n", r.Place(g), r.describe(g))
		}
	}
	fmt.Fprintf(&b, "coverage: %.1f%% of %d outcomes of %s, %d with gaps\n", percent(tried, outcomes), outcomes, count(len(rules), "rule"), gaps)
	_, err := io.WriteString(w, b.String())
	return err
}

//go:embed coverage.html
var page string

var pageTemplate = template.Must(template.New("coverage").Parse(page))

// A pageRule is a rule as the page shows it.
type pageRule struct {
	Path, Name, Anchor string
	Percent            string
	Tried, Outcomes    int
	Pieces             []piece
	Gaps               []pageGap
}

type pageGap struct{ Place, Text string }

// A piece is a part of a query, with the class of its colour.
type piece struct{ Class, Title, Text string }

// WriteHTML writes the coverage as one page without any other file: the text of
// each rule, coloured by what has been tried.
func (c *Coverage) WriteHTML(w io.Writer) error {
	var rules []pageRule
	for i, r := range c.Rules() {
		p := pageRule{
			Path: r.Rule.Path, Name: r.Rule.Rule.Name, Anchor: fmt.Sprintf("r%d", i),
			Percent: fmt.Sprintf("%.1f", r.Percent()), Tried: r.Tried, Outcomes: r.Outcomes, Pieces: r.pieces(),
		}
		for _, g := range r.Gaps {
			p.Gaps = append(p.Gaps, pageGap{r.Place(g), r.describe(g)})
		}
		rules = append(rules, p)
	}
	return pageTemplate.Execute(w, struct {
		Percent string
		Rules   []pageRule
	}{fmt.Sprintf("%.1f", c.Percent()), rules})
}

// WriteFile writes the coverage to a file: HTML if its name ends in .html or
// .htm, else text.
func (c *Coverage) WriteFile(name string) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	if strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".htm") {
		return c.WriteHTML(f)
	}
	return c.WriteText(f)
}

// pieces cuts the text of a query at its predicates, and these at their lines
// without the indentation.
func (r *RuleCoverage) pieces() []piece {
	marks := slices.Clone(r.marks)
	slices.SortStableFunc(marks, func(a, b mark) int { return int(a.span.Start - b.span.Start) })
	var out []piece
	at := source.PosAt(0)
	for _, m := range marks {
		if m.span.Start < at {
			continue
		}
		out = append(out, piece{Text: r.file.Slice(source.Span{Start: at, End: m.span.Start})})
		class, title := "both", fmt.Sprintf("true: %d, false: %d", m.true, m.false)
		switch {
		case m.true+m.false == 0:
			class, title = "none", string(NeverEvaluated)
		case m.true == 0:
			class, title = "half", fmt.Sprintf("%s, false: %d", NeverTrue, m.false)
		case m.false == 0:
			class, title = "half", fmt.Sprintf("%s, true: %d", NeverFalse, m.true)
		}
		for line := range strings.Lines(r.file.Slice(m.span)) {
			text := strings.TrimLeft(line, " \t")
			out = append(out, piece{Text: line[:len(line)-len(text)]}, piece{class, title, text})
		}
		at = m.span.End
	}
	return append(out, piece{Text: r.file.Slice(source.Span{Start: at, End: source.PosAt(len(r.file.Text))})})
}
