package op

import "github.com/eqlkit/eqlkit/eval/internal/plan"

// A Limiter applies head and tail to a stream of results, each to what the one
// before it lets through. It belongs to one goroutine.
type Limiter struct{ stages []limitStage }

type limitStage struct {
	plan.Limit
	taken int      // by head
	ring  []Result // of tail: the last N, the oldest at next
	next  int
}

// NewLimiter returns a Limiter for the given limits.
func NewLimiter(limits []plan.Limit) *Limiter {
	l := &Limiter{stages: make([]limitStage, len(limits))}
	for i, limit := range limits {
		l.stages[i].Limit = limit
	}
	return l
}

// Push passes r on, keeps it, or drops it.
func (l *Limiter) Push(r Result, emit func(Result)) { l.push(0, r, emit) }

func (l *Limiter) push(i int, r Result, emit func(Result)) {
	for ; i < len(l.stages); i++ {
		s := &l.stages[i]
		switch {
		case s.N == 0:
			return
		case !s.Tail:
			if s.taken == s.N {
				return
			}
			s.taken++
			continue
		case len(s.ring) < s.N:
			s.ring = append(s.ring, r)
		default:
			s.ring[s.next] = r
			s.next = (s.next + 1) % s.N
		}
		return
	}
	emit(r)
}

// Close passes on what was kept for the end.
func (l *Limiter) Close(emit func(Result)) {
	for i := range l.stages {
		s := &l.stages[i]
		for j := range s.ring {
			l.push(i+1, s.ring[(s.next+j)%len(s.ring)], emit)
		}
		s.ring, s.next = nil, 0
	}
}
