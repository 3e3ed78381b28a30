package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/eval/why"
	"github.com/eqlkit/eqlkit/rule"
)

// shownWhy is how many matches of a rule are accounted for.
const shownWhy = 10

// why runs rules over events and accounts for what they find and what not. The
// first argument is a rule file, a folder, or a query.
func (a *app) why(ctx context.Context, f *explainFlags, opts []eql.Option, args []string) error {
	queries, broken := a.whyQueries(f, args[0], opts)
	if len(queries) == 0 {
		a.errorf("there is no rule to explain")
		return errProblems
	}
	recs, unread := a.readEvents(ctx, f, args[1:])
	for i, q := range queries {
		if i > 0 && f.format.value == "text" {
			fmt.Fprintln(a.out)
		}
		if err := a.account(f, q, recs); err != nil {
			return err
		}
	}
	if broken || unread {
		return errProblems
	}
	return nil
}

// whyQueries compiles what the first argument names.
func (a *app) whyQueries(f *explainFlags, arg string, opts []eql.Option) (queries []*eql.Query, broken bool) {
	_, err := os.Stat(arg)
	if ext := filepath.Ext(arg); err == nil || arg == input.Stdin || ext == rule.QueryExt || ext == ".toml" {
		f.rules = []string{arg}
		return a.compileRules(&f.runFlags, opts)
	}
	r := queryRule(queryName, arg)
	r.Dialect = dialectOf(&rule.Rule{}, f.dialect.value)
	q, err := eql.CompileRule(r, opts...)
	if err != nil {
		a.report(err)
		return nil, true
	}
	return []*eql.Query{q}, false
}

// readEvents reads all events, and reports what cannot be read.
func (a *app) readEvents(ctx context.Context, f *explainFlags, files []string) (recs []*record, unread bool) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(files) == 0 {
		files = []string{input.Stdin}
	}
	reader := &input.Reader{Files: files, Stdin: a.in}
	for doc, err := range reader.All(ctx) {
		var refusal *input.Refusal
		switch {
		case errors.As(err, &refusal):
			a.warnf("event refused: %v", err)
		case err != nil:
			a.errorf("%v", err)
			unread = true
		default:
			recs = append(recs, &record{event.JSON(doc.Data), doc})
		}
	}
	if f.sort {
		f.order(recs)
	}
	return recs, unread
}

// account prints what one query made of the events.
func (a *app) account(f *explainFlags, q *eql.Query, recs []*record) error {
	r := why.NewRecorder(q, f.stream()...)
	for _, rec := range recs {
		if err := r.Push(rec); err != nil {
			a.warnf("event refused: %v", rec.refusal(err))
		}
	}
	r.Close()
	name := func(i int) string { return "the event at " + recs[i].doc.String() }
	printer := r.Printer(name)
	printer.Short = func(i int) string { return recs[i].doc.String() }
	account := r.Account()
	total := len(account.Matches)
	account.Matches = account.Matches[:min(total, shownWhy)]
	if f.format.value == "json" {
		return writeJSON(a.out, accountOf(q, account, total, recs, printer))
	}
	file := q.AST().File.Name
	if rl := eql.RuleOf(q); rl != nil && rl.Name != "" && rl.Name != file {
		file += ": " + rl.Name
	}
	fmt.Fprintln(a.out, a.outTerm.strong(printable(file)))
	fmt.Fprintln(a.out, printable(printer.Account(account)))
	if total > shownWhy {
		fmt.Fprintf(a.out, "and %d more matches\n", total-shownWhy)
	}
	return nil
}

