package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/bench"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/rule"
)

const benchLong = `Measures the engine over own rules and events, and prints the goals that it has set
itself beside what was measured: the events a second from JSON to alerts against
what encoding/json needs to decode the same events and against reading the fields
alone, how the time of an event grows with the rules, allocations, the time and
memory that loading takes, and what a second worker brings.

All cases go over the same events in turn, round after round, on one core. Figures
are medians; smallest and largest tell how far rounds differ. Run it on a machine
that does nothing else, with some thousands of events: they are kept in memory. What
cannot be read, of rules and of events, is counted and left out.

The exit code is 0 whatever is measured, unless --check is given.`

const benchExample = `  eql bench --rules rules/ events.ndjson.gz
  eql bench --rules rules/ --sort --rounds 9 --format json *.ndjson.zst > bench.json
  eql bench --rules rules/ --cpuprofile cpu.pprof events.ndjson && go tool pprof -top cpu.pprof`

type benchFlags struct {
	runFlags
	rounds     int
	format     *choice
	allSystems bool
	check      bool
	profile    string
}

func (a *app) benchCmd() *cobra.Command {
	f := &benchFlags{}
	cmd := &cobra.Command{
		Use:     "bench --rules PATH [--rules PATH...] [flags] [EVENTS...]",
		Short:   "Measure the engine over own rules and events",
		Long:    benchLong,
		Example: benchExample,
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.rules, "rules", nil, "`path` of a rule file or a folder of them; may be repeated")
	_ = cmd.MarkFlagRequired("rules")
	fs.IntVar(&f.rounds, "rounds", bench.DefaultRounds, "measure everything this `number` of times")
	f.format = choose(cmd, "format", "how the report is printed", "text", "json")
	fs.BoolVar(&f.allSystems, "all-systems", false, "run behaviour rules on the events of every operating system, whatever they name")
	fs.BoolVar(&f.check, "check", false, "exit with 1 if a goal was missed")
	fs.StringVar(&f.profile, "cpuprofile", "", "write a CPU profile of all rounds to this `file`; it costs some speed")
	_ = cmd.MarkFlagFilename("cpuprofile")
	f.dialect = choose(cmd, "dialect", "the language of the rules", dialects...)
	f.add(cmd)
	return a.command(cmd, func(ctx context.Context, files []string) error {
		if f.rounds < 1 {
			return usage("--rounds must be above zero")
		}
		opts, err := f.options()
		if err != nil {
			return err
		}
		return a.bench(ctx, f, opts, files)
	})
}

func (a *app) bench(ctx context.Context, f *benchFlags, opts []eql.Option, files []string) error {
	events, err := a.benchEvents(ctx, f, files)
	if err != nil {
		return err
	}
	if f.profile != "" {
		out, err := os.Create(f.profile)
		if err != nil {
			return err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	report, err := bench.Run(ctx, bench.Config{
		Load:       func() *rule.Set { return a.benchRules(f) },
		Events:     events,
		Rounds:     f.rounds,
		AllSystems: f.allSystems,
		Options:    opts,
		Stream:     f.stream(),
		Progress:   func(text string) { fmt.Fprintln(a.err, "measuring", text) },
	})
	if err != nil {
		return err
	}
	write := report.WriteText
	if f.format.value == "json" {
		write = report.WriteJSON
	}
	if err := write(a.out); err != nil {
		return err
	}
	if f.check && report.Missed() > 0 {
		return errProblems
	}
	return nil
}

// benchRules loads the rules, read in the dialect that the flag names.
func (a *app) benchRules(f *benchFlags) *rule.Set {
	set := a.loadRules(f.rules)
	for _, r := range set.Rules {
		r.Dialect = dialectOf(r, f.dialect.value)
	}
	return set
}

// benchEvents reads all events into memory.
func (a *app) benchEvents(ctx context.Context, f *benchFlags, files []string) ([][]byte, error) {
	var recs []*record
	refused := 0
	for doc, err := range a.newReader(files).All(ctx) {
		if err == nil {
			recs = append(recs, &record{event.JSON(doc.Data), doc})
			continue
		}
		if r := (*input.Refusal)(nil); !errors.As(err, &r) {
			return nil, err
		}
		refused++
	}
	if refused > 0 {
		a.warnf("%s could not be read", count(uint64(refused), "event"))
	}
	if f.sort {
		f.order(recs)
	}
	events := make([][]byte, len(recs))
	for i, rec := range recs {
		events[i] = rec.doc.Data
	}
	return events, nil
}
