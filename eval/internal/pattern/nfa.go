package pattern

import (
	"math/bits"
	"unicode/utf8"
)

// nfaWords is the size of a set of the states of an nfa.
const nfaWords = 8

// An nfa is a nondeterministic automaton. It takes the place of a dfa that
// would be too large: small, but slower by the number of states it is in at a
// time. Its states are the terms that derivatives are unions of.
type nfa struct {
	classes *alphabet
	width   int        // number of classes
	words   int        // of the sets in use
	rows    []stateSet // the sets that steps lead to
	next    []int32    // by state and class: which row
	start   int32      // which row
	accepts stateSet
	endless stateSet // the state that accepts whatever comes, if any
}

type stateSet [nfaWords]uint64

func (s *stateSet) add(state int) { s[state/64] |= 1 << (state % 64) }

// newNFA returns the automaton of t, or false if it would have more than
// maxStates states, or more than a stateSet holds, or be too much work to build.
func newNFA(b *termTable, t *term, maxStates int) (*nfa, bool) {
	maxStates = min(maxStates, 64*nfaWords)
	b.limit = b.effort + effortPerState*maxStates
	m := &nfa{classes: b.classes, width: len(b.classes.members)}

	var states []*term
	index := map[*term]int{}
	rowIndex := map[*term]int32{}
	row := func(t *term) (int32, bool) {
		if r, ok := rowIndex[t]; ok {
			return r, true
		}
		members := []*term{t}
		switch t.op {
		case opNone:
			members = nil
		case opAlt:
			members = t.subs
		}
		var set stateSet
		for _, x := range members {
			i, ok := index[x]
			if !ok {
				if i = len(states); i == maxStates {
					return 0, false
				}
				index[x] = i
				states = append(states, x)
			}
			set.add(i)
		}
		r := int32(len(m.rows))
		rowIndex[t] = r
		m.rows = append(m.rows, set)
		return r, true
	}

	var ok bool
	if m.start, ok = row(t); !ok {
		return nil, false
	}
	for i := 0; i < len(states); i++ {
		if states[i].nullable {
			m.accepts.add(i)
		}
		if states[i] == b.all {
			m.endless.add(i)
		}
		for class := range m.width {
			r, ok := row(b.derive(states[i], uint16(class)))
			if !ok || b.exhausted() {
				return nil, false
			}
			m.next = append(m.next, r)
		}
	}
	m.words = (len(states) + 63) / 64
	return m, true
}

// Match runs the automaton over s, in all states at once.
func (m *nfa) Match(s string) bool {
	in := m.rows[m.start]
	for i := 0; i < len(s); {
		var class uint16
		if c := s[i]; c < utf8.RuneSelf {
			class = m.classes.ascii[c]
			i++
		} else {
			x, n := firstSymbol(s[i:])
			class = m.classes.classOf(x)
			i += n
		}
		var to stateSet
		for w := range m.words {
			for set := in[w]; set != 0; set &= set - 1 {
				state := 64*w + bits.TrailingZeros64(set)
				row := &m.rows[m.next[state*m.width+int(class)]]
				for v := range m.words {
					to[v] |= row[v]
				}
			}
		}
		if to.meets(&m.endless) {
			return true
		}
		if to == (stateSet{}) {
			return false
		}
		in = to
	}
	return in.meets(&m.accepts)
}

func (s *stateSet) meets(t *stateSet) bool {
	for w := range s {
		if s[w]&t[w] != 0 {
			return true
		}
	}
	return false
}
