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
	sight
	none    []uint64  // the steps of no forecast
	into    *Prepared // under preparation
	testing int32     // bit of the step under test

	accounts   accounts
	conditions []account // by query; nil if nothing is measured
}

// NewPreparer returns a Preparer of events for s. It is called like any other method
// of s; the Preparer then has nothing to do with the goroutine of s.
func (s *Stream) NewPreparer() *Preparer {
	p := &Preparer{search: newSearcher(s.engine, s.opts.plain), none: make([]uint64, len(s.awake))}
	p.sight = p.search.newSight()
	p.ctx.OnError = p.note
	if s.accounts.on {
		p.accounts = newAccounts()
		p.conditions = make([]account, len(s.runs))
	}
	return p
}

// A Prepared is an event that a Preparer has prepared. It is meant to be used again
// and again, and belongs to one goroutine at a time. The zero Prepared holds no event;
// it is fit for events of any Stream. It has nothing of the memory of the Preparer,
// which can prepare others while a Stream takes it.
type Prepared struct {
	engine *Engine
	event  Event // nil once it has been pushed
	err    error // why it cannot be read

	text     event.Document // of PrepareJSON
	borrowed bool           // the event is text

	choice
	forecast []uint64  // bits of the index: the steps that candidates were sought among
	outcomes []outcome // by candidate
	untils   []outcome // of steps of until that are asked only if another one holds
	moments  []moment  // by clock
	hits     op.Hits
	copies   op.Copies // of values in hits and moments
	troubles []trouble // what conditions have reported
}

// An outcome is what has been found out about a step.
type outcome struct {
	bit      int32
	verdict  verdict
	from, to int32 // number of its hits
}

// A verdict is whether a step holds.
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
// judged by the partial matches that it has and by what forecasts have missed of late.
// Preparers leave the others alone; what more the Stream comes to need it finds out
// itself, so that results do not depend on a Forecast. The zero Forecast is of no step.
// It must not change until all events that it was used for have been pushed.
type Forecast struct{ steps []uint64 } // bits of the index

// Forecast makes f the one for the next events.
func (s *Stream) Forecast(f *Forecast) {
	f.steps = append(f.steps[:0], s.awake...)
	s.surprises.add(f.steps)
	for _, c := range s.clocks {
		if s.direct(c) {
			continue
		}
		for i := range f.steps {
			f.steps[i] = f.steps[i]&^c.cold[i] | c.sequences[i] | c.machines[i]
		}
	}
}

// surprises are the steps that a Stream came to need of late though a forecast had not
// said so: it is likely that they will be needed again.
type surprises struct {
	recent, before []uint64 // bits of the index
	forecasts      int      // since recent was empty
}

// surprisesLast is for how many forecasts a surprise is remembered at least.
const surprisesLast = 1 << 13

// add adds the surprises to steps.
func (x *surprises) add(steps []uint64) {
	if x.forecasts++; x.forecasts > surprisesLast {
		x.recent, x.before, x.forecasts = x.before, x.recent, 0
		clear(x.recent)
	}
	for i := range x.recent {
		steps[i] |= x.recent[i] | x.before[i]
	}
}

// note notes a step.
func (x *surprises) note(bit int32) { x.recent[bit>>6] |= 1 << (bit & 63) }

// direct reports whether sequences see the next events at once, as far as one can
// tell.
func (s *Stream) direct(c *clock) bool { return s.opts.distinct == nil && c.needsNoQueue() }

// Prepare makes into what ev, which may be nil, is to a Stream. What is wrong with ev
// PushPrepared tells. Functions of fn.Func and methods of ev are called by the
// goroutine of the Preparer, and by that of the Stream if it needs what f did not know;
// everything else is called by that of the Stream.
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
	p.accounts.event()
	v.err = p.rec.Fill(v.event)
	p.accounts.lap(&p.accounts.extraction)
	if v.err != nil {
		return
	}
	if d, ok := v.event.(*event.Document); ok {
		v.copies.Spare(d.Bytes())
	}
	e := p.search.engine
	for i := range e.clocks {
		m := e.clocks[i].read(p.rec)
		m.tie = v.copies.Of(m.tie)
		v.moments = append(v.moments, m)
	}
	p.accounts.lap(&p.accounts.rest)
	p.search.find(&p.sight, v.forecast)
	p.choice, v.choice = v.choice, p.choice
	p.accounts.lap(&p.accounts.index)
	cs := e.candidates
	for i := 0; i < len(v.found); {
		q, until := cs[v.found[i]].query, cs[v.found[i]].until
		hits := v.hits.Len()
		for ; i < len(v.found) && cs[v.found[i]].query == q; i++ {
			c := &cs[v.found[i]]
			v.outcomes = append(v.outcomes, p.ask(v.found[i], int(c.step), c.of, p.cond(c)))
			if c.step == until {
				until = -1
			}
		}
		if until >= 0 && v.hits.Len() > hits {
			p.askUntil(e.queries[q])
		}
		if p.conditions != nil {
			p.accounts.lap(&p.conditions[q])
		}
	}
}

