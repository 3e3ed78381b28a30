// Package statefile keeps the state of a run in a file that is either the old
// one or the new one, whole, whenever the process or the machine stops.
package statefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"
)

// ErrInUse is what Open fails with while another process has the file open.
var ErrInUse = errors.New("another process is using it")

// A File is a state file that belongs to this process until Close. It belongs to
// one goroutine.
type File struct {
	path string
	lock *flock.Flock
}

// Open takes possession of the file at path, which need not exist. The lock is
// an empty file beside it, called path.lock, which stays.
func Open(path string) (*File, error) {
	lock := flock.New(path + ".lock")
	ok, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fmt.Errorf("%s: %w", path, ErrInUse)
	}
	return &File{path, lock}, nil
}

// Path returns the path of the file.
func (f *File) Path() string { return f.path }

// Reader returns what was written last. The error is fs.ErrNotExist if nothing
// ever was. The caller closes the Reader.
func (f *File) Reader() (io.ReadCloser, error) { return os.Open(f.path) }

// Write replaces the file by what write writes and returns its size. When Write
// returns without an error the new state survives a crash of the machine; if
// there is an error the old state is still there.
func (f *File) Write(write func(io.Writer) error) (size int64, err error) {
	tmp, err := os.OpenFile(f.path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	w := bufio.NewWriterSize(tmp, 256<<10)
	if err := write(w); err != nil {
		return 0, err
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	if err := tmp.Sync(); err != nil {
		return 0, err
	}
	if size, err = tmp.Seek(0, io.SeekCurrent); err != nil {
		return 0, err
	}
	if err := tmp.Close(); err != nil {
		return 0, err
	}
	if err := os.Rename(tmp.Name(), f.path); err != nil {
		return 0, err
	}
	return size, syncFolder(filepath.Dir(f.path))
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Close lets other processes have the file.
func (f *File) Close() error { return f.lock.Unlock() }
