package eval

// A dueHeap holds runs by the time at which time alone has an effect on them.
// That of a run may be too early, as what is due is often put off: whether
// anything is due is asked again when it comes up.
type dueHeap []*run

func (h dueHeap) less(i, j int) bool {
	if h[i].due != h[j].due {
		return h[i].due < h[j].due
	}
	return h[i].index < h[j].index
}

func (h dueHeap) swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

// add adds a run.
func (h *dueHeap) add(r *run) {
	r.place = len(*h)
	*h = append(*h, r)
	h.up(r.place)
}

// up puts the run at place i in order, which may be too far behind.
func (h dueHeap) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.less(i, parent) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

// down puts the run at place i in order, which may be too far in front.
func (h dueHeap) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h.less(child+1, child) {
			child++
		}
		if !h.less(child, i) {
			return
		}
		h.swap(i, child)
		i = child
	}
}
