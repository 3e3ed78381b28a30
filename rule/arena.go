package rule

import "github.com/eqlkit/eqlkit/ast/source"

// An arena makes the parts of trees, over and over out of the same memory.
type arena struct {
	items  pile[item]
	tables pile[table]
	arrays pile[array]
}

// reset makes everything free that the arena has made.
func (a *arena) reset() { a.items.taken, a.tables.taken, a.arrays.taken = 0, 0, 0 }

func (a *arena) item(it item) *item {
	out := a.items.next()
	*out = it
	return out
}

func (a *arena) table(at source.Span, o origin) *table {
	t := a.tables.next()
	*t = table{items: t.items[:0], span: at, origin: o}
	return t
}

func (a *arena) array(headers bool) *array {
	out := a.arrays.next()
	*out = array{items: out.items[:0], headers: headers}
	return out
}

// A pile holds values to be taken and put back all at once. What is taken has its
// former content.
type pile[T any] struct {
	all   []*T
	taken int
}

func (p *pile[T]) next() *T {
	if p.taken == len(p.all) {
		more := make([]T, 32)
		for i := range more {
			p.all = append(p.all, &more[i])
		}
	}
	p.taken++
	return p.all[p.taken-1]
}
