package eval

import (
	"cmp"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A StreamOption tunes a Stream.
type StreamOption func(*streamOptions)

type streamOptions struct {
	time       timeRules
	sources    []string
	span       int64 // of sequences without maxspan
	limits     op.Limits
	perQuery   int // the limit of each query
	retain     func(Event) Event
	onLate     func(Event)
	onAhead    func(Event)
	onError    func(*Query, error)
	trace      func(*Query, Note)
	answered   func(q *Query, event uint64, at source.Span, yes bool)
	codec      Codec
	repeats    int
	distinct   func(Event) string
	onNearMiss func(NearMiss)
	onEvict    func(NearMiss)
	plain      bool
	profile    bool

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
func (o *streamOptions) env(b *op.Budget, onError func(error)) *op.Env {
	e := &op.Env{
		EventID:      o.distinct,
		Budget:       b,
		Most:         o.perQuery,
		MaxSpan:      o.span,
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
// With WithRetain it is asked about what is retained.
func WithProcessTree(t ProcessTree) StreamOption {
	return func(o *streamOptions) { o.processTree = t }
}

// WithLateness lets events come out of order by up to d: the watermark is the
// greatest time of an event minus d, and sequences see an event only when the
// watermark has reached it, in order of time, then of the tiebreaker, then of
// arrival. An event behind the watermark is late: event queries and samples see
// it, sequences do not. The default is 0: events come in order of time.
//
// Event queries never wait. Samples do not wait either: they put events in
// order themselves.
//
// If events come from several sources (see PushFrom) the watermark is that of
// the source furthest behind.
func WithLateness(d time.Duration) StreamOption {
	return func(o *streamOptions) { o.time.lateness = max(int64(d), 0) }
}

// WithSources names sources that the watermark waits for from the beginning.
// Others are waited for from their first event on.
func WithSources(names ...string) StreamOption {
	return func(o *streamOptions) { o.sources = append(o.sources[:len(o.sources):len(o.sources)], names...) }
}

// WithIdleTimeout has the watermark no longer wait for a source that is more
// than d of event time behind the greatest time of all, or has been silent
// since the first event for so long. It is waited for again when it speaks. The
// default is 0: every source is waited for, until EndSource.
func WithIdleTimeout(d time.Duration) StreamOption {
	return func(o *streamOptions) { o.time.idle = max(int64(d), 0) }
}

// WithManualTime leaves the watermark to Advance: events do not move it.
func WithManualTime() StreamOption { return func(o *streamOptions) { o.time.manual = true } }

// WithMaxJump doubts an event that is more than d ahead of the greatest time
// seen, as by a machine whose clock is wrong. Such an event does not move the
// watermark. It is kept back until its source has sent confirm events in a row
// that are all too far ahead: then there was a gap in the stream, and time goes
// on from there. If an event comes that is not too far ahead, it was the clock:
// the events in doubt are counted, handed to the function of WithOnAhead, and
// not seen by sequences. Of events in doubt that contradict each other by more
// than d those are believed that are the most.
//
// Sources are not compared: one whose clock stays wrong is believed after so many
// events. With WithIdleTimeout the others are then too far behind to be waited for;
// without it the watermark stays with them.
//
// The first confirm events of a stream are in doubt as well, since there is
// nothing to compare them with. A confirm below 2 means 2. The default is no
// bound.
func WithMaxJump(d time.Duration, confirm int) StreamOption {
	return func(o *streamOptions) { o.time.jump, o.time.confirm = max(int64(d), 0), max(confirm, 2) }
}

// WithOnLate has f called for every event that is behind the watermark and that
// sequences therefore do not see.
func WithOnLate(f func(Event)) StreamOption {
	return func(o *streamOptions) { o.onLate = f }
}

// WithOnAhead has f called for every event that turns out to be too far ahead;
// see WithMaxJump. If WithRetain is used f gets what is retained of it.
func WithOnAhead(f func(Event)) StreamOption {
	return func(o *streamOptions) { o.onAhead = f }
}

// WithOnError has f called for every expression that became null because of an
// error, such as a division by zero, instead of stopping the query. An expression
// that is not needed to decide about an event is not evaluated and reports nothing.
func WithOnError(f func(q *Query, err error)) StreamOption {
	return func(o *streamOptions) { o.onError = f }
}

// WithOnNearMiss has f called for every partial match that ends without a match,
// but for evicted ones and those that a newer one of the same key replaces. f
// must not call the stream.
func WithOnNearMiss(f func(NearMiss)) StreamOption {
	return func(o *streamOptions) { o.onNearMiss = f }
}

// WithOnEvict has f called for every partial match that is dropped because of
// WithLimits. f must not call the stream.
func WithOnEvict(f func(NearMiss)) StreamOption {
	return func(o *streamOptions) { o.onEvict = f }
}

// A LimitPolicy says what happens when a limit is reached.
type LimitPolicy = op.Policy

// The policies.
const (
	// EvictOldest drops the oldest partial match: of the query whose own limit
	// is reached, else of the query that holds most.
	EvictOldest = op.EvictOldest
	// RejectNew does not begin the new one.
	RejectNew = op.RejectNew
	// FailNew does not begin the new one and has Push return a *LimitError.
	FailNew = op.Fail
)

// Limits bound what a stream keeps. A zero limit is none. Beside partial
// matches, the keys count that have to be remembered for a leading missing
// event, and the processes for "descendant of". An event bigger than Bytes is
// never kept; a partial match that would have to go on with it is evicted.
//
// RejectNew and FailNew are about beginning: the partial matches that there are
// keep their later events, even if that exceeds Bytes.
type Limits struct {
	PerQuery int   // partial matches of one query
	Total    int   // partial matches of all queries
	Bytes    int64 // memory of all that is kept with the events in it, about
	Policy   LimitPolicy
}

// WithLimits bounds what the stream keeps. Evictions and rejections are counted
// for each query, and change results. Under EvictOldest events that are kept
// back for their turn are not evicted: when they alone exceed Bytes the
// watermark is moved on, which is counted as well (Stats.Hurried). The default
// is no limit.
func WithLimits(l Limits) StreamOption {
	return func(o *streamOptions) {
		o.perQuery = max(l.PerQuery, 0)
		o.limits = op.Limits{Total: max(l.Total, 0), Bytes: max(l.Bytes, 0), Policy: l.Policy}
	}
}

// WithDefaultMaxSpan gives sequences that have no maxspan one, so that what they
// keep ends. It changes their results.
func WithDefaultMaxSpan(d time.Duration) StreamOption {
	return func(o *streamOptions) { o.span = max(int64(d), 0) }
}

// WithRetain has sequences and samples keep f(ev) of an event ev, which then
// stands in their matches. See RetainFields and RetainReference. The default is
// to keep the event itself. If f returns nil the event is kept.
func WithRetain(f func(Event) Event) StreamOption {
	return func(o *streamOptions) { o.retain = f }
}

// WithCodec has c write and read events in snapshots.
func WithCodec(c Codec) StreamOption { return func(o *streamOptions) { o.codec = c } }

// WithoutIndex has every event tested against every step of its category, one
// after the other, and nothing remembered from one to the next. The results are
// the same; only of errors (WithOnError) more may be reported, as more expressions
// are evaluated. It is there to measure and to test what the index does.
func WithoutIndex() StreamOption { return func(o *streamOptions) { o.plain = true } }

// WithoutRepeats drops a match whose ID is among those of the last n matches that
// were delivered, and counts it: Stats.Repeats. Since ids depend on the query
// and the events alone, a source that delivers events again after a restart does
// not raise alerts again, if the window reaches back far enough. It is part of
// snapshots. It costs the computation of each match's ID.
func WithoutRepeats(n int) StreamOption { return func(o *streamOptions) { o.repeats = max(n, 0) } }

// WithDistinct has sequences and samples take an event once, however often it is
// delivered, as long as id returns the same for it, and not "". EventID is such
// a function. It is called for events that some step needs; they are counted in
// Stats.Duplicates. What has to be remembered for it are the ids of events that
// are not behind the watermark, since others are late. It is part of snapshots.
func WithDistinct(id func(Event) string) StreamOption {
	return func(o *streamOptions) { o.distinct = id }
}
