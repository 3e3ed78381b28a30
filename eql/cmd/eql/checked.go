package main

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
)

// A checked rule is what check tells about one: what it consists of, if it
// compiles, and what is wrong with it.
type checked struct {
	File    string `json:"file"`
	OK      bool   `json:"ok"`
	Skipped string `json:"skipped,omitempty"` // why it was not looked at
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`

	Kind       string         `json:"kind,omitempty"`
	Categories []string       `json:"categories,omitempty"`
	By         []string       `json:"by,omitempty"`
	StepBy     [][]string     `json:"step_by,omitempty"`
	MaxSpanMS  *int64         `json:"maxspan_ms,omitempty"`
	Runs       []int          `json:"runs,omitempty"`
	Missing    []bool         `json:"missing,omitempty"`
	Alias      []*string      `json:"alias,omitempty"` // nil for a step without one
	Until      *checkedUntil  `json:"until,omitempty"`
	Pipes      []string       `json:"pipes,omitempty"`
	Fields     []string       `json:"fields,omitempty"`
	Functions  map[string]int `json:"functions,omitempty"`

	Diagnostics []diagnostic `json:"diagnostics"`
}

type checkedUntil struct {
	Category string   `json:"category"`
	By       []string `json:"by,omitempty"`
}

// A diagnostic is one finding. Lines and columns count from 1, columns in
// characters, and the end is the place behind the last one.
type diagnostic struct {
	Severity string `json:"severity"`
	Code     string `json:"code,omitempty"`
	Line     int    `json:"line"`
	Col      int    `json:"col"`
	EndLine  int    `json:"end_line"`
	EndCol   int    `json:"end_col"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Fixes    []fix  `json:"fixes,omitempty"`
}

// A fix is a change that is suggested; a safe one does not alter what is found.
type fix struct {
	Title string `json:"title"`
	Safe  bool   `json:"safe"`
	Edits []edit `json:"edits"`
}

// An edit replaces the bytes from Start to End of the query's text, and what
// stands there in the file.
type edit struct {
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	EndLine int    `json:"end_line"`
	EndCol  int    `json:"end_col"`
	Text    string `json:"text"`
}

func newChecked(r *lint.Report) *checked {
	c := &checked{File: r.Path, OK: r.Problems.Err() == nil, Diagnostics: make([]diagnostic, 0, len(r.Problems))}
	switch {
	case r.Rule != nil:
		c.ID, c.Name = r.Rule.ID, r.Rule.Name
	case r.Skipped != nil:
		c.ID, c.Name, c.Skipped = r.Skipped.ID, r.Skipped.Name, r.Skipped.Reason
	}
	if r.Query != nil && r.Compiles {
		c.summarise(ast.Summarize(r.Query))
	}
	for _, e := range r.Problems {
		c.Diagnostics = append(c.Diagnostics, newDiagnostic(e))
	}
	return c
}

func newDiagnostic(e *source.Error) diagnostic {
	start, end := places(e)
	d := diagnostic{
		Severity: e.Severity.String(), Code: e.Code, Message: e.Msg, Hint: e.Hint,
		Line: start.Line, Col: start.Column, EndLine: end.Line, EndCol: end.Column,
	}
	for _, f := range e.Fixes {
		out := fix{Title: f.Title, Safe: f.Safe}
		for _, x := range f.Edits {
			from, to := e.File.Position(x.Span.Start), e.File.Position(x.Span.End)
			out.Edits = append(out.Edits, edit{x.Span.Start.Offset(), x.Span.End.Offset(), from.Line, from.Column, to.Line, to.Column, x.New})
		}
		d.Fixes = append(d.Fixes, out)
	}
	return d
}

// summarise fills in what the query consists of. What no step uses stays nil.
func (c *checked) summarise(s *ast.Summary) {
	c.Kind, c.By, c.Pipes, c.Functions = s.Kind, s.By, s.Pipes, s.Functions
	if s.MaxSpan > 0 {
		ms := s.MaxSpan.Milliseconds()
		c.MaxSpanMS = &ms
	}
	if s.Until != nil {
		c.Until = &checkedUntil{Category: s.Until.Category, By: s.Until.By}
	}
	var usesBy, usesRuns, usesMissing, usesAlias bool
	for _, step := range s.Steps {
		c.Categories = append(c.Categories, step.Category)
		c.StepBy = append(c.StepBy, step.By)
		c.Runs = append(c.Runs, step.Runs)
		c.Missing = append(c.Missing, step.Missing)
		c.Alias = append(c.Alias, nil)
		if step.Alias != "" {
			c.Alias[len(c.Alias)-1] = &step.Alias
		}
		usesBy = usesBy || step.By != nil
		usesRuns = usesRuns || step.Runs > 1
		usesMissing = usesMissing || step.Missing
		usesAlias = usesAlias || step.Alias != ""
	}
	if !usesBy {
		c.StepBy = nil
	}
	if !usesRuns {
		c.Runs = nil
	}
	if !usesMissing {
		c.Missing = nil
	}
	if !usesAlias {
		c.Alias = nil
	}
	for _, f := range s.Fields {
		c.Fields = append(c.Fields, f.Path)
	}
}
