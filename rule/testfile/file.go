package testfile

import (
	"fmt"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// Suffix ends the name of a test file, in place of the rule's ".toml".
const Suffix = rule.TestSuffix

// Null stands in alerts for a missing event, and for a key without value.
const Null = "@null"

// TimestampField is the field with the time of an event that @offset stands for.
// A runner gives the time to the timestamp field of the rule as well.
const TimestampField = "@timestamp"

// DefaultStart is when cases start unless they say otherwise.
var DefaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A File is the tests of one rule. It belongs to whoever read it.
type File struct {
	Path   string       // as it was named
	Source *source.File // its text, for reports
	Cases  []*Case
}

// A Case is one test: what happens, and what is to come of it.
type Case struct {
	Name  string
	Span  source.Span // in the Source of the file
	Query int         // number of the query in a hunt, from 0
	Start time.Time
	// Happenings are the events and the passing of time, in order.
	Happenings []Happening
	// Alerts are what is expected; nil if Golden.
	Alerts *Alerts
	Golden bool // the alerts are kept in a golden file
	Open   bool // the stream is not closed at the end
}

// A Happening is an event, or time that passes without one.
type Happening struct {
	Place Place
	// Time is when it happens; zero for an event that has a time of its own.
	Time time.Time
	// Event is the event as decoded JSON, with json.Number or Go's numbers and
	// without what the file says about it; nil if only time passes.
	Event map[string]any
	ID    string // name of the event; "" if it has none
}

// A Place is where an event stands.
type Place struct {
	File         string
	Line, Column int
}

// String returns FILE:LINE:COL.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Alerts are what a case expects.
type Alerts struct {
	Span  source.Span
	Count int     // how many
	List  []Alert // which; nil if only the number matters
}

// An Alert is one result that is expected.
type Alert struct {
	Span source.Span
	// Events has an index for each place of the result, into the events of the
	// case; -1 for a missing event.
	Events []int
	// Keys are the join keys: strings, int64, float64 or bool, nil for one
	// without value. It is nil if they do not matter.
	Keys []any
}

// Events returns the events of a case, without the passing of time.
func (c *Case) Events() []Happening {
	var out []Happening
	for _, h := range c.Happenings {
		if h.Event != nil {
			out = append(out, h)
		}
	}
	return out
}
