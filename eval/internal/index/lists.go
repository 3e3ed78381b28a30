package index

// lists has for each fact numbers of conditions or clauses. The zero lists is
// empty; compile comes after the last add.
type lists struct {
	added   []listed // until compile
	first   int32    // the least fact
	from    []int32  // those of fact first+i begin at from[i]
	numbers []int32
}

// A listed number is one of the list of a fact.
type listed struct{ fact, number int32 }

func (l *lists) add(fact int32, number int) {
	l.added = append(l.added, listed{fact, int32(number)})
}

func (l *lists) compile() {
	if len(l.added) == 0 {
		return
	}
	least, most := l.added[0].fact, l.added[0].fact
	for _, a := range l.added {
		least, most = min(least, a.fact), max(most, a.fact)
	}
	// Those of a fact keep their order: from is where the next one goes, which
	// ends as where those of the fact behind it begin.
	l.first = least
	l.from = make([]int32, most-least+2)
	for _, a := range l.added {
		if i := a.fact - least + 2; int(i) < len(l.from) {
			l.from[i]++
		}
	}
	for i := 1; i < len(l.from); i++ {
		l.from[i] += l.from[i-1]
	}
	l.numbers = make([]int32, len(l.added))
	for _, a := range l.added {
		next := &l.from[a.fact-least+1]
		l.numbers[*next] = a.number
		*next++
	}
	l.added = nil
}

// of returns the numbers of a fact.
func (l *lists) of(fact int32) []int32 {
	i := int(fact) - int(l.first)
	if i < 0 || i+1 >= len(l.from) {
		return nil
	}
	return l.numbers[l.from[i]:l.from[i+1]]
}
