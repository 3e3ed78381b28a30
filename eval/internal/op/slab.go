package op

// A slab is a growing array of small things that are named by their indices.
// It grows by chunks, of which only the first is ever copied. Index 0 stands for
// nothing.
type slab[T any] struct {
	chunks [][]T
	next   uint32 // the first index that was never given away
	free   []uint32
}

const (
	slabShift = 9
	slabChunk = 1 << slabShift
	slabMin   = 8
)

// take returns the index of a zero T.
func (s *slab[T]) take() uint32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	if s.next == 0 {
		s.next = 1
	}
	i := s.next
	s.next++
	switch k := int(i >> slabShift); {
	case len(s.chunks) == 0:
		s.chunks = [][]T{make([]T, slabMin)}
	case k == len(s.chunks):
		s.chunks = append(s.chunks, make([]T, slabChunk))
	case k == 0 && int(i) == len(s.chunks[0]): // of the first ones, most stay small
		s.chunks[0] = append(s.chunks[0], make([]T, i)...)
	}
	return i
}

// give returns what was taken.
func (s *slab[T]) give(i uint32) {
	var zero T
	*s.at(i) = zero
	s.free = append(s.free, i)
}

func (s *slab[T]) at(i uint32) *T { return &s.chunks[i>>slabShift][i&(slabChunk-1)] }

// len returns how many are taken.
func (s *slab[T]) len() int { return max(int(s.next)-1, 0) - len(s.free) }

// wasteful reports whether most of the room is empty.
func (s *slab[T]) wasteful() bool {
	return len(s.chunks) > 16 && s.len() < len(s.chunks)<<slabShift/8
}
