package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

const explainLong = `Prints how a query, or a set of rules, is evaluated: the steps with their
conditions as they are computed, the fields they read, and the events they see.

A set of rules shares an index, which finds the steps that an event may satisfy by
the values that their conditions ask for. At the beginning stands, for each category,
what its steps are found by; at the end, which steps have to be tested for a great
share of the events of their category, since they ask for nothing that is rare, the
widest first. The shares are guessed from the rules.

With --why, the rules of a file or a folder, or one query, run over events, and what
is printed is an account of each: what let a match through, or, if there is none,
how far the rule came and what stood in the way: the predicate that was false with
the value it saw, an event that came too late, had another key or cancelled a
sequence. All events are kept in memory.`

const explainExample = `  eql explain 'process where process.name : ("cmd.exe", "powershell.exe")'
  eql explain --rules rules/one.toml
  eql explain --why rules/one.toml events.ndjson`

type explainFlags struct {
	runFlags
	why    bool
	format *choice
}

func (a *app) explainCmd() *cobra.Command {
	f := &explainFlags{}
	cmd := &cobra.Command{
		Use:     "explain [flags] QUERY | --rules PATH | --why PATH|QUERY [EVENTS...]",
		Short:   "Print how a query is evaluated, or why it does not match",
		Long:    explainLong,
		Example: explainExample,
		Args: func(_ *cobra.Command, args []string) error {
			if f.why && (len(args) == 0 || len(f.rules) > 0) {
				return usage("--why takes a rule or a query, and files with events")
			}
			if f.why {
				return nil
			}
			if len(f.rules) == 0 && len(args) != 1 || len(f.rules) > 0 && len(args) > 0 {
				return usage("give one query, or rules by --rules")
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&f.rules, "rules", nil, "`path` of a rule file or a folder of them; may be repeated")
	f.dialect = choose(cmd, "dialect", "the language; auto is elasticsearch, or what a rule's layout says", dialects...)
	cmd.Flags().BoolVar(&f.why, "why", false, "run over events and account for what is found and what is not")
	f.format = choose(cmd, "format", "how the account of --why is printed", "text", "json")
	f.add(cmd)
	return a.command(cmd, func(ctx context.Context, args []string) error {
		opts, err := f.options()
		if err != nil {
			return err
		}
		if f.why {
			return a.why(ctx, f, opts, args)
		}
		if len(f.rules) > 0 {
			return a.explainRules(&f.runFlags, opts)
		}
		return a.explainQuery(args[0], f.dialect.value, opts)
	})
}

func (a *app) explainQuery(text, dialect string, opts []eql.Option) error {
	opts = append(opts, eql.WithDialect(dialectOf(&rule.Rule{}, dialect)))
	q, err := eql.CompileFile(&source.File{Name: queryName, Text: text}, opts...)
	if err != nil {
		a.report(err)
		return errProblems
	}
	_, err = io.WriteString(a.out, q.Explain())
	return err
}

func (a *app) explainRules(f *runFlags, opts []eql.Option) error {
	queries, broken := a.compileRules(f, opts)
	if len(queries) == 0 {
		a.errorf("there is no rule to explain")
		return errProblems
	}
	engine := eql.NewEngine(queries...)
	if _, err := io.WriteString(a.out, engine.Explain()); err != nil {
		return err
	}
	if err := a.printWide(engine); err != nil {
		return err
	}
	if broken {
		return errProblems
	}
	return nil
}
