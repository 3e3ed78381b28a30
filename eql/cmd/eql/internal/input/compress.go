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
// first bytes. It reads nothing before the first Read.
type inflater struct {
	raw  io.Reader
	text io.Reader
}

// Read implements io.Reader.
func (z *inflater) Read(p []byte) (int, error) {
	if z.text == nil {
		var err error
		if z.text, err = decoder(z.raw); err != nil {
			return 0, err
		}
	}
	return z.text.Read(p)
}

func decoder(raw io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(raw, 64<<10)
	magic, _ := b.Peek(4) // an error comes back with the first Read
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return gzip.NewReader(b)
	case isZstd(magic):
		// Without concurrency there is nothing to close.
		return zstd.NewReader(b, zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderConcurrency(1))
	}
	return b, nil
}

// isZstd reports whether b begins a zstd frame or a skippable one.
func isZstd(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(b) == 4 && b[0]&0xf0 == 0x50 && bytes.HasPrefix(b[1:], []byte{0x2a, 0x4d, 0x18})
}
