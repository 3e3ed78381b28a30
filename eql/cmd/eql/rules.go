package main

import (
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
	"github.com/eqlkit/eqlkit/rule"
)

// queryExt is the extension of files that hold one query and nothing else.
const queryExt = ".eql"

// loadRules reads rule files, files with one query, and folders of both. What
// cannot be read is among the problems of the set.
func (a *app) loadRules(paths []string) *rule.Set {
	var toml []string
	set := &rule.Set{}
	for _, path := range paths {
		queries, others := queryFiles(path)
		for _, name := range queries {
			text, err := a.readQuery(name)
			if err != nil {
				set.Problems.Add(&source.Error{File: &source.File{Name: name}, Msg: err.Error()})
				continue
			}
			set.Rules = append(set.Rules, queryRule(name, text))
		}
		if others {
			toml = append(toml, path)
		}
	}
	if len(toml) > 0 {
		loaded := rule.Load(toml...)
		set.Rules = append(set.Rules, loaded.Rules...)
		set.Skipped = append(set.Skipped, loaded.Skipped...)
		set.Problems = append(set.Problems, loaded.Problems...)
	}
	slices.SortStableFunc(set.Rules, func(x, y *rule.Rule) int { return strings.Compare(x.Path, y.Path) })
	return set
}

// queryFiles returns the files with one query at path, and whether there may be
// rule files as well.
func queryFiles(path string) (names []string, others bool) {
	if path == input.Stdin || filepath.Ext(path) == queryExt {
		return []string{path}, false
	}
	others = true
	_ = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil: // reported by rule.Load
		case !d.Type().IsRegular():
		case filepath.Ext(name) == queryExt:
			names = append(names, name)
		case filepath.Ext(name) == ".toml":
			others = true
		}
		return nil
	})
	return names, others
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
	base := strings.TrimSuffix(filepath.Base(name), queryExt)
	if name == input.Stdin {
		name, base = "<stdin>", "stdin"
	}
	return &rule.Rule{
		Path:  name,
		ID:    base,
		Name:  base,
		Query: &source.File{Name: name, Text: text},
	}
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
		if p.Severity == source.Err {
			a.report(p)
			broken = true
		}
	}
	for _, r := range set.Rules {
		if len(f.maturity) > 0 && !slices.Contains(f.maturity, r.Maturity) {
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
