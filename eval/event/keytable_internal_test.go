package event

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeyTable fills a table far beyond the room that it has at first.
func TestKeyTable(t *testing.T) {
	table := newKeyTable(1)
	places := []*place{{node: &node{id: 0}}, {node: &node{id: 1}}}
	const n = 500
	name := func(i int) string { return "field." + strconv.Itoa(i) + string(make([]byte, i)) }
	for i := range n {
		for _, at := range places[:1+i%2] {
			require.Nil(t, table.find(at, name(i)))
			k := table.add(at, name(i))
			require.Equal(t, `"`+name(i)+`":`, k.text)
		}
	}
	for i := range n {
		require.Equal(t, name(i), table.find(places[0], name(i)).name())
		k := table.find(places[1], name(i))
		require.Equal(t, i%2 == 1, k != nil)
		if k != nil {
			require.Same(t, places[1], k.at)
		}
	}
	require.Nil(t, table.find(places[0], ""))
}
