// Package input reads event documents: newline-delimited JSON or JSON arrays,
// plain or compressed, out of files and pipes.
package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// Stdin is the name that stands for standard input.
const Stdin = "-"

// MaxDoc is the largest document that is read, in bytes.
const MaxDoc = 64 << 20

// A Place says where a document stands.
type Place struct {
	File    string // as it was named; Stdin for standard input
	Line    int    // of the document's first byte, from 1
	Element int    // from 1 in a JSON array, else 0
	before  int    // characters in the line before the document
}

// String returns "FILE:LINE", with the element's number for arrays.
func (p Place) String() string {
	return fmt.Sprintf("%s:%d", name(p.File), p.Line) + p.element()
}

func (p Place) element() string {
	if p.Element == 0 {
		return ""
	}
	return fmt.Sprintf(" (element %d)", p.Element)
}

// A Doc is one document: the text of a JSON object, without the white space
// around it. It is known to begin with "{" and, no more than that, to end with
// "}". Data belongs to the receiver.
type Doc struct {
	Place
	Source int // index of the input among the Reader's
	Data   []byte
}

// A Refusal is an error about one document; reading goes on behind it.
type Refusal struct {
	Place
	Reason string
}

// Error returns "FILE:LINE: reason".
func (r *Refusal) Error() string { return r.String() + ": " + r.Reason }

// A Fault is a Refusal that knows the place of the mistake in the document.
type Fault struct {
	Refusal
	Column int // in Line, which is that of the mistake; both from 1
}

// Fault returns a Fault at an offset in d.
func (d Doc) Fault(offset int, reason string) *Fault {
	head := d.Data[:min(offset, len(d.Data))]
	f := &Fault{Refusal{d.Place, reason}, d.before + utf8.RuneCount(head) + 1}
	if n := bytes.Count(head, []byte("\n")); n > 0 {
		f.Line += n
		f.Column = utf8.RuneCount(head[bytes.LastIndexByte(head, '\n'):])
	}
	return f
}

// Error returns "FILE:LINE:COLUMN: reason".
func (f *Fault) Error() string {
	p := f.Place
	p.Element = 0
	return fmt.Sprintf("%s:%d%s: %s", p, f.Column, f.element(), f.Reason)
}

// Unwrap returns the Refusal.
func (f *Fault) Unwrap() error { return &f.Refusal }

// A Notice is an error that does no harm but should be known to whoever runs the
// command, such as a file that is waited for.
type Notice struct{ Text string }

// Error returns the text.
func (n *Notice) Error() string { return n.Text }

func lostNotice(file string, p Position) *Notice {
	return &Notice{fmt.Sprintf("%s: the file that was read up to byte %d is gone or was truncated; what else was written to it is lost, and reading goes on with what is there now", name(file), p.Offset)}
}

// A Reader reads documents out of several inputs: one after the other, or all
// at once if it follows them. The zero Reader has nothing to read. It belongs to
// one goroutine, except for Read and Size.
type Reader struct {
	// Files are the names of the inputs.
	Files []string
	// Stdin is what the name Stdin stands for.
	Stdin io.Reader
	// Idle, unless nil, is called before the Reader waits for more input: the
	// moment to show what has been found so far. While it waits, Idle is called
	// again every IdleEvery, unless that is 0.
	Idle      func()
	IdleEvery time.Duration
	// MaxDoc replaces the constant MaxDoc unless it is 0.
	MaxDoc int

	// Follow keeps reading files as they grow, are rotated, truncated, removed
	// and made anew, until the context ends. A line is a document when its end is
	// there. Standard input ends where it ends; a compressed file is taken to be
	// complete.
	Follow bool
	// Poll is how often files are looked at; 0 means DefaultPoll.
	Poll time.Duration

	// Resume are positions of an earlier Reader: where inputs of the same path
	// are read from. Others are kept for Positions as long as their path exists.
	Resume []Position
	// Continued says that a Reader of a later time will go on where this one
	// ends: an incomplete document at the end of a file is then left to it.
	Continued bool

	cursors []cursor // by file
	read    atomic.Int64
}

// Read returns the number of bytes read so far, before decompression. Any
// goroutine may call it.
func (r *Reader) Read() int64 { return r.read.Load() }

