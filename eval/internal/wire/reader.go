package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/eqlkit/eqlkit/eval/value"
)

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
func (d *Reader) Int() int64 { return signed(d.Uint()) }

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
