package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// DefaultPoll is how often a file that is followed is looked at.
const DefaultPoll = 250 * time.Millisecond

// graces is for how many polls a file must have been silent that is not at its
// path any more, before the one that is there now is read: its writer may not
// know yet.
const graces = 8

// errTruncated says that a file has become shorter than what was read of it, or
// begins differently.
var errTruncated = errors.New("the file was truncated")

// A grower reads a file that grows. At the end of it Read waits for more; it
// returns io.EOF when nothing more can be expected, because there is another
// file at the path, or none.
type grower struct {
	ctx    context.Context
	file   *openFile
	path   string
	poll   time.Duration
	idle   func()        // called before the first wait of each Read
	packed func() bool   // whether the file is compressed: such files do not grow
	head   func() []byte // the first bytes that were read
	at     int64
	gone   bool // whether the file is not at the path any more
}

// Read implements io.Reader.
func (g *grower) Read(p []byte) (int, error) {
	for {
		n, err := g.file.Read(p)
		g.at += int64(n)
		switch {
		case n > 0:
			return n, nil
		case !errors.Is(err, io.EOF):
			return 0, err
		case g.packed():
			return 0, io.EOF
		}
		if err := g.wait(); err != nil {
			return 0, err
		}
	}
}

// wait returns when there is more to read.
func (g *grower) wait() error {
	g.idle()
	since := time.Now()
	for pause := g.poll / 32; ; pause = min(2*pause, g.poll) {
		info, err := g.file.Stat()
		switch {
		case err != nil:
			return err
		case info.Size() < g.at, info.Size() > g.at && !g.beginsAsBefore():
			return errTruncated
		case info.Size() > g.at:
			return nil
		case g.over(info, since):
			return io.EOF
		}
		if !sleep(g.ctx, pause) {
			return g.ctx.Err()
		}
	}
}

func (g *grower) beginsAsBefore() bool {
	want := g.head()
	got := make([]byte, len(want))
	n, _ := g.file.ReadAt(got, 0)
	return bytes.Equal(got[:n], want)
}

// over reports whether the file, silent since then, is done with.
func (g *grower) over(info fs.FileInfo, since time.Time) bool {
	now, err := os.Stat(g.path)
	switch {
	case err == nil && os.SameFile(now, info):
		g.gone = false
		return false
	case err != nil && !isDeleted(info): // renamed; its writer still has it
		return false
	}
	g.gone = true
	grace := graces * g.poll
	return time.Since(since) >= grace || time.Since(info.ModTime()) >= grace
}

// A patient reads a named pipe: its end is only the end of a writer.
type patient struct {
	ctx  context.Context
	pipe io.Reader
	poll time.Duration
}

// Read implements io.Reader.
func (r *patient) Read(p []byte) (int, error) {
	for {
		n, err := r.pipe.Read(p)
		if n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		if !sleep(r.ctx, r.poll) {
			return 0, r.ctx.Err()
		}
	}
}

// sleep reports whether d has passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
