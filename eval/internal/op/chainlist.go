package op

// A chainList holds chains in an order, the newest last. The zero chainList is
// one by arrival.
type chainList struct {
	order          chainOrder
	oldest, newest *chain
	n              int
}

// A chainOrder is one of the lists that a chain stands in.
type chainOrder uint8

const (
	byArrival   chainOrder = iota // at one stage of a row
	byBeginning                   // of a machine
)

// A chainLink holds the neighbours of a chain in a list.
type chainLink struct{ older, newer *chain }

func (l *chainList) add(c *chain) {
	c.links[l.order] = chainLink{older: l.newest}
	if l.newest != nil {
		l.newest.links[l.order].newer = c
	} else {
		l.oldest = c
	}
	l.newest = c
	l.n++
}

func (l *chainList) remove(c *chain) {
	link := c.links[l.order]
	if link.older != nil {
		link.older.links[l.order].newer = link.newer
	} else {
		l.oldest = link.newer
	}
	if link.newer != nil {
		link.newer.links[l.order].older = link.older
	} else {
		l.newest = link.older
	}
	c.links[l.order] = chainLink{}
	l.n--
}
