package input

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A cursor is how far an input has been handed out.
type cursor struct {
	trail
	mark
	begun bool
}

// begin makes c stand before what follows m in the file of t.
func (c *cursor) begin(t trail, m mark) { *c = cursor{t, m, true} }

// Positions returns where to go on behind what All has yielded last, for each
// input that has such a position: standard input and other pipes have none. The
// goroutine that ranges over All may call it.
func (r *Reader) Positions() []Position {
	var out []Position
	mine := make(map[string]bool)
	for i, file := range r.Files {
		if file == Stdin {
			continue
		}
		path := absolute(file)
		saved := r.savedPosition(path)
		switch {
		case mine[path]:
			continue
		case i < len(r.cursors) && r.cursors[i].begun:
			if c := &r.cursors[i]; c.regular {
				out = append(out, c.position(c.mark))
			}
		case saved != nil:
			out = append(out, *saved)
		}
		mine[path] = true
	}
	for _, p := range r.Resume {
		if _, err := os.Stat(p.File); err == nil && !mine[p.File] {
			out = append(out, p)
			mine[p.File] = true
		}
	}
	return out
}

// mtimeLag is how far the times of files may be behind the clock.
const mtimeLag = 10 * time.Millisecond

// Begin adds to Resume the beginning of each input that has no position there,
// so that what is rotated away from it before it has been read is found, even by
// a later Reader.
func (r *Reader) Begin() {
	for _, file := range r.Files {
		path := absolute(file)
		if file == Stdin || r.savedPosition(path) != nil {
			continue
		}
		t := trail{path: path, modified: time.Now().Add(-mtimeLag)}
		if info, err := os.Stat(path); err == nil {
			if !info.Mode().IsRegular() {
				continue
			}
			t.id, t.modified = identify(info), info.ModTime()
		}
		r.Resume = append(r.Resume, t.position(start))
	}
}

func (r *Reader) savedPosition(path string) *Position {
	for i := range r.Resume {
		if r.Resume[i].File == path {
			return &r.Resume[i]
		}
	}
	return nil
}

func (r *Reader) finder(i int) finder {
	f := finder{path: absolute(r.Files[i]), inputs: make(map[string]bool)}
	for _, name := range r.Files {
		f.inputs[absolute(name)] = true
	}
	return f
}

func (r *Reader) poll() time.Duration { return cmp.Or(r.Poll, DefaultPoll) }

func absolute(name string) string {
	if path, err := filepath.Abs(name); err == nil {
		return path
	}
	return name // there is no working directory
}

// trail returns the trail of the step's file.
func (st step) trail(path string, past []Head) trail {
	f := st.file
	return trail{
		path:     path,
		regular:  f.info.Mode().IsRegular(),
		id:       f.id,
		modified: f.info.ModTime(),
		head:     f.head[:min(int64(len(f.head)), st.from.offset)],
		past:     past,
	}
}

// shown returns what messages call the step's file.
func (st step) shown(input, path string) string {
	if st.file.Name() == path {
		return input
	}
	return st.file.Name()
}

// skipped returns how many bytes of the file need not be read.
func (st step) skipped() int64 {
	if st.file.packed || !st.file.info.Mode().IsRegular() {
		return 0
	}
	return st.from.offset
}

// text returns a reader of the step's text, which raw yields, and the inflater
// among it, if there is one.
func (st step) text(raw io.Reader) (io.Reader, *inflater, error) {
	if n := st.skipped(); n > 0 {
		_, err := st.file.Seek(n, io.SeekStart)
		return raw, nil, err
	}
	z := &inflater{raw: raw}
	return &skipper{z, st.from.offset}, z, nil
}
