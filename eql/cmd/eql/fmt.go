package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

const fmtLong = `Prints queries in the canonical format. Comments stay, and so does everything the
query means: only white space, quotes of names and line breaks change.

FILE is a file with one query (.eql), a rule file (TOML) whose query alone is
rewritten, or "-" for a query on standard input; without FILE and -q it is "-". A
query only needs to be well formed, fields and types are not looked at. A file
with a mistake stays as it is, and the exit code is 1.`

const fmtExample = `  eql fmt -q 'sequence by user.name [process where true] [network where true]'
  eql fmt -w rules/*.toml
  pbpaste | eql fmt`

type fmtFlags struct {
	query   string
	write   bool
	dialect *choice
	limits  limitFlags
}

func (a *app) fmtCmd() *cobra.Command {
	f := &fmtFlags{}
	cmd := &cobra.Command{
		Use:     "fmt [flags] [FILE...] | -q QUERY",
		Short:   "Format queries",
		Long:    fmtLong,
		Example: fmtExample,
	}
	cmd.Flags().StringVarP(&f.query, "query", "q", "", "format this `query`")
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "write the result back to the file, if it differs")
	f.limits.addSyntax(cmd)
	f.dialect = choose(cmd, "dialect", "the language; auto is elasticsearch, or what a rule's layout says", dialects...)
	return a.command(cmd, func(_ context.Context, files []string) error {
		if err := f.limits.check(); err != nil {
			return err
		}
		given := cmd.Flags().Changed("query")
		switch {
		case given && (len(files) > 0 || f.write):
			return usage("-q takes neither files nor -w")
		case given:
			return a.formatQuery(f, f.query)
		case len(files) == 0 && isInteractive(a.in):
			return usage("give a file, or a query by -q")
		case len(files) == 0:
			files = []string{input.Stdin}
		}
		return a.formatFiles(f, files)
	})
}

func (a *app) formatQuery(f *fmtFlags, query string) error {
	out, err := f.format(queryRule(queryName, query))
	if err != nil {
		a.report(err)
		return errProblems
	}
	_, err = a.out.WriteString(out)
	return err
}

func (a *app) formatFiles(f *fmtFlags, files []string) error {
	if f.write && slices.Contains(files, input.Stdin) {
		return usage("-w needs files")
	}
	failed := false
	for _, name := range files {
		old, new, err := a.formatFile(f, name)
		switch {
		case err != nil:
		case !f.write:
			_, err := a.out.Write(new)
			if err != nil {
				return err
			}
		case !bytes.Equal(old, new):
			err = rewrite(name, new)
		}
		if err != nil {
			a.report(err)
			failed = true
		}
	}
	if failed {
		return errProblems
	}
	return nil
}

// formatFile returns the content of a file before and after.
func (a *app) formatFile(f *fmtFlags, name string) (old, new []byte, err error) {
	text, err := a.readQuery(name)
	if err != nil {
		return nil, nil, err
	}
	old = []byte(text)
	if filepath.Ext(name) != ".toml" {
		out, err := f.format(queryRule(name, text))
		return old, []byte(out), err
	}
	set := rule.Parse(name, old)
	if err := set.Problems.Err(); err != nil {
		return nil, nil, err
	}
	new = old
	for _, r := range set.Rules {
		out, err := f.format(r)
		if err != nil {
			return nil, nil, err
		}
		if new, err = rule.ReplaceQuery(new, r.Index, out); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return old, new, nil
}

// format returns the query of r in the canonical format.
func (f *fmtFlags) format(r *rule.Rule) (string, error) {
	q, err := parser.Parse(r.Query, parser.Options{
		Dialect: dialectOf(r, f.dialect.value), MaxSize: f.limits.size, MaxDepth: f.limits.depth,
	})
	if err != nil {
		return "", err
	}
	return ast.Format(q), nil
}

// rewrite replaces a file at once, so that no half of it is ever to be seen,
// and keeps its permissions.
func rewrite(name string, data []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".eql-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails once it is renamed
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
