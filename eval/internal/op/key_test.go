package op_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/wire"
	"github.com/eqlkit/eqlkit/eval/value"
)

// TestHitsOfSeveralKeys compares the hits of a step with the plain way to list
// tuples.
func TestHitsOfSeveralKeys(t *testing.T) {
	layout := event.NewLayout()
	s := &op.Step{Hosts: []event.Slot{layout.Add("host")}}
	for _, path := range []string{"a", "b", "c"} {
		s.Keys = append(s.Keys, op.Key{Slot: layout.Add(path)})
	}
	rec := event.NewRecord(layout)
	c := &op.Ctx{Rec: rec}
	r := rand.New(rand.NewPCG(1, 2))
	single := func() value.Value {
		switch i := r.IntN(12); {
		case i < 4:
			return value.OfInt(int64(i))
		case i < 8:
			return value.OfFloat(float64(i) / 2)
		default:
			return value.OfString(string(rune('a' + i)))
		}
	}
	var hits op.Hits
	for range 2000 {
		rec.Reset()
		rec.Set(s.Hosts[0], single())
		for i := range s.Keys {
			s.Keys[i].Optional = r.IntN(2) == 0
			v := single()
			switch r.IntN(6) {
			case 0:
				v = value.Value{}
			case 1, 2:
				elems := make([]value.Value, 2+r.IntN(8)*r.IntN(8))
				for j := range elems {
					elems[j] = single()
				}
				v = value.OfList(elems)
			}
			rec.Set(s.Keys[i].Slot, v)
		}
		hits.Reset()
		hits.Add(c, 7, s)
		var want [][]byte
		for _, tuple := range op.KeyTuples(c, s.Keys) {
			key := wire.AppendValue(nil, whole(rec.Get(s.Hosts[0])))
			for _, v := range tuple {
				key = wire.AppendValue(key, v)
			}
			want = append(want, key)
		}
		var got [][]byte
		for i := range hits.Len() {
			require.Equal(t, 7, hits.At(i).Step)
			got = append(got, hits.At(i).Key)
		}
		require.Equal(t, want, got)
	}
}

// whole makes an integer of a float that is one.
func whole(v value.Value) value.Value {
	if v.Kind() == value.Float && v.Float() == float64(int64(v.Float())) {
		return value.OfInt(int64(v.Float()))
	}
	return v
}
