package value_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/value"
)

func TestSize(t *testing.T) {
	assert.LessOrEqual(t, unsafe.Sizeof(value.Value{}), uintptr(value.Size))
}

// desc describes a value in the plainest way.
type desc struct {
	kind    value.Kind
	bits    uint64
	text    string
	elems   []desc
	payload any
}

func randomDesc(r *rand.Rand, depth int) desc {
	d := desc{kind: value.Kind(r.IntN(int(value.List) + 1))}
	switch d.kind {
	case value.Bool:
		d.bits = r.Uint64N(2)
	case value.Int, value.Date:
		d.bits = r.Uint64() >> r.IntN(64)
	case value.Uint:
		d.bits = r.Uint64() | 1<<63
	case value.Float:
		d.bits = math.Float64bits(r.NormFloat64())
	case value.String, value.IP, value.Version:
		d.text = strings.Repeat("é x", r.IntN(3))
		if d.kind == value.IP && d.text == "" {
			d.text = "::1"
		}
	case value.Object:
		d.payload = r.IntN(9)
	case value.List:
		if depth == 0 {
			return desc{}
		}
		for range r.IntN(6) {
			d.elems = append(d.elems, randomDesc(r, depth-1))
		}
	}
	return d
}

func (d *desc) value() value.Value {
	switch d.kind {
	case value.Bool:
		return value.OfBool(d.bits == 1)
	case value.Int:
		return value.OfInt(int64(d.bits))
	case value.Date:
		return value.OfDate(int64(d.bits))
	case value.Uint:
		return value.OfUint(d.bits)
	case value.Float:
		return value.OfFloat(math.Float64frombits(d.bits))
	case value.String:
		return value.OfString(strings.Clone(d.text))
	case value.IP:
		return value.OfIP(strings.Clone(d.text))
	case value.Version:
		return value.OfVersion(strings.Clone(d.text))
	case value.Object:
		return value.OfObject(d.payload)
	case value.List:
		vs := make([]value.Value, len(d.elems))
		for i := range d.elems {
			vs[i] = d.elems[i].value()
		}
		return value.OfList(vs)
	default:
		return value.Value{}
	}
}

// flat returns the description of what OfList makes of d.
func (d desc) flat() desc {
	if d.kind != value.List {
		return d
	}
	var all []desc
	for _, e := range d.elems {
		switch e = e.flat(); e.kind {
		case value.Null:
		case value.List:
			all = append(all, e.elems...)
		default:
			all = append(all, e)
		}
	}
	switch len(all) {
	case 0:
		return desc{}
	case 1:
		return all[0]
	}
	return desc{kind: value.List, elems: all}
}

func (d *desc) check(t *testing.T, v value.Value) {
	t.Helper()
	require.Equal(t, d.kind, v.Kind())
	require.Equal(t, d.kind == value.Null, v.IsNull())
	require.Equal(t, d.text, v.Str())
	require.Equal(t, d.payload, v.Payload())
	require.Len(t, v.Elems(), len(d.elems))
	for i := range d.elems {
		d.elems[i].check(t, v.Elems()[i])
	}
	switch d.kind {
	case value.Bool:
		require.Equal(t, d.bits == 1, v.Bool())
	case value.Int:
		require.Equal(t, int64(d.bits), v.Int())
	case value.Date:
		require.Equal(t, int64(d.bits), v.Nanos())
	case value.Uint:
		require.Equal(t, d.bits, v.Uint())
	case value.Float:
		require.Equal(t, d.bits, math.Float64bits(v.Float()))
	}
}

// Values hold what they were made of, through garbage collections, and so do
// their clones.
func TestContent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var all []desc
	var vals []value.Value
	for range 5000 {
		d := randomDesc(r, 3)
		all = append(all, d.flat())
		vals = append(vals, d.value())
	}
	runtime.GC()
	garbage := make([]string, 1000)
	for i := range garbage {
		garbage[i] = strings.Repeat("y", 1+i%40)
	}
	runtime.GC()
	for i, v := range vals {
		all[i].check(t, v)
		all[i].check(t, v.Clone())
	}
	runtime.KeepAlive(garbage)
}

// payload is a Cloner.
type payload struct{ n *int }

func (p payload) ClonePayload() any { n := *p.n; return payload{&n} }

func TestClone(t *testing.T) {
	text, n := []byte("abcdef"), 1
	alias := func(from, to int) string { return unsafe.String(&text[from], to-from) }
	elems := []value.Value{value.OfString(alias(0, 2)), value.OfIP(alias(2, 4)), value.OfObject(payload{&n})}
	v := value.OfList(elems)
	c := v.Clone()
	copy(text, "xxxxxx")
	n = 2
	elems[0] = value.OfInt(7)

	assert.Equal(t, "7", v.Elems()[0].String())
	assert.Equal(t, "xx", v.Elems()[1].Str())
	assert.Equal(t, "ab", c.Elems()[0].Str())
	assert.Equal(t, value.IP, c.Elems()[1].Kind())
	assert.Equal(t, "cd", c.Elems()[1].Str())
	assert.Equal(t, 1, *c.Elems()[2].Payload().(payload).n)
	assert.Nil(t, value.CloneAll(nil))

	object := any("a")
	o := value.OfObjectAt(&object)
	object = "b"
	assert.Equal(t, "b", o.Payload())
}

// Lists, text and numbers cost no memory of their own.
func TestAllocations(t *testing.T) {
	elems := []value.Value{value.OfInt(1), value.OfString("x")}
	sum := 0
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		v := value.OfList(elems)
		for _, e := range v.Elems() {
			sum += len(e.Str())
		}
	}))
	assert.NotZero(t, sum)
}
