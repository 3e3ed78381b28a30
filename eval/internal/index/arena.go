package index

import "unsafe"

// An arena hands out pieces of larger ones, which are never taken back. The zero arena is
// empty.
type arena[T any] struct{ rest []T }

// arenaBytes is how large the pieces are, about, that an arena is made of.
const arenaBytes = 1 << 14

// take returns n new Ts.
func (a *arena[T]) take(n int) []T {
	if len(a.rest) < n {
		var zero T
		a.rest = make([]T, max(n, arenaBytes/int(unsafe.Sizeof(zero))))
	}
	piece := a.rest[:n:n]
	a.rest = a.rest[n:]
	return piece
}
