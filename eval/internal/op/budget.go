package op

import "fmt"

// A Policy says what happens to what a budget has no room for.
type Policy uint8

// The policies.
const (
	EvictOldest Policy = iota // the oldest goes
	RejectNew                 // the new one is not kept
	Fail                      // as RejectNew, and Push reports an error
)

// Limits bound what the machines of a stream keep; 0 stands for no bound.
type Limits struct {
	Total  int   // partial matches
	Bytes  int64 // about, with the events
	Policy Policy
}

// A Budget is what the machines of one stream keep and may keep. The zero
// Budget knows no limits. It belongs to one goroutine.
type Budget struct {
	Limits Limits
	// OnFull, if not nil, is told when the policy is Fail and a machine is
	// refused.
	OnFull func(*Account)

	items    int
	bytes    int64
	waiting  int64     // of these, what is kept back
	texts    [4]string // keys that were made last
	oldest   int       // of these
	accounts []*Account

	// The victim is the account that has to give when the total is exceeded:
	// the one that held most when last looked, which is looked at again after
	// some evictions.
	victim *Account
	turns  int
}

// An Account is what one machine keeps.
type Account struct {
	Open    int   // partial matches that wait for an event
	Pending int   // complete ones that wait for an absence
	Other   int   // keys and events that are remembered besides
	Bytes   int64 // about, without events

	Evicted  uint64 // dropped by the budget
	Rejected uint64 // not taken
	Expired  uint64 // partial matches that maxspan has outlived

	most    int // partial matches; 0 is no bound
	budget  *Budget
	machine Machine
}

// join opens the account of a machine.
func (b *Budget) join(a *Account, m Machine) {
	a.machine = m
	b.accounts = append(b.accounts, a)
}

// Leave closes an account: its machine is dropped with all that it holds.
func (b *Budget) Leave(a *Account) {
	a.machine.Trace(nil)
	for more := true; more; {
		more = a.machine.evict()
	}
	for i, o := range b.accounts {
		if o == a {
			b.accounts = append(b.accounts[:i], b.accounts[i+1:]...)
			break
		}
	}
	if b.victim == a {
		b.victim = nil
	}
}

// Bytes returns what is kept, events and all.
func (b *Budget) Bytes() int64 { return b.bytes }

// text returns an encoded key as a string. Queries that join by the same fields
// share it.
func (b *Budget) text(key []byte) string {
	for i := range b.texts {
		if b.texts[i] == string(key) {
			return b.texts[i]
		}
	}
	t := string(key)
	b.texts[b.oldest] = t
	b.oldest = (b.oldest + 1) % len(b.texts)
	return t
}

// heldCost is what an event costs beside itself.
const heldCost = 48

// Retain notes that an event is kept once more.
func (b *Budget) Retain(h *Held) {
	if h.refs++; h.refs&^pinned == 1 {
		b.bytes += h.Bytes()
	}
}

// Release notes that an event is kept once less.
func (b *Budget) Release(h *Held) {
	if h.refs--; h.refs&^pinned == 0 {
		b.bytes -= h.Bytes()
	}
}

// Wait notes that what is kept back for its turn takes n bytes more, or less.
func (b *Budget) Wait(n int64) {
	b.waiting += n
	b.bytes += n
}

// Hurry reports whether there is little room left because of what is kept back
// for its turn, so that not all of it can wait: more than half of the room.
func (b *Budget) Hurry() bool {
	if b.Limits.Bytes == 0 || b.bytes <= b.Limits.Bytes-b.Limits.Bytes/16 {
		return false
	}
	return b.waiting > b.Limits.Bytes/2 || b.fattest() == nil
}

func (a *Account) items() int { return a.Open + a.Pending + a.Other }

// add notes that the machine keeps n things more of one kind, of cost bytes.
func (a *Account) add(kind *int, n int, cost int64) {
	*kind += n
	a.budget.items += n
	a.Bytes += cost
	a.budget.bytes += cost
}

// admit reports whether there is room for one thing more of cost bytes that
// keeps ev, making some if the policy says so.
func (a *Account) admit(cost int64, ev *Held) bool {
	b := a.budget
	if a.unlimited() {
		return true
	}
	cost = withEvent(cost, ev)
	for !b.hopeless(cost) {
		own := a.most > 0 && a.items() >= a.most
		if !own && !b.full(cost) {
			return true
		}
		if b.Limits.Policy != EvictOldest {
			break
		}
		from := a
		if !own {
			from = b.fattest()
		}
		if from == nil || !from.machine.evict() {
			break
		}
		from.Evicted++
	}
	a.Rejected++
	if b.Limits.Policy == Fail && b.OnFull != nil {
		b.OnFull(a)
	}
	return false
}

// unlimited reports whether there is always room.
func (a *Account) unlimited() bool { return a.budget.Limits == (Limits{}) && a.most == 0 }

// affords reports whether something that is kept may grow by cost bytes and
// keep ev: if not, no eviction of other things would make the room.
func (a *Account) affords(cost int64, ev *Held) bool {
	return !a.budget.hopeless(withEvent(cost, ev))
}

// withEvent adds to a cost that of an event, unless that is kept anyway.
func withEvent(cost int64, ev *Held) int64 {
	if ev != nil && ev.refs&^pinned == 0 {
		cost += ev.Bytes()
	}
	return cost
}

// hopeless reports whether there is no room for cost bytes even if everything
// were evicted that can be.
func (b *Budget) hopeless(cost int64) bool {
	return b.Limits.Bytes > 0 && b.waiting+cost > b.Limits.Bytes
}

// full reports whether there is no room for one thing more of cost bytes.
func (b *Budget) full(cost int64) bool {
	return b.Limits.Total > 0 && b.items >= b.Limits.Total || b.over(cost)
}

// over reports whether cost bytes more are too many.
func (b *Budget) over(cost int64) bool {
	return b.Limits.Bytes > 0 && b.bytes+cost > b.Limits.Bytes
}

// Shrink evicts as long as more is kept than the limits allow, if the policy
// says so.
func (b *Budget) Shrink() {
	for b.Limits.Policy == EvictOldest && (b.over(0) || b.Limits.Total > 0 && b.items > b.Limits.Total) {
		a := b.fattest()
		if a == nil || !a.machine.evict() {
			return
		}
		a.Evicted++
	}
}

// weight is how much an account has to give.
func (a *Account) weight() int64 {
	if a.items() == 0 {
		return 0
	}
	return a.Bytes
}

// turns is for how many evictions an answer of fattest is good enough, so that
// looking at all accounts costs little.
const turns = 64

// fattest returns the account that holds most, so that a flood of keys in one
// query is paid for by that query; nil if nothing is held.
func (b *Budget) fattest() *Account {
	if b.victim != nil && b.turns > 0 && b.victim.weight() > 0 {
		b.turns--
		return b.victim
	}
	b.victim, b.turns = nil, turns
	for _, a := range b.accounts {
		if w := a.weight(); w > 0 && (b.victim == nil || w > b.victim.weight()) {
			b.victim = a
		}
	}
	return b.victim
}

// String says what an account holds, for errors.
func (a *Account) String() string {
	return fmt.Sprintf("%d partial matches in %d bytes", a.items(), a.Bytes)
}
