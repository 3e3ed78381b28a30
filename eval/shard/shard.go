// Package shard runs one stream on several goroutines. What is dear about an event
// does not depend on the events before: to read its fields, and to test conditions.
// Workers do that side by side, some events ahead (see eval.Preparer); the rest, which
// is quick, is done by the goroutine that pushes, in the order of the events. So the
// matches, their order, limits and snapshots are those of a single eval.Stream.
package shard

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/eqlkit/eqlkit/eval"
)

// A Stream is an eval.Stream on several goroutines. It belongs to one goroutine at a
// time, which does its share of the work and is also the one that yield and the
// functions of options are called by. What workers call are methods of events, some of
// which are read twice, and the functions of fn.Func, several at once. If one of these
// panics the Stream does, with a *Panic, when it comes to the event.
//
// Events are worked on in batches. What a call yields are the matches of earlier
// ones; Flush waits for all. If yield returns false the other matches that the call
// would yield are dropped. In the same way errors may be about earlier events: each is
// an *Error, joined by errors.Join if there are several; Errors takes them apart.
type Stream struct {
	stream  *eval.Stream
	crew    []*worker // the first is the goroutine that s belongs to
	filling *batch    // or nil
	running []*batch  // in order
	taking  *batch    // whose items are being taken, or nil
	closed  bool

	yield   func(eval.Match) bool // of the current call; nil once it has returned false
	deliver func(eval.Match) bool
}

// MaxWorkers is the greatest number of workers.
const MaxWorkers = 64

// New returns a Stream for the engine's queries on n workers, from 1 to MaxWorkers,
// the goroutine that it belongs to included. It has to be closed, or stopped, for the
// other goroutines to end.
func New(e *eval.Engine, n int, opts ...eval.StreamOption) *Stream {
	s := &Stream{stream: e.NewStream(opts...)}
	s.deliver = func(m eval.Match) bool {
		more := s.yield(m)
		if !more {
			s.yield = nil
		}
		return more
	}
	for i := range min(max(n, 1), MaxWorkers) {
		w := newWorker()
		if s.crew = append(s.crew, w); i > 0 {
			go w.run()
		}
	}
	s.equip()
	return s
}

// equip gives every worker a Preparer for the queries of the stream. Nothing may be
// under way.
func (s *Stream) equip() {
	for _, w := range s.crew {
		w.preparer = s.stream.NewPreparer()
	}
}

// An Error is what is wrong with an event, or happened because of it: it could not be
// read, or met a limit.
type Error struct {
	// Event is the event; nil if it was pushed as JSON, or if none was.
	Event eval.Event
	// Err is what eval.Stream.Push returns.
	Err error
}

// Error implements error.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Errors returns the errors that a method of Stream has returned as one, in order.
// What is not about an event, such as eval.ErrClosed, is an Error without one.
func Errors(err error) []*Error {
	var one *Error
	switch joined, several := err.(interface{ Unwrap() []error }); {
	case err == nil:
		return nil
	case several:
		var out []*Error
		for _, err := range joined.Unwrap() {
			out = append(out, Errors(err)...)
		}
		return out
	case errors.As(err, &one):
		return []*Error{one}
	default:
		return []*Error{{Err: err}}
	}
}

// Push takes the next event; see eval.Stream.Push.
func (s *Stream) Push(ev eval.Event, yield func(eval.Match) bool) error {
	return s.PushFrom("", ev, yield)
}

// PushFrom is Push for an event of a source that has a name.
func (s *Stream) PushFrom(source string, ev eval.Event, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it := s.next()
	it.kind, it.source, it.event = anEvent, source, ev
	return s.added(yield)
}

// PushJSON is Push for an event that is a JSON object. The caller may use doc again
// when it returns: the Stream makes a copy. Who does not need doc again spares that by
// Push and event.JSON.
func (s *Stream) PushJSON(doc []byte, yield func(eval.Match) bool) error {
	return s.PushJSONFrom("", doc, yield)
}

// PushJSONFrom is PushJSON for an event of a source that has a name.
func (s *Stream) PushJSONFrom(source string, doc []byte, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it := s.next()
	it.kind, it.source, it.text = aDocument, source, append(it.text[:0], doc...)
	return s.added(yield)
}

