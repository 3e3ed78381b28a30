package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/eqlkit/eqlkit/eql"
)

// profiledRules is how many rules a profile lists unless told otherwise.
const profiledRules = 20

// printProfile prints the rules that took most time, at most n of them, and what the
// rest of the time went into.
func (a *app) printProfile(p *eql.Profile, n int) {
	busy := slices.DeleteFunc(p.Costliest(), func(q eql.QueryProfile) bool { return q.Time() == 0 && q.Evaluations == 0 })
	t := table{w: a.err, term: a.errTerm, head: []string{"#", "TIME", "NS/EVENT", "CANDIDATES", "EVALUATIONS", "HITS", "MATCHES", "OPEN", "ID", "NAME"}}
	for i, q := range busy[:min(n, len(busy))] {
		r := alertRuleOf(q.Query)
		t.add([]string{
			strconv.Itoa(i + 1), percent(p.Share(q.Time())), perEvent(p, q.Time()),
			number(q.Candidates), number(q.Evaluations), number(q.Hits), number(q.Matches), strconv.Itoa(q.Open),
			r.ID, r.Name,
		})
	}
	_ = t.flush()
	var all time.Duration
	for i := range p.Queries {
		all += p.Queries[i].Time()
	}
	fmt.Fprintf(a.err, "time per event %s ns: %s rules, %s fields, %s index, %s output, %s rest\n",
		perEvent(p, p.Total), percent(p.Share(all)), percent(p.Share(p.Extraction)), percent(p.Share(p.Index)),
		percent(p.Share(p.Delivery)), percent(p.Share(p.Rest)))
	fmt.Fprintf(a.err, "%d of %d rules took time; %d of %d events were timed\n", len(busy), len(p.Queries), p.Timed, p.Events)
}

func perEvent(p *eql.Profile, d time.Duration) string {
	return strconv.FormatFloat(p.PerEvent(d), 'f', 1, 64)
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
