package eval

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Dispatcher divides one stream among parts, each with a share of the keys, so
// that they can be worked on side by side. It says where every event stands in
// time and which parts have to see it; it evaluates nothing. Package shard has
// a runner on top of it, which is what programs use.
//
// The parts have to be told every Item in the order in which the Dispatcher
// returns them. Their matches, brought into the order of CompareOrder, are
// those of one Stream with the same options.
//
// A Dispatcher belongs to one goroutine at a time. Snapshot, Restore, Swap and
// Stats also use the parts, which must be at rest.
type Dispatcher struct {
	lead  *Stream // with the time, and without partial matches
	parts []*Part
	plan  *PartitionPlan
	rec   *event.Record // for plan.layout
	turn  uint64
}

// A Part is one of the parts of a stream. It belongs to one goroutine at a time,
// but for the functions of options, which several parts may call at once.
type Part struct{ stream *Stream }

// A partInfo makes a Stream a part.
type partInfo struct {
	index, n int
	turn     uint64   // the call under way
	phase    phase    // of it
	released *op.Held // the event under way in releasePhase
	home     bool     // whether stateless queries are answered here this time
	hurried  bool     // whether the event is only late because this part has hurried
	told     *atomic.Bool
}

// An Item is what a part has to be told. The zero Item is nothing.
type Item struct {
	turn  uint64
	event Event // nil if time passes
	seq   uint64
	from  string // the source
	marks []mark // by clock
	parts partSet
	home  int
	end   bool         // the stream is closed
	told  *atomic.Bool // whether a part has counted the event as late; nil if none can
}

// A mark is where an item stands on a clock.
type mark struct {
	state  timeliness
	direct bool
	now    int64
	newest int64 // once the stream is closed: the greatest time there was
	judged []judgement
}

// For reports whether the part has to see an event. If not, the item still tells
// it the time.
func (i *Item) For(part int) bool { return i.event != nil && i.parts.has(part) }

// NewDispatcher returns a Dispatcher for n parts of a stream, n from 1 to
// MaxParts. Limits are shared among the parts.
func (e *Engine) NewDispatcher(n int, opts ...StreamOption) *Dispatcher {
	n = min(max(n, 1), MaxParts)
	d := &Dispatcher{lead: e.NewStream(opts...)}
	d.begin(e)
	for i := range n {
		d.parts = append(d.parts, &Part{stream: d.newPart(e, i, n)})
	}
	return d
}

func (d *Dispatcher) begin(e *Engine) {
	d.plan = e.PartitionPlan()
	d.rec = event.NewRecord(d.plan.layout)
}

func (d *Dispatcher) newPart(e *Engine, i, n int) *Stream {
	s := &Stream{budget: &op.Budget{}, opts: d.lead.opts, part: &partInfo{index: i, n: n}}
	s.opts.onAhead, s.opts.repeats = nil, 0
	s.opts.limits.Total = share(s.opts.limits.Total, n)
	s.opts.limits.Bytes = share(s.opts.limits.Bytes, int64(n))
	s.budget.Limits = s.opts.limits
	s.budget.OnFull = s.refused
	s.install(e)
	return s
}

// share returns the part of a limit that one of n gets: all together stay within
// it, but for a limit that is below n.
func share[T int | int64](limit, n T) T {
	if limit == 0 { // there is none
		return 0
	}
	return max(limit/n, 1)
}

// Parts returns the parts, in order.
func (d *Dispatcher) Parts() []*Part { return d.parts }

