// Package plan turns the syntax tree of a query into a plan: what is to be
// evaluated, in which order and with which state, still without saying how.
//
// The stages are check (names, types, counts: analyse.go, check_*.go), fold
// (constants, null literals, patterns: fold.go) and then, in package op, the
// resolution of fields to slots and the choice of operators.
package plan

import (
	"time"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/fn"
)

// A Kind is the kind of a query.
type Kind uint8

// The kinds of queries.
const (
	Event Kind = iota
	Sequence
	Sample
)

// String returns "event", "sequence" or "sample".
func (k Kind) String() string { return [...]string{"event", "sequence", "sample"}[k] }

// A Query is a planned query. It is immutable and safe for concurrent use.
type Query struct {
	AST  *ast.Query
	Kind Kind
	// Steps are the conditions: one for an event query, else one for each
	// term, in the order they are written.
	Steps []Step
	// Stages are the steps of a sequence with runs expanded: indices of Steps.
	Stages []int
	// Until ends partial sequences; nil if there is none.
	Until *Step
	// MaxSpan is the longest time from the first to the last event of a
	// sequence; 0 if there is no limit.
	MaxSpan time.Duration
	// Limits cut the result, one after the other.
	Limits []Limit
	// MaxSamples is the number of samples for each key of a sample.
	MaxSamples int
	// Ordered asks for results in the order of the search API.
	Ordered bool
	// Aliases says that steps have names, to which later steps may refer.
	Aliases bool
	// Lineages says that there is a "descendant of".
	Lineages bool
	// Partition names the fields that tell hosts apart; see Options.
	Partition []string

	// CategoryField, TimestampField and TiebreakerField are where events keep
	// these; TiebreakerField may be empty.
	CategoryField, TimestampField, TiebreakerField string
}

// A Step is one condition on an event.
type Step struct {
	Category string // the event category; "" for any
	Any      bool   // holds for every category
	Cond     Expr
	Keys     []Key
	Missing  bool   // a missing event: ![ ]
	Runs     int    // how often the step is to match, at least 1
	Name     string // by which later steps refer to it; "" for none
}

// A Key is one join key.
type Key struct {
	Path     string
	T        fn.Type
	Optional bool // no value is a value
}

// A Limit keeps the first or the last N results.
type Limit struct {
	Tail bool
	N    int
}
