package eval

import (
	"fmt"
	"io"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/wire"
)

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
	fresh, changes, err := s.restored(r)
	if err != nil {
		return Changes{}, err
	}
	s.adopt(fresh)
	return changes, nil
}

// restored returns a stream like s with the state that r has of it.
func (s *Stream) restored(r io.Reader) (*Stream, Changes, error) {
	in, err := wire.NewReader(r)
	if err != nil {
		return nil, Changes{}, fmt.Errorf("restoring a stream: %w", err)
	}
	fresh := &Stream{opts: s.opts, budget: &op.Budget{Limits: s.budget.Limits}}
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
	s.listen()
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

// load reads the state of a query.
func (r *run) load(d *op.Decoder) {
	r.evaluations, r.matches = d.Uint(), d.Uint()
	r.before = r.counts
	if r.limiter != nil {
		r.limiter.Load(d)
	}
	if r.machine == nil {
		return
	}
	a := r.machine.Account()
	a.Evicted, a.Rejected, a.Expired = d.Uint(), d.Uint(), d.Uint()
	r.machine.Load(d)
	c := r.stream.clocks[r.clock]
	for ev := d.Held(); ev != nil; ev = d.Held() {
		hits := r.LoadHits(d)
		if d.Err() != nil {
			return
		}
		if hits.Len() > 0 {
			c.rekeep(r, ev, hits, r.stream.budget)
		}
	}
}
