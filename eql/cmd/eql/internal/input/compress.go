package input

import (
	"bufio"
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow bounds the memory a zstd stream may ask for; it is the limit of
// the zstd tool as well.
const zstdWindow = 128 << 20

// An inflater reads the text of raw, which it recognises as gzip or zstd by its
// first bytes. It reads nothing before the first Read, and then no more than it
// has to, so that a text that grows slowly is seen at once.
type inflater struct {
	raw    io.Reader
	text   io.Reader
	packed bool // whether raw is compressed
}

// Read implements io.Reader.
func (z *inflater) Read(p []byte) (int, error) {
	if z.text == nil {
		if err := z.recognise(); err != nil {
			return 0, err
		}
	}
	return z.text.Read(p)
}

func (z *inflater) recognise() (err error) {
	b := bufio.NewReaderSize(z.raw, 64<<10)
	magic, _ := b.Peek(1) // an error comes back with the first Read
	if len(magic) == 1 && mayBePacked(magic[0]) {
		magic, _ = b.Peek(4)
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z.packed = true
		z.text, err = gzip.NewReader(b)
	case isZstd(magic):
		z.packed = true
		// Without concurrency there is nothing to close.
		z.text, err = zstd.NewReader(b, zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderConcurrency(1))
	default:
		z.text = b
	}
	return err
}

// mayBePacked reports whether c begins what recognise looks for. No JSON
// document begins so.
func mayBePacked(c byte) bool { return c == 0x1f || c == 0x28 || c&0xf0 == 0x50 }

// isZstd reports whether b begins a zstd frame or a skippable one.
func isZstd(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(b) == 4 && b[0]&0xf0 == 0x50 && bytes.HasPrefix(b[1:], []byte{0x2a, 0x4d, 0x18})
}
