package eval

// repeats are the ids of the last matches, the oldest at next once there are most.
type repeats struct {
	most int
	ids  []matchID
	next int
	seen map[matchID]struct{}
}

// add notes an id and reports whether it is new.
func (r *repeats) add(id matchID) bool {
	if _, ok := r.seen[id]; ok {
		return false
	}
	if r.seen == nil {
		r.seen = make(map[matchID]struct{})
	}
	r.seen[id] = struct{}{}
	if len(r.ids) < r.most {
		r.ids = append(r.ids, id)
		return true
	}
	delete(r.seen, r.ids[r.next])
	r.ids[r.next] = id
	r.next = (r.next + 1) % r.most
	return true
}

// all yields the ids, the oldest first.
func (r *repeats) all(yield func(matchID) bool) {
	for i := range r.ids {
		if !yield(r.ids[(r.next+i)%len(r.ids)]) {
			return
		}
	}
}
