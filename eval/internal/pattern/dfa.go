package pattern

import "unicode/utf8"

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
	for i := 0; i < len(states); i++ {
		m.accepts = append(m.accepts, states[i].nullable)
		for class := range m.width {
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
