package eval

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/wire"
)

// The ways in which Restore refuses what it reads; errors.Is finds them.
var (
	// ErrNotSnapshot says that it is something else.
	ErrNotSnapshot = wire.ErrForeign
	// ErrSnapshotVersion says that it is of a version of the format that this
	// program cannot read. The message names both versions.
	ErrSnapshotVersion = wire.ErrVersion
	// ErrSnapshotDamaged says that it is cut off, or that bytes have changed.
	ErrSnapshotDamaged = wire.ErrDamaged
)

// SetPosition notes how far the caller has read one of its sources, in whatever
// form. It becomes part of snapshots, so that state and positions cannot
// disagree. A nil position forgets the source.
func (s *Stream) SetPosition(source string, position []byte) {
	if position == nil {
		delete(s.positions, source)
		return
	}
	if s.positions == nil {
		s.positions = make(map[string][]byte)
	}
	s.positions[source] = slices.Clone(position)
}

// Positions returns what SetPosition has noted, or Restore has read.
func (s *Stream) Positions() map[string][]byte {
	out := make(map[string][]byte, len(s.positions))
	for name, p := range s.positions {
		out[name] = slices.Clone(p)
	}
	return out
}

// Snapshot writes the state of the stream, so that Restore can go on from it in
// another process: partial matches with their events, events that are kept back,
// how far time has come, the counts, and the positions of sources. It takes time
// and space in proportion to what is kept. The same state gives the same bytes.
//
// The error is that of w, or that of the Codec; the stream goes on.
func (s *Stream) Snapshot(w io.Writer) error {
	if s.closed {
		return ErrClosed
	}
	return s.snapshot(w, nil)
}

// snapshot writes the state of the stream together with that of its parts.
func (s *Stream) snapshot(w io.Writer, parts []*Stream) error {
	out := wire.NewWriter(w)
	out.Len(len(s.positions))
	for _, name := range slices.Sorted(maps.Keys(s.positions)) {
		out.String(name)
		out.String(string(s.positions[name]))
	}
	out.Uint(s.seq)
	stats := s.stats
	for _, p := range parts {
		stats.Errors += p.stats.Errors
		stats.Duplicates += p.stats.Duplicates
		stats.Hurried += p.stats.Hurried
	}
	for _, n := range stats.counts() {
		out.Uint(*n)
	}
	out.Len(len(s.repeats.ids))
	for id := range s.repeats.all {
		out.String(string(id[:]))
	}
	events := &eventWriter{codec: s.opts.codec, fallback: newShape(s.engine.layout.Paths())}
	e := op.NewEncoder(out, events.write)
	out.Len(len(s.clocks))
	for i, c := range s.clocks {
		e.Clock = i
		out.String(c.field.id)
		c.saveTime(out)
		seen := c.seen
		for _, p := range parts {
			seen = seen.with(&p.clocks[i].seen)
		}
		seen.save(out, c.now)
		e.Section(func() { c.saveDoubts(e) })
	}
	out.Len(len(s.runs))
	for i, r := range s.runs {
		e.Clock = r.clock
		out.String(r.query.identity())
		out.String(r.fingerprint(&s.opts))
		rs := []*run{r}
		for _, p := range parts {
			rs = append(rs, p.runs[i])
		}
		e.Section(func() { saveQuery(e, rs) })
	}
	return out.Close()
}

// counts are the numbers of Stats that the stream itself counts.
func (st *Stats) counts() []*uint64 {
	return []*uint64{&st.Events, &st.Refused, &st.Untimed, &st.Late, &st.Ahead, &st.Hurried, &st.Errors, &st.Matches, &st.Repeats, &st.Duplicates}
}

