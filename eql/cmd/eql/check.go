package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

const checkLong = `Compiles queries and rules without running them and prints what is wrong, and what
is probably not meant, as FILE:LINE:COL: message, with the source line and a caret.
The place is that in the rule file. --list-codes prints all that is looked for.

PATH is a rule file (TOML), a file with one query (.eql), "-" for a query on
standard input, or a folder of such files; without PATH and -q it is "-". Rules in
other query languages are skipped.

What is known of fields makes checks stricter. With --mapping, fields must exist in
the mapping (or be marked by "?") and fit what is done with them. With --ecs, those
that are not in the field reference either are warned about, and with --events those
that no event has.

A finding is silenced by a comment on its line or alone on the line before, for a
whole rule by a key of the rule file, and for many rules by the file ` + lint.ConfigName + `
in their folder or above it:

  // eql:ignore CODE reason
  [metadata.eqlkit]
  ignore = ["CODE reason"]

With --format json, a line for each rule tells what it consists of: id, name, kind
(event, sequence, sample), categories, by, step_by, maxspan_ms, runs, missing,
alias, until, pipes (each only if used), fields, functions and diagnostics. SARIF and
the annotations of GitHub Actions (--format github) are for services that show them.

--fix makes those suggested changes that do not alter what is found, formats the
queries, and reports what is left. With -q or standard input it prints the query.

The exit code is 1 if there is an error; --fail-on sets what else counts.`

const checkExample = `  eql check rules/
  eql check -q 'process where process.name == "cmd.exe"'
  eql check --mapping mapping.json --format json rules/one.toml | jq .fields
  eql check --events sample.ndjson.gz --fail-on warning rules/
  eql check --fix rules/`

type checkFlags struct {
	query            string
	mapping, ecs     string
	events           []string
	config, category string
	failOn           *choice
	fix, listCodes   bool
	dialect, format  *choice
	limits           limitFlags
}

