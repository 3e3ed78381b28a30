package eval

import (
	"fmt"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A Filter tells which events an event query matches, for programs that want no
// more than that: it has no state, no clock and no ids of matches. It belongs to
// one goroutine; Clone makes one for another.
//
// Match is all that most programs need. To ask about an event several times, or
// later, fill a record of NewRecord with it and Test that.
type Filter struct {
	query  *Query
	layout *event.Layout
	cond   op.Pred
	ctx    op.Ctx
	own    *event.Record // of Match
}

// NewFilter returns a Filter for q, which must be an event query without pipes
// that does not ask what a process descends from: the rest needs more than one
// event. Errors of expressions, which make their values null, are reported to
// onError, which may be nil.
func NewFilter(q *Query, onError func(error)) (*Filter, error) {
	switch {
	case q.plan.Kind != plan.Event:
		return nil, fmt.Errorf("a %s is not decided by one event", q.plan.Kind)
	case q.plan.Lineages:
		return nil, fmt.Errorf("what a process descends from is not decided by one event")
	case len(q.plan.Limits) > 0:
		return nil, fmt.Errorf("a limit is not decided by one event")
	}
	e := &Engine{layout: event.NewLayout()}
	b := &op.Builder{
		Layout:    e.layout,
		Slot:      func(l *event.Layout, f *plan.Field) event.Slot { return q.slot(l, f) },
		Forgetful: true, // answers are of one record
	}
	step := &b.Bind(q.plan).Steps[0]
	f := &Filter{query: q, layout: e.layout, cond: step.Cond}
	if !step.Any {
		f.cond = op.InCategory(e.plain(q, q.plan.CategoryField), step.Category, step.Cond)
	}
	f.ctx.OnError = onError
	f.own = f.NewRecord()
	return f, nil
}

// Query returns the query that f is for.
func (f *Filter) Query() *Query { return f.query }

// Clone returns a Filter of the same query for another goroutine. Both report
// errors to the same function.
func (f *Filter) Clone() *Filter {
	c := *f
	c.ctx = op.Ctx{OnError: f.ctx.OnError}
	c.own = f.NewRecord()
	return &c
}

// NewRecord returns an empty record for Test. It may be filled again and again,
// and be tested by f and its clones.
func (f *Filter) NewRecord() *event.Record { return event.NewRecord(f.layout) }

// Match reports whether the query matches ev. The error is what Fill of the
// record returns: the event cannot be read.
func (f *Filter) Match(ev Event) (bool, error) {
	if err := f.own.Fill(ev); err != nil {
		return false, err
	}
	return f.Test(f.own), nil
}

// Test reports whether the query matches the event that rec, made by NewRecord
// of f or of a clone, was filled with. It panics if rec is another filter's.
func (f *Filter) Test(rec *event.Record) bool {
	if rec.Layout() != f.layout {
		panic("eval: a record of another filter")
	}
	f.ctx.Rec = rec
	return f.cond.Test(&f.ctx)
}