// saveTime writes a timeline.
func (t *timeline) saveTime(w *wire.Writer) {
	w.Int(t.newest)
	w.Int(t.now)
	w.Int(t.first)
	w.Bool(t.several)
	w.Len(len(t.named))
	for _, name := range t.named {
		w.String(name)
	}
	w.Len(len(t.sources))
	for _, name := range t.names() {
		src := t.sources[name]
		w.String(name)
		w.Int(src.newest)
		w.Bool(src.index >= 0)
		w.Len(len(src.doubts))
		for _, at := range src.doubts {
			w.Int(at)
		}
	}
}

// saveDoubts writes the events that are ahead of time. What queries found in
// them is written with the queries.
func (c *clock) saveDoubts(e *op.Encoder) {
	e.Len(len(c.doubts))
	for _, k := range c.doubts {
		e.Held(k.ev)
		e.String(k.source)
	}
}

// saveQuery writes the state of a query in all parts of a stream.
func saveQuery(e *op.Encoder, rs []*run) {
	var total QueryStats
	r := rs[0]
	for _, o := range rs {
		total.add(o.stats())
		if o.role == ownedRole {
			r = o
		}
	}
	e.Uint(total.Evaluations)
	e.Uint(total.Matches)
	if r.limiter != nil {
		r.limiter.Save(e)
	}
	if r.machine == nil {
		return
	}
	e.Uint(total.Evicted)
	e.Uint(total.Rejected)
	e.Uint(total.Expired)
	var others []op.Machine
	var waiting []waitingHits
	for _, o := range rs {
		if o != r {
			others = append(others, o.machine)
		}
		waiting = o.waiting(waiting)
	}
	r.machine.Save(e, others)
	slices.SortStableFunc(waiting, func(a, b waitingHits) int { return a.ev.Compare(b.ev) })
	for _, w := range waiting {
		e.Held(w.ev)
		w.hits.Save(e)
	}
	e.Held(nil)
}

// waitingHits are what a query found in an event that is kept back.
type waitingHits struct {
	ev   *op.Held
	hits *op.Hits
}

// waiting appends what is kept back for the query.
func (r *run) waiting(dst []waitingHits) []waitingHits {
	c := r.stream.clocks[r.clock]
	for _, k := range slices.Concat(c.queue, c.doubts) {
		for _, p := range k.parts {
			if p.run == r {
				dst = append(dst, waitingHits{k.ev, p.hits})
			}
		}
	}
	return dst
}

// Restore replaces the state of the stream by what Snapshot has written, for the
// same queries or others; the options are those of this stream. A query whose
// text and options are what they were goes on with its state; see Changes. What
// a query did not keep it does not know.
//
// An error says that nothing has been changed: see ErrNotSnapshot,
// ErrSnapshotVersion and ErrSnapshotDamaged. Others are those of r.
func (s *Stream) Restore(r io.Reader) (Changes, error) {
	if s.closed {
		return Changes{}, ErrClosed
	}
	fresh, changes, err := s.restored(r, s.part)
	if err != nil {
		return Changes{}, err
	}
	s.adopt(fresh)
	return changes, nil
}

// restored returns a stream like s with the state that r has of it. A part only
// takes the keys that are its own.
func (s *Stream) restored(r io.Reader, part *partInfo) (*Stream, Changes, error) {
	in, err := wire.NewReader(r)
	if err != nil {
		return nil, Changes{}, fmt.Errorf("restoring a stream: %w", err)
	}
	fresh := &Stream{opts: s.opts, budget: &op.Budget{Limits: s.budget.Limits}, part: part}
	fresh.repeats.most = s.opts.repeats
	fresh.install(s.engine)
	changes := fresh.load(in)
	if err := in.Close(); err != nil {
		return nil, Changes{}, fmt.Errorf("restoring a stream: %w", err)
	}
	return fresh, changes, nil
}

// adopt makes s what another stream is.
func (s *Stream) adopt(fresh *Stream) {
	*s = *fresh
	s.budget.OnFull = s.refused
	s.ctx.OnError = s.exprError
	for _, r := range s.runs {
		r.stream = s
	}
	s.budget.Shrink()
	s.schedule()
}

