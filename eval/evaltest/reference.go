package evaltest

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/ast"
)

// Options say how events are read. The zero Options are those of
// Elasticsearch's search API, for events that are in order already.
type Options struct {
	TimestampField   string // "" is "@timestamp"
	TiebreakerField  string // "" is none
	CategoryField    string // "" is "event.category"
	MaxSamplesPerKey int    // 0 is 1

	// Sort orders the events by timestamp, tiebreaker (null last) and index
	// before evaluation, those without a timestamp behind all others; otherwise
	// their order is that of the slice.
	Sort bool

	// Dialect is that of the query. In the endpoint dialect hosts, which are told
	// apart by host.id, else agent.id, have sequences and samples of their own.
	Dialect ast.Dialect
}

// A Result is one event, sequence or sample.
type Result struct {
	// Keys is the tuple of join keys, nil if the query has none. Its elements
	// are nil, bool, string, int64, uint64 (above the range of int64 only) or
	// float64 (never one that an integer type can hold).
	Keys []any
	// Events are indices into the slice of events, one for each step (one in
	// all for an event query). A missing event is -1.
	Events []int
}

// Evaluate returns all results of q over docs in result order. Each doc is an
// event as encoding/json decodes it, with or without UseNumber; Go's integer
// types may stand for numbers. Evaluate does not change the docs.
//
// It checks q only as far as it needs to: an error means a construct that it
// does not know, or an invalid constant. A query that a compiler would refuse may well have results.
func Evaluate(q *ast.Query, docs []map[string]any, opts Options) ([]Result, error) {
	if opts.TimestampField == "" {
		opts.TimestampField = "@timestamp"
	}
	if opts.CategoryField == "" {
		opts.CategoryField = "event.category"
	}
	if opts.MaxSamplesPerKey == 0 {
		opts.MaxSamplesPerKey = 1
	}
	ev := &evaluator{opts: opts, docs: docs, regexps: make(map[*ast.String]*lucene)}
	if err := ev.check(q); err != nil {
		return nil, err
	}
	ev.events = ev.ordered()

	var results []Result
	switch body := q.Body.(type) {
	case *ast.EventFilter:
		for _, e := range ev.events {
			if ev.matches(body, place{event: e.index}) {
				results = append(results, Result{Events: []int{e.index}})
			}
		}
	case *ast.Sequence:
		results = ev.sequences(body)
	case *ast.Sample:
		results = ev.sample(body)
	}
	for _, p := range q.Pipes {
		n := ev.pipeCount(p)
		if len(results) <= n {
			continue
		}
		if p.Name.Name == "head" {
			results = results[:n]
		} else {
			results = results[len(results)-n:]
		}
	}
	return results, nil
}

// An evaluator is one call of Evaluate.
type evaluator struct {
	opts    Options
	docs    []map[string]any
	events  []event                 // in order
	regexps map[*ast.String]*lucene // the patterns of regex and regex~
	bound   []string                // variables that have a meaning where check looks
}

// An event is a place in the order of events. Its rank stands for the ordinal:
// an event is before another if its rank is smaller.
type event struct {
	index int // in docs
	rank  int
	time  time.Time
	timed bool // false if there is no timestamp
}

// ordered ranks the events.
func (ev *evaluator) ordered() []event {
	events := make([]event, len(ev.docs))
	ties := make([]any, len(ev.docs))
	for i, doc := range ev.docs {
		events[i].index = i
		events[i].time, events[i].timed = timestamp(first(doc, ev.opts.TimestampField))
		if ev.opts.TiebreakerField != "" {
			ties[i] = first(doc, ev.opts.TiebreakerField)
		}
	}
	if ev.opts.Sort {
		slices.SortStableFunc(events, func(a, b event) int {
			if a.timed != b.timed {
				return -order(a.timed, b.timed) // without a timestamp: last
			}
			if c := a.time.Compare(b.time); c != 0 {
				return c
			}
			x, y := ties[a.index], ties[b.index]
			if (x == nil) != (y == nil) {
				return -order(x, y) // null: last
			}
			return order(x, y)
		})
	}
	for i := range events {
		events[i].rank = i
	}
	return events
}

// matches reports whether the event of a place passes f.
func (ev *evaluator) matches(f *ast.EventFilter, at place) bool {
	doc := ev.docs[at.event]
	if !f.Category.Any() && !slices.Contains(values(doc, ev.opts.CategoryField), any(f.Category.Name)) {
		return false
	}
	return ev.holds(f.Where, at)
}

// pipeCount is the N of "head N" or "tail N", or -1 if it is none.
func (ev *evaluator) pipeCount(p *ast.Pipe) int {
	if len(p.Args) != 1 {
		return -1
	}
	v, ok := ev.constant(p.Args[0])
	if n, isInt := v.(*big.Int); ok && isInt && n.Sign() >= 0 && n.IsInt64() {
		return int(n.Int64())
	}
	return -1
}

func unsupported(n ast.Node, what string, args ...any) error {
	return fmt.Errorf("reference evaluator: offset %d: "+what, append([]any{n.Span().Start.Offset()}, args...)...)
}
