package eval

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/index"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A choice is the steps that an event may satisfy.
type choice struct {
	blocks []int   // of the index that its categories concern
	found  []int32 // bits of the index: the candidates, in the order of the queries
}

// A sight is an event as the steps of queries see it: its fields, and the steps that
// it may satisfy.
type sight struct {
	choice
	rec   *event.Record
	ctx   op.Ctx // whose record is rec
	whole bool   // candidates have to be tested as a whole
}

// minFound is for how many candidates there is room at first.
const minFound = 1 << 6

// newSight returns a sight of no event, for x.
func (x *searcher) newSight() sight {
	v := sight{rec: event.NewRecord(x.engine.layout)}
	v.found = make([]int32, 0, minFound)
	v.ctx = op.Ctx{Rec: v.rec, Forgetful: x.plain}
	if !x.plain {
		v.ctx.Known = x.finder.Known()
	}
	return v
}

// cond returns what a candidate that was found still has to satisfy.
func (v *sight) cond(c *candidate) op.Pred {
	if v.whole {
		return c.of.Cond
	}
	return c.rest
}

// A searcher finds the steps of an engine that events may satisfy. What it has found
// out about values it remembers. It belongs to one goroutine.
type searcher struct {
	engine *Engine
	plain  bool // all steps of the event's categories
	finder *index.Finder
	cats   []string // scratch
}

func newSearcher(e *Engine, plain bool) searcher {
	return searcher{engine: e, plain: plain, finder: e.index.NewFinder(e.verdicts)}
}

// find notes in v the steps that its event may satisfy, as far as they are in awake,
// a set of bits of the index.
func (x *searcher) find(v *sight, awake []uint64) {
	v.found, v.blocks = v.found[:0], v.blocks[:0]
	for _, g := range x.engine.groups {
		v.blocks = x.route(v.blocks, v.rec, g)
	}
	parts := 0
	if !x.plain {
		x.finder.Next(v.rec)
	}
	for _, b := range v.blocks {
		from := len(v.found)
		if x.plain {
			v.found = append(v.found, x.engine.steps[b]...)
		} else {
			v.found = x.finder.Find(v.found, b, awake)
		}
		if len(v.found) > from {
			parts++
		}
	}
	v.whole = x.plain || x.finder.Odd()
	if x.plain || parts > 1 {
		x.engine.arrange(v.found)
	}
}

// has reports whether an event that a step concerns may satisfy it.
func (x *searcher) has(rec *event.Record, bit int32) bool {
	if x.plain {
		return true
	}
	only := make([]uint64, (x.engine.index.Bits()+63)/64)
	only[bit>>6] = 1 << (bit & 63)
	x.finder.Next(rec)
	return len(x.finder.Find(nil, int(x.engine.candidates[bit].block), only)) > 0
}

// arrange brings bits of the index into the order of the queries and their steps.
func (e *Engine) arrange(bits []int32) { slices.SortFunc(bits, e.compare) }

func (e *Engine) compare(a, b int32) int {
	x, y := &e.candidates[a], &e.candidates[b]
	if x.query != y.query {
		return int(x.query - y.query)
	}
	return int(x.step - y.step)
}

// route appends the blocks of the index that the event's categories concern.
func (x *searcher) route(dst []int, rec *event.Record, g *group) []int {
	v := rec.At(g.slot)
	x.cats = x.cats[:0]
	if v.Kind() == value.String {
		x.cats = append(x.cats, v.Str())
	}
	for _, e := range v.Elems() {
		if e.Kind() == value.String {
			x.cats = append(x.cats, e.Str())
		}
	}
	return g.route(dst, x.cats)
}
