package index

import (
	"math"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

// How often events satisfy a clause is not known beforehand. It is guessed from
// the conditions themselves: a text that many of them ask for is a common one, a
// field of which they ask for many different texts has many values, and a long
// text is rarer than a short one. A bad guess costs time only.

const (
	guessPresent = 0.6
	guessBool    = 0.4
	guessLeast   = 0.0005
)

// guess returns how likely an event is to satisfy a clause.
func (c *clause) guess() float64 {
	sum := 0.0
	for _, t := range c.terms {
		sum += t.source.guess(t.fact)
	}
	return min(sum, 1)
}

// count notes that a condition asks for a fact.
func (s *source) count(f fact) {
	switch f.kind {
	case isText, isFolded, isNumber:
		s.uses[commonForm(f)]++
		s.total++
	}
}

// guess returns how likely an event is to make a fact true.
func (s *source) guess(f fact) float64 {
	switch f.kind {
	case present:
		return guessPresent
	case isBool:
		return guessBool
	case isText, isFolded, isNumber:
		const unseen = 10 // weight of what no condition asks for
		return max((float64(s.uses[commonForm(f)])+0.5)/float64(s.total+unseen), guessLeast)
	default:
		return guessText(f)
	}
}

// commonForm returns what a fact counts as, whatever the case of its text.
func commonForm(f fact) fact {
	if f.kind == isText {
		return fact{kind: isFolded, text: pattern.Fold(f.text)}
	}
	return f
}

// guessText is guess for a part of a text: it halves with each few bytes.
func guessText(f fact) float64 {
	per := 3.0
	if f.kind == beginsWith || f.kind == continues {
		per = 4 // beginnings have more in common
	}
	return max(0.9*math.Exp2(-float64(len(f.text))/per), guessLeast)
}
