package op

import "hash/maphash"

// A partial is a sequence up to one of its stages. It is kept as small as can
// be, because there may be millions: 48 bytes on 64-bit machines.
type partial struct {
	key  string
	head *Held  // the first event
	tail uint32 // the latest event, in partials.links; 0 if it is the first
	// older and newer order all partials of a machine by the time of their
	// first event, and those of one time by age.
	older, newer uint32
	next         uint32 // in its bucket of partials.table
	hash         uint32 // of the key
	stage        uint16
	// doomed says that a missing event was there after all. A doomed partial
	// stays, because it takes the place of others.
	doomed bool
}

// A link is an event of a partial after the first.
type link struct {
	ev   *Held
	prev uint32 // 0 at the second event
}

// A gap is what a partial of a sequence with missing steps remembers.
type gap struct {
	lead int64 // time of the latest leading missing event; never if there is none
	at   int64 // millisecond of the first missing event behind the latest event; never if there is none
}

// What a partial costs beside its key and events, and what a link costs.
const (
	partialCost = 48 + 4 // with its part of the table
	gapCost     = 16
	linkCost    = 16
)

// partials are those of one machine, found by key and stage, and in order of
// their first event.
type partials struct {
	seed    maphash.Seed
	table   table
	all     slab[partial]
	links   slab[link]
	gaps    slab[gap] // side by side with all; empty for sequences without missing steps
	gappy   bool
	oldest  uint32
	newest  uint32
	account *Account
	watch
}

func newPartials(a *Account, w *wakers, gappy bool) partials {
	return partials{seed: maphash.MakeSeed(), gappy: gappy, account: a, watch: newWatch(w)}
}

// at returns partial i, which must not be 0. The pointer is good until the
// partial is dropped.
func (ps *partials) at(i uint32) *partial { return ps.all.at(i) }

// A place is a key with its hash.
type place struct {
	key  []byte
	hash uint32
}

func (ps *partials) place(key []byte) place {
	return place{key, uint32(maphash.Bytes(ps.seed, key))}
}

// mixed is the hash of a key and stage.
func mixed(hash uint32, stage int) uint32 { return hash + uint32(stage)*0x9e3779b1 }

func (p *partial) mixed() uint32 { return mixed(p.hash, int(p.stage)) }

// find returns the partial of a key that waits at a stage, or 0.
func (ps *partials) find(at place, stage int) uint32 {
	if ps.waiting[stage] == 0 {
		return 0
	}
	for i := ps.table.first(mixed(at.hash, stage)); i != 0; {
		p := ps.at(i)
		if p.hash == at.hash && int(p.stage) == stage && p.key == string(at.key) {
			return i
		}
		i = p.next
	}
	return 0
}

// begin adds a partial of one event, the newest of all. The key is that of at.
func (ps *partials) begin(at place, key string, ev *Held, g gap) uint32 {
	i := ps.all.take()
	p := ps.at(i)
	*p = partial{key: key, hash: at.hash, head: ev}
	ps.enlist(i, p)
	if ps.gappy {
		for ps.gaps.next <= i {
			ps.gaps.take()
		}
		*ps.gaps.at(i) = g
	}
	ps.insert(i, p)
	ps.occupy(0)
	ps.account.budget.Retain(ev)
	ps.account.add(&ps.account.Open, 1, ps.cost(p))
	return i
}

// renew makes of partial i, which is of one event, one that begins with ev: the
// newest of all. It is as if i were dropped, and another one began.
func (ps *partials) renew(i uint32, ev *Held, g gap) {
	p := ps.at(i)
	ps.account.budget.Retain(ev)
	ps.account.budget.Release(p.head)
	p.head, p.doomed = ev, false
	if i != ps.newest {
		ps.delist(p)
		ps.enlist(i, p)
	}
	if ps.gappy {
		*ps.gaps.at(i) = g
	}
}

// enlist makes partial i the newest.
func (ps *partials) enlist(i uint32, p *partial) {
	p.older, p.newer = ps.newest, 0
	if ps.newest == 0 {
		ps.oldest = i
	} else {
		ps.at(ps.newest).newer = i
	}
	ps.newest = i
}

