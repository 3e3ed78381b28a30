package plan

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// Outline says in words what a query does and keeps, without its conditions.
func (q *Query) Outline() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch q.Kind {
	case Event:
		add("event query: every event that satisfies the condition is a result")
		if !q.Lineages {
			add("state: none")
		}
	case Sequence:
		stages, missing := 0, 0
		for _, s := range q.Stages {
			if q.Steps[s].Missing {
				missing++
			} else {
				stages++
			}
		}
		add("sequence: %s in order%s", count(stages, "event"), q.keyText())
		span := "no maxspan: what waits is kept until it is used or replaced"
		if q.MaxSpan > 0 {
			span = fmt.Sprintf("forgotten %v after its first event", q.MaxSpan)
		}
		if q.Aliases {
			add("state: for each key and stage several partial sequences, of which the newest that fits goes on; %s", span)
		} else {
			add("state: for each key and stage one partial sequence, the newest; %s", span)
		}
		if missing > 0 {
			add("missing events: looked for by millisecond; a trailing one is decided when maxspan is over or the stream ends")
		}
		if q.Until != nil {
			add("until: ends all partial sequences of its key")
		}
	case Sample:
		add("sample: %d different events in any order%s", len(q.Steps), q.keyText())
		add("state: for each key up to %d events a filter; answered when the stream is closed", len(q.Steps)+q.MaxSamples-1)
	}
	if q.Lineages {
		add("processes: those that descendant of asks about, and what they have started, are remembered")
	}
	if len(q.Partition) > 0 {
		add("hosts: each for itself, by %s", strings.Join(q.Partition, ", else "))
	}
	for _, l := range q.Limits {
		if l.Tail {
			add("limit: the last %d results, when the stream is closed", l.N)
		} else {
			add("limit: the first %d results", l.N)
		}
	}
	order := q.TimestampField
	if q.TiebreakerField != "" {
		order += ", " + q.TiebreakerField
	}
	add("order: %s, then arrival", order)
	return out
}

func (q *Query) keyText() string {
	if len(q.Steps[0].Keys) == 0 {
		return ", all events together"
	}
	return " that agree on " + count(len(q.Steps[0].Keys), "key")
}

// Title names a step: its number, what it asks of the category, how often it is
// to match, and its keys.
func (q *Query) Title(i int) string {
	s, name := q.Until, "until"
	if i < len(q.Steps) {
		s, name = &q.Steps[i], fmt.Sprintf("step %d", i+1)
	}
	var b strings.Builder
	b.WriteString(name)
	if s.Any {
		b.WriteString(": any event")
	} else {
		fmt.Fprintf(&b, ": %s is %q", q.CategoryField, s.Category)
	}
	if s.Missing {
		b.WriteString(", must be missing")
	}
	if s.Runs > 1 {
		fmt.Fprintf(&b, ", %d times", s.Runs)
	}
	if s.Name != "" {
		fmt.Fprintf(&b, ", called %s", s.Name)
	}
	for j, k := range s.Keys {
		if j == 0 {
			b.WriteString(", by ")
		} else {
			b.WriteString(", ")
		}
		if k.Optional {
			b.WriteByte('?')
		}
		b.WriteString(k.Path)
	}
	return b.String()
}

// Source returns the query as it is written, in canonical format.
func (q *Query) Source() string { return ast.Format(q.AST) }
