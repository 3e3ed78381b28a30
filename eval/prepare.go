package eval

import (
	"math/bits"
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A Preparer does for a Stream, beforehand, what does not depend on the events that
// came before: it reads the fields of an event and tests the conditions of steps.
// That is most of the work on it. Several Preparers, each in a goroutine of its own,
// prepare events side by side and in any order; the Stream then takes them one after
// the other by PushPrepared. Package shard does all this.
//
// A Preparer belongs to one goroutine at a time. It is good until the queries of its
// Stream are exchanged, by Swap or otherwise.
type Preparer struct {
	search searcher
	like   *event.Record // never filled
	none   []uint64      // the steps of no forecast
	ctx    op.Ctx
	into   *Prepared // under preparation
}

// NewPreparer returns a Preparer of events for s. It is called like any other method
// of s; the Preparer then has nothing to do with the goroutine of s.
func (s *Stream) NewPreparer() *Preparer {
	p := &Preparer{
		search: newSearcher(s.engine, s.opts.plain),
		like:   event.NewRecord(s.engine.layout),
		none:   make([]uint64, len(s.awake)),
	}
	p.ctx = op.Ctx{OnError: p.note, Forgetful: s.opts.plain}
	if !s.opts.plain {
		p.ctx.Known = p.search.finder.Known()
	}
	return p
}

// A Prepared is an event that a Preparer has prepared. It is meant to be used again
// and again, and belongs to one goroutine at a time. The zero Prepared holds no event;
// it is fit for events of any Stream.
type Prepared struct {
	sight
	engine *Engine
	event  Event // nil once it has been pushed
	err    error // why it cannot be read

	text     event.Document // of PrepareJSON
	borrowed bool           // the event is text

	asked    []uint64  // bits of the index: the steps that candidates were sought among
	verdicts []verdict // by candidate
	troubles []trouble // what conditions have reported
	testing  int32     // bit of the condition under test
}

// A verdict is what has been found out about a candidate.
type verdict uint8

const (
	unasked verdict = iota // also by the index
	failing
	holding
)

// A trouble is an error that a condition has reported.
type trouble struct {
	bit int32
	err error
}

// A Forecast says which steps of queries a Stream will ask about in the next events,
// judged by the partial matches that it has. Preparers leave the others alone; what
// more the Stream comes to need it finds out itself, so that results do not depend on
// a Forecast. The zero Forecast is of no step. It must not change until all events
// that it was used for have been pushed.
type Forecast struct{ steps []uint64 } // bits of the index

// Forecast makes f the one for the next events.
func (s *Stream) Forecast(f *Forecast) {
	f.steps = append(f.steps[:0], s.awake...)
	for _, c := range s.clocks {
		if s.direct(c) {
			continue
		}
		for i := range f.steps {
			f.steps[i] |= c.sequences[i] | c.machines[i]
		}
	}
}

// direct reports whether sequences see the next events at once, as far as one can
// tell.
func (s *Stream) direct(c *clock) bool { return s.opts.distinct == nil && c.needsNoQueue() }

// Prepare makes into what ev, which may be nil, is to a Stream. What is wrong with ev
// PushPrepared tells. Functions of fn.Func and methods of ev are called by the
// goroutine of the Preparer, everything else by that of the Stream.
func (p *Preparer) Prepare(ev Event, f *Forecast, into *Prepared) {
	p.begin(f, into)
	into.event = ev
	p.prepare()
}

// PrepareJSON is Prepare for an event that is a JSON object. The caller may use doc
// again when PushPrepared returns: the Stream makes a copy of what it keeps.
func (p *Preparer) PrepareJSON(doc []byte, f *Forecast, into *Prepared) {
	p.begin(f, into)
	into.text.Reset(doc)
	into.event, into.borrowed = &into.text, true
	p.prepare()
}

func (p *Preparer) prepare() {
	v := p.into
	if v.event == nil {
		return
	}
	if v.err = v.rec.Fill(v.event); v.err != nil {
		return
	}
	p.search.find(&v.sight, v.asked)
	cs := p.search.engine.candidates
	for _, bit := range v.found {
		c := &cs[bit]
		v.testing = bit
		answer := failing
		if v.test(c) {
			answer = holding
		}
		v.verdicts = append(v.verdicts, answer)
	}
}

// begin makes v, emptied, what is prepared.
func (p *Preparer) begin(f *Forecast, v *Prepared) {
	if v.engine != p.search.engine {
		*v = Prepared{engine: p.search.engine, sight: sight{rec: event.NewRecord(p.search.engine.layout)}}
	}
	v.end()
	if v.asked = f.steps; len(v.asked) != len(p.none) {
		v.asked = p.none
	}
	v.rec.ReadLike(p.like)
	v.ctx, p.ctx.Rec, p.into = &p.ctx, v.rec, v
}

// note takes down what the condition under test reports.
func (p *Preparer) note(err error) {
	p.into.troubles = append(p.into.troubles, trouble{p.into.testing, err})
}

// end lets go of the event.
func (v *Prepared) end() {
	if v.borrowed {
		v.text.Reset(nil)
	}
	v.event, v.err, v.asked, v.borrowed = nil, nil, nil, false
	v.verdicts = v.verdicts[:0]
	clear(v.troubles)
	v.troubles = v.troubles[:0]
}

// settle makes the candidates those that are in awake, a set of bits of the index: it
// drops the others, and adds what the forecast did not know.
func (v *Prepared) settle(awake []uint64) {
	n := 0
	for i, bit := range v.found {
		if awake[bit>>6]>>(bit&63)&1 != 0 {
			v.found[n], v.verdicts[n] = bit, v.verdicts[i]
			n++
		}
	}
	v.found, v.verdicts = v.found[:n], v.verdicts[:n]
	for i, w := range awake {
		for w &^= v.asked[i]; w != 0; w &= w - 1 {
			v.add(int32(i<<6 + bits.TrailingZeros64(w)))
		}
	}
}

// add makes a step a candidate, if it concerns the event by its category.
func (v *Prepared) add(bit int32) {
	if !slices.Contains(v.blocks, int(v.engine.candidates[bit].block)) {
		return
	}
	i, _ := slices.BinarySearchFunc(v.found, bit, v.engine.compare)
	v.found = slices.Insert(v.found, i, bit)
	v.verdicts = slices.Insert(v.verdicts, i, unasked)
}

// tell calls report with what the condition of a candidate has reported.
func (v *Prepared) tell(bit int32, report func(error)) {
	for _, t := range v.troubles {
		if t.bit == bit {
			report(t.err)
		}
	}
}

// PushPrepared is Push for an event that one of the Preparers of s has prepared. It
// empties p. It panics if p was prepared for other queries.
func (s *Stream) PushPrepared(source string, p *Prepared, yield func(Match) bool) error {
	if s.closed {
		return ErrClosed
	}
	if p.engine != s.engine {
		panic("eval: an event that was prepared for other queries")
	}
	defer p.end()
	if err := s.accept(p.event, p.err); err != nil {
		return err
	}
	s.asked.Rec, p.ctx = p.rec, &s.asked
	s.at, s.ahead = &p.sight, p
	if p.borrowed {
		s.borrowed = &p.text
	}
	defer s.forget()
	return s.see(source, p.event, yield)
}

// forget forgets that the current event was prepared.
func (s *Stream) forget() { s.at, s.ahead, s.borrowed, s.copied = nil, nil, nil, nil }
