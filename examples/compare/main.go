// Compare measures the engine beside well-known Go libraries on the same events, all
// cases in turn in one run, and prints every goal of the module beside what was
// measured:
//
//	go run . --rules RULES --events EVENTS.ndjson.gz
//
// It is a module of its own, so that what it compares with is no dependency of the
// library. The three rules that are written in other languages are read from the
// folder that --public names, a checkout of a public set of detection rules.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/eqlkit/eqlkit/eql/bench"
	"github.com/eqlkit/eqlkit/rule"
)

// A list is a flag that may be repeated.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

type options struct {
	rules, events list
	public        string
	rounds        int
	json, systems bool
}

func main() {
	log.SetFlags(0)
	var o options
	flag.Var(&o.rules, "rules", "`path` of rules; may be repeated (default ../rules)")
	flag.Var(&o.events, "events", "`file` of events, a JSON object a line; may be repeated (default ../events.ndjson)")
	flag.StringVar(&o.public, "public", defaultPublic, "`folder` with the public detection rules that are compared in other languages")
	flag.IntVar(&o.rounds, "rounds", bench.DefaultRounds, "`number` of rounds")
	flag.BoolVar(&o.json, "json", false, "print the report of all goals as JSON, and nothing else")
	flag.BoolVar(&o.systems, "os", false, "run behaviour rules only on events of the systems they name")
	flag.Parse()
	if err := run(context.Background(), &o, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// defaultPublic is where the public rules are if they stand beside the checkout.
const defaultPublic = "../../../shared/corpus/detection-rules/rules"

func run(ctx context.Context, o *options, w io.Writer) error {
	if len(o.rules) == 0 {
		o.rules = list{"../rules"}
	}
	if len(o.events) == 0 {
		o.events = list{"../events.ndjson"}
	}
	events, err := readEvents(o.events)
	if err != nil {
		return err
	}
	parsers, err := parserCases(o.rules, events)
	if err != nil {
		return err
	}
	predicates, noPredicates := predicateCases(o.public, events)
	report, err := bench.Run(ctx, bench.Config{
		Load:       func() *rule.Set { return rule.Load(o.rules...) },
		Events:     events,
		Rounds:     o.rounds,
		AllSystems: !o.systems,
		Extra:      append(parsers, casesOf(predicates)...),
		Progress:   func(text string) { fmt.Fprintln(os.Stderr, "measuring", text) },
	})
	if err != nil {
		return err
	}
	addParserGoals(report)
	addPredicateGoals(report, predicates, noPredicates)
	if o.json {
		return report.WriteJSON(w)
	}
	if err := report.WriteText(w); err != nil {
		return err
	}
	return writeHostile(w)
}