// Advance lets event time pass; see eval.Stream.Advance.
func (s *Stream) Advance(t time.Time, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it := s.next()
	it.kind, it.time = aTime, t
	return s.added(yield)
}

// EndSource says that no more events come from a source.
func (s *Stream) EndSource(name string, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it := s.next()
	it.kind, it.source = anEnd, name
	return s.added(yield)
}

// next returns the place of the next item.
func (s *Stream) next() *item {
	if s.filling == nil {
		s.filling = s.choose()
	}
	return s.filling.next()
}

// choose returns a batch to fill: of the other worker with the least to do, if one of
// them has room, else of this goroutine.
func (s *Stream) choose() *batch {
	least := slices.MaxFunc(s.crew[min(1, len(s.crew)-1):], func(v, w *worker) int { return v.idle() - w.idle() })
	if least.idle() == 0 {
		least = s.crew[0]
	}
	return least.give()
}

// added sees to the batches when an item has been added.
func (s *Stream) added(yield func(eval.Match) bool) error {
	if !s.filling.isFull() {
		return nil
	}
	s.submit()
	return s.collect(false, yield)
}

// submit has the batch that has been filled prepared.
func (s *Stream) submit() {
	b := s.filling
	s.filling = nil
	s.stream.Forecast(&b.forecast)
	s.running = append(s.running, b)
	if b.worker == s.crew[0] {
		b.prepare(b.worker.preparer)
	} else {
		b.worker.work <- b
	}
}

// mayFill reports whether to fill another batch now, rather than to take the first one
// under way, which is ready or not: not to let others wait for work comes first.
func (s *Stream) mayFill(ready bool) bool {
	for _, w := range s.crew[1:] {
		if w.idle() > 0 {
			return true
		}
	}
	return !ready && s.crew[0].idle() > 0
}

