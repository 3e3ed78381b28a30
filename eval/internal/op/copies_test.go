package op_test

import (
	"bytes"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// TestCopies overwrites the memory that values lie in: copies stay what they were,
// but for texts in memory that is said to be stable.
func TestCopies(t *testing.T) {
	mem, stable := []byte("abcdefgh"), []byte("stable")
	text := func(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
	elems := []value.Value{value.OfString(text(mem[2:4])), value.OfInt(7), value.OfList([]value.Value{value.OfIP(text(mem[4:6]))})}
	long := bytes.Repeat([]byte("x"), 1<<15)
	values := []value.Value{
		{},
		value.OfInt(-1), value.OfBool(true), value.OfString(""), value.OfString(text(mem[:2])), value.OfVersion(text(mem[6:])),
		value.OfList(elems), value.OfString(text(long)), value.OfString(text(stable[1:3])),
	}
	var c op.Copies
	for range 3 {
		copy(mem, "abcdefgh")
		copy(stable, "stable")
		elems[1] = value.OfInt(7)
		c.Reset()
		c.Spare(stable)
		var want []string
		var copies []value.Value
		for _, v := range values {
			want, copies = append(want, strings.Clone(v.String())), append(copies, c.Of(v))
		}
		copy(mem, "########")
		copy(stable, "######")
		elems[1] = value.OfInt(0)
		for i, v := range copies[:len(copies)-1] {
			require.Equal(t, values[i].Kind(), v.Kind())
			require.Equal(t, want[i], v.String())
		}
		require.Equal(t, "##", copies[len(copies)-1].Str())
	}
}
