// Package wire writes and reads the bytes of snapshots.
//
// A snapshot is a header in clear (eight bytes of magic and two of the format's
// version, big-endian) and then blocks. A block is the length of its content and a
// checksum of its number and content, four bytes each, and the content. An empty
// block ends the snapshot. So whatever has been read was written as such, in
// this order, and nothing is missing at the end.
package wire

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/eqlkit/eqlkit/eval/value"
)

// Version is the version of the format that Writer writes. Increment it with
// every change of what is written or of how it is read, and add the old one to
// the table with what becomes of it: read it, or refuse it by name.
//
//	version  written by                      read
//	1        the first release               yes
const Version = 1

const (
	magic     = "EQLSTATE"
	headerLen = len(magic) + 2
	blockLen  = 1 << 16
	prefixLen = 8
)

// The ways in which something is not a snapshot.
var (
	ErrForeign = errors.New("not a snapshot")
	ErrVersion = errors.New("snapshot of another version of the format")
	ErrDamaged = errors.New("snapshot is truncated or damaged")
)

var table = crc32.MakeTable(crc32.Castagnoli)

func checksum(number uint64, content []byte) uint32 {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], number)
	return crc32.Update(crc32.Checksum(n[:], table), table, content)
}

// A Writer writes one snapshot, or a section of one. The first error stays.
type Writer struct {
	w     io.Writer // nil for a section
	block []byte    // room for the prefix, then content
	n     uint64    // blocks written
	err   error
	outer *Writer // of a section
	spare []byte  // the block of the section that was closed last
}

// NewWriter returns a Writer to w, which need not be buffered.
func NewWriter(w io.Writer) *Writer {
	e := &Writer{w: w, block: make([]byte, prefixLen, prefixLen+blockLen)}
	header := binary.BigEndian.AppendUint16([]byte(magic), Version)
	_, e.err = w.Write(header)
	return e
}

// What comes next between sections, and within them.
const (
	endMark   = iota // the end of the section
	chunkMark        // a chunk of the section
	asideMark        // something that is needed to read the next chunk
)

// Section returns a Writer for a part of the snapshot that can be skipped when
// it is read. Until it is closed e must be used by Aside only.
func (e *Writer) Section() *Writer {
	block := e.spare
	if e.spare = nil; block == nil {
		block = make([]byte, prefixLen, prefixLen+blockLen/2)
	}
	return &Writer{outer: e, block: block}
}

// Aside returns the Writer of the whole snapshot for something that is to be read
// even if section e is skipped, and before what is written to e from now on.
func (e *Writer) Aside() *Writer {
	_, _ = e.outer.Write([]byte{asideMark})
	return e.outer
}

// Write implements io.Writer.
func (e *Writer) Write(b []byte) (int, error) {
	e.raw(string(b))
	return len(b), e.err
}

// flush writes the block under way.
func (e *Writer) flush() {
	if e.outer != nil {
		if content := e.block[prefixLen:]; len(content) > 0 {
			e.outer.raw(string([]byte{chunkMark}))
			e.outer.String(string(content))
		}
		e.block = e.block[:prefixLen]
		return
	}
	if e.err == nil {
		content := e.block[prefixLen:]
		binary.BigEndian.PutUint32(e.block, uint32(len(content)))
		binary.BigEndian.PutUint32(e.block[4:], checksum(e.n, content))
		_, e.err = e.w.Write(e.block)
	}
	e.n++
	e.block = e.block[:prefixLen]
}

// Close ends the snapshot or section and returns the error of the snapshot.
func (e *Writer) Close() error {
	if e.outer != nil {
		e.flush()
		e.outer.raw(string([]byte{endMark}))
		e.outer.Fail(e.err)
		e.outer.spare = e.block
		return e.outer.err
	}
	if len(e.block) > prefixLen {
		e.flush()
	}
	e.flush()
	return e.err
}

// Fail makes err the Writer's error unless it has one.
func (e *Writer) Fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// Err returns the Writer's error.
func (e *Writer) Err() error { return e.err }

func (e *Writer) raw(s string) {
	for len(s) > 0 {
		n := min(len(s), cap(e.block)-len(e.block))
		e.block = append(e.block, s[:n]...)
		s = s[n:]
		if len(e.block) == cap(e.block) {
			e.flush()
		}
	}
}

// Uint writes a number that is mostly small.
func (e *Writer) Uint(n uint64) {
	var b [binary.MaxVarintLen64]byte
	e.raw(string(binary.AppendUvarint(b[:0], n)))
}

// Int writes a number that is mostly near 0.
func (e *Writer) Int(n int64) {
	var b [binary.MaxVarintLen64]byte
	e.raw(string(binary.AppendVarint(b[:0], n)))
}

// Len writes a count.
func (e *Writer) Len(n int) { e.Uint(uint64(n)) }

// Bool writes a bit.
func (e *Writer) Bool(b bool) {
	if b {
		e.raw("\x01")
	} else {
		e.raw("\x00")
	}
}

// String writes text or any bytes.
func (e *Writer) String(s string) {
	e.Len(len(s))
	e.raw(s)
}

// Value writes a value; objects become null.
func (e *Writer) Value(v value.Value) {
	var b [64]byte
	e.raw(string(AppendValue(b[:0], v)))
}
