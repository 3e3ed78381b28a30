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
	"fmt"
	"hash/crc32"
	"io"

	"github.com/eqlkit/eqlkit/eval/value"
)

// Version is the version of the format that Writer writes. It is to be
// incremented with every change of what is written, and versions.go of package
// eval has to say what becomes of the older ones.
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

// A Reader reads what a Writer wrote. The first error stays, and all that is
// read after it is zero; ask Err before anything is believed.
type Reader struct {
	r     io.Reader
	rest  []byte // of the block under way
	block []byte
	n     uint64
	ended bool
	err   error
	outer *Reader // of a section
	aside func(*Reader)
}

// Section returns a Reader of what Writer.Section wrote. What was written aside
// is read by aside. Until it is closed d must not be used.
func (d *Reader) Section(aside func(*Reader)) *Reader { return &Reader{outer: d, aside: aside} }

// Skip closes a section without reading the rest of it.
func (d *Reader) Skip() error {
	for d.err == nil && !d.ended {
		d.next()
	}
	d.rest = nil
	d.outer.fail(d.err)
	return d.outer.err
}

// fail makes err the Reader's error unless it has one.
func (d *Reader) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// chunk reads the next chunk of a section.
func (d *Reader) chunk() bool {
	for {
		mark, _ := d.outer.ReadByte()
		if d.err = d.outer.err; d.err != nil {
			return false
		}
		switch mark {
		case endMark:
			d.ended = true
			return true
		case chunkMark:
			d.rest = []byte(d.outer.String())
			d.err = d.outer.err
			return d.err == nil
		case asideMark:
			d.aside(d.outer)
		default:
			d.outer.Fail("%d is no mark", mark)
		}
	}
}

// NewReader reads the header. The error is, or wraps, ErrForeign, ErrVersion or
// that of r.
func NewReader(r io.Reader) (*Reader, error) {
	var h [headerLen]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrForeign
		}
		return nil, err
	}
	if string(h[:len(magic)]) != magic {
		return nil, ErrForeign
	}
	if v := binary.BigEndian.Uint16(h[len(magic):]); v != Version {
		return nil, fmt.Errorf("%w: it is version %d, this program reads version %d", ErrVersion, v, Version)
	}
	return &Reader{r: r, block: make([]byte, blockLen)}, nil
}

// next reads a block.
func (d *Reader) next() bool {
	if d.err != nil {
		return false
	}
	if d.ended {
		d.err = fmt.Errorf("%w: it ends too early", ErrDamaged)
		return false
	}
	if d.outer != nil {
		return d.chunk()
	}
	var p [prefixLen]byte
	if !d.full(p[:]) {
		return false
	}
	n := binary.BigEndian.Uint32(p[:])
	if n > blockLen {
		d.err = fmt.Errorf("%w: block %d is too long", ErrDamaged, d.n)
		return false
	}
	d.rest = d.block[:n]
	if !d.full(d.rest) {
		return false
	}
	if checksum(d.n, d.rest) != binary.BigEndian.Uint32(p[4:]) {
		d.err = fmt.Errorf("%w: the checksum of block %d is wrong", ErrDamaged, d.n)
		d.rest = nil
		return false
	}
	d.n++
	d.ended = n == 0
	return true
}

func (d *Reader) full(b []byte) bool {
	_, err := io.ReadFull(d.r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: block %d is cut off", ErrDamaged, d.n)
	}
	if err != nil {
		d.err, d.rest = err, nil
		return false
	}
	return true
}

// Err returns the Reader's error.
func (d *Reader) Err() error { return d.err }

// Fail makes the Reader fail because what was read cannot be.
func (d *Reader) Fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
	}
}

// Close checks that everything has been read.
func (d *Reader) Close() error {
	if d.err == nil && len(d.rest) == 0 && !d.ended {
		d.next()
	}
	if d.err == nil && (len(d.rest) > 0 || !d.ended) {
		d.Fail("there is more than expected")
	}
	if d.outer != nil {
		d.outer.fail(d.err)
	}
	return d.err
}

// ReadByte implements io.ByteReader.
func (d *Reader) ReadByte() (byte, error) {
	for len(d.rest) == 0 {
		if !d.next() {
			return 0, d.err
		}
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b, nil
}

// Uint reads what Writer.Uint wrote.
func (d *Reader) Uint() uint64 {
	if d.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(d)
	if err != nil {
		d.Fail("%v", err)
		return 0
	}
	return n
}

// Int reads what Writer.Int wrote.
func (d *Reader) Int() int64 {
	u := d.Uint()
	n := int64(u >> 1)
	if u&1 != 0 {
		n = ^n
	}
	return n
}

// Len reads a count of things below most.
func (d *Reader) Len(most int) int {
	n := d.Uint()
	if n > uint64(most) {
		d.Fail("%d is too many", n)
		return 0
	}
	return int(n)
}

// Bool reads a bit.
func (d *Reader) Bool() bool {
	switch b, _ := d.ReadByte(); {
	case d.err != nil:
		return false
	case b > 1:
		d.Fail("%d is no truth value", b)
		return false
	default:
		return b == 1
	}
}

// String reads text, into memory of its own.
func (d *Reader) String() string {
	n := d.Uint()
	if d.err != nil {
		return ""
	}
	if n <= uint64(len(d.rest)) {
		s := string(d.rest[:n])
		d.rest = d.rest[n:]
		return s
	}
	// Room is made for what is there, not for what is announced.
	var b []byte
	for uint64(len(b)) < n {
		if len(d.rest) == 0 && !d.next() {
			return ""
		}
		k := min(n-uint64(len(b)), uint64(len(d.rest)))
		b = append(b, d.rest[:k]...)
		d.rest = d.rest[k:]
	}
	return string(b)
}

// maxValues bounds the elements of a list.
const maxValues = 1 << 24

// Value reads what Writer.Value wrote.
func (d *Reader) Value() value.Value { return d.value(true) }

func (d *Reader) value(list bool) value.Value {
	kind, _ := d.ReadByte()
	switch k := value.Kind(kind); {
	case d.err != nil, k == value.Null:
	case k == value.Bool:
		return value.OfBool(d.Bool())
	case k == value.Int:
		return value.OfInt(d.Int())
	case k == value.Date:
		return value.OfDate(d.Int())
	case k == value.Uint:
		return value.OfUint(d.Uint())
	case k == value.Float:
		return value.OfFloat(float(d.Uint()))
	case k == value.String:
		return value.OfString(d.String())
	case k == value.IP:
		return value.OfIP(d.String())
	case k == value.Version:
		return value.OfVersion(d.String())
	case k == value.List && list:
		var vs []value.Value
		for range d.Len(maxValues) {
			if d.err != nil {
				break
			}
			vs = append(vs, d.value(false))
		}
		return value.OfList(vs)
	default:
		d.Fail("%d is no kind of value", kind)
	}
	return value.Value{}
}
