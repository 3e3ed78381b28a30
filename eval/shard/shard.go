// Package shard runs one stream on several goroutines: the partial matches are
// divided by their join keys among workers, and the matches come in the order
// in which a single eval.Stream would deliver them.
//
// It pays when evaluation is what takes time: many queries, or many partial
// matches. Queries that cannot be divided (eval.PartitionPlan tells which) have
// their place at one worker each.
package shard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
)

// A Stream is an eval.Stream on several goroutines. It belongs to one goroutine
// at a time, which is also the one that yield is called by. The functions of
// options that are about single queries or events (WithOnError, WithOnNearMiss,
// WithOnEvict, and WithOnLate if limits left no room to wait for the event) are
// called by workers, but never two at once; those that compute
// something (WithRetain, WithDistinct, a Codec, a ProcessTree) by several at once.
// If one panics the Stream does, with a *Panic, at the end of the batch.
//
// Events are worked on in batches. What a call yields are the matches of earlier
// ones; Flush waits for all. If yield returns false the other matches of the
// batch are dropped.
type Stream struct {
	dispatcher *eval.Dispatcher
	workers    []*worker
	batch      *batch // being filled
	running    *batch // being worked on; nil if none is
	free       *batch // for the next one
	size       int
	closed     bool
}

// DefaultBatch is the number of events in a batch.
const DefaultBatch = 256

// A batch is items in order, and what became of them.
type batch struct {
	items []eval.Item
	found [][]eval.Match // by worker
	errs  []error        // by worker: the first one

	panics []*Panic // by worker
	done   sync.WaitGroup
}

// A worker works on one part.
type worker struct {
	index int
	part  *eval.Part
	in    chan *batch
}

// New returns a Stream for the engine's queries on n workers, from 1 to
// eval.MaxParts. Limits are shared among them. It has to be closed, or stopped,
// for the goroutines to end.
func New(e *eval.Engine, n int, opts ...eval.StreamOption) *Stream {
	var mu sync.Mutex
	opts = append(slices.Clone(opts), eval.WithCallbackLock(&mu))
	s := &Stream{dispatcher: e.NewDispatcher(n, opts...), size: DefaultBatch}
	for i, p := range s.dispatcher.Parts() {
		w := &worker{index: i, part: p, in: make(chan *batch, 1)}
		s.workers = append(s.workers, w)
		go w.run()
	}
	s.batch, s.free = s.newBatch(), s.newBatch()
	return s
}

func (s *Stream) newBatch() *batch {
	n := len(s.workers)
	return &batch{items: make([]eval.Item, 0, s.size), found: make([][]eval.Match, n), errs: make([]error, n), panics: make([]*Panic, n)}
}

func (w *worker) run() {
	for b := range w.in {
		add := func(m eval.Match) bool {
			b.found[w.index] = append(b.found[w.index], m)
			return true
		}
		w.work(b, add)
	}
}

// work works on a batch. What a function of the caller's panics with is kept for
// the caller's goroutine: nobody else could recover from it.
func (w *worker) work(b *batch, add func(eval.Match) bool) {
	finished := false
	defer func() {
		if !finished {
			b.panics[w.index] = &Panic{Value: recover(), Stack: debug.Stack()}
		}
		b.done.Done()
	}()
	for i := range b.items {
		if err := w.part.Do(&b.items[i], add); err != nil && b.errs[w.index] == nil {
			b.errs[w.index] = err
		}
	}
	finished = true
}

// A Panic is what a Stream panics with in the goroutine that it belongs to, when a
// function of its options has panicked in a worker. The Stream is stopped then.
type Panic struct {
	Value any    // nil if the function has ended the worker by runtime.Goexit
	Stack []byte // of the worker
}

// Error implements error.
func (p *Panic) Error() string { return fmt.Sprintf("panic in a worker: %v\n%s", p.Value, p.Stack) }

// Push takes the next event; see eval.Stream.Push. The error is about this
// event or, if it is an *eval.LimitError, about one before.
func (s *Stream) Push(ev eval.Event, yield func(eval.Match) bool) error {
	return s.PushFrom("", ev, yield)
}

// PushFrom is Push for an event of a source that has a name.
func (s *Stream) PushFrom(source string, ev eval.Event, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it, err := s.dispatcher.Dispatch(source, ev)
	if err != nil {
		return err
	}
	return s.add(it, yield)
}

// PushJSON is Push for an event that is a JSON object. The caller may use doc again
// when it returns: since workers go on with it, there is a copy.
func (s *Stream) PushJSON(doc []byte, yield func(eval.Match) bool) error {
	return s.PushJSONFrom("", doc, yield)
}

// PushJSONFrom is PushJSON for an event of a source that has a name.
func (s *Stream) PushJSONFrom(source string, doc []byte, yield func(eval.Match) bool) error {
	return s.PushFrom(source, event.JSON(bytes.Clone(doc)), yield)
}

// Advance lets event time pass; see eval.Stream.Advance.
func (s *Stream) Advance(t time.Time, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it, err := s.dispatcher.Advance(t)
	if err != nil {
		return err
	}
	return s.add(it, yield)
}

// EndSource says that no more events come from a source.
func (s *Stream) EndSource(name string, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	it, err := s.dispatcher.EndSource(name)
	if err != nil {
		return err
	}
	return s.add(it, yield)
}

func (s *Stream) add(it eval.Item, yield func(eval.Match) bool) error {
	s.batch.items = append(s.batch.items, it)
	if len(s.batch.items) < s.size {
		return nil
	}
	return s.turn(yield)
}