// The following types are an account as --format json prints it.
type (
	whyAccount struct {
		File      string        `json:"file"`
		Rule      string        `json:"rule,omitempty"`
		Matches   int           `json:"matches"`
		Passed    []whyMatch    `json:"passed,omitempty"`
		Reached   *whyReached   `json:"reached,omitempty"`
		Obstacles []whyObstacle `json:"obstacles,omitempty"`
	}
	whyMatch struct {
		Keys   []json.RawMessage `json:"join_keys,omitempty"`
		Events []*string         `json:"events"` // null for a missing event
		Steps  []whyStep         `json:"steps"`
	}
	whyStep struct {
		Step     int          `json:"step"` // from 1
		Event    string       `json:"event"`
		Findings []whyFinding `json:"findings"`
	}
	whyFinding struct {
		Text   string                     `json:"text"`
		File   string                     `json:"file"`
		Line   int                        `json:"line"`
		Col    int                        `json:"col"`
		Held   bool                       `json:"held"`
		Fields map[string]json.RawMessage `json:"fields,omitempty"`
	}
	whyReached struct {
		Done   int                        `json:"done"`
		Total  int                        `json:"total"`
		Events []string                   `json:"events,omitempty"`
		Keys   map[string]json.RawMessage `json:"keys,omitempty"`
	}
	whyObstacle struct {
		Kind     why.Kind                   `json:"kind"`
		Step     int                        `json:"step"` // from 1
		Event    string                     `json:"event,omitempty"`
		Findings []whyFinding               `json:"findings,omitempty"`
		Keys     map[string]json.RawMessage `json:"keys,omitempty"`
		Want     map[string]json.RawMessage `json:"want,omitempty"`
		LateMS   float64                    `json:"late_ms,omitempty"`
		Category json.RawMessage            `json:"category,omitempty"`
		Text     string                     `json:"text"`
	}
)

func accountOf(q *eql.Query, a *why.Account, total int, recs []*record, p *why.Printer) whyAccount {
	out := whyAccount{File: q.AST().File.Name, Rule: q.ID(), Matches: total}
	for _, m := range a.Matches {
		x := whyMatch{Keys: joinKeys(q.Kind(), m.Keys)}
		for _, i := range m.Index {
			var place *string
			if i >= 0 {
				s := recs[i].doc.String()
				place = &s
			}
			x.Events = append(x.Events, place)
		}
		for _, s := range m.Passed {
			x.Steps = append(x.Steps, whyStep{s.Step + 1, recs[s.Event].doc.String(), findingsOf(s.Findings)})
		}
		out.Passed = append(out.Passed, x)
	}
	if r := a.Reached; r != nil {
		out.Reached = &whyReached{Done: r.Done, Total: r.Total, Keys: fieldsOf(r.Keys)}
		for _, i := range r.Events {
			out.Reached.Events = append(out.Reached.Events, recs[i].doc.String())
		}
	}
	for _, o := range a.Obstacles {
		x := whyObstacle{
			Kind: o.Kind, Step: o.Step + 1, Findings: findingsOf(o.Findings), Keys: fieldsOf(o.Keys), Want: fieldsOf(o.Want),
			LateMS: o.Late.Seconds() * 1e3, Text: p.Obstacle(o),
		}
		if o.Event >= 0 {
			x.Event = recs[o.Event].doc.String()
		}
		if o.Kind == why.Category {
			x.Category = valueJSON(o.Category.Value)
		}
		out.Obstacles = append(out.Obstacles, x)
	}
	return out
}

func findingsOf(fs []why.Finding) []whyFinding {
	var out []whyFinding
	for _, f := range fs {
		out = append(out, whyFinding{f.Text, f.File, f.Position.Line, f.Position.Column, f.Held, fieldsOf(f.Fields)})
	}
	return out
}

func fieldsOf(keys []why.Key) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	for _, k := range keys {
		if out == nil {
			out = make(map[string]json.RawMessage)
		}
		out[k.Path] = valueJSON(k.Value)
	}
	return out
}

// valueJSON returns a value in JSON.
func valueJSON(v value.Value) json.RawMessage {
	if v.Kind() != value.List {
		return keyJSON(kindSequence, v)
	}
	list := make([]json.RawMessage, len(v.Elems()))
	for i, e := range v.Elems() {
		list[i] = valueJSON(e)
	}
	text, err := json.Marshal(list)
	if err != nil { // cannot be: the elements are JSON
		return json.RawMessage("null")
	}
	return text
}
