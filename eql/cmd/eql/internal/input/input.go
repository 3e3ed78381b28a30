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
	name := p.File
	if name == Stdin {
		name = "<stdin>"
	}
	return fmt.Sprintf("%s:%d", name, p.Line) + p.element()
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
	Data []byte
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

// A Reader reads documents out of several inputs, one after the other. The
// zero Reader has nothing to read. It belongs to one goroutine, except for Read
// and Size.
type Reader struct {
	// Files are the names of the inputs.
	Files []string
	// Stdin is what the name Stdin stands for.
	Stdin io.Reader
	// Idle, unless nil, is called before the Reader waits for more input: the
	// moment to show what has been found so far.
	Idle func()
	// MaxDoc replaces the constant MaxDoc unless it is 0.
	MaxDoc int

	read atomic.Int64
}

// Read returns the number of bytes read so far, before decompression. Any
// goroutine may call it.
func (r *Reader) Read() int64 { return r.read.Load() }

// Size returns the number of bytes of all inputs together, or -1 if one of them
// has no size, such as a pipe.
func (r *Reader) Size() int64 {
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

// All yields the documents of all inputs in order. An error comes with a zero
// Doc: a *Refusal for a document that cannot be used, after which reading goes
// on behind it, and any other error for an input that cannot be read (any
// further), after which reading goes on with the next input. When ctx ends, so
// does the sequence, without an error and even if a read is blocked.
func (r *Reader) All(ctx context.Context) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, name := range r.Files {
			if ctx.Err() != nil || !r.file(ctx, name, yield) {
				return
			}
		}
	}
}

// file reads one input and reports whether to go on with the next.
func (r *Reader) file(ctx context.Context, name string, yield func(Doc, error) bool) bool {
	raw := r.Stdin
	if name != Stdin {
		f, err := os.Open(name)
		if err != nil {
			return yield(Doc{}, named(name, err))
		}
		defer f.Close()
		raw = f
	}
	text := readAhead(ctx, &inflater{raw: &counter{raw, &r.read}}, r.Idle)
	defer text.stop()
	s := newSplitter(text, name, r.MaxDoc)
	switch {
	case !s.split(yield), ctx.Err() != nil:
		return false
	case s.err != nil:
		return yield(Doc{}, named(name, s.err))
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

// named puts the input's name before err, once.
func named(name string, err error) error {
	if name == Stdin {
		name = "<stdin>"
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}
