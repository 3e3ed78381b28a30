package eql

import (
	"time"

	"github.com/eqlkit/eqlkit/eval"
)

// The types of streams, by the names of their package.
type (
	// A StreamOption tunes a Stream.
	StreamOption = eval.StreamOption
	// QueryStats is the part of one query in Stats.
	QueryStats = eval.QueryStats
	// A Profile says what the time of a Stream went into; see WithProfile.
	Profile = eval.Profile
	// QueryProfile is the part of one query in a Profile.
	QueryProfile = eval.QueryProfile
	// Limits bound what a Stream keeps.
	Limits = eval.Limits
	// A LimitError is what Push returns under the policy FailNew.
	LimitError = eval.LimitError
	// A NearMiss is a partial match that will not become a match.
	NearMiss = eval.NearMiss
	// A Reason is why a partial match has ended.
	Reason = eval.Reason
	// An Excerpt is an Event reduced to some fields.
	Excerpt = eval.Excerpt
	// A Reference is an Event reduced to its id.
	Reference = eval.Reference
	// Changes says what became of the state of queries.
	Changes = eval.Changes
	// A Codec writes and reads events in snapshots.
	Codec = eval.Codec
)

// The ways in which Stream.Restore refuses what it reads; errors.Is finds them.
var (
	ErrNotSnapshot     = eval.ErrNotSnapshot
	ErrSnapshotVersion = eval.ErrSnapshotVersion
	ErrSnapshotDamaged = eval.ErrSnapshotDamaged
)

// What happens when a limit is reached.
const (
	EvictOldest = eval.EvictOldest
	RejectNew   = eval.RejectNew
	FailNew     = eval.FailNew
)

// Why a partial match has ended.
const (
	TimedOut  = eval.TimedOut
	Cancelled = eval.Cancelled
	Refuted   = eval.Refuted
	Evicted   = eval.Evicted
	Ended     = eval.Ended
)

// WithLateness lets events come out of order by up to d; see eval.WithLateness.
func WithLateness(d time.Duration) StreamOption { return eval.WithLateness(d) }

// WithSources names sources that time waits for from the beginning; see
// eval.WithSources.
func WithSources(names ...string) StreamOption { return eval.WithSources(names...) }

// WithIdleTimeout ends the waiting for a source that is d behind the others; see
// eval.WithIdleTimeout.
func WithIdleTimeout(d time.Duration) StreamOption { return eval.WithIdleTimeout(d) }

// WithManualTime leaves time to Advance.
func WithManualTime() StreamOption { return eval.WithManualTime() }

// WithMaxJump doubts events that are more than d ahead, unless confirm of them
// come in a row; see eval.WithMaxJump.
func WithMaxJump(d time.Duration, confirm int) StreamOption { return eval.WithMaxJump(d, confirm) }

// WithOnLate has f called for every event that comes too late for sequences.
func WithOnLate(f func(Event)) StreamOption { return eval.WithOnLate(f) }

// WithOnAhead has f called for every event that is too far ahead; see
// eval.WithMaxJump.
func WithOnAhead(f func(Event)) StreamOption { return eval.WithOnAhead(f) }

// WithOnError has f called for every expression that became null by an error.
func WithOnError(f func(q *Query, err error)) StreamOption { return eval.WithOnError(f) }

// WithOnNearMiss has f called for every partial match that ends without a match.
func WithOnNearMiss(f func(NearMiss)) StreamOption { return eval.WithOnNearMiss(f) }

// WithOnEvict has f called for every partial match that limits cost.
func WithOnEvict(f func(NearMiss)) StreamOption { return eval.WithOnEvict(f) }

// WithLimits bounds what a stream keeps; see eval.WithLimits.
func WithLimits(l Limits) StreamOption { return eval.WithLimits(l) }

// WithDefaultMaxSpan gives sequences without maxspan one.
func WithDefaultMaxSpan(d time.Duration) StreamOption { return eval.WithDefaultMaxSpan(d) }

// WithRetain decides what is kept of events; see eval.WithRetain, RetainFields
// and RetainReference.
func WithRetain(f func(Event) Event) StreamOption { return eval.WithRetain(f) }

// RetainFields keeps some fields of an event; see eval.RetainFields.
func RetainFields(paths ...string) func(Event) Event { return eval.RetainFields(paths...) }

// RetainReference keeps the id of an event; see eval.RetainReference.
func RetainReference(id func(Event) string) func(Event) Event { return eval.RetainReference(id) }

// A ProcessTree knows the processes of hosts; see eval.ProcessTree.
type ProcessTree = eval.ProcessTree

// WithProcessTree lets "descendant of" make use of t; see eval.WithProcessTree.
func WithProcessTree(t ProcessTree) StreamOption { return eval.WithProcessTree(t) }

// WithProcessLimits bounds what "descendant of" remembers; see eval.WithProcessLimits.
func WithProcessLimits(n int, idle time.Duration) StreamOption {
	return eval.WithProcessLimits(n, idle)
}

// WithPartialsPerKey bounds the partial sequences of sequences whose steps have
// names; see eval.WithPartialsPerKey.
func WithPartialsPerKey(n int) StreamOption { return eval.WithPartialsPerKey(n) }

// WithCodec has c write and read events in snapshots.
func WithCodec(c Codec) StreamOption { return eval.WithCodec(c) }

// WithoutRepeats drops a match that is among the last n delivered; see
// eval.WithoutRepeats.
func WithoutRepeats(n int) StreamOption { return eval.WithoutRepeats(n) }

// WithDistinct has sequences and samples take an event once, however often it is
// delivered; see eval.WithDistinct.
func WithDistinct(id func(Event) string) StreamOption { return eval.WithDistinct(id) }

// WithProfile has the stream measure what its time goes into; see Stream.Profile.
func WithProfile() StreamOption { return eval.WithProfile() }

// EventID is an id for WithDistinct; see eval.EventID.
func EventID(ev Event) string { return eval.EventID(ev) }
