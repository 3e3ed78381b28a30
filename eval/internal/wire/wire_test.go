package wire

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/value"
)

var samples = []value.Value{
	{},
	value.OfBool(true), value.OfBool(false), value.OfInt(0), value.OfInt(-1), value.OfInt(math.MinInt64), value.OfInt(math.MaxInt64),
	value.OfUint(math.MaxUint64), value.OfFloat(1.5), value.OfFloat(math.Inf(-1)), value.OfString(""), value.OfString("text"),
	value.OfString(string(bytes.Repeat([]byte("x"), 3*blockLen))), value.OfIP("::1"), value.OfDate(-1), value.OfVersion("1.0"),
}

// What is written can be read, whatever the blocks.
func TestRoundTrip(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	list := value.OfList([]value.Value{value.OfInt(1), value.OfString("a")})
	for range 3 {
		for _, v := range samples {
			w.Value(v)
		}
		s := w.Section()
		s.Value(list)
		s.Aside().String("aside")
		for _, v := range samples {
			s.Value(v)
		}
		require.NoError(t, s.Close())
		w.Int(-7)
	}
	require.NoError(t, w.Close())
	r, err := NewReader(&b)
	require.NoError(t, err)
	for round := range 3 {
		for _, v := range samples {
			require.True(t, same(v, r.Value()))
		}
		asides := 0
		s := r.Section(func(r *Reader) {
			require.Equal(t, "aside", r.String())
			asides++
		})
		if round == 1 {
			require.NoError(t, s.Skip())
		} else {
			require.True(t, same(list, s.Value()))
			for _, v := range samples {
				require.True(t, same(v, s.Value()))
			}
			require.NoError(t, s.Close())
		}
		require.Equal(t, 1, asides)
		require.EqualValues(t, -7, r.Int())
	}
	require.NoError(t, r.Close())
}

func same(a, b value.Value) bool {
	return a.Kind() == b.Kind() && bytes.Equal(AppendValue(nil, a), AppendValue(nil, b))
}

// Different values have different bytes, and none are the beginning of others.
func TestValuesAreTold(t *testing.T) {
	for i, a := range samples {
		enc := AppendValue(nil, a)
		back, ok := Values(string(enc) + string(enc))
		require.True(t, ok)
		require.Len(t, back, 2)
		require.True(t, same(a, back[1]))
		require.True(t, Valid(string(enc)+string(enc)))
		for n := 1; n < min(len(enc), 20); n++ {
			require.False(t, Valid(string(enc[:n])), "%v", a)
		}
		for j, b := range samples {
			require.Equal(t, i == j, bytes.HasPrefix(AppendValue(nil, b), enc), "%v %v", a, b)
		}
	}
}

// Valid accepts what Values can decode, but for lists, which are no keys.
func FuzzValid(f *testing.F) {
	for _, v := range samples {
		if len(v.Str()) < 100 {
			f.Add(AppendValue(nil, v))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		vals, ok := Values(string(data))
		if !Valid(string(data)) {
			return
		}
		if !ok {
			t.Fatalf("%q is valid and cannot be decoded", data)
		}
		d := &Reader{rest: data, ended: true}
		for _, v := range vals {
			require.True(t, same(v, d.Value()))
		}
		require.Empty(t, d.rest)
	})
}
