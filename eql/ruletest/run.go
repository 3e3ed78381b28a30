package ruletest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/eval/why"
	"github.com/eqlkit/eqlkit/rule/testfile"
)

// A Case is one case of a rule's tests.
type Case struct {
	*testfile.Case
	Rule *Rule
	file *source.File
}

// A Failure is one thing that was not as a case expects it.
type Failure struct {
	Place string // FILE:LINE:COL of what was expected
	Msg   string // one clause
	// Detail says why, in several lines; it may be empty.
	Detail string
}

// String returns the failure with its detail indented.
func (f Failure) String() string {
	s := f.Place + ": " + f.Msg
	if f.Detail != "" {
		s += "\n    " + strings.ReplaceAll(f.Detail, "\n", "\n    ")
	}
	return s
}

// A Result is what came of a case.
type Result struct {
	Failures []Failure // none if the case passed
	// Tally is what the query did, for Coverage; empty if it did not run.
	Tally why.Tally
}

// Place returns where the case stands.
func (c *Case) Place() string {
	if c.file.Text == "" {
		return c.file.Name + ":1:1"
	}
	return place(c.file, c.Span)
}

func place(f *source.File, at source.Span) string {
	p := f.Position(at.Start)
	return fmt.Sprintf("%s:%d:%d", f.Name, p.Line, p.Column)
}

// A run is one execution of a case.
type run struct {
	*Case
	events []testfile.Happening
	rec    *why.Recorder
	text   *why.Printer
	used   []bool // by match: whether it was expected
	out    *Result
}

// Run executes the case. With update the alerts of a golden case become those
// that are expected, once Suite.Save writes them.
func (c *Case) Run(update bool) *Result {
	r := &run{Case: c, events: c.Events(), out: &Result{}}
	q, err := c.Rule.Compile()
	if err != nil {
		r.fail(c.Place(), "the rule does not compile", Describe(err))
		return r.out
	}
	r.rec = why.NewRecorder(q, c.Rule.suite.opts.Stream...)
	r.text = r.rec.Printer(r.name)
	r.text.Short = r.short
	r.play()
	r.out.Tally = r.rec.Tally()
	r.used = make([]bool, len(r.rec.Matches()))
	switch {
	case c.Golden && update:
		c.Rule.golden.set(c.Name, r.actual())
	case c.Golden:
		r.compareGolden()
	case c.Alerts.List == nil:
		r.count()
	default:
		r.compare(c.Alerts.List, place(c.file, c.Alerts.Span))
	}
	return r.out
}

func (r *run) fail(place, msg, detail string) {
	r.out.Failures = append(r.out.Failures, Failure{place, msg, detail})
}

// play lets everything happen.
func (r *run) play() {
	field := r.rec.Probe().TimestampField()
	for _, h := range r.Happenings {
		if h.Event == nil {
			r.rec.Advance(h.Time)
			continue
		}
		doc := h.Event
		if !h.Time.IsZero() {
			doc = maps.Clone(doc)
			for _, path := range []string{testfile.TimestampField, field} {
				if eql.Map(doc).Field(path).IsNull() {
					doc[path] = h.Time.Format(time.RFC3339Nano)
				}
			}
		}
		if err := r.rec.Push(eql.Map(doc)); err != nil {
			r.fail(h.Place.String(), "the event cannot be read", err.Error())
		}
	}
	if !r.Open {
		r.rec.Close()
	}
}

// name names an event in messages.
func (r *run) name(i int) string { return fmt.Sprintf("%s (%s)", r.short(i), r.events[i].Place) }

// short is name without the place.
func (r *run) short(i int) string {
	if id := r.events[i].ID; id != "" {
		return fmt.Sprintf("event %d %q", i+1, id)
	}
	return fmt.Sprintf("event %d", i+1)
}

// names names the events of an alert.
func (r *run) names(index []int) string {
	out := make([]string, len(index))
	for i, n := range index {
		out[i] = "a missing event"
		if n >= 0 {
			out[i] = r.short(n)
		}
	}
	return strings.Join(out, ", ")
}

// count compares the number of alerts.
func (r *run) count() {
	matches := r.rec.Matches()
	want := r.Alerts.Count
	if len(matches) == want {
		return
	}
	msg := fmt.Sprintf("expected %s, but there %s", alerts(want), was(len(matches)))
	account := r.rec.Account()
	detail := r.text.Account(account)
	if len(matches) > shownMatches {
		account.Matches = account.Matches[:shownMatches]
		detail = r.text.Account(account) + fmt.Sprintf("\nand %d more", len(matches)-shownMatches)
	}
	r.fail(place(r.file, r.Alerts.Span), msg, detail)
}

// shownMatches is how many matches are explained at once.
const shownMatches = 3

func alerts(n int) string {
	switch n {
	case 0:
		return "no alert"
	case 1:
		return "one alert"
	default:
		return fmt.Sprintf("%d alerts", n)
	}
}

func was(n int) string {
	switch n {
	case 0:
		return "was none"
	case 1:
		return "was one"
	default:
		return fmt.Sprintf("were %d", n)
	}
}

