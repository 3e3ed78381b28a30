package main

import (
	"fmt"
	"strconv"

	"github.com/eqlkit/eqlkit/eql"
)

// wideShare is the share of events from which on a step is listed as wide.
const wideShare = 0.5

// printWide lists the steps that the index does not keep from being tested for many of
// the events of their category.
func (a *app) printWide(e *eql.Engine) error {
	wide := e.WideSteps(wideShare)
	if _, err := fmt.Fprintf(a.out, "\nsteps tested for %.0f %% of the events of their category or more, as guessed: %d\n", 100*wideShare, len(wide)); err != nil {
		return err
	}
	t := table{w: a.out, term: a.outTerm, head: []string{"EVENTS", "RULE", "STEP"}}
	for _, s := range wide {
		r := eql.RuleOf(s.Query)
		t.add([]string{percent(s.Share), r.Name, s.Title})
	}
	return t.flush()
}

// percent prints a share.
func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }
