package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eval"
)

const runLong = `Runs all rules over the events of the files, or of standard input, and prints one
alert a line, in JSON:

  id          the same for the same rule and events
  rule        id, name, severity, risk_score, tags and file of the rule
  @timestamp  the time of the alert
  kind        event, sequence or sample
  join_keys   the values that the events share, if the rule joins by any
  events      the events as they were read; null where one is missing on purpose

PATH is a rule file (TOML), a file with one query (.eql) or a folder of such
files. Every rule runs whatever its maturity, unless --maturity is given. Rules of
other query languages are left out.

A rule with an error is reported and the others run; an event that cannot be read
is reported, counted and left out. A line on standard error tells at the end what
happened. The exit code is 1 if a rule had an error, or if rules or events could
not be read; refused events do not change it.`

const runExample = `  eql run --rules rules/ events.ndjson.gz > alerts.ndjson
  tail -f events.ndjson | eql run --rules rules/ --rules more/one.toml
  eql run --rules rules/ --maturity production --summary *.ndjson.zst | head -1`

type runFlags struct {
	eventFlags
	rules    []string
	maturity []string
	dialect  *choice
	summary  bool

	follow     bool
	idle, jump time.Duration
	maxState   size
	metrics    string
}

func (a *app) runCmd() *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:     "run --rules PATH [--rules PATH...] [flags] [FILE...]",
		Short:   "Run rules over events and print alerts",
		Long:    runLong,
		Example: runExample,
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.rules, "rules", nil, "`path` of a rule file or a folder of them; may be repeated")
	_ = cmd.MarkFlagRequired("rules")
	fs.StringSliceVar(&f.maturity, "maturity", nil, "run only rules of these `maturities`, such as production,beta")
	fs.BoolVar(&f.summary, "summary", false, "print the number of alerts of each rule to standard error")
	f.dialect = choose(cmd, "dialect", "the language of the rules", "auto", "elasticsearch", "endpoint")
	fs.BoolVarP(&f.follow, "follow", "f", false, "keep reading files as they grow, are rotated or made anew, like tail -F, until\ninterrupted; compressed files are taken to be complete")
	fs.DurationVar(&f.idle, "idle-timeout", 5*time.Minute, "with --follow: event `time` after which a file that is behind the others, or\nsilent, is not waited for any more")
	fs.DurationVar(&f.jump, "max-jump", 0, "do not believe an event that is further in the future of those before it than\nthis `time`, such as 24h, unless more of them follow")
	fs.Var(&f.maxState, "max-state", "keep state within this `size`, such as 512MiB: the oldest partial matches are\ndropped")
	fs.StringVar(&f.metrics, "metrics", "", "serve metrics for Prometheus at `address`: a port (of the loopback interface)\nor HOST:PORT")
	f.add(cmd)
	return a.command(cmd, func(ctx context.Context, files []string) error {
		opts, err := f.options()
		if err != nil {
			return err
		}
		return a.runRules(ctx, f, opts, files)
	})
}

func (a *app) runRules(ctx context.Context, f *runFlags, opts []eql.Option, files []string) error {
	queries, broken := a.compileRules(f, opts)
	if len(queries) == 0 {
		a.errorf("there is no rule to run")
		return errProblems
	}
	out := &alerter{w: a.out, counts: make(map[ruleKey]int)}
	isSequence := func(q *eql.Query) bool { return q.Kind() == kindSequence }
	feed := &feed{
		app: a, flags: &f.eventFlags, sink: out,
		machine: eql.NewEngine(queries...).NewStream(f.streamOptions(files)...),
		ordered: slices.ContainsFunc(queries, isSequence),
		reader:  &input.Reader{Follow: f.follow},
	}
	s := &service{app: a, flags: f, feed: feed}
	if err := s.open(); err != nil {
		return err
	}
	defer s.close()
	feed.tend = s.tend
	if err := feed.run(ctx, files, "alerts"); err != nil {
		return err
	}
	if err := a.out.Flush(); err != nil {
		return err
	}
	if f.summary {
		a.summarise(queries, out.counts)
	}
	rate := feed.rate()
	err := feed.conclude()
	fmt.Fprintf(a.err, "%d events read, %d refused, %d alerts, %.0f events/s\n", feed.events, feed.refused, feed.hits, rate)
	if broken {
		return errProblems
	}
	return err
}

// confirmations is how many events in a row make a jump of time believed.
const confirmations = 10

// streamOptions returns what the flags mean for a stream.
func (f *runFlags) streamOptions(files []string) []eql.StreamOption {
	opts := []eql.StreamOption{eql.WithLateness(f.lateness), eval.WithLimits(eval.Limits{Bytes: int64(f.maxState)})}
	if f.jump > 0 {
		opts = append(opts, eval.WithMaxJump(f.jump, confirmations))
	}
	if f.follow {
		opts = append(opts, eval.WithSources(files...), eval.WithIdleTimeout(f.idle))
	}
	return opts
}
