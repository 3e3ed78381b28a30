package why

import (
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/value"
)

// An Account tells what a query made of the events of a Recorder.
type Account struct {
	Query *eval.Query
	// Matches are the results of the engine, each with what let it through.
	Matches []Explained
	// Reached is how far the query came; nil if it matched.
	Reached *Progress
	// Obstacles are what stood in the way of the next step, the nearest miss
	// first; empty if the query matched, else at least one.
	Obstacles []Obstacle
}

// Explained is a match and what let it through.
type Explained struct {
	Match
	// Passed has an entry for each place of the match that has an event.
	Passed []Passed
}

// Passed says why an event satisfied a step.
type Passed struct {
	Step     int // index of the step
	Event    int // index of the event
	Findings []Finding
}

// Progress is how far a query that did not match came.
type Progress struct {
	Done  int // places of the result that found their event
	Total int // places that need one
	// Step is the index of the step that lacks its event, or of the missing or
	// until step that spoilt the result.
	Step   int
	Events []int // that found their places, by index
	Keys   []Key // that these events share; nil if there are none
}

// A Key is a join key and its value.
type Key struct {
	Path  string
	Value value.Value
}

// A Finding is what a predicate says of an event.
type Finding struct {
	Text     string          // of the predicate, as it is written, in one line
	File     string          // where the query stands
	Position source.Position // of the predicate in File
	Span     source.Span     // of the predicate in the text of the query
	Held     bool
	Fields   []Key // the fields that it read
}

// An Obstacle is one reason why there is no match.
type Obstacle struct {
	Kind Kind
	Step int // index of the step that was not satisfied
	// Event is the index of the event that came near or did the damage; -1 if
	// there is none.
	Event int
	// Findings, for False, are the predicates that decided: one that had to
	// hold, or all of the alternatives of an or.
	Findings []Finding
	// Keys, for KeyDiffers, are the keys of the event and Want those that they
	// had to equal, for those that do not. For KeyMissing, Keys are those without
	// value.
	Keys, Want []Key
	// Late, for TooLate, is the time beyond maxspan.
	Late time.Duration
	// Category, for Category, is what the event's category field holds.
	Category Key

	score float64 // how near a miss it is
}

// A Kind is the kind of an Obstacle.
type Kind string

// The kinds of obstacles.
const (
	False      Kind = "false"        // a predicate did not hold
	Category   Kind = "category"     // the event is of another category
	KeyDiffers Kind = "key-differs"  // the event satisfies the step, but has another join key
	KeyMissing Kind = "key-missing"  // the event satisfies the step, but a join key has no value
	TooLate    Kind = "too-late"     // the event satisfies the step, but maxspan was over
	OutOfOrder Kind = "out-of-order" // the event satisfies the step, but is not after the one before
	Late       Kind = "late"         // the event came when the stream's time was past it
	Untimed    Kind = "untimed"      // the event has no time
	Cancelled  Kind = "cancelled"    // until ended the sequence
	Refuted    Kind = "refuted"      // an event that had to be missing was there
	Replaced   Kind = "replaced"     // a newer event took the place of one before
	SameEvent  Kind = "same-event"   // one event satisfies two filters of a sample
	Pending    Kind = "pending"      // it may still match: the stream is not closed
	Limited    Kind = "limited"      // a result was cut off by head, tail or a size
	NoEvent    Kind = "no-event"     // there is no event that could be the next
)

// Explain runs q over events, in order, and accounts for the result. Events
// that cannot be read are left out.
func Explain(q *eval.Query, events []eval.Event, opts ...eval.StreamOption) *Account {
	r := NewRecorder(q, opts...)
	for _, ev := range events {
		_ = r.Push(ev) // the account counts without it
	}
	r.Close()
	return r.Account()
}

// Account accounts for what happened so far.
func (r *Recorder) Account() *Account {
	a := &Account{Query: r.probe.Query()}
	for _, m := range r.matches {
		a.Matches = append(a.Matches, r.Explain(m))
	}
	if len(a.Matches) > 0 {
		return a
	}
	r.try()
	switch a.Query.Kind() {
	case "sequence":
		a.Reached, a.Obstacles = r.sequence()
	case "sample":
		a.Reached, a.Obstacles = r.sample()
	default:
		a.Reached, a.Obstacles = r.single()
	}
	return a
}

// Explain says what let a match through.
func (r *Recorder) Explain(m Match) Explained {
	out := Explained{Match: m}
	var p partial
	for place, step := range r.probe.Stages() {
		i := m.Index[place]
		if i < 0 || !r.fill(i, p) {
			continue
		}
		p.events = append(p.events, i)
		out.Passed = append(out.Passed, Passed{Step: step, Event: i, Findings: r.findings(step)})
	}
	return out
}

// findings are the reasons for what a step says of the event that the probe has.
func (r *Recorder) findings(step int) []Finding {
	file := r.probe.Query().AST().File
	var out []Finding
	for _, f := range r.probe.Reasons(step) {
		p := r.probe.Predicates()[f.Predicate]
		x := Finding{
			Text: OneLine(p.Text), File: file.Name, Position: file.Position(p.Span.Start),
			Span: p.Span, Held: f.Held,
		}
		for i, path := range p.Fields {
			x.Fields = append(x.Fields, Key{path, f.Values[i]})
		}
		out = append(out, x)
	}
	return out
}

// OneLine returns query text on one line: line ends and the indentation behind
// them become a blank.
func OneLine(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, " ")
}
