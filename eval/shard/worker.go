package shard

import "github.com/eqlkit/eqlkit/eval"

// A worker prepares batches. Each batch is one worker's, which prepares it unless it is
// late: so what is in it stays in the cache of one core.
type worker struct {
	preparer *eval.Preparer
	work     chan *batch // that it has not begun; of the first worker always empty

	// Of the goroutine of the stream:
	free []*batch
	room int // number of batches that it may still get
}

// The number of events in a batch, and of batches of a worker: enough for it to have
// work while the goroutine of the stream is busy, and all of it should fit into the
// cache of a core.
const (
	batchSize = 16
	batches   = 4
)

func newWorker() *worker {
	return &worker{work: make(chan *batch, batches), room: batches}
}

// run works until there is no more work.
func (w *worker) run() {
	for b := range w.work {
		b.prepare(w.preparer)
	}
}

// idle returns how many batches could be filled for the worker.
func (w *worker) idle() int { return len(w.free) + w.room }

// give gives a batch to fill.
func (w *worker) give() *batch {
	n := len(w.free) - 1
	if n < 0 {
		w.room--
		return newBatch(w)
	}
	b := w.free[n]
	w.free = w.free[:n]
	return b
}

// takeBack takes a batch that has done its work.
func (w *worker) takeBack(b *batch) {
	if w.room < 0 { // it was one too many
		w.room++
		return
	}
	b.reset()
	w.free = append(w.free, b)
}