// ask finds out about a step, which holds if cond does.
func (p *Preparer) ask(bit int32, step int, st *op.Step, cond op.Pred) outcome {
	v := p.into
	p.testing = bit
	a := outcome{bit: bit, verdict: failing, from: int32(v.hits.Len())}
	if cond.Test(&p.ctx) {
		a.verdict = holding
		v.hits.Add(&p.ctx, step, st)
		v.hits.Own(int(a.from), &v.copies)
	}
	a.to = int32(v.hits.Len())
	return a
}

// askUntil finds out about the step of until of a query, unless the forecast is that
// something waits for it: then it would be a candidate if it held.
func (p *Preparer) askUntil(q *bound) {
	u, v := q.until, p.into
	bit := q.bits[u.step]
	if bit < 0 || v.forecast[bit>>6]>>(bit&63)&1 != 0 || !slices.Contains(v.blocks, u.block) {
		return
	}
	st := &q.Steps[u.step]
	v.untils = append(v.untils, p.ask(bit, u.step, st, st.Cond))
}

// begin makes v, emptied, what is prepared.
func (p *Preparer) begin(f *Forecast, v *Prepared) {
	v.end()
	v.engine, p.into = p.search.engine, v
	if v.forecast = f.steps; len(v.forecast) != len(p.none) {
		v.forecast = p.none
	}
}

// note takes down what the condition under test reports.
func (p *Preparer) note(err error) {
	p.into.troubles = append(p.into.troubles, trouble{p.testing, err})
}

// end lets go of the event.
func (v *Prepared) end() {
	if v.borrowed {
		v.text.Reset(nil)
	}
	v.event, v.err, v.forecast, v.borrowed = nil, nil, nil, false
	v.blocks, v.found = v.blocks[:0], v.found[:0]
	v.outcomes, v.untils = v.outcomes[:0], v.untils[:0]
	clear(v.moments)
	clear(v.troubles)
	v.moments, v.troubles = v.moments[:0], v.troubles[:0]
	v.hits.Reset()
	v.copies.Reset()
}

// settle makes the candidates those that are in awake, a set of bits of the index: it
// drops the others, and adds what the forecast did not know.
func (v *Prepared) settle(awake []uint64) {
	n := 0
	for i, bit := range v.found {
		if awake[bit>>6]>>(bit&63)&1 != 0 {
			v.found[n], v.outcomes[n] = bit, v.outcomes[i]
			n++
		}
	}
	v.found, v.outcomes = v.found[:n], v.outcomes[:n]
	for i, w := range awake {
		for w &^= v.forecast[i]; w != 0; w &= w - 1 {
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
	v.outcomes = slices.Insert(v.outcomes, i, outcome{bit: bit})
}

// until returns what was found out about a step of until, or nil if nothing was.
func (v *Prepared) until(bit int32) *outcome {
	for i := range v.untils {
		if v.untils[i].bit == bit {
			return &v.untils[i]
		}
	}
	return nil
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
	s.accounts.event()
	defer p.end()
	if err := s.accept(p.event, p.err); err != nil {
		return err
	}
	s.at, s.ahead = &p.choice, p
	if p.borrowed {
		s.borrowed = &p.text
	}
	defer s.forget()
	return s.see(source, p.event, yield)
}

// apply reports whether a step of the current event holds, as it was found out
// beforehand, and adds its hits.
func (s *Stream) apply(a *outcome) bool {
	s.ahead.tell(a.bit, s.report)
	s.hits.Take(&s.ahead.hits, int(a.from), int(a.to))
	return a.verdict == holding
}

// forget forgets that the current event was prepared.
func (s *Stream) forget() {
	s.at, s.ahead, s.reread, s.borrowed, s.copied = nil, nil, false, nil, nil
}
