package op

import "errors"

// ErrTooManyProcesses is reported when a process is forgotten to make room for
// another.
var ErrTooManyProcesses = errors.New("too many processes to remember; the one without an event for the longest time is forgotten")

// A processTable remembers processes that something may descend from: sources
// of a lineage and what descends from them. It is bounded by number and by time
// without an event. Processes that have ended stay: their descendants live on.
type processTable struct {
	byKey   map[string]*process
	ring    process // around which they stand, the one longest without an event next
	most    int
	account *Account
}

// A process is what is known of one. Its lineages are bits.
type process struct {
	key        string // of host and entity
	source     uint64 // lineages that begin with it
	under      uint64 // lineages that it descends in
	touched    int64  // the time of its latest event, or of a process below it
	prev, next *process
}

// processCost is what a process costs beside its key.
const processCost = 64 + 40

func newProcessTable(most int, a *Account) processTable { return processTable{most: most, account: a} }

// find returns the lineages that the process with a key begins and descends in.
func (t *processTable) find(key []byte, now int64) (source, under uint64) {
	p := t.byKey[string(key)]
	if p == nil {
		return 0, 0
	}
	t.touch(p, now)
	return p.source, p.under
}

// note adds lineages to a process. It reports whether another one had to go.
func (t *processTable) note(key []byte, source, under uint64, now int64) (full bool) {
	p := t.byKey[string(key)]
	if p == nil {
		if full = len(t.byKey) >= t.most; full {
			t.drop(t.ring.next)
			t.account.Evicted++
		}
		if !t.account.admit(int64(processCost+len(key)), nil) {
			return full
		}
		p = t.enter(string(key))
	}
	p.source |= source
	p.under |= under
	t.touch(p, now)
	return full
}

// enter adds a process of which nothing is known.
func (t *processTable) enter(key string) *process {
	if t.byKey == nil {
		t.byKey = make(map[string]*process)
		t.ring.prev, t.ring.next = &t.ring, &t.ring
	}
	p := &process{key: key}
	p.prev, p.next = p, p
	t.byKey[key] = p
	t.account.add(&t.account.Other, 1, int64(processCost+len(key)))
	return p
}

// touch makes p the one with the latest event.
func (t *processTable) touch(p *process, now int64) {
	p.touched = now
	p.prev.next, p.next.prev = p.next, p.prev
	p.prev, p.next = t.ring.prev, &t.ring
	p.prev.next, p.next.prev = p, p
}

func (t *processTable) drop(p *process) {
	p.prev.next, p.next.prev = p.next, p.prev
	delete(t.byKey, p.key)
	t.account.add(&t.account.Other, -1, -int64(processCost+len(p.key)))
}

// evict drops the process that has been without an event for longest and
// reports whether there was one.
func (t *processTable) evict() bool {
	if len(t.byKey) == 0 {
		return false
	}
	t.drop(t.ring.next)
	return true
}

// due returns when forget drops a process.
func (t *processTable) due(idle int64) int64 {
	if len(t.byKey) == 0 || t.ring.next.touched == never {
		return NotDue
	}
	return over(t.ring.next.touched, idle)
}

// forget drops the processes that have been without an event for too long.
func (t *processTable) forget(now, idle int64) {
	for len(t.byKey) > 0 {
		switch p := t.ring.next; {
		case p.touched == never && now != never: // time begins
			t.touch(p, now)
		case Beyond(now, p.touched, idle):
			t.drop(p)
		default:
			return
		}
	}
}
