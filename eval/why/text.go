package why

import (
	"fmt"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Printer renders what a Recorder has found as text for people. The text may
// change from version to version.
type Printer struct {
	// Event names an event by its index; nil for "event 1" and so on.
	Event func(i int) string
	// Short is Event for enumerations; nil for Event.
	Short func(i int) string

	probe *eval.Probe
}

// Printer returns a Printer for the query of r; see Printer.Event for name.
func (r *Recorder) Printer(name func(i int) string) *Printer {
	return &Printer{Event: name, probe: r.probe}
}

// shownObstacles is how many near misses are printed.
const shownObstacles = 3

// Account renders an account in several lines without a final newline.
func (p *Printer) Account(a *Account) string {
	var b lines
	if len(a.Matches) > 0 {
		for i, m := range a.Matches {
			if i > 0 {
				b.add(0, "")
			}
			b.add(0, "match %d: %s", i+1, p.events(m.Index))
			b.text(1, p.Passed(m))
		}
		return b.String()
	}
	b.add(0, "no match%s", p.progress(a))
	for i, o := range a.Obstacles {
		if i == shownObstacles {
			break
		}
		b.text(1, p.Obstacle(o))
	}
	return b.String()
}

// progress tells how far a query came.
func (p *Printer) progress(a *Account) string {
	r := a.Reached
	if a.Query.Kind() == "event" {
		return ""
	}
	what := "steps"
	if a.Query.Kind() == "sample" {
		what = "filters"
	}
	if r.Done == 0 {
		return fmt.Sprintf(": none of %d %s found its event", r.Total, what)
	}
	s := fmt.Sprintf(": %d of %d %s found their events (%s)", r.Done, r.Total, what, p.events(r.Events))
	if r.Done == 1 {
		s = fmt.Sprintf(": 1 of %d %s found its event (%s)", r.Total, what, p.events(r.Events))
	}
	if len(r.Keys) > 0 {
		s += " for " + joinKeys(r.Keys)
	}
	return s
}

// Obstacle renders an obstacle: one line, and further lines for what it is about.
func (p *Printer) Obstacle(o Obstacle) string {
	var b lines
	step := p.step(o.Step)
	event := ""
	if o.Event >= 0 {
		event = p.name(o.Event)
	}
	switch o.Kind {
	case False:
		p.falsehood(&b, event, step, o.Findings)
	case Category:
		b.add(0, "%s is no candidate for %s: %s", event, step, p.keyText(o.Category))
	case KeyDiffers:
		b.add(0, "%s satisfies %s, but the key differs: %s", event, step, pairs(o.Keys, o.Want))
	case KeyMissing:
		b.add(0, "%s satisfies %s, but its key %s has no value", event, step, paths(o.Keys))
	case TooLate:
		b.add(0, "%s satisfies %s, but arrived %s after maxspan=%s", event, step, short(o.Late), short(p.probe.MaxSpan()))
	case OutOfOrder:
		b.add(0, "%s satisfies %s, but is not after the event of the step before", event, step)
	case Late:
		b.add(0, "%s satisfies %s, but came late: an event before it has a later time", event, step)
	case Untimed:
		b.add(0, "%s satisfies %s, but has no time", event, step)
	case Cancelled:
		b.add(0, "%s cancelled the sequence: it satisfies until", event)
	case Refuted:
		if event == "" {
			event = "an event"
		}
		b.add(0, "%s was there, but had to be missing: it satisfies %s", event, step)
	case Replaced:
		b.add(0, "%s took the place of the event before: of each key the newest counts", event)
	case SameEvent:
		b.add(0, "%s would have to satisfy several filters at once, but each filter needs an event of its own", event)
	case Pending:
		b.add(0, "what was found is not decided yet: the stream goes on")
	case Limited:
		b.add(0, "what was found was cut off: the number of results is limited")
	default:
		switch {
		case p.probe.Query().Kind() == "event":
			b.add(0, "there was no event")
		case o.Step == p.probe.Stages()[0]:
			b.add(0, "there was no event that could be %s", step)
		default:
			b.add(0, "no event followed that could be %s", step)
		}
	}
	return b.String()
}

// shownAlternatives is how many operands of an or are printed.
const shownAlternatives = 4

func (p *Printer) falsehood(b *lines, event, step string, fs []Finding) {
	if len(fs) == 1 {
		b.add(0, "%s fails %s:", event, step)
		p.finding(b, fs[0])
		return
	}
	b.add(0, "%s fails %s, none of %d alternatives held:", event, step, len(fs))
	for i, f := range fs {
		if i == shownAlternatives {
			b.add(1, "and %d more", len(fs)-i)
			return
		}
		p.finding(b, f)
	}
}

// finding prints a predicate, its answer, its values and its place.
func (p *Printer) finding(b *lines, f Finding) {
	verdict := "was false"
	if f.Held {
		verdict = "was true"
	}
	b.add(1, "%s:%d:%d: %s %s", f.File, f.Position.Line, f.Position.Column, clip(f.Text), verdict)
	for _, k := range f.Fields {
		b.add(2, "%s", p.keyText(k))
	}
}

// Passed renders what let a match through: for each event the predicates that
// decided.
func (p *Printer) Passed(m Explained) string {
	var b lines
	for _, x := range m.Passed {
		b.add(0, "%s satisfies %s:", p.name(x.Event), p.step(x.Step))
		for _, f := range x.Findings {
			p.finding(&b, f)
		}
	}
	return b.String()
}

// step names a step.
func (p *Printer) step(i int) string {
	s := &p.probe.Steps()[i]
	kind := p.probe.Query().Kind()
	switch {
	case kind == "event":
		return "the condition"
	case s.Until:
		return "until"
	}
	text := OneLine(p.probe.Query().AST().File.Slice(s.Span))
	mark := "["
	if s.Missing {
		mark = "!["
	}
	name := "step"
	if kind == "sample" {
		name = "filter"
	}
	return fmt.Sprintf("%s %d %s%s]", name, i+1, mark, clipTo(text, 60))
}

func (p *Printer) name(i int) string {
	if p.Event == nil {
		return fmt.Sprintf("event %d", i+1)
	}
	return p.Event(i)
}

func (p *Printer) events(index []int) string {
	names := make([]string, len(index))
	for i, n := range index {
		switch {
		case n < 0:
			names[i] = "a missing event"
		case p.Short != nil:
			names[i] = p.Short(n)
		default:
			names[i] = p.name(n)
		}
	}
	return strings.Join(names, ", ")
}

func (p *Printer) keyText(k Key) string {
	if k.Value.IsNull() {
		return k.Path + " has no value"
	}
	return k.Path + " is " + FormatValue(k.Value)
}

func joinKeys(keys []Key) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.Path + " " + FormatValue(k.Value)
	}
	return strings.Join(parts, ", ")
}

