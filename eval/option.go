package eval

import "time"

// A StreamOption tunes a Stream.
type StreamOption func(*streamOptions)

type streamOptions struct {
	lateness time.Duration
	onLate   func(Event)
	onError  func(*Query, error)
	trace    func(*Query, Note)
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
