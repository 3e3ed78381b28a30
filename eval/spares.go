package eval

import "github.com/eqlkit/eqlkit/eval/internal/op"

// spares are things a clock has made for events and that nothing uses any more.
// The next events take them, so that one which leaves nothing behind costs no
// memory.
type spares struct {
	held []*op.Held
	kept []*kept
	hits []*op.Hits
}

// mostSpares bounds the spares of each kind, and sparesBytes what one may take.
const (
	mostSpares  = 64
	sparesBytes = 1 << 12
)

func (s *spares) takeHeld() *op.Held { return take(&s.held) }
func (s *spares) takeKept() *kept    { return take(&s.kept) }
func (s *spares) takeHits() *op.Hits { return take(&s.hits) }

func take[T any](list *[]*T) *T {
	n := len(*list) - 1
	if n < 0 {
		return new(T)
	}
	x := (*list)[n]
	*list = (*list)[:n]
	return x
}

func give[T any](list *[]*T, x *T) {
	if len(*list) < mostSpares {
		*list = append(*list, x)
	}
}

// giveHeld takes h if nothing keeps it.
func (s *spares) giveHeld(h *op.Held) {
	if h.Free() {
		*h = op.Held{}
		give(&s.held, h)
	}
}

// giveKept takes k and the hits of it, but not its event.
func (s *spares) giveKept(k *kept) {
	for i := range k.parts {
		if p := &k.parts[i]; p.size <= sparesBytes {
			p.hits.Reset()
			give(&s.hits, p.hits)
		}
	}
	clear(k.parts)
	*k = kept{parts: k.parts[:0]}
	give(&s.kept, k)
}