// maxListed bounds what a snapshot lists of one kind.
const maxListed = 1 << 24

// load reads a snapshot into a stream without state. What is wrong with it is
// the error of in.
func (s *Stream) load(in *wire.Reader) Changes {
	for range in.Len(maxListed) {
		name := in.String()
		if in.Err() != nil {
			return Changes{}
		}
		s.SetPosition(name, append([]byte{}, in.String()...))
	}
	s.seq = in.Uint()
	for _, n := range s.stats.counts() {
		*n = in.Uint()
	}
	for range in.Len(maxListed) {
		id := in.String()
		if len(id) != len(matchID{}) {
			in.Fail("an id has %d bytes", len(id))
			return Changes{}
		}
		if s.repeats.most > 0 {
			s.repeats.add(matchID([]byte(id)))
		}
	}
	events := &eventReader{codec: s.opts.codec}
	d := op.NewDecoder(in, events.read)
	for range in.Len(maxListed) {
		id := in.String()
		t := newTimeline(s.opts.time, nil)
		t.loadTime(in)
		for _, name := range s.opts.sources {
			if !slices.Contains(t.named, name) { // the others have spoken or ended
				t.source(name)
			}
		}
		t.named = s.opts.sources
		var seen distinct
		seen.load(in)
		if in.Err() != nil {
			return Changes{}
		}
		i := slices.IndexFunc(s.clocks, func(c *clock) bool { return c.field.id == id })
		if i < 0 {
			d.Section(nil)
			continue
		}
		c := s.clocks[i]
		c.timeline, c.seen = t, seen
		d.Section(func() { c.loadDoubts(d, s.budget) })
	}
	return s.loadQueries(in, d)
}

// loadQueries reads the state of the queries that are still there.
func (s *Stream) loadQueries(in *wire.Reader, d *op.Decoder) Changes {
	// A query can only be matched once all are known, and its state comes
	// before the next one's name. But those of one name come in order.
	prints := make(map[string][]*run)
	for _, r := range s.runs {
		key := r.query.identity() + "\x00" + r.fingerprint(&s.opts)
		prints[key] = append(prints[key], r)
	}
	var past era
	for range in.Len(maxListed) {
		identity, print := in.String(), in.String()
		if in.Err() != nil {
			return Changes{}
		}
		past.was(identity, print)
		key := identity + "\x00" + print
		if same := prints[key]; len(same) > 0 {
			prints[key] = same[1:]
			d.Section(func() { same[0].load(d) })
		} else {
			d.Section(nil)
		}
	}
	for _, c := range s.clocks {
		c.restored = nil
		c.several = c.several || c.needsNoQueue() && len(c.queue) > 0 // which have to go first
	}
	_, changes := past.match(s.runs, &s.opts)
	return changes
}

// loadTime reads a timeline.
func (t *timeline) loadTime(r *wire.Reader) {
	t.newest, t.now, t.first, t.several = r.Int(), r.Int(), r.Int(), r.Bool()
	for range r.Len(maxListed) {
		if r.Err() != nil {
			return
		}
		t.named = append(t.named, r.String())
	}
	for range r.Len(maxListed) {
		name, newest, waited := r.String(), r.Int(), r.Bool()
		n := r.Len(maxListed)
		if r.Err() != nil {
			return
		}
		src := t.source(name)
		src.newest = newest
		t.place(src, waited)
		for range n {
			if r.Err() != nil {
				return
			}
			src.doubts = append(src.doubts, r.Int())
		}
	}
}

func (c *clock) loadDoubts(d *op.Decoder, b *op.Budget) {
	for range d.Len(maxListed) {
		ev, source := d.Some(), d.String()
		if d.Err() != nil {
			return
		}
		c.doubt(ev, source, b)
		c.restore(c.kept)
	}
	c.kept = nil
}