// Dispatch takes the next event, of a source as in Stream.PushFrom. The error
// says that the event could not be read; there is no item then.
func (d *Dispatcher) Dispatch(source string, ev Event) (Item, error) {
	s := d.lead
	if s.closed {
		return Item{}, ErrClosed
	}
	if err := s.accept(ev, d.rec); err != nil {
		return Item{}, err
	}
	s.begin(nil)
	it := d.item()
	it.event, it.seq, it.from, it.home = ev, s.seq, source, -1
	if s.opts.limits.Bytes > 0 {
		it.told = new(atomic.Bool)
	}
	for i, c := range s.clocks {
		at, tie := d.plan.clocks[i].read(d.rec)
		c.begin(at, tie, source)
		it.marks[i] = mark{state: c.state, direct: c.direct, now: c.now}
		if c.state == late && it.told != nil {
			it.told.Store(true)
		}
		if c.judged != nil {
			it.marks[i].judged = []judgement{*c.judged}
		}
	}
	s.stand(ev, source)
	for _, c := range s.clocks {
		if c.judged != nil {
			c.resolve(*c.judged, s.doubted)
		}
		d.forget(c)
	}
	s.end()
	n := len(d.parts)
	it.parts = d.plan.route(d.rec, n)
	if len(d.plan.Global) > 0 {
		for i := range n {
			it.parts |= partSet(b2u(d.parts[i].global())) << i
		}
	}
	if d.plan.home {
		it.home = int(s.seq % uint64(n))
		if it.parts != 0 && !it.parts.has(it.home) {
			for !it.parts.has(it.home) {
				it.home = (it.home + 1) % n
			}
		}
		it.parts |= 1 << it.home
	}
	return it, nil
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// item begins an item.
func (d *Dispatcher) item() Item {
	d.turn++
	return Item{turn: d.turn, marks: make([]mark, len(d.lead.clocks))}
}

// forget drops what a clock has released: the lead only reports.
func (d *Dispatcher) forget(c *clock) {
	for _, k := range c.queue {
		k.free(d.lead.budget)
	}
	clear(c.queue)
	c.queue = c.queue[:0]
}

// Advance lets time pass; see Stream.Advance.
func (d *Dispatcher) Advance(t time.Time) (Item, error) {
	return d.pass(func(c *clock) []judgement { return c.advance(nanos(t)) })
}

// EndSource says that no more events come from a source.
func (d *Dispatcher) EndSource(name string) (Item, error) {
	return d.pass(func(c *clock) []judgement {
		if j := c.end(name); j != nil {
			return []judgement{*j}
		}
		return nil
	})
}

func (d *Dispatcher) pass(move func(*clock) []judgement) (Item, error) {
	if d.lead.closed {
		return Item{}, ErrClosed
	}
	it := d.item()
	for i, c := range d.lead.clocks {
		it.marks[i].judged = move(c)
		it.marks[i].now, it.marks[i].newest = c.now, c.newest
		for _, j := range it.marks[i].judged {
			c.resolve(j, d.lead.doubted)
		}
		d.forget(c)
	}
	return it, nil
}

// Close ends the stream.
func (d *Dispatcher) Close() (Item, error) {
	it, err := d.pass(func(c *clock) []judgement { return c.advance(math.MaxInt64) })
	it.end = true
	d.lead.closed = true
	return it, err
}

// Deliver notes that a match is delivered, and reports false if it is one that
// WithoutRepeats drops.
func (d *Dispatcher) Deliver(m Match) bool {
	s := d.lead
	if s.repeats.most > 0 && !s.repeats.add(m.id()) {
		s.stats.Repeats++
		return false
	}
	s.stats.Matches++
	if o := m.order; o != nil && o.rule < len(s.runs) {
		s.runs[o.rule].matches++
	}
	return true
}

// Do tells the part an item and calls yield with its matches. The error is a
// *LimitError. yield and the part must not call each other.
func (p *Part) Do(it *Item, yield func(Match) bool) error {
	s := p.stream
	s.begin(yield)
	defer s.end()
	info := s.part
	info.turn, info.home, info.hurried, info.told = it.turn, it.home == info.index, false, it.told
	if it.For(info.index) {
		if err := s.rec.Fill(it.event); err != nil {
			return fmt.Errorf("event %d: %w", it.seq, err) // the dispatcher reads fewer fields
		}
		s.seq = it.seq
		for i, c := range s.clocks {
			at, tie := c.field.read(s.rec)
			info.hurried = c.set(at, tie, &it.marks[i]) || info.hurried
		}
		s.take(it.event, it.from)
		return s.full
	}
	s.enter(duePhase)
	for i, c := range s.clocks {
		if c.now = max(c.now, it.marks[i].now); it.marks[i].direct {
			c.pass(c.now)
		}
	}
	s.enter(releasePhase)
	for i, c := range s.clocks {
		for _, j := range it.marks[i].judged {
			c.resolve(j, s.doubted)
		}
		if it.end {
			s.drain(c)
			c.pass(it.marks[i].newest)
		} else {
			s.release(c)
		}
	}
	if it.end {
		s.closed = true
		s.finish()
	}
	return s.full
}

// global reports whether the part answers a query that sees all events.
func (p *Part) global() bool {
	for _, r := range p.stream.runs {
		if r.role == ownedRole {
			return true
		}
	}
	return false
}

// set makes an event the current one that stands where m says, or is late because
// the part has hurried.
func (c *clock) set(at int64, tie value.Value, m *mark) (hurried bool) {
	c.reset(at, tie)
	c.state, c.direct = m.state, m.direct
	if len(m.judged) > 0 {
		c.judged = &m.judged[0]
	}
	if c.state == onTime && at < c.now { // the limits left no room to wait
		c.state, hurried = late, true
	}
	c.now = max(c.now, m.now)
	return hurried
}

// SetPosition and Positions are those of Stream.
func (d *Dispatcher) SetPosition(source string, position []byte) {
	d.lead.SetPosition(source, position)
}

// Positions returns the positions of sources.
func (d *Dispatcher) Positions() map[string][]byte { return d.lead.Positions() }

// Stats returns the counts of all parts together. An event that several parts
// keep counts for each of them.
func (d *Dispatcher) Stats() Stats {
	st := d.lead.Stats()
	st.Buffered = 0
	for _, c := range d.lead.clocks {
		st.Buffered += len(c.doubts)
	}
	for _, p := range d.parts {
		o := p.stream.Stats()
		st.Evaluations += o.Evaluations
		st.Errors += o.Errors
		st.Duplicates += o.Duplicates
		st.Hurried += o.Hurried
		st.Late += o.Late
		st.Open += o.Open
		st.Pending += o.Pending
		for _, c := range p.stream.clocks {
			st.Buffered += len(c.queue)
		}
		st.Bytes += o.Bytes
		st.Evicted += o.Evicted
		st.Rejected += o.Rejected
		st.Expired += o.Expired
	}
	return st
}

// QueryStats returns the counts of each query, in the order of the engine.
func (d *Dispatcher) QueryStats() []QueryStats {
	out := d.lead.QueryStats()
	for _, p := range d.parts {
		for i, st := range p.stream.QueryStats() {
			out[i].add(st)
		}
	}
	return out
}

func (st *QueryStats) add(o QueryStats) {
	st.Evaluations += o.Evaluations
	st.Matches += o.Matches
	st.Open += o.Open
	st.Pending += o.Pending
	st.Bytes += o.Bytes
	st.Evicted += o.Evicted
	st.Rejected += o.Rejected
	st.Expired += o.Expired
}

// Snapshot writes the state of all parts as that of one stream, which any number
// of parts can restore; see Stream.Snapshot.
func (d *Dispatcher) Snapshot(w io.Writer) error {
	if d.lead.closed {
		return ErrClosed
	}
	return d.lead.snapshot(w, d.streams())
}

func (d *Dispatcher) streams() []*Stream {
	var out []*Stream
	for _, p := range d.parts {
		out = append(out, p.stream)
	}
	return out
}

// Restore replaces the state of all parts; see Stream.Restore. It reads r to its
// end first.
func (d *Dispatcher) Restore(r io.Reader) (Changes, error) {
	if d.lead.closed {
		return Changes{}, ErrClosed
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return Changes{}, fmt.Errorf("restoring a stream: %w", err)
	}
	lead, changes, err := d.lead.restored(bytes.NewReader(data), &partInfo{index: -1, n: len(d.parts)})
	if err != nil {
		return Changes{}, err
	}
	var fresh []*Stream
	for _, p := range d.parts {
		s, _, err := p.stream.restored(bytes.NewReader(data), &partInfo{index: p.stream.part.index, n: len(d.parts)})
		if err != nil {
			return Changes{}, err
		}
		s.stats = Stats{}
		fresh = append(fresh, s)
	}
	lead.part = nil
	d.lead.adopt(lead)
	for i, p := range d.parts {
		p.stream.adopt(fresh[i])
	}
	return changes, nil
}

// Swap exchanges the queries of all parts; see Stream.Swap.
func (d *Dispatcher) Swap(e *Engine) (Changes, error) {
	changes, err := d.lead.Swap(e)
	if err != nil {
		return changes, err
	}
	d.begin(e)
	for _, p := range d.parts {
		if _, err := p.stream.Swap(e); err != nil {
			return changes, err
		}
	}
	return changes, nil
}
