package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/eql"
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
	f.dialect = choose(cmd, "dialect", "the language of the rules", dialects...)
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
	out := &alerter{w: a.out, counts: make(map[*eql.Query]int)}
	isSequence := func(q *eql.Query) bool { return q.Kind() == kindSequence }
	feed := &feed{app: a, flags: &f.eventFlags, stream: eql.NewEngine(queries...).NewStream(f.stream()...), sink: out, ordered: slices.ContainsFunc(queries, isSequence)}
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

// summarise prints how many alerts each rule has given, most first.
func (a *app) summarise(queries []*eql.Query, counts map[*eql.Query]int) {
	t := table{w: a.err, term: a.errTerm, head: []string{"ALERTS", "SEVERITY", "ID", "NAME"}}
	loud := slices.Clone(queries)
	loud = slices.DeleteFunc(loud, func(q *eql.Query) bool { return counts[q] == 0 })
	slices.SortStableFunc(loud, func(x, y *eql.Query) int { return cmp.Compare(counts[y], counts[x]) })
	for _, q := range loud {
		r := alertRuleOf(q)
		t.add([]string{strconv.Itoa(counts[q]), r.Severity, r.ID, r.Name})
	}
	_ = t.flush()
	fmt.Fprintf(a.err, "%d of %d rules gave alerts\n", len(loud), len(queries))
}

// An alert is a match of a rule, as it is printed.
type alert struct {
	ID        string            `json:"id"`
	Rule      alertRule         `json:"rule"`
	Timestamp string            `json:"@timestamp,omitempty"`
	Kind      string            `json:"kind"`
	JoinKeys  []json.RawMessage `json:"join_keys,omitempty"`
	Events    []json.RawMessage `json:"events"`
}

// An alertRule is what an alert tells of its rule.
type alertRule struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Severity  string   `json:"severity,omitempty"`
	RiskScore *int     `json:"risk_score,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	File      string   `json:"file"`
}

// An alerter prints alerts and counts them by rule.
type alerter struct {
	w      io.Writer
	counts map[*eql.Query]int
}

func (p *alerter) match(m eql.Match) error {
	p.counts[m.Query]++
	kind := m.Query.Kind()
	return writeJSON(p.w, alert{
		ID:        m.ID(),
		Rule:      alertRuleOf(m.Query),
		Timestamp: timestamp(m.Time),
		Kind:      kind,
		JoinKeys:  joinKeys(kind, m.Keys),
		Events:    sourcesOf(m.Events),
	})
}

func (p *alerter) flush() error { return nil }

// timestamp prints t with milliseconds, and with more digits if it has them;
// nothing for an alert whose events have no time.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	layout := "2006-01-02T15:04:05.000Z"
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		layout = "2006-01-02T15:04:05.000000000Z"
	}
	return t.UTC().Format(layout)
}
