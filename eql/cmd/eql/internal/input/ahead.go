package input

import (
	"context"
	"io"
	"time"
)

// chunkSize is how much is read at once, and chunks how many reads the
// background is ahead.
const (
	chunkSize = 256 << 10
	chunks    = 4
)

type chunk struct {
	data []byte
	err  error
}

// An ahead is an io.Reader whose source is read by a goroutine of its own, so
// that a blocked read does not stand in the way of cancellation.
type ahead struct {
	ctx    context.Context
	cancel context.CancelFunc
	idle   func()
	every  time.Duration
	full   chan chunk
	free   chan []byte
	cur    chunk  // what Read hands out
	buf    []byte // the buffer of cur, to be given back
}

// readAhead starts to read r. Unless it is nil, idle is called before Read waits,
// and then again and again unless every is 0. The goroutine ends with r, or after
// stop; if it hangs in a read then, when that returns.
func readAhead(ctx context.Context, r io.Reader, idle func(), every time.Duration) *ahead {
	a := &ahead{idle: idle, every: every, full: make(chan chunk, chunks), free: make(chan []byte, chunks+2)}
	a.ctx, a.cancel = context.WithCancel(ctx)
	go func() {
		defer close(a.full)
		for {
			var buf []byte
			select {
			case buf = <-a.free:
			default:
				buf = make([]byte, chunkSize)
			}
			k, err := r.Read(buf)
			select {
			case a.full <- chunk{buf[:k], err}:
			case <-a.ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return a
}

func (a *ahead) stop() { a.cancel() }

// Read implements io.Reader. It returns the context's error once that has ended.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.cur.data) == 0 {
		if a.cur.err != nil {
			return 0, a.cur.err
		}
		if err := a.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, a.cur.data)
	a.cur.data = a.cur.data[n:]
	return n, nil
}

// next waits for the next chunk.
func (a *ahead) next() error {
	if a.buf != nil {
		a.free <- a.buf[:cap(a.buf)] // never blocks: it has room for all there are
		a.buf = nil
	}
	if err := a.ctx.Err(); err != nil {
		return err
	}
	c, err := receive(a.ctx, a.full, a.idle, a.every)
	if err != nil {
		return err
	}
	a.cur, a.buf = c, c.data
	return nil
}

// receive takes from ch, or returns io.EOF if that is closed, or the error of
// ctx. Unless it is nil, idle is called before it waits, and then again and again
// unless every is 0.
func receive[T any](ctx context.Context, ch <-chan T, idle func(), every time.Duration) (T, error) {
	var zero T
	var tick <-chan time.Time
	if len(ch) == 0 && idle != nil {
		idle()
		if every > 0 {
			t := time.NewTicker(every)
			defer t.Stop()
			tick = t.C
		}
	}
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return zero, io.EOF
			}
			return v, nil
		case <-ctx.Done():
			return zero, ctx.Err()
		case <-tick:
			idle()
		}
	}
}
