package op

import "container/heap"

// unplanned is the index of a row that stands in no dueHeap.
const unplanned = -1

// A dueHeap holds rows that will have something to forget, the earliest first.
type dueHeap []*row

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].since < h[j].since }

func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].due, h[j].due = i, j
}

// Push adds a row.
func (h *dueHeap) Push(x any) {
	r := x.(*row)
	r.due = len(*h)
	*h = append(*h, r)
}

// Pop takes the last row.
func (h *dueHeap) Pop() any {
	old := *h
	n := len(old) - 1
	r := old[n]
	old[n] = nil
	*h = old[:n]
	r.due = unplanned
	return r
}

// plan sees to it that the row is looked at when the oldest thing that it holds
// is over. A row that is planned for an earlier time already stays as it is.
func (m *sequence) plan(r *row) {
	if m.spec.maxSpan == 0 || r.due != unplanned {
		return
	}
	oldest, any := int64(0), false
	note := func(t int64) {
		if !any || t < oldest {
			oldest, any = t, true
		}
	}
	for _, p := range r.slots {
		if p != nil {
			note(p.first)
		}
	}
	for _, t := range []int64{r.marks.newest, r.marks.earlier} {
		if t != never {
			note(t)
		}
	}
	if any {
		r.since = oldest
		heap.Push(&m.dues, r)
	}
}
