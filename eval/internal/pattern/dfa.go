package pattern

import (
	"slices"
	"unicode/utf8"
)

// A dfa is a deterministic automaton: one look-up per symbol of the text. Its
// states are the derivatives of a term.
type dfa struct {
	classes *alphabet
	width   int     // number of classes
	next    []int32 // by state and class
	accepts []bool  // by state
	final   []bool  // by state: whether the text still to come does not matter
}

// maxCells bounds the memory of one automaton, to 16 MiB.
const maxCells = 1 << 22

// effortPerState bounds the time to build an automaton.
const effortPerState = 200

// newDFA returns the automaton of t, or false if it would have more than
// maxStates states or be too much work to build.
func newDFA(b *termTable, t *term, maxStates int) (*dfa, bool) {
	m := &dfa{classes: b.classes, width: len(b.classes.members)}
	states := []*term{t}
	index := map[*term]int32{t: 0}
	b.limit = b.effort + effortPerState*maxStates
	var alike similarity
	for i := 0; i < len(states); i++ {
		m.accepts = append(m.accepts, states[i].nullable)
		alike.find(b, states[i])
		for class, first := range alike.to {
			if first < class {
				m.next = append(m.next, m.next[i*m.width+first])
				continue
			}
			d := b.derive(states[i], uint16(class))
			to, ok := index[d]
			if !ok {
				to = int32(len(states))
				index[d] = to
				states = append(states, d)
			}
			m.next = append(m.next, to)
			if len(states) > maxStates || len(m.next) > maxCells || b.exhausted() {
				return nil, false
			}
		}
	}
	m.findFinal()
	return m, true
}

// A similarity finds the classes by which a term has the same derivative.
type similarity struct {
	to    []int // by class: the first of those that it is like
	parts []int // scratch
}

// find sets s.to for a term.
func (s *similarity) find(b *termTable, t *term) {
	width := len(b.classes.members)
	s.to, s.parts = slices.Grow(s.to[:0], width)[:width], slices.Grow(s.parts[:0], width)[:width]
	fronts, ok := b.frontsOf(t)
	if !ok {
		for class := range s.to {
			s.to[class] = class
		}
		return
	}
	clear(s.to)
	for _, set := range fronts {
		s.split(b.classes, set)
	}
}

// split takes the classes that lie in a set and those that do not apart.
func (s *similarity) split(a *alphabet, set int32) {
	const none = -1
	for class, first := range s.to {
		if first == class {
			s.parts[class] = none
		}
		if a.inside(set, uint16(class)) == a.inside(set, uint16(first)) {
			continue
		}
		if s.parts[first] == none {
			s.parts[first] = class // the first of the other part
		}
		s.to[class] = s.parts[first]
	}
}

// findFinal sets final: a state is final if all that can be reached from it,
// itself included, accept, or if none does.
func (m *dfa) findFinal() {
	n := len(m.accepts)
	back := make([][]int32, n)
	for i, to := range m.next {
		from := int32(i / m.width)
		if len(back[to]) == 0 || back[to][len(back[to])-1] != from {
			back[to] = append(back[to], from)
		}
	}
	open := [2][]bool{make([]bool, n), make([]bool, n)} // can reach refusal, acceptance
	for kind := range open {
		var todo []int32
		for s, a := range m.accepts {
			if a == (kind == 1) {
				open[kind][s] = true
				todo = append(todo, int32(s))
			}
		}
		for len(todo) > 0 {
			s := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, from := range back[s] {
				if !open[kind][from] {
					open[kind][from] = true
					todo = append(todo, from)
				}
			}
		}
	}
	m.final = make([]bool, n)
	for s := range m.final {
		m.final[s] = !open[0][s] || !open[1][s]
	}
}

// Match runs the automaton over s.
func (m *dfa) Match(s string) bool {
	state := int32(0)
	for i := 0; i < len(s) && !m.final[state]; {
		var class uint16
		if c := s[i]; c < utf8.RuneSelf {
			class = m.classes.ascii[c]
			i++
		} else {
			x, n := firstSymbol(s[i:])
			class = m.classes.classOf(x)
			i += n
		}
		state = m.next[int(state)*m.width+int(class)]
	}
	return m.accepts[state]
}
