package eval

import (
	"cmp"
	"time"

	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A StreamOption tunes a Stream.
type StreamOption func(*streamOptions)

type streamOptions struct {
	lateness time.Duration
	onLate   func(Event)
	onError  func(*Query, error)

	partials    int
	processes   int
	processIdle time.Duration
	processTree ProcessTree
}

// The bounds of what a stream remembers unless options say otherwise.
const (
	DefaultPartialsPerKey = 1024
	DefaultProcesses      = 1 << 16
	DefaultProcessIdle    = 7 * 24 * time.Hour
)

// A ProcessTree knows the processes of hosts. An embedder that has one can let
// "descendant of" make use of it.
type ProcessTree interface {
	// Ancestors calls yield with the entity ids of the processes above the one
	// of ev, in any order, until yield returns false. Which of them satisfy the
	// condition of "descendant of" the engine knows from their events. It is
	// called by the goroutine of the stream, for events of the steps that ask.
	Ancestors(ev Event, yield func(entity string) bool)
}

// env is what the machine of a query works with.
func (o *streamOptions) env(onError func(error)) *op.Env {
	e := &op.Env{
		OnError:      onError,
		MaxPartials:  cmp.Or(o.partials, DefaultPartialsPerKey),
		MaxProcesses: cmp.Or(o.processes, DefaultProcesses),
		ProcessIdle:  int64(cmp.Or(o.processIdle, DefaultProcessIdle)),
	}
	if o.processTree != nil {
		e.Ancestors = o.processTree.Ancestors
	}
	return e
}

// WithPartialsPerKey bounds the partial sequences that wait at one step for one
// key, of a sequence whose steps have names: only those keep several. A newer
// one takes the place of the oldest, which is reported (WithOnError). 0 means
// DefaultPartialsPerKey.
func WithPartialsPerKey(n int) StreamOption {
	return func(o *streamOptions) { o.partials = max(n, 0) }
}

// WithProcessLimits bounds the processes that each query with "descendant of"
// remembers: their number, and the event time without an event about them. Only
// processes that satisfy the condition and their descendants count. Beyond the
// number, which is reported (WithOnError), the one without an event for the
// longest time is forgotten. 0 means DefaultProcesses and DefaultProcessIdle.
func WithProcessLimits(n int, idle time.Duration) StreamOption {
	return func(o *streamOptions) { o.processes, o.processIdle = max(n, 0), max(idle, 0) }
}

// WithProcessTree makes "descendant of" ask t besides the events of the stream.
func WithProcessTree(t ProcessTree) StreamOption {
	return func(o *streamOptions) { o.processTree = t }
}

// WithLateness lets events come out of order by up to d: sequences see an event
// only when the stream's time is d past it. The default is 0: events come in
// order of time. Event queries never wait.
func WithLateness(d time.Duration) StreamOption {
	return func(o *streamOptions) { o.lateness = max(d, 0) }
}

// WithOnLate has f called for every event that is behind the stream's time and
// that sequences therefore do not see.
func WithOnLate(f func(Event)) StreamOption {
	return func(o *streamOptions) { o.onLate = f }
}

// WithOnError has f called for every expression that became null because of an
// error, such as a division by zero, instead of stopping the query.
func WithOnError(f func(q *Query, err error)) StreamOption {
	return func(o *streamOptions) { o.onError = f }
}