// collect takes the items of batches under way, in order: of all, or of one that is
// ready and of more until another one may be filled. Instead of waiting it prepares what
// nobody has begun.
func (s *Stream) collect(all bool, yield func(eval.Match) bool) error {
	s.yield = yield
	defer func() { s.yield = nil }()
	var errs []error
	taken := false
	for {
		if s.taking != nil { // also what a panic of yield has left
			errs = s.take(errs)
			taken = true
		}
		if len(s.running) == 0 {
			break
		}
		first := s.running[0]
		ready := len(first.ready) > 0
		if !all && (taken || !ready) && s.mayFill(ready) {
			break
		}
		if ready || !s.help() {
			<-first.ready
			s.begin()
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// help prepares a batch that another worker has not begun. It reports false if there
// is none.
func (s *Stream) help() bool {
	for _, w := range s.crew[1:] {
		select {
		case b := <-w.work:
			b.prepare(s.crew[0].preparer)
			return true
		default:
		}
	}
	return false
}

// begin makes the first batch under way the one whose items are taken.
func (s *Stream) begin() {
	s.taking = s.running[0]
	n := copy(s.running, s.running[1:])
	s.running[n] = nil
	s.running = s.running[:n]
}

// take takes the items of a batch that is ready, and appends their errors.
func (s *Stream) take(errs []error) []error {
	b := s.taking
	for b.taken < len(b.items) {
		if b.panic != nil && b.taken == b.prepared {
			s.Stop()
			panic(b.panic)
		}
		it := &b.items[b.taken]
		b.taken++
		var deliver func(eval.Match) bool
		if s.yield != nil {
			deliver = s.deliver
		}
		if err := it.take(s.stream, deliver); err != nil {
			errs = append(errs, &Error{Event: it.event, Err: err})
		}
		it.event = nil
	}
	s.taking = nil
	b.worker.takeBack(b)
	return errs
}

// Flush waits until everything that was pushed has been worked on, and yields the
// matches.
func (s *Stream) Flush(yield func(eval.Match) bool) error {
	if s.closed {
		return nil
	}
	if s.filling != nil {
		s.submit()
	}
	return s.collect(true, yield)
}

// Close ends the stream and its goroutines; see eval.Stream.Close. Call Flush before
// to learn of errors.
func (s *Stream) Close(yield func(eval.Match) bool) {
	if s.closed {
		return
	}
	defer s.Stop()
	more := yield != nil
	_ = s.Flush(func(m eval.Match) bool {
		more = more && yield(m)
		return more
	})
	if !more {
		yield = nil
	}
	s.stream.Close(yield)
}

// Stop ends the goroutines without ending the stream: what is waiting stays
// undecided, as in a snapshot taken before. What was pushed since the last Flush may
// not be worked on. No more can be pushed or saved then: methods return
// eval.ErrClosed.
func (s *Stream) Stop() {
	if s.closed {
		return
	}
	s.closed = true
	for _, w := range s.crew {
		close(w.work)
		for b := range w.work {
			b.ready <- struct{}{} // nobody needs it any more
		}
	}
	for _, b := range s.running {
		<-b.ready
	}
	s.charge()
	s.filling, s.running, s.taking, s.crew = nil, nil, nil, nil
}

// Run pushes events in order, yields each match, and closes the stream at the
// end; see eval.Stream.Run. If it ends early the stream is still open.
func (s *Stream) Run(ctx context.Context, events iter.Seq[eval.Event]) iter.Seq2[eval.Match, error] {
	return func(yield func(eval.Match, error) bool) {
		more := true
		match := func(m eval.Match) bool {
			more = yield(m, nil)
			return more
		}
		report := func(err error) {
			for _, e := range Errors(err) {
				more = more && yield(eval.Match{}, e.Err)
			}
		}
		for ev := range events {
			if ctx.Err() != nil {
				yield(eval.Match{}, context.Cause(ctx))
				return
			}
			if report(s.Push(ev, match)); !more {
				return
			}
		}
		if report(s.Flush(match)); more {
			s.Close(match)
		}
	}
}

// SetPosition and Positions are those of eval.Stream.
func (s *Stream) SetPosition(source string, position []byte) {
	s.stream.SetPosition(source, position)
}

// Positions returns the positions of sources.
func (s *Stream) Positions() map[string][]byte { return s.stream.Positions() }

// Snapshot writes the state of the stream after everything that was pushed; the
// matches of that are yielded before. Any number of workers can go on from it, and so
// can an eval.Stream. Errors of what was pushed come first: nothing is written then,
// and can be by calling Snapshot again.
func (s *Stream) Snapshot(w io.Writer, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	if err := s.Flush(yield); err != nil {
		return err
	}
	return s.stream.Snapshot(w)
}

// Restore replaces the state of the stream; see eval.Stream.Restore. It is to be
// called before anything is pushed; what is not yet delivered is lost.
func (s *Stream) Restore(r io.Reader) (eval.Changes, error) {
	if s.closed {
		return eval.Changes{}, eval.ErrClosed
	}
	_ = s.Flush(nil)
	return s.stream.Restore(r)
}

// Swap exchanges the queries after everything that was pushed, whose matches are
// yielded before; see eval.Stream.Swap. On errors of what was pushed it does not, as
// Snapshot.
func (s *Stream) Swap(e *eval.Engine, yield func(eval.Match) bool) (eval.Changes, error) {
	if s.closed {
		return eval.Changes{}, eval.ErrClosed
	}
	if err := s.Flush(yield); err != nil {
		return eval.Changes{}, err
	}
	s.charge()
	changes, err := s.stream.Swap(e)
	s.equip()
	return changes, err
}

// Profile returns what the time of all goroutines together went into, if the stream was
// made with eval.WithProfile, after everything that was pushed; the matches of that are
// yielded before. It can also be called when the stream is closed. What goroutines
// take to hand events to each other, and to wait, is not measured.
func (s *Stream) Profile(yield func(eval.Match) bool) eval.Profile {
	_ = s.Flush(yield)
	s.charge()
	return s.stream.Profile()
}

// charge has the stream know what workers took. Nothing may be under way.
func (s *Stream) charge() {
	for _, w := range s.crew {
		s.stream.AddProfile(w.preparer)
	}
}

// Stats returns the counts after everything that was pushed; the matches of that
// are yielded before. Call Flush before to learn of errors, which are counted, too.
func (s *Stream) Stats(yield func(eval.Match) bool) eval.Stats {
	_ = s.Flush(yield)
	return s.stream.Stats()
}

// QueryStats returns the counts of each query as Stats does those of all.
func (s *Stream) QueryStats(yield func(eval.Match) bool) []eval.QueryStats {
	_ = s.Flush(yield)
	return s.stream.QueryStats()
}
