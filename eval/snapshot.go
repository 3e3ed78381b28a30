package eval

import (
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
	out := wire.NewWriter(w)
	out.Len(len(s.positions))
	for _, name := range slices.Sorted(maps.Keys(s.positions)) {
		out.String(name)
		out.String(string(s.positions[name]))
	}
	out.Uint(s.seq)
	for _, n := range s.stats.counts() {
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
		c.seen.save(out, c.now)
		e.Section(func() { c.saveDoubts(e) })
	}
	out.Len(len(s.runs))
	for _, r := range s.runs {
		e.Clock = r.clock
		out.String(r.query.identity())
		out.String(r.fingerprint(&s.opts))
		e.Section(func() { r.save(e) })
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

// save writes the state of a query.
func (r *run) save(e *op.Encoder) {
	e.Uint(r.evaluations)
	e.Uint(r.matches)
	if r.limiter != nil {
		r.limiter.Save(e)
	}
	if r.machine == nil {
		return
	}
	a := r.machine.Account()
	e.Uint(a.Evicted)
	e.Uint(a.Rejected)
	e.Uint(a.Expired)
	r.machine.Save(e)
	for _, w := range r.waiting() {
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

// waiting returns what is kept back for the query, in the order of events.
func (r *run) waiting() []waitingHits {
	var out []waitingHits
	c := r.stream.clocks[r.clock]
	for _, k := range slices.Concat(c.queue, c.doubts) {
		for _, p := range k.parts {
			if p.run == r {
				out = append(out, waitingHits{k.ev, p.hits})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b waitingHits) int { return a.ev.Compare(b.ev) })
	return out
}
