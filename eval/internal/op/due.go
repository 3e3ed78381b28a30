package op

// A due is a row that has something to forget some time after since.
type due struct {
	since int64
	row   *row
}

// A dueQueue is a queue of dues in order of time.
type dueQueue struct {
	items []due
	head  int
}

func (q *dueQueue) len() int    { return len(q.items) - q.head }
func (q *dueQueue) front() *due { return &q.items[q.head] }
func (q *dueQueue) push(d due)  { q.items = append(q.items, d) }

func (q *dueQueue) pop() due {
	d := q.items[q.head]
	q.items[q.head] = due{}
	q.head++
	if q.head > 64 && q.head*2 > len(q.items) {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return d
}