// Size returns the number of bytes of all inputs together, or -1 if one of them
// has no size, such as a pipe.
func (r *Reader) Size() int64 {
	if r.Follow {
		return -1
	}
	var sum int64
	for _, name := range r.Files {
		if name == Stdin {
			f, ok := r.Stdin.(*os.File)
			if !ok {
				return -1
			}
			info, err := f.Stat()
			if err != nil || !info.Mode().IsRegular() {
				return -1
			}
			sum += info.Size()
			continue
		}
		info, err := os.Stat(name)
		switch {
		case err != nil: // All reports it
		case !info.Mode().IsRegular():
			return -1
		default:
			sum += info.Size()
		}
	}
	return sum
}

// All yields the documents of all inputs, in order unless they are followed. An
// error comes with a zero Doc: a *Refusal for a document that cannot be used,
// after which reading goes on behind it; a *Notice; and any other error for an
// input that cannot be read (any further), after which reading goes on with the
// next input. When ctx ends, so does the sequence, without an error and even if a
// read is blocked. All is called once.
func (r *Reader) All(ctx context.Context) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		r.cursors = make([]cursor, len(r.Files))
		if r.Follow {
			r.follow(ctx, yield)
			return
		}
		for i := range r.Files {
			if ctx.Err() != nil || !r.input(ctx, i, yield) {
				return
			}
		}
	}
}

// input reads one input and reports whether to go on with the next.
func (r *Reader) input(ctx context.Context, i int, yield func(Doc, error) bool) bool {
	name := r.Files[i]
	if name == Stdin {
		text := &inflater{raw: &counter{r.Stdin, &r.read}}
		return r.text(ctx, i, text, nil, newSplitter(nil, name, r.MaxDoc, start), yield)
	}
	f := r.finder(i)
	f.wait = true
	steps, past, err := r.steps(f, name)
	defer func() {
		for _, st := range steps {
			_ = st.file.Close()
		}
	}()
	if err != nil && !yield(Doc{}, err) {
		return false
	}
	for k, st := range steps {
		t := st.trail(f.path, past)
		text, _, err := st.text(&counter{st.file, &r.read})
		r.read.Add(st.skipped())
		if err != nil {
			return yield(Doc{}, named(name, err))
		}
		r.cursors[i].begin(t, st.from)
		s := newSplitter(nil, st.shown(name, f.path), r.MaxDoc, st.from)
		s.unfinished = r.Continued && k == len(steps)-1 && !st.file.packed
		if !r.text(ctx, i, text, st.file.head, s, yield) {
			return false
		}
		past = r.cursors[i].trail.finished().past
	}
	return true
}

// steps returns what is to be read of an input.
func (r *Reader) steps(f finder, name string) (steps []step, past []Head, err error) {
	if p := r.savedPosition(f.path); p != nil {
		steps, lost, err := f.resume(*p)
		switch {
		case err != nil:
			return nil, nil, named(name, err)
		case len(steps) > 0 && lost:
			return steps, p.Past, lostNotice(name, *p)
		case len(steps) > 0:
			return steps, p.Past, nil
		}
	}
	file, err := openPath(f.path, true)
	if err != nil {
		return nil, nil, named(name, err)
	}
	return []step{{file, start}}, nil, nil
}

// text reads a text to its end and reports whether to go on.
func (r *Reader) text(ctx context.Context, i int, text io.Reader, head []byte, s *splitter, yield func(Doc, error) bool) bool {
	ahead := readAhead(ctx, text, r.Idle, r.IdleEvery)
	defer ahead.stop()
	h := newHeader(ahead, s.offset, head)
	s.in.Reset(h)
	c := &r.cursors[i]
	more := s.split(func(d Doc, err error) bool {
		d.Source = i
		c.mark, c.head = s.behind, h.head
		return yield(d, err)
	})
	switch {
	case !more, ctx.Err() != nil:
		return false
	case s.err != nil:
		return yield(Doc{}, named(s.file, s.err))
	}
	return true
}

// A counter counts what is read through it.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// name returns what an input is called in messages.
func name(file string) string {
	if file == Stdin {
		return "<stdin>"
	}
	return file
}

// named puts the input's name before err, once.
func named(file string, err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", name(file), err)
}
