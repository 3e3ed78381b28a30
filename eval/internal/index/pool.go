package index

// A pool hands out pieces of memory that it has taken at once, until reset takes them
// all back. What it lacks it takes anew, so that it should be reset when it is low. The
// zero pool has nothing.
type pool[T any] struct{ all, rest []T }

func newPool[T any](n int) pool[T] {
	all := make([]T, n)
	return pool[T]{all: all, rest: all}
}

// take returns n Ts, which are zero.
func (p *pool[T]) take(n int) []T {
	if len(p.rest) < n {
		return make([]T, n)
	}
	piece := p.rest[:n:n]
	p.rest = p.rest[n:]
	return piece
}

// isLow reports whether little is left.
func (p *pool[T]) isLow() bool { return len(p.rest) < len(p.all)/8 }

// put returns a copy of from, in the memory of old if that suffices.
func (p *pool[T]) put(old, from []T) []T {
	if cap(old) < len(from) {
		old = p.take(len(from))
	}
	return append(old[:0], from...)
}

// reset takes everything back.
func (p *pool[T]) reset() {
	clear(p.all[:len(p.all)-len(p.rest)])
	p.rest = p.all
}
