package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/eqlkit/eqlkit/eql"
)

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
	counts map[ruleKey]int
}

// A ruleKey names a rule, also when it has been compiled anew.
type ruleKey struct{ path, id string }

func keyOf(q *eql.Query) ruleKey {
	r := eql.RuleOf(q)
	return ruleKey{r.Path, r.ID}
}

func (p *alerter) match(m eql.Match) error {
	p.counts[keyOf(m.Query)]++
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

// summarise prints how many alerts each rule has given, most first.
func (a *app) summarise(queries []*eql.Query, counts map[ruleKey]int) {
	t := table{w: a.err, term: a.errTerm, head: []string{"ALERTS", "SEVERITY", "ID", "NAME"}}
	loud := slices.Clone(queries)
	loud = slices.DeleteFunc(loud, func(q *eql.Query) bool { return counts[keyOf(q)] == 0 })
	slices.SortStableFunc(loud, func(x, y *eql.Query) int { return cmp.Compare(counts[keyOf(y)], counts[keyOf(x)]) })
	for _, q := range loud {
		r := alertRuleOf(q)
		t.add([]string{strconv.Itoa(counts[keyOf(q)]), r.Severity, r.ID, r.Name})
	}
	_ = t.flush()
	fmt.Fprintf(a.err, "%d of %d rules gave alerts\n", len(loud), len(queries))
}