// turn hands the batch that has been filled to the workers, and delivers what
// they found in the one before.
func (s *Stream) turn(yield func(eval.Match) bool) error {
	before := s.running
	if before != nil {
		before.done.Wait()
		for _, p := range before.panics {
			if p != nil {
				s.Stop()
				panic(p)
			}
		}
	}
	s.running = nil
	if len(s.batch.items) > 0 && !s.closed {
		s.running, s.batch = s.batch, s.free
		s.free = nil
		s.running.done.Add(len(s.workers))
		for _, w := range s.workers {
			w.in <- s.running
		}
	}
	if before == nil {
		if s.batch == nil {
			s.batch = s.newBatch()
		}
		return nil
	}
	defer s.recycle(before) // also if yield panics
	return s.deliver(before, yield)
}

// recycle makes a batch that is done the next one, or the one after.
func (s *Stream) recycle(b *batch) {
	b.reset()
	if s.batch == nil {
		s.batch = b
	} else {
		s.free = b
	}
}

func (b *batch) reset() {
	clear(b.items)
	b.items = b.items[:0]
	for i := range b.found {
		clear(b.found[i])
		b.found[i] = b.found[i][:0]
		b.errs[i] = nil
	}
}

// deliver yields the matches of a batch in order.
func (s *Stream) deliver(b *batch, yield func(eval.Match) bool) error {
	lists := slices.Clone(b.found)
	for yield != nil {
		first := -1
		for i, l := range lists {
			if len(l) > 0 && (first < 0 || eval.CompareOrder(l[0], lists[first][0]) < 0) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		m := lists[first][0]
		lists[first] = lists[first][1:]
		if s.dispatcher.Deliver(m) && !yield(m) {
			break
		}
	}
	for _, err := range b.errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Flush waits until everything that was pushed has been worked on, and yields the
// matches. The error is an *eval.LimitError.
func (s *Stream) Flush(yield func(eval.Match) bool) error {
	err := s.turn(yield)
	for s.running != nil {
		if e := s.turn(yield); err == nil {
			err = e
		}
	}
	return err
}

// Close ends the stream and its goroutines; see eval.Stream.Close.
func (s *Stream) Close(yield func(eval.Match) bool) {
	if s.closed {
		return
	}
	if it, err := s.dispatcher.Close(); err == nil {
		s.batch.items = append(s.batch.items, it)
	}
	_ = s.Flush(yield) // nothing new is begun
	s.Stop()
}

// Stop ends the goroutines without ending the stream: what is waiting stays
// undecided, as in a snapshot taken before. Of what was pushed since the last
// Flush some may not be worked on. No more can be pushed or saved then:
// methods return eval.ErrClosed.
func (s *Stream) Stop() {
	if s.closed {
		return
	}
	s.closed = true
	if s.running != nil {
		s.running.done.Wait()
	}
	for _, w := range s.workers {
		close(w.in)
	}
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
		for ev := range events {
			if ctx.Err() != nil {
				yield(eval.Match{}, context.Cause(ctx))
				return
			}
			err := s.Push(ev, match)
			if more && err != nil {
				more = yield(eval.Match{}, err)
			}
			if !more {
				return
			}
		}
		s.Close(match)
	}
}

// SetPosition and Positions are those of eval.Stream.
func (s *Stream) SetPosition(source string, position []byte) {
	s.dispatcher.SetPosition(source, position)
}

// Positions returns the positions of sources.
func (s *Stream) Positions() map[string][]byte { return s.dispatcher.Positions() }

// Snapshot writes the state of the stream after everything that was pushed; the
// matches of that are yielded before. Any number of workers can go on from it,
// and so can an eval.Stream. An *eval.LimitError is about something pushed before:
// nothing is written then, and can be by calling Snapshot again.
func (s *Stream) Snapshot(w io.Writer, yield func(eval.Match) bool) error {
	if s.closed {
		return eval.ErrClosed
	}
	if err := s.Flush(yield); err != nil {
		return err
	}
	return s.dispatcher.Snapshot(w)
}

// Restore replaces the state of the stream; see eval.Stream.Restore. It is to be
// called before anything is pushed; what is not yet delivered is lost.
func (s *Stream) Restore(r io.Reader) (eval.Changes, error) {
	if s.closed {
		return eval.Changes{}, eval.ErrClosed
	}
	_ = s.Flush(nil)
	return s.dispatcher.Restore(r)
}

// Swap exchanges the queries after everything that was pushed, whose matches are
// yielded before; see eval.Stream.Swap. On an *eval.LimitError it does not, as
// Snapshot.
func (s *Stream) Swap(e *eval.Engine, yield func(eval.Match) bool) (eval.Changes, error) {
	if s.closed {
		return eval.Changes{}, eval.ErrClosed
	}
	if err := s.Flush(yield); err != nil {
		return eval.Changes{}, err
	}
	return s.dispatcher.Swap(e)
}

// Stats returns the counts after everything that was pushed; the matches of that
// are yielded before.
func (s *Stream) Stats(yield func(eval.Match) bool) eval.Stats {
	_ = s.Flush(yield) // its error is counted, too: Stats.Rejected
	return s.dispatcher.Stats()
}

// QueryStats returns the counts of each query as Stats does those of all.
func (s *Stream) QueryStats(yield func(eval.Match) bool) []eval.QueryStats {
	_ = s.Flush(yield)
	return s.dispatcher.QueryStats()
}
