package op

// A mark is the times of the latest leading missing events of a key: the newest,
// and the newest of an earlier millisecond, since a missing event in the same
// millisecond as the sequence's first event does not count.
type mark struct {
	key             string
	newest, earlier int64
	older, newer    *mark // by newest
}

// before returns the latest time before the millisecond of t, or never.
func (k *mark) before(t int64) int64 {
	if millis(k.newest) < millis(t) {
		return k.newest
	}
	return k.earlier
}

// marks are those of all keys.
type marks struct {
	byKey   map[string]*mark
	list    mark // the ring of all, in order of newest
	account *Account
}

func newMarks(a *Account) *marks {
	m := &marks{account: a}
	m.list.older, m.list.newer = &m.list, &m.list
	return m
}

// markCost is what a mark costs beside its key.
const markCost = 48 + 40

func (m *marks) cost(k *mark) int64 { return int64(markCost + len(k.key)) }

// before returns the latest mark of a key before the millisecond of t, or never.
func (m *marks) before(key []byte, t int64) int64 {
	if k := m.byKey[string(key)]; k != nil {
		return k.before(t)
	}
	return never
}

// add notes a leading missing event. The times of calls never go back.
func (m *marks) add(key []byte, t int64) {
	k := m.byKey[string(key)]
	switch {
	case k == nil:
		if !m.account.admit(int64(markCost+len(key)), nil) {
			return
		}
		k = &mark{key: string(key), newest: t, earlier: never}
		m.enter(k)
		return
	case millis(k.newest) != millis(t):
		k.earlier = k.newest
	}
	k.newest = t
	k.unlink()
	m.link(k)
}

func (m *marks) enter(k *mark) {
	if m.byKey == nil {
		m.byKey = make(map[string]*mark)
	}
	m.byKey[k.key] = k
	m.account.add(&m.account.Other, 1, m.cost(k))
	m.link(k)
}

// link makes k the newest of the ring.
func (m *marks) link(k *mark) {
	k.older, k.newer = m.list.older, &m.list
	k.older.newer, k.newer.older = k, k
}

func (k *mark) unlink() { k.older.newer, k.newer.older = k.newer, k.older }

// since returns the time of the oldest mark.
func (m *marks) since() (int64, bool) { return m.list.newer.newest, m.list.newer != &m.list }

// due returns when the oldest mark is too old to refute anything.
func (m *marks) due(span int64) int64 {
	if t, ok := m.since(); ok {
		return over(t, span)
	}
	return NotDue
}

// expire forgets marks that are too old to refute anything.
func (m *marks) expire(w, span int64) {
	for t, ok := m.since(); ok && Beyond(w, t, span); t, ok = m.since() {
		m.evict()
	}
}

// olderThan reports whether the oldest mark is from before t.
func (m *marks) olderThan(t int64) bool {
	since, ok := m.since()
	return ok && since < t
}

// evict forgets the oldest mark and returns its key; ok is false if there was none.
func (m *marks) evict() (key string, ok bool) {
	k := m.list.newer
	if k == &m.list {
		return "", false
	}
	k.unlink()
	delete(m.byKey, k.key)
	m.account.add(&m.account.Other, -1, -m.cost(k))
	return k.key, true
}