// delist takes a partial out of the order of time.
func (ps *partials) delist(p *partial) {
	if p.older == 0 {
		ps.oldest = p.newer
	} else {
		ps.at(p.older).newer = p.newer
	}
	if p.newer == 0 {
		ps.newest = p.older
	} else {
		ps.at(p.newer).older = p.older
	}
}

// cost is what a partial costs without its events.
func (ps *partials) cost(p *partial) int64 {
	c := int64(partialCost + len(p.key))
	if ps.gappy {
		c += gapCost
	}
	return c
}

// take lets partial i, which waits at the stage before, take ev as its event of
// a stage. No other partial may wait there.
func (ps *partials) take(i uint32, ev *Held, stage int) {
	p := ps.at(i)
	ps.remove(i, p)
	p.tail = ps.extend(ev, p.tail)
	ps.vacate(int(p.stage))
	p.stage = uint16(stage)
	ps.occupy(stage)
	ps.insert(i, p)
}

// extend appends an event to those of a partial.
func (ps *partials) extend(ev *Held, tail uint32) uint32 {
	l := ps.links.take()
	*ps.links.at(l) = link{ev, tail}
	ps.account.budget.Retain(ev)
	ps.account.add(&ps.account.Open, 0, linkCost)
	return l
}

// drop forgets partial i.
func (ps *partials) drop(i uint32) {
	p := ps.at(i)
	ps.remove(i, p)
	ps.vacate(int(p.stage))
	ps.delist(p)
	budget := ps.account.budget
	for l := p.tail; l != 0; {
		at := ps.links.at(l)
		budget.Release(at.ev)
		ps.account.add(&ps.account.Open, 0, -linkCost)
		prev := at.prev
		ps.links.give(l)
		l = prev
	}
	budget.Release(p.head)
	ps.account.add(&ps.account.Open, -1, -ps.cost(p))
	ps.all.give(i)
}

// latest returns the latest event of a partial.
func (ps *partials) latest(p *partial) *Held {
	if p.tail == 0 {
		return p.head
	}
	return ps.links.at(p.tail).ev
}

// chain appends the events of a partial to dst, in order.
func (ps *partials) chain(dst []*Held, p *partial) []*Held {
	from := len(dst)
	for range int(p.stage) + 1 {
		dst = append(dst, nil)
	}
	l := p.tail
	for k := len(dst) - 1; k > from; k-- {
		at := ps.links.at(l)
		dst[k], l = at.ev, at.prev
	}
	dst[from] = p.head
	return dst
}

// gap returns what partial i remembers of missing events.
func (ps *partials) gap(i uint32) gap {
	if !ps.gappy {
		return gap{never, never}
	}
	return *ps.gaps.at(i)
}

// compact gives back memory after many partials have gone.
func (ps *partials) compact() {
	if !ps.all.wasteful() && !ps.links.wasteful() {
		return
	}
	old := *ps
	ps.watch = newWatch(old.wakers)
	ps.table, ps.oldest, ps.newest = table{}, 0, 0
	ps.all, ps.links, ps.gaps = slab[partial]{}, slab[link]{}, slab[gap]{}
	var events []*Held
	for i := old.oldest; i != 0; {
		p := old.at(i)
		events = old.chain(events[:0], p)
		ps.restore(p.key, events, p.doomed, old.gap(i))
		i = p.newer
	}
	clear(events)
	// Everything has been entered twice.
	old.account.add(&old.account.Open, -old.all.len(), -ps.total())
	for i := ps.oldest; i != 0; i = ps.at(i).newer {
		events = ps.chain(events[:0], ps.at(i))
		for _, ev := range events {
			ps.account.budget.Release(ev)
		}
	}
}

// total is what all partials cost, without events.
func (ps *partials) total() int64 {
	sum := int64(0)
	for i := ps.oldest; i != 0; i = ps.at(i).newer {
		sum += ps.cost(ps.at(i)) + linkCost*int64(ps.at(i).stage)
	}
	return sum
}

// restore adds a partial that has been somewhere else before: the newest.
func (ps *partials) restore(key string, events []*Held, doomed bool, g gap) {
	at := ps.place([]byte(key))
	i := ps.begin(at, key, events[0], g)
	ps.at(i).doomed = doomed
	for k, ev := range events[1:] {
		ps.take(i, ev, k+1)
	}
}
