package plan

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"github.com/eqlkit/eqlkit/eval/value"
)

// Places tells what plans read apart.
type Places interface {
	// AppendField appends what is the same for fields that are read from one place.
	AppendField(dst []byte, f *Field) []byte
	// AppendList appends what is the same for searches of one array by the same
	// variable.
	AppendList(dst []byte, s *Search) []byte
}

// AppendIdentity appends to dst bytes that two expressions share only if they
// compute the same. Fields and arrays count by their places, functions by being
// the same *fn.Func.
func AppendIdentity(dst []byte, x Expr, places Places) []byte {
	w := identity{dst, places}
	w.expr(x)
	return w.dst
}

// An identity is being written. No node's bytes are the beginning of another's:
// they begin with the kind of node, and what has no fixed length has it in front.
type identity struct {
	dst    []byte
	places Places
}

func (w *identity) expr(x Expr) {
	switch x := x.(type) {
	case *Const:
		w.kind('c')
		w.value(x.V)
		if x.V.Kind() == value.Object { // whose content is unknown
			w.pointer(x)
		}
	case *Field:
		w.field(x)
	case *Call:
		w.kind('f')
		w.pointer(x.Fn)
		w.flag(x.Fold)
		w.list(x.Args)
	case *Arith:
		w.kind('a', byte(x.Op))
		w.expr(x.X)
		w.expr(x.Y)
	case *Neg:
		w.kind('-')
		w.expr(x.X)
	case *Compare:
		w.kind('=', byte(x.Op))
		w.expr(x.X)
		w.expr(x.Y)
	case *CompareID:
		w.kind('#', byte(x.Op))
		w.field(x.X)
		w.value(x.Y)
	case *Search:
		w.kind('s')
		w.measured(func() { w.dst = w.places.AppendList(w.dst, x) })
		w.expr(x.Cond)
	case *Lineage: // has state of its own
		w.kind('d')
		w.pointer(x)
	case *System:
		w.kind('o')
		w.length(len(x.Names))
		for _, name := range x.Names {
			w.text(name)
		}
		w.length(len(x.Fields))
		for _, f := range x.Fields {
			w.field(f)
		}
	case *Same:
		w.kind('e')
		w.field(x.X)
		w.field(x.Y)
	case *IsNull:
		w.kind('0')
		w.expr(x.X)
	case *Within:
		w.kind('w')
		w.expr(x.X)
		w.value(x.Lo)
		w.value(x.Hi)
	case *In:
		w.kind('i')
		w.flag(x.Fold)
		w.flag(x.IDs)
		w.expr(x.X)
		w.length(len(x.Values))
		for _, v := range x.Values {
			w.value(v)
		}
	case *Match:
		w.kind('m', byte(x.Op))
		w.flag(x.Escapes)
		w.expr(x.X)
		w.length(len(x.Patterns))
		for _, p := range x.Patterns {
			w.text(p)
		}
	case *Not:
		w.kind('!')
		w.expr(x.X)
	case *Logic:
		w.kind('&')
		w.flag(x.Or)
		w.list(x.Xs)
	default:
		panic(fmt.Sprintf("plan: unexpected expression %T", x))
	}
}

func (w *identity) kind(b ...byte) { w.dst = append(w.dst, b...) }

func (w *identity) flag(b bool) {
	n := byte(0)
	if b {
		n = 1
	}
	w.dst = append(w.dst, n)
}

func (w *identity) length(n int) { w.dst = binary.AppendUvarint(w.dst, uint64(n)) }

func (w *identity) text(s string) {
	w.length(len(s))
	w.dst = append(w.dst, s...)
}

func (w *identity) field(x *Field) {
	w.kind('$')
	w.measured(func() { w.dst = w.places.AppendField(w.dst, x) })
}

// measured writes the length of what write writes in front of it.
func (w *identity) measured(write func()) {
	const size = 4
	start := len(w.dst)
	w.dst = append(w.dst, make([]byte, size)...)
	write()
	binary.LittleEndian.PutUint32(w.dst[start:], uint32(len(w.dst)-start-size))
}

// pointer writes which of all values p points to. The plan keeps it alive.
func (w *identity) pointer(p any) {
	w.dst = binary.LittleEndian.AppendUint64(w.dst, uint64(reflect.ValueOf(p).Pointer()))
}

func (w *identity) list(xs []Expr) {
	w.length(len(xs))
	for _, x := range xs {
		w.expr(x)
	}
}

// value writes a constant; what its kind is matters.
func (w *identity) value(v value.Value) {
	w.kind(byte(v.Kind()))
	switch v.Kind() {
	case value.Null:
	case value.Bool:
		w.flag(v.Bool())
	case value.Int, value.Uint, value.Date:
		w.dst = binary.LittleEndian.AppendUint64(w.dst, v.Uint())
	case value.Float:
		w.dst = binary.LittleEndian.AppendUint64(w.dst, math.Float64bits(v.Float()))
	case value.List:
		w.length(len(v.Elems()))
		for _, e := range v.Elems() {
			w.value(e)
		}
	case value.Object:
	default:
		w.text(v.Str())
	}
}
