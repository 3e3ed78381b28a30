package shard

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/eqlkit/eqlkit/eval"
)

// A batch is items in order, with what workers need to prepare them. It is handed from
// goroutine to goroutine, and used again and again.
type batch struct {
	items    []item
	forecast eval.Forecast
	worker   *worker       // whose batch it is
	ready    chan struct{} // has room for one: the batch is prepared

	prepared int    // items
	panic    *Panic // while the next one was prepared, or nil
	taken    int    // items
}

// An item is an event, or something else that a stream is told.
type item struct {
	kind     kind
	source   string
	event    eval.Event
	text     []byte // of aDocument: the stream's own copy
	time     time.Time
	prepared eval.Prepared
}

// A kind says what an item is.
type kind uint8

const (
	anEvent   kind = iota
	aDocument      // an event as JSON
	aTime          // that has come
	anEnd          // of a source
)

func newBatch(w *worker) *batch {
	return &batch{worker: w, items: make([]item, 0, batchSize), ready: make(chan struct{}, 1)}
}

// next returns the place of the next item.
func (b *batch) next() *item {
	b.items = b.items[:len(b.items)+1]
	return &b.items[len(b.items)-1]
}

func (b *batch) isFull() bool { return len(b.items) == cap(b.items) }

// reset empties b. What is in the items serves the next ones.
func (b *batch) reset() {
	b.items = b.items[:0]
	b.prepared, b.taken = 0, 0
}

// prepare prepares the items. What a function of the caller's panics with is kept for
// the goroutine of the stream: nobody else could recover from it.
func (b *batch) prepare(p *eval.Preparer) {
	defer func() {
		if b.prepared < len(b.items) {
			b.panic = &Panic{Value: recover(), Stack: debug.Stack()}
		}
		b.ready <- struct{}{}
	}()
	for i := range b.items {
		b.items[i].prepare(p, &b.forecast)
		b.prepared++
	}
}

func (it *item) prepare(p *eval.Preparer, f *eval.Forecast) {
	switch it.kind {
	case anEvent:
		p.Prepare(it.event, f, &it.prepared)
	case aDocument:
		p.PrepareJSON(it.text, f, &it.prepared)
	}
}

// take tells a stream the item.
func (it *item) take(s *eval.Stream, yield func(eval.Match) bool) error {
	switch it.kind {
	case aTime:
		return s.Advance(it.time, yield)
	case anEnd:
		return s.EndSource(it.source, yield)
	default:
		return s.PushPrepared(it.source, &it.prepared, yield)
	}
}

// A Panic is what a Stream panics with in the goroutine that it belongs to, when a
// method of an event or a function of a query has panicked while the event was
// prepared. The Stream is stopped then.
type Panic struct {
	Value any    // nil if the function has ended the worker by runtime.Goexit
	Stack []byte // of the worker
}

// Error implements error.
func (p *Panic) Error() string { return fmt.Sprintf("panic in a worker: %v\n%s", p.Value, p.Stack) }