// load reads the state of a query, as far as it is kept here.
func (r *run) load(d *op.Decoder) {
	var limiter *op.Limiter
	here := r.role == wholeRole || r.role == ownedRole
	evaluations, matches := d.Uint(), d.Uint()
	if r.limiter != nil {
		if limiter = r.limiter; !here {
			limiter = op.NewLimiter(r.Plan.Limits)
		}
		limiter.Load(d)
	}
	counts := r.stream.part == nil || r.stream.part.index < 0 // once for all parts
	if counts {
		r.evaluations, r.matches = evaluations, matches
	}
	if r.machine == nil {
		return
	}
	evicted, rejected, expired := d.Uint(), d.Uint(), d.Uint()
	if counts {
		a := r.machine.Account()
		a.Evicted, a.Rejected, a.Expired = evicted, rejected, expired
	}
	d.Owns = nil
	if !here {
		d.Owns = func(key []byte) bool {
			return r.role == keyedRole && r.route.PartOf(key, r.stream.part.n) == r.stream.part.index
		}
	}
	r.machine.Load(d)
	c := r.stream.clocks[r.clock]
	for ev := d.Held(); ev != nil; ev = d.Held() {
		hits := r.LoadHits(d)
		if d.Err() != nil {
			return
		}
		if !here {
			hits.Keep(func(h op.Hit) bool { return r.role == keyedRole && r.owns(h) })
		}
		if hits.Len() > 0 {
			c.rekeep(r, ev, hits, r.stream.budget)
		}
	}
}

// Swap exchanges the queries of the stream between two events. A query whose text
// and options are what they were goes on with its state; see Changes. The new
// engine may share queries with the old one or not.
func (s *Stream) Swap(e *Engine) (Changes, error) {
	if s.closed {
		return Changes{}, ErrClosed
	}
	var past era
	for _, r := range s.runs {
		past.was(r.query.identity(), r.fingerprint(&s.opts))
	}
	oldRuns, oldClocks := s.runs, s.clocks
	s.install(e)
	from, changes := past.match(s.runs, &s.opts)
	goesOn := make(map[*run]bool, len(oldRuns))
	for i, j := range from {
		if j < 0 {
			continue
		}
		fresh, old := s.runs[i], oldRuns[j]
		if fresh.machine != nil {
			s.budget.Leave(fresh.machine.Account())
		}
		old.bound, old.index = fresh.bound, i
		s.runs[i] = old
		goesOn[old] = true
	}
	for _, c := range s.clocks {
		i := slices.IndexFunc(oldClocks, func(old *clock) bool { return old != nil && old.field.id == c.field.id })
		if i >= 0 {
			c.inherit(oldClocks[i], goesOn, s.budget)
			oldClocks[i] = nil
		}
	}
	for _, c := range oldClocks {
		if c != nil {
			for _, k := range slices.Concat(c.queue, c.doubts) {
				k.free(s.budget)
			}
		}
	}
	for _, r := range oldRuns {
		if !goesOn[r] && r.machine != nil {
			s.budget.Leave(r.machine.Account())
		}
	}
	s.schedule()
	return changes, nil
}

// inherit takes over what a clock of an earlier engine knows and keeps back, as
// far as it is for queries that go on.
func (c *clock) inherit(old *clock, goesOn map[*run]bool, b *op.Budget) {
	c.timeline, c.doubts, c.seen = old.timeline, old.doubts, old.seen
	for _, k := range slices.Concat(old.queue, old.doubts) {
		k.parts = slices.DeleteFunc(k.parts, func(p keptPart) bool {
			if goesOn[p.run] {
				return false
			}
			b.Wait(-p.size)
			return true
		})
		slices.SortFunc(k.parts, func(a, b keptPart) int { return cmp.Compare(a.run.index, b.run.index) })
	}
	for _, k := range old.queue {
		if len(k.parts) == 0 {
			k.free(b)
		} else {
			c.push(k)
		}
	}
}
