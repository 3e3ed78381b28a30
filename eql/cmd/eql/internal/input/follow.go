package input

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
)

// A batch is what a tail has read: documents of one file.
type batch struct {
	source int
	trail  trail
	from   mark // where the file is read from; it counts if there are no items
	items  []item
}

// An item is a document or an error, and the mark behind it.
type item struct {
	doc    Doc
	err    error
	behind mark
}

// The sizes of a full batch.
const (
	batchItems = 256
	batchBytes = 1 << 20
)

// batchesAhead is how many batches of each input may wait for whoever ranges over All,
// so that it is only idle if there is nothing to read.
const batchesAhead = 2

// follow reads all inputs at the same time, each in a goroutine of its own, and
// yields their documents as they come.
func (r *Reader) follow(ctx context.Context, yield func(Doc, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	batches := make(chan batch, batchesAhead*len(r.Files))
	var tails sync.WaitGroup
	for i := range r.Files {
		tails.Go(func() { r.newTail(i, batches).run(ctx) })
	}
	ended := make(chan struct{})
	go func() {
		tails.Wait()
		close(batches)
		close(ended)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	for {
		b, err := receive(ctx, batches, r.Idle, r.IdleEvery)
		if err != nil {
			return
		}
		c := &r.cursors[b.source]
		if b.trail.known() {
			c.begin(b.trail, b.from)
		}
		for _, it := range b.items {
			c.mark = it.behind
			if !yield(it.doc, it.err) {
				return
			}
		}
	}
}

// A tail follows one input.
type tail struct {
	find   finder
	r      *Reader
	source int
	name   string // of the input
	out    chan<- batch

	trail trail
	saved *Position // where to go on, until that has been found
	told  string    // the last complaint
	from  mark
	items []item
	size  int
}

func (r *Reader) newTail(i int, out chan<- batch) *tail {
	t := &tail{r: r, source: i, name: r.Files[i], out: out}
	if t.name != Stdin {
		t.find = r.finder(i)
		t.trail.path = t.find.path
		t.saved = r.savedPosition(t.find.path)
	}
	return t
}

func (t *tail) run(ctx context.Context) {
	if t.name == Stdin {
		t.stdin(ctx)
		return
	}
	for ctx.Err() == nil {
		steps := t.next(ctx)
		for _, st := range steps {
			if ctx.Err() == nil {
				t.file(ctx, st)
			}
			_ = st.file.Close()
		}
	}
}

// stdin reads standard input to its end.
func (t *tail) stdin(ctx context.Context) {
	text := readAhead(ctx, &inflater{raw: &counter{t.r.Stdin, &t.r.read}}, func() { t.flush(ctx) }, 0)
	defer text.stop()
	s := newSplitter(text, t.name, t.r.MaxDoc, start)
	t.split(ctx, s, func() {})
	if s.err != nil && ctx.Err() == nil {
		t.tell(ctx, named(t.name, s.err))
	}
	t.flush(ctx)
}

// next waits until there is something to read.
func (t *tail) next(ctx context.Context) []step {
	for {
		steps, err := t.look(ctx)
		if err == nil && len(steps) == 0 && !t.trail.known() {
			err = &Notice{name(t.name) + ": is not there yet; waiting for it"}
		}
		switch {
		case len(steps) > 0:
			t.told = ""
			return steps
		case err != nil && err.Error() != t.told:
			t.told = err.Error()
			t.tell(ctx, err)
			t.flush(ctx)
		}
		if !sleep(ctx, t.r.poll()) {
			return nil
		}
	}
}

func (t *tail) look(ctx context.Context) ([]step, error) {
	if t.saved == nil {
		steps, err := t.find.after(t.trail)
		return steps, t.cannot(err)
	}
	steps, lost, err := t.find.resume(*t.saved)
	if lost && len(steps) > 0 {
		t.tell(ctx, lostNotice(t.name, *t.saved))
	}
	if len(steps) > 0 {
		t.trail.past = t.saved.Past
		t.saved = nil
	}
	return steps, t.cannot(err)
}

// cannot makes a complaint of the failure to open the file, which will be tried
// again.
func (t *tail) cannot(err error) error {
	if err == nil {
		return nil
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	return &Notice{name(t.name) + ": " + err.Error() + "; trying again"}
}

// file reads a file until nothing more can be expected of it.
func (t *tail) file(ctx context.Context, st step) {
	t.trail = st.trail(t.find.path, t.trail.past)
	t.from = st.from
	g := &grower{ctx: ctx, file: st.file, path: t.find.path, poll: t.r.poll(), idle: func() { t.flush(ctx) }}
	var raw io.Reader = g
	if !st.file.info.Mode().IsRegular() {
		defer context.AfterFunc(ctx, func() { _ = st.file.Close() })()
		pipe := readAhead(ctx, &patient{ctx, st.file, t.r.poll()}, g.idle, 0)
		defer pipe.stop()
		raw = pipe
	}
	text, z, err := st.text(&counter{raw, &t.r.read})
	if err != nil {
		t.tell(ctx, named(t.name, err))
		return
	}
	g.at = st.skipped()
	g.packed = func() bool { return z != nil && z.packed }
	h := newHeader(text, st.from.offset, st.file.head)
	g.head = func() []byte { return h.head }

	t.send(ctx)
	s := newSplitter(h, st.shown(t.name, t.find.path), t.r.MaxDoc, st.from)
	t.split(ctx, s, func() { t.trail.head = h.head })
	t.trail.head = h.head
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(s.err, errTruncated):
		t.flush(ctx)
		p := t.trail.position(s.behind)
		t.saved = &p
		return
	case s.err != nil:
		t.tell(ctx, named(t.name, s.err))
	}
	t.flush(ctx)
	if info, err := st.file.Stat(); err == nil {
		t.trail.modified = info.ModTime()
	}
	t.trail = t.trail.finished()
	if g.gone {
		t.trail.id = fileID{} // it may be given to another file now
	}
}

// split collects what s yields; read is called for each.
func (t *tail) split(ctx context.Context, s *splitter, read func()) {
	s.split(func(d Doc, err error) bool {
		d.Source = t.source
		read()
		t.items = append(t.items, item{d, err, s.behind})
		t.from = s.behind
		if t.size += len(d.Data); len(t.items) >= batchItems || t.size >= batchBytes {
			t.send(ctx)
		}
		return ctx.Err() == nil
	})
}

// tell adds an error to the batch.
func (t *tail) tell(ctx context.Context, err error) {
	t.items = append(t.items, item{err: err, behind: t.from})
	if len(t.items) >= batchItems {
		t.send(ctx)
	}
}

// flush sends the batch if there is anything in it.
func (t *tail) flush(ctx context.Context) {
	if len(t.items) > 0 {
		t.send(ctx)
	}
}

func (t *tail) send(ctx context.Context) {
	select {
	case t.out <- batch{t.source, t.trail, t.from, t.items}:
	case <-ctx.Done():
	}
	t.items, t.size = nil, 0
}
