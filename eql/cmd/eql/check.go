package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/rule"
)

const checkLong = `Compiles queries and rules without running them and prints what is wrong, as
FILE:LINE:COL: message, with the source line and a caret. The place is that in the
rule file.

PATH is a rule file (TOML), a file with one query (.eql), "-" for a query on
standard input, or a folder of such files; without PATH and -q it is "-". Rules in
other query languages are skipped.

With --mapping, fields must exist in the mapping (or be marked by "?") and fit
what is done with them.

With --format json, a line for each rule tells what it consists of: id, name, kind
(event, sequence, sample), categories, by, step_by, maxspan_ms, runs, missing,
alias, until, pipes (each only if used), fields, functions and diagnostics.

The exit code is 1 if there is an error; warnings do not count.`

const checkExample = `  eql check rules/
  eql check -q 'process where process.name == "cmd.exe"'
  eql check --mapping mapping.json --format json rules/one.toml | jq .fields`

type checkFlags struct {
	query           string
	mapping         string
	dialect, format *choice
	limits          limitFlags
}

func (a *app) checkCmd() *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:     "check [flags] [PATH...] | -q QUERY",
		Short:   "Validate queries and rules",
		Long:    checkLong,
		Example: checkExample,
	}
	cmd.Flags().StringVarP(&f.query, "query", "q", "", "check this `query`")
	cmd.Flags().StringVar(&f.mapping, "mapping", "", "`file` with an Elasticsearch mapping: the fields and their types")
	_ = cmd.MarkFlagFilename("mapping", "json")
	f.dialect = choose(cmd, "dialect", "the language; auto is elasticsearch, or what a rule's layout says", "auto", "elasticsearch", "endpoint")
	f.format = choose(cmd, "format", "how results are printed", "text", "json")
	f.limits.add(cmd)
	return a.command(cmd, func(_ context.Context, paths []string) error {
		set, err := a.checkInput(paths, f.query, cmd.Flags().Changed("query"))
		if err != nil {
			return err
		}
		return a.check(f, set)
	})
}

// checkInput returns what is to be checked: the query of a flag or what is at
// the paths.
func (a *app) checkInput(paths []string, query string, given bool) (*rule.Set, error) {
	switch {
	case given && len(paths) > 0:
		return nil, usage("give paths or a query by -q, not both")
	case given:
		return &rule.Set{Rules: []*rule.Rule{queryRule(queryName, query)}}, nil
	case len(paths) == 0 && isInteractive(a.in):
		return nil, usage("give a path, or a query by -q")
	case len(paths) == 0:
		paths = []string{input.Stdin}
	}
	return a.loadRules(paths), nil
}

func (a *app) check(f *checkFlags, set *rule.Set) error {
	opts := f.limits.options()
	if f.mapping != "" {
		m, err := loadMapping(f.mapping)
		if err != nil {
			return err
		}
		opts = append(opts, eql.WithSchema(m), eql.WithStrictSchema())
	}
	write := a.writeCheck
	if f.format.value == "json" {
		write = func(c *checked) error { return writeJSON(a.out, c) }
	}
	rest := problemsByFile(set.Problems)
	failed := 0
	emit := func(c *checked, problems source.List) error {
		c.addProblems(problems)
		if !c.OK {
			failed++
		}
		return write(c)
	}
	rules := slices.Concat(set.Rules, set.Unusable)
	for _, r := range rules {
		r.Dialect = dialectOf(r, f.dialect.value)
		problems := rest[r.Path] // the first rule of a file has those of the file
		delete(rest, r.Path)
		q, err := eql.CompileRule(r, opts...)
		c := &checked{File: r.Path, ID: r.ID, Name: r.Name, OK: true}
		if err == nil {
			c.summarise(ast.Summarize(q.AST()))
		}
		if err := emit(c, append(problems, problemsOf(err)...)); err != nil {
			return err
		}
	}
	for _, s := range set.Skipped {
		if err := emit(&checked{File: s.Path, ID: s.ID, Name: s.Name, OK: true, Skipped: s.Reason}, rest[s.Path]); err != nil {
			return err
		}
		delete(rest, s.Path)
	}
	for _, name := range sortedKeys(rest) {
		if err := emit(&checked{File: name, OK: true}, rest[name]); err != nil {
			return err
		}
	}
	if f.format.value == "text" {
		fmt.Fprintf(a.err, "%d rules checked, %d failed, %d skipped\n", len(rules), failed, len(set.Skipped))
	}
	if failed > 0 {
		return errProblems
	}
	return nil
}

func problemsByFile(list source.List) map[string]source.List {
	out := make(map[string]source.List)
	for _, e := range list {
		name := ""
		if e.File != nil {
			name = e.File.Name
		}
		out[name] = append(out[name], e)
	}
	return out
}

func sortedKeys(m map[string]source.List) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// writeCheck prints the problems of c for people.
func (a *app) writeCheck(c *checked) error {
	if c.Skipped != "" {
		fmt.Fprintf(a.err, "%s: skipped: %s\n", c.File, c.Skipped)
	}
	for _, e := range c.problems {
		if _, err := fmt.Fprintln(a.out, a.outTerm.render(e)); err != nil {
			return err
		}
	}
	return nil
}
