package index

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLists(t *testing.T) {
	var l lists
	assert.Empty(t, l.of(0))
	l.compile()
	assert.Empty(t, l.of(0))

	for _, a := range []listed{{7, 3}, {4, 1}, {7, 2}, {5, 9}, {4, 8}, {9, 0}} {
		l.add(a.fact, int(a.number))
	}
	l.compile()
	assert.Equal(t, []int32{1, 8}, l.of(4), "in the order in which they came")
	assert.Equal(t, []int32{9}, l.of(5))
	assert.Empty(t, l.of(6))
	assert.Equal(t, []int32{3, 2}, l.of(7))
	assert.Equal(t, []int32{0}, l.of(9))
	for _, fact := range []int32{0, 3, 8, 10, 100} {
		assert.Empty(t, l.of(fact))
	}
}
