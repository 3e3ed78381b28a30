package eval

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/op"
)

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
