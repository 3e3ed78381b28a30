package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// regularFile returns the file that w is, or nil if it is something else, such as
// a pipe or a terminal.
func regularFile(w io.Writer) *os.File {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return f
}

// syncOutput makes durable what has been written, if standard output is a file.
func (a *app) syncOutput() error {
	if a.outFile == nil {
		return nil
	}
	if err := a.outFile.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// mendOutput ends the line that a run which was killed may have left torn at the
// end of the file that is standard output, so that what follows is not torn, too.
func (a *app) mendOutput() error {
	if a.outFile == nil {
		return nil
	}
	info, err := a.outFile.Stat()
	if err != nil {
		return err
	}
	if at, err := a.outFile.Seek(0, io.SeekCurrent); err == nil && at > 0 && at != info.Size() {
		return nil // it is written over, not added to
	}
	if info.Size() == 0 || endsLine(a.outFile, info) {
		return nil
	}
	_, err = a.out.WriteString("\n")
	return err
}

// endsLine reports whether the last byte of f ends a line. It may have been
// opened for writing alone.
func endsLine(f *os.File, info fs.FileInfo) bool {
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err == nil {
		return last[0] == '\n'
	}
	again, err := os.Open("/dev/fd/" + strconv.Itoa(int(f.Fd())))
	if err != nil {
		return false
	}
	defer again.Close()
	_, err = again.ReadAt(last, info.Size()-1)
	return err == nil && last[0] == '\n'
}
