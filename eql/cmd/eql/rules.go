package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

// stdinName is what a query on standard input is called.
const stdinName = "<stdin>"

// Codes of warnings about folders of rules.
const (
	codeEmptyFolder  = "folder-empty"
	codeLinkedFolder = "folder-linked"
)

// loadRules reads rule files, files with one query, and folders of both. What
// cannot be read is among the problems of the set.
func (a *app) loadRules(paths []string) *rule.Set {
	var queries, others []string
	for _, path := range paths {
		found := queryFiles(path)
		queries = append(queries, found...)
		if path != input.Stdin && filepath.Ext(path) != rule.QueryExt {
			others = append(others, path)
		}
	}
	set := rule.Load(others...)
	if len(queries) > 0 { // a folder needs no rule files then
		set.Problems = slices.DeleteFunc(set.Problems, func(e *source.Error) bool { return e.Code == codeEmptyFolder })
	}
	set.Skipped = slices.DeleteFunc(set.Skipped, func(s rule.Skipped) bool { return filepath.Base(s.Path) == lint.ConfigName })
	for _, name := range queries {
		text, err := a.readQuery(name)
		if err != nil {
			set.Problems.Add(&source.Error{File: &source.File{Name: name}, Code: "file-unreadable", Msg: "cannot read: " + reason(err)})
			continue
		}
		set.Rules = append(set.Rules, queryRule(name, text))
	}
	slices.SortStableFunc(set.Rules, func(x, y *rule.Rule) int { return strings.Compare(x.Path, y.Path) })
	return set
}

// queryFiles returns the files with one query at path.
func queryFiles(path string) []string {
	if path == input.Stdin || filepath.Ext(path) == rule.QueryExt {
		return []string{path}
	}
	var names []string
	rule.Walk(os.DirFS(path), ".", func(name string, _ fs.DirEntry, err error) {
		if err == nil && filepath.Ext(name) == rule.QueryExt { // rule.Load reports errors
			names = append(names, filepath.Join(path, filepath.FromSlash(name)))
		}
	})
	return names
}

// reason returns what went wrong with a file, without its name.
func reason(err error) string {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// readQuery returns the text of a file or of standard input.
func (a *app) readQuery(name string) (string, error) {
	var text []byte
	var err error
	if name == input.Stdin {
		text, err = io.ReadAll(a.in)
	} else {
		text, err = os.ReadFile(name)
	}
	return string(text), err
}

// queryRule makes a rule of a query that has no metadata.
func queryRule(name, text string) *rule.Rule {
	if name == input.Stdin {
		r := rule.OfQuery(stdinName, text)
		r.ID, r.Name = "stdin", "stdin"
		return r
	}
	return rule.OfQuery(name, text)
}

// dialectOf returns the dialect that a rule is to be read in, given the value of
// the flag: "auto" leaves it to the rule.
func dialectOf(r *rule.Rule, flag string) ast.Dialect {
	if d, err := ast.ParseDialect(flag); err == nil {
		return d
	}
	return r.Dialect
}

// compileRules loads and compiles the rules at the paths, reports what is wrong
// with them, and tells whether there is anything wrong.
func (a *app) compileRules(f *runFlags, opts []eql.Option) (queries []*eql.Query, broken bool) {
	set := a.loadRules(f.rules)
	for _, p := range set.Problems {
		if p.Severity == source.Err || p.Code == codeEmptyFolder || p.Code == codeLinkedFolder {
			a.report(p)
			broken = broken || p.Severity == source.Err
		}
	}
	others := 0
	for _, r := range set.Rules {
		if len(f.maturity) > 0 && !slices.Contains(f.maturity, r.Maturity) {
			others++
			continue
		}
		r.Dialect = dialectOf(r, f.dialect.value)
		q, err := eql.CompileRule(r, opts...)
		if err != nil {
			a.report(err)
			broken = true
			continue
		}
		queries = append(queries, q)
	}
	if others > 0 && others == len(set.Rules) {
		a.warnf("none of %s has the maturity %s", count(uint64(others), "rule"), strings.Join(f.maturity, " or "))
	}
	return queries, broken
}

func alertRuleOf(q *eql.Query) alertRule {
	r := eql.RuleOf(q)
	out := alertRule{ID: r.ID, Name: r.Name, Severity: r.Severity, Tags: r.Tags, File: r.Path}
	if r.RiskScoreGiven {
		out.RiskScore = &r.RiskScore
	}
	return out
}