// compareGolden compares the alerts with those of the golden file.
func (r *run) compareGolden() {
	lines, found, err := r.Rule.golden.get(r.Name)
	if err == nil && found {
		var want []testfile.Alert
		if want, err = expected(lines, r.events); err == nil {
			r.compare(want, r.Place())
			return
		}
	}
	msg := "there is no golden file " + r.Rule.suite.shown(r.Rule.golden.name)
	detail := "run with --update to write it"
	if err != nil {
		msg, detail = "the golden file is not usable: "+err.Error(), "run with --update to write it anew"
	}
	r.fail(r.Place(), msg, detail)
}

// compare looks for each expected alert among the matches. all is the place of
// the expectation as a whole.
func (r *run) compare(want []testfile.Alert, all string) {
	for _, a := range want {
		at := all
		if a.Span.IsValid() {
			at = place(r.file, a.Span)
		}
		r.expect(a, at)
	}
	for i, m := range r.rec.Matches() {
		if r.used[i] {
			continue
		}
		msg := "unexpected alert: " + r.names(m.Index)
		if len(m.Keys) > 0 {
			msg += " with " + r.keys(m.Keys)
		}
		r.fail(all, msg, r.text.Passed(r.rec.Explain(m)))
	}
}

// expect looks for one alert and fails if there is none.
func (r *run) expect(a testfile.Alert, at string) {
	stages := r.rec.Probe().Stages()
	if len(a.Events) != len(stages) {
		r.fail(at, fmt.Sprintf("the alert lists %s, but a result of this rule has %d, one for each step (\"@null\" for a missing event)",
			count(len(a.Events), "event"), len(stages)), "")
		return
	}
	var other *why.Match
	for i, m := range r.rec.Matches() {
		if r.used[i] || !slices.Equal(m.Index, a.Events) {
			continue
		}
		if a.Keys == nil || sameKeys(m.Keys, a.Keys) {
			r.used[i] = true
			return
		}
		other = &m
	}
	msg := "no alert of " + r.names(a.Events)
	if other != nil {
		r.fail(at, msg+" with these keys", fmt.Sprintf("the alert has %s, expected were %s", r.keys(other.Keys), formatKeys(a.Keys)))
		for i, m := range r.rec.Matches() {
			r.used[i] = r.used[i] || slices.Equal(m.Index, other.Index)
		}
		return
	}
	r.fail(at, msg, r.whyNot(a))
}

// whyNot accounts for an expected alert that is not there.
func (r *run) whyNot(a testfile.Alert) string {
	var out []string
	for _, o := range r.rec.WhyNot(a.Events) {
		out = append(out, r.text.Obstacle(o))
	}
	if len(out) > 0 {
		return strings.Join(out, "\n")
	}
	account := r.rec.Account()
	if len(account.Matches) > 0 {
		return "other events took the places of these: " + r.names(account.Matches[0].Index)
	}
	return r.text.Account(account)
}

// actual returns the alerts for a golden file.
func (r *run) actual() []goldenAlert {
	var out []goldenAlert
	for _, m := range r.rec.Matches() {
		g := goldenAlert{Case: r.Name}
		for _, i := range m.Index {
			switch {
			case i < 0:
				g.Events = append(g.Events, nil)
			case r.events[i].ID != "":
				g.Events = append(g.Events, r.events[i].ID)
			default:
				g.Events = append(g.Events, i+1)
			}
		}
		for _, k := range m.Keys {
			g.Keys = append(g.Keys, k.Any())
		}
		out = append(out, g)
	}
	return out
}

// sameKeys compares the keys of a match with those of a file: text, dates and
// addresses by their text, numbers by value.
func sameKeys(got []value.Value, want []any) bool {
	return slices.EqualFunc(got, want, func(v value.Value, w any) bool {
		x := eql.Map{"k": w}.Field("k")
		switch v.Kind() {
		case value.Null:
			return x.IsNull()
		case value.Date, value.IP, value.Version:
			return x.Kind() == value.String && x.Str() == v.String()
		}
		return value.Equal(v, x)
	})
}

func (r *run) keys(vals []value.Value) string {
	paths := r.rec.Probe().Steps()[0].Keys
	out := make([]string, len(vals))
	for i, v := range vals {
		out[i] = paths[i] + " " + why.FormatValue(v)
	}
	return strings.Join(out, ", ")
}

func formatKeys(keys []any) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = why.FormatValue(eql.Map{"k": k}.Field("k"))
	}
	return strings.Join(out, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Describe renders what is wrong with a rule or a test file, with its places if
// it has any.
func Describe(err error) string {
	var joined interface{ Unwrap() []error }
	var list source.List
	switch {
	case errors.As(err, &list):
		out := list.Render()
		if errors.As(err, &joined) && !isList(err) {
			var parts []string
			for _, e := range joined.Unwrap() {
				parts = append(parts, Describe(e))
			}
			out = strings.Join(parts, "\n")
		}
		return out
	default:
		return err.Error()
	}
}

func isList(err error) bool {
	_, ok := err.(source.List) //nolint:errorlint // the error itself is meant
	return ok
}