func paths(keys []Key) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.Path
	}
	return strings.Join(parts, ", ")
}

func pairs(got, want []Key) string {
	parts := make([]string, len(got))
	for i := range got {
		parts[i] = fmt.Sprintf("%s %s against %s %s", got[i].Path, FormatValue(got[i].Value), want[i].Path, FormatValue(want[i].Value))
	}
	return strings.Join(parts, ", ")
}

// FormatValue prints a value as JSON does: text in quotes, lists in brackets,
// null for no value. Long ones are cut.
func FormatValue(v value.Value) string { return clip(formatValue(v)) }

func formatValue(v value.Value) string {
	switch v.Kind() {
	case value.Null:
		return "null"
	case value.List:
		parts := make([]string, len(v.Elems()))
		for i, e := range v.Elems() {
			parts[i] = formatValue(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case value.String, value.IP, value.Version, value.Date:
		return quote(v.String())
	default:
		return v.String()
	}
}

// quote puts text into quotes and leaves backslashes as they are, because paths
// are full of them.
func quote(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, s)
	return `"` + s + `"`
}

func clip(s string) string { return clipTo(s, 160) }

func clipTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimRight(string(r[:most]), ". ") + "..."
	}
	return s
}

// short prints a duration without trailing zero units.
func short(d time.Duration) string {
	s := d.String()
	s = strings.TrimSuffix(s, "m0s")
	if s != d.String() {
		s += "m"
	}
	if t := strings.TrimSuffix(s, "h0m"); t != s {
		s = t + "h"
	}
	return s
}

// lines collects lines of text with their depth.
type lines struct{ strings.Builder }

func (b *lines) add(depth int, format string, args ...any) {
	b.text(depth, fmt.Sprintf(format, args...))
}

func (b *lines) text(depth int, s string) {
	for line := range strings.Lines(s) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat("  ", depth) + strings.TrimSuffix(line, "\n"))
	}
}
