package index

import (
	"math"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// How often events satisfy a clause is not known beforehand. It is guessed from
// the conditions of the block: a field that many of them ask about is there most
// of the time, a text that many ask for is a common one, a field of which they ask
// for many different texts has many values, and a long text is rarer than a short
// one. A bad guess costs time only.
type census struct {
	block      int32 // from 1 on; 0 for all of them
	conditions int
	taken      int32   // conditions of all blocks so far
	sources    []tally // by source
}

// A tally is how often the conditions of a block ask about a source.
type tally struct {
	conditions int   // that do
	total      int   // values that they ask for; see mention
	last       int32 // condition that was counted
	everywhere int   // total of all blocks
}

// reset begins the census of another block, whose number counts from 1.
func (c *census) reset(block int) {
	c.block, c.conditions = int32(block), 0
	for i := range c.sources {
		c.sources[i] = tally{everywhere: c.sources[i].everywhere}
	}
}

// A tested leaf is one of a condition.
type testedLeaf struct {
	*leaf
	wanted bool // it is to hold, and not the contrary
}

// leavesOf appends the leaves of x, or of not x unless it is wanted.
func (b *Builder) leavesOf(dst []testedLeaf, x plan.Expr, wanted bool) []testedLeaf {
	switch x := x.(type) {
	case *plan.Logic:
		for _, o := range x.Xs {
			dst = b.leavesOf(dst, o, wanted)
		}
		return dst
	case *plan.Not:
		return b.leavesOf(dst, x.X, !wanted)
	}
	return append(dst, testedLeaf{b.leaf(x), wanted})
}

// take counts a condition that has the given leaves.
func (c *census) take(leaves []testedLeaf) {
	c.conditions++
	c.taken++
	for _, l := range leaves {
		c.count(l)
	}
}

func (c *census) count(l testedLeaf) {
	for _, s := range l.reads {
		if t := c.tally(s); t.last != c.taken {
			t.last = c.taken
			t.conditions++
		}
	}
	if !l.wanted || !l.isTest { // exceptions say little about what there is
		return
	}
	for _, t := range l.needs[0].terms {
		if m := t.mention; m.last != c.taken {
			m.last = c.taken
			c.add(m)
		}
	}
}

// add adds a fact that a condition asks for.
func (c *census) add(m *mention) {
	switch {
	case m.common == nil: // see guessBeginnings
		if c.block == 0 {
			m.everywhere++
		}
		return
	case c.block == 0:
		m.common.everywhere++
		c.tally(m.source).everywhere++
		return
	case m.common.block != c.block:
		m.common.block, m.common.count = c.block, 0
	}
	m.common.count++
	c.tally(m.source).total++
}

func (c *census) tally(s *source) *tally {
	for s.index >= len(c.sources) {
		c.sources = append(c.sources, tally{})
	}
	return &c.sources[s.index]
}

// asked returns how often the conditions of the block ask for what a mention
// counts as.
func (c *census) asked(m *mention) int32 {
	if m.common.block != c.block {
		return 0
	}
	return m.common.count
}

// guess returns how likely an event is to satisfy a clause.
func (b *Builder) guess(c *clause) float64 {
	sum := 0.0
	for _, t := range c.terms {
		sum += b.census.guess(t.mention)
	}
	if c.negative {
		return max(1-sum, 0.5)
	}
	return min(sum, 1)
}

func (c *census) guess(m *mention) float64 {
	const least = 0.0005
	l := c.tally(m.source)
	there := min(max(4*float64(l.conditions)/float64(c.conditions+8), 0.05), 0.95)
	switch {
	case m.kind == present:
		return there
	case m.kind == isBool:
		return there / 2
	case m.common != nil:
		share := (float64(m.common.everywhere) + 0.5) / float64(l.everywhere+unseen)
		return max(there*(float64(c.asked(m))+unseen*share)/float64(l.total+unseen), least)
	default:
		return max(there*m.likely, least)
	}
}

// unseen is the weight of what the conditions of a block do not ask for: of it is known
// what those of all blocks do.
const unseen = 10

// likelyRange is how likely a number is to be above or below one that conditions name:
// they mean exceptional ones.
const likelyRange = 0.25

// guessText guesses how likely a text is to be like a part of it: half as likely
// with each few bytes, much less with each that is not ASCII.
func guessText(f fact) float64 {
	per := 3.0
	if f.kind == beginsWith || f.kind == continues {
		per = 4 // beginnings have more in common
	}
	const foreign = 6
	length := len(f.text)
	for i := range len(f.text) {
		if f.text[i] >= utf8.RuneSelf {
			length += foreign - 1
		}
	}
	return math.Exp2(-float64(length) / per)
}
