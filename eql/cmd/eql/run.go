package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/shard"
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
not be read; refused events do not change it.

Sequences need events in order of time; --lateness lets them be out of order by so
much. Files that are followed may also be behind each other: time is that of the
slowest.

With --profile-rules a table tells at the end which rules took most time, the first
of them the one that costs most:

  TIME         share of the time that all events took
  NS/EVENT     the same in nanoseconds for each event of the run
  CANDIDATES   steps of the rule that the index proposed for events
  EVALUATIONS  conditions tested; HITS of them held
  MATCHES      alerts given
  OPEN         partial matches that are waiting

Below it stands what else took time: reading fields, the index, printing alerts, and
the rest. Times are estimates: of many events one in 16 is timed. With several
--workers they are those of all workers together, without what they wait.

With --state a run goes on where the run before ended, or was killed, with all that
its rules were waiting for, behind the last event that it had read, also if that
file has been rotated since (FILE.1, FILE-20240501.gz and the like beside it).
Alerts are written before the checkpoint that covers them: after a crash some come
again, with the same id, and none is missing. The end of the input is not the end
of the events then: what waits for an event to stay away, and samples, wait for the
next run, until one has --close. Standard input and pipes have no position: what
they yield is taken to be new.`

const runExample = `  eql run --rules rules/ events.ndjson.gz > alerts.ndjson
  tail -f events.ndjson | eql run --rules rules/ --rules more/one.toml
  eql run --rules rules/ --maturity production --summary *.ndjson.zst | head -1

  # which rules make it slow
  eql run --rules rules/ --profile-rules=10 events.ndjson > /dev/null

  # a service: follows a log, survives restarts, takes new rules on SIGHUP
  eql run --rules rules/ --follow --lateness 30s --max-jump 24h --state eql.state --max-state 1GiB \
      --workers 4 --reload --metrics 9464 /var/log/events.ndjson >> alerts.ndjson

  # every hour: what the files have grown by
  eql run --rules rules/ --state eql.state /var/log/events.ndjson >> alerts.ndjson`

type runFlags struct {
	eventFlags
	rules    []string
	maturity []string
	dialect  *choice
	summary  bool
	profile  int // rules of the profile; 0 if there is none

	follow     bool
	idle, jump time.Duration
	silence    time.Duration
	maxState   size
	workers    int
	state      string
	interval   time.Duration
	close      bool
	reload     bool
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
	fs.IntVar(&f.profile, "profile-rules", 0, fmt.Sprintf("print which rules take most time to standard error, this `number` of them\n(%d if none is given)", profiledRules))
	fs.Lookup("profile-rules").NoOptDefVal = strconv.Itoa(profiledRules)
	f.dialect = choose(cmd, "dialect", "the language of the rules", dialects...)
	fs.BoolVarP(&f.follow, "follow", "f", false, "keep reading files as they grow, are rotated or made anew, like tail -F, until\ninterrupted; compressed files are taken to be complete")
	fs.DurationVar(&f.idle, "idle-timeout", 5*time.Minute, "with --follow: event `time` after which a file that is behind the others, or\nsilent, is not waited for any more")
	fs.DurationVar(&f.silence, "silence", 0, "when no event has come for this `time`, such as 1m, let time pass as on the clock,\nso that absences are noticed; if inputs were only stalled their events are late")
	fs.DurationVar(&f.jump, "max-jump", 0, "do not believe an event that is further in the future of those before it than\nthis `time`, such as 24h, unless more of them follow")
	fs.IntVar(&f.workers, "workers", 1, "read events and test conditions in this `number` of threads; the alerts are the\nsame, in the same order")
	fs.Var(&f.maxState, "max-state", "keep state within this `size`, such as 512MiB: the oldest partial matches are\ndropped")
	fs.StringVar(&f.state, "state", "", "`file` that keeps the state of the run: the next run with it goes on where this one\nends or is killed")
	_ = cmd.MarkFlagFilename("state")
	fs.DurationVar(&f.interval, "checkpoint-interval", 10*time.Second, "with --state: `time` between two checkpoints")
	fs.BoolVar(&f.close, "close", false, "with --state: the events end here for good; decide what waits")
	fs.BoolVar(&f.reload, "reload", false, "on SIGHUP, read the rules anew; rules that are the same keep their state")
	fs.StringVar(&f.metrics, "metrics", "", "serve metrics for Prometheus at `address`: a port (of the loopback interface)\nor HOST:PORT")
	f.add(cmd)
	return a.command(cmd, func(ctx context.Context, files []string) error {
		if err := f.check(); err != nil {
			return err
		}
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
	feed := &feed{app: a, flags: &f.eventFlags, sink: out, reader: a.newReader(files)}
	feed.reader.Follow = f.follow
	s := &service{app: a, flags: f, opts: opts, queries: queries, feed: feed}
	defer s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	feed.tend = s.tend
	err := feed.run(ctx, "alerts")
	if err == nil {
		err = s.finish()
	}
	if err != nil {
		return err
	}
	if err := a.out.Flush(); err != nil {
		return err
	}
	if f.summary {
		a.summarise(s.queries, out.counts)
	}
	if f.profile > 0 {
		p := s.feed.machine.Profile()
		a.printProfile(&p, f.profile)
	}
	rate := feed.rate()
	err = feed.conclude()
	fmt.Fprintf(a.err, "%d events read, %d refused, %d alerts, %.0f events/s\n", feed.events, feed.refused, feed.hits, rate)
	if broken {
		return errProblems
	}
	return err
}

// confirmations is how many events in a row make a jump of time believed.
const confirmations = 10

// streamOptions returns what the flags mean for a stream.
func (f *runFlags) streamOptions(sources []string) []eql.StreamOption {
	opts := append(f.stream(), eql.WithLimits(eql.Limits{Bytes: int64(f.maxState)}))
	if f.profile > 0 {
		opts = append(opts, eql.WithProfile())
	}
	if f.jump > 0 {
		opts = append(opts, eql.WithMaxJump(f.jump, confirmations))
	}
	if f.follow {
		opts = append(opts, eql.WithSources(sources...), eql.WithIdleTimeout(f.idle))
	}
	return opts
}

// check refuses flags that contradict each other or say nothing.
func (f *runFlags) check() error {
	switch {
	case f.sort && f.follow:
		return usage("--sort reads all events first, and --follow never has all; see --lateness")
	case f.sort && f.state != "":
		return usage("--sort reads all events first, and a run with --state goes on with later ones; see --lateness")
	case f.close && f.state == "":
		return usage("--close needs --state; without it every run ends for good")
	case f.close && f.follow:
		return usage("--close needs an end of the events, which --follow never sees")
	case f.workers < 1 || f.workers > shard.MaxWorkers:
		return usage(fmt.Sprintf("--workers must be from 1 to %d", shard.MaxWorkers))
	case f.interval <= 0:
		return usage("--checkpoint-interval must be above zero")
	}
	return cmp.Or(
		notNegative("--profile-rules", f.profile),
		notNegative("--idle-timeout", f.idle),
		notNegative("--silence", f.silence),
		notNegative("--max-jump", f.jump),
	)
}
