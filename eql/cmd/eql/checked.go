package main

import (
	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
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
	problems    source.List
}

type checkedUntil struct {
	Category string   `json:"category"`
	By       []string `json:"by,omitempty"`
}

type diagnostic struct {
	Severity string `json:"severity"`
	Code     string `json:"code,omitempty"`
	Line     int    `json:"line"`
	Col      int    `json:"col"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
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

// addProblems adds what is wrong; an error makes c fail.
func (c *checked) addProblems(list source.List) {
	c.OK = c.OK && list.Err() == nil
	c.problems = append(c.problems, list...)
	c.Diagnostics = make([]diagnostic, len(c.problems))
	for i, e := range c.problems {
		p := e.Position()
		c.Diagnostics[i] = diagnostic{
			Severity: e.Severity.String(), Code: e.Code,
			Line: p.Line, Col: p.Column, Message: e.Msg, Hint: e.Hint,
		}
	}
}