func (a *app) checkCmd() *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:     "check [flags] [PATH...] | -q QUERY",
		Aliases: []string{"lint"},
		Short:   "Validate and lint queries and rules",
		Long:    checkLong,
		Example: checkExample,
	}
	fs := cmd.Flags()
	fs.StringVarP(&f.query, "query", "q", "", "check this `query`")
	fs.StringVar(&f.mapping, "mapping", "", "`file` with an Elasticsearch mapping: the fields and their types")
	fs.StringVar(&f.ecs, "ecs", "", "`file` with the field reference of ECS (ecs_flat.yml or fields.csv)")
	fs.StringArrayVar(&f.events, "events", nil, "`file` with sample events, as eql query reads them; may be repeated")
	fs.StringVar(&f.category, "event-category-field", "", "`field` with the category of an event (default event.category)")
	fs.StringVar(&f.config, "config", "", "`file` that says what is reported (default "+lint.ConfigName+" in a rule's folder or above)")
	fs.BoolVar(&f.fix, "fix", false, "make the safe changes and format")
	fs.BoolVar(&f.listCodes, "list-codes", false, "print what is looked for and exit")
	_ = cmd.MarkFlagFilename("mapping", "json")
	_ = cmd.MarkFlagFilename("ecs", "yml", "yaml", "csv")
	_ = cmd.MarkFlagFilename("config", "toml")
	f.dialect = choose(cmd, "dialect", "the language; auto is elasticsearch, or what a rule's layout says", dialects...)
	f.format = choose(cmd, "format", "how results are printed", "text", "json", "sarif", "github")
	f.limits.add(cmd)
	f.failOn = choose(cmd, "fail-on", "the least severity that makes the exit code 1", "error", "warning", "info")
	return a.command(cmd, func(ctx context.Context, paths []string) error {
		if f.listCodes {
			return a.listCodes(f.format.value)
		}
		options, err := f.options(ctx, a)
		if err != nil {
			return err
		}
		set, err := a.checkInput(paths, f.query, cmd.Flags().Changed("query"))
		if err != nil {
			return err
		}
		if f.fix && f.format.value != "text" && prints(set.Rules) {
			return usage("--fix prints the query; leave out --format")
		}
		if f.fix {
			if set, err = a.fix(set, paths, f.dialect.value, options.Options); err != nil {
				return err
			}
		}
		return a.check(f, set, options)
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

// A reporter prints what was found, a rule at a time, and then the rest.
type reporter interface {
	report(r *lint.Report) error
	close() error
}

func (a *app) check(f *checkFlags, set *rule.Set, options *checkOptions) error {
	rules := slices.Concat(set.Rules, set.Unusable)
	for _, r := range rules {
		r.Dialect = dialectOf(r, f.dialect.value)
	}
	reports := lint.Set(set, options.Options)
	if options.err != nil {
		return options.err
	}
	limit, _ := lint.ParseSeverity(f.failOn.value)
	out := a.newReporter(f, prints(rules))
	failed, unread := 0, 0
	counts := map[source.Severity]int{}
	for _, r := range reports {
		bad := false
		for _, e := range r.Problems {
			counts[e.Severity]++
			bad = bad || e.Severity <= limit
		}
		switch {
		case bad && r.Rule == nil:
			unread++
		case bad:
			failed++
		}
		if err := out.report(r); err != nil {
			return err
		}
	}
	if err := out.close(); err != nil {
		return err
	}
	if f.format.value == "text" {
		fmt.Fprintf(a.err, "%s checked, %d failed, %d skipped", count(uint64(len(rules)), "rule"), failed, len(set.Skipped))
		if unread > 0 {
			fmt.Fprintf(a.err, ", %s unusable", count(uint64(unread), "file"))
		}
		if w, n := counts[source.Warning], counts[source.Info]; w+n > 0 {
			fmt.Fprintf(a.err, "; %s, %s", count(uint64(w), "warning"), count(uint64(n), "note"))
		}
		fmt.Fprintln(a.err)
	}
	if failed+unread > 0 {
		return errProblems
	}
	return nil
}

// prints reports whether there is a query without a file among rules: fixing
// prints it.
func prints(rules []*rule.Rule) bool {
	return slices.ContainsFunc(rules, func(r *rule.Rule) bool { return r.Path == queryName || r.Path == stdinName })
}

// newReporter returns the reporter of a format; printed says that queries are
// printed after they were fixed.
func (a *app) newReporter(f *checkFlags, printed bool) reporter {
	switch f.format.value {
	case "json":
		return jsonReporter{a}
	case "sarif":
		return &sarifReporter{app: a}
	case "github":
		return githubReporter{a}
	default:
		return newTextReporter(a, f.fix && printed)
	}
}

// A textReporter prints problems for people, with the codes of those that can be
// silenced.
type textReporter struct {
	*app
	toErr     bool // standard output has something else
	ignorable map[string]bool
}

func newTextReporter(a *app, toErr bool) textReporter {
	t := textReporter{app: a, toErr: toErr, ignorable: map[string]bool{}}
	for _, c := range lint.Checks() {
		t.ignorable[c.Code] = c.Severity != source.Err
	}
	return t
}

func (t textReporter) report(r *lint.Report) error {
	if r.Skipped != nil {
		fmt.Fprintf(t.err, "%s: skipped: %s\n", r.Path, r.Skipped.Reason)
	}
	for _, e := range r.Problems {
		if t.ignorable[e.Code] {
			coded := *e
			coded.Msg += " [" + e.Code + "]"
			e = &coded
		}
		if t.toErr {
			fmt.Fprintln(t.err, t.errTerm.render(e))
			continue
		}
		if _, err := fmt.Fprintln(t.out, t.outTerm.render(e)); err != nil {
			return err
		}
	}
	return nil
}

func (textReporter) close() error { return nil }

type jsonReporter struct{ *app }

func (j jsonReporter) report(r *lint.Report) error { return writeJSON(j.out, newChecked(r)) }
func (jsonReporter) close() error                  { return nil }
