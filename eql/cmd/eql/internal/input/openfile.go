package input

import (
	"io"
	"io/fs"
	"os"
)

// An openFile is a file before it is read.
type openFile struct {
	*os.File
	info   fs.FileInfo
	id     fileID
	head   []byte // the first bytes of its text
	packed bool   // whether it is compressed
}

// A fileID tells files of one machine apart. The zero fileID is unknown.
type fileID struct{ device, inode uint64 }

// openPath opens a file. Unless wait is set, it does not wait for the writer of
// a named pipe.
func openPath(name string, wait bool) (*openFile, error) {
	flags := os.O_RDONLY
	if !wait {
		flags |= noWait
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	o := &openFile{File: f, info: info}
	if info.Mode().IsRegular() {
		o.id = identify(info)
		o.head, o.packed = textHead(f)
	}
	return o, nil
}

// textHead returns the first bytes of the text of f, and whether f is
// compressed. It does not move f's offset.
func textHead(f io.ReaderAt) (head []byte, packed bool) {
	text := &inflater{raw: io.NewSectionReader(f, 0, 1<<62)}
	head = make([]byte, headSize)
	n, _ := io.ReadFull(text, head) // what is wrong shows when f is read
	return head[:n], text.packed
}

// A header keeps the first bytes of the text that is read through it.
type header struct {
	text io.Reader
	at   int64  // offset of the next byte
	head []byte // its bytes do not change any more, so that they can be shared
}

// newHeader returns a header of what follows at an offset of a text whose first
// bytes are head.
func newHeader(text io.Reader, at int64, head []byte) *header {
	h := &header{text: text, at: at, head: make([]byte, 0, headSize)}
	h.head = append(h.head, head[:min(int64(len(head)), at)]...)
	return h
}

// Read implements io.Reader.
func (h *header) Read(p []byte) (int, error) {
	n, err := h.text.Read(p)
	if k := len(h.head); int64(k) == h.at && k < headSize {
		h.head = append(h.head, p[:min(n, headSize-k)]...)
	}
	h.at += int64(n)
	return n, err
}

// A skipper leaves out the first bytes of a text.
type skipper struct {
	text io.Reader
	n    int64
}

// Read implements io.Reader.
func (s *skipper) Read(p []byte) (int, error) {
	if s.n > 0 {
		n, err := io.CopyN(io.Discard, s.text, s.n)
		if s.n -= n; err != nil {
			return 0, err
		}
	}
	return s.text.Read(p)
}
