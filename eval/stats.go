package eval

import "time"

// Stats counts what a Stream has seen and says what it keeps.
type Stats struct {
	Events  uint64 // pushed, the refused ones included
	Refused uint64 // could not be read
	Untimed uint64 // without a time, and so not seen by sequences
	Late    uint64 // behind the watermark, and so not seen by sequences
	Ahead   uint64 // too far ahead to be believed, and so not seen by sequences; see WithMaxJump
	Hurried uint64 // times that the watermark moved because the limits left no room to wait

	Evaluations uint64 // conditions tested
	Errors      uint64 // expressions that became null by an error, such as a division by zero
	Matches     uint64 // delivered
	Repeats     uint64 // matches that were delivered before; see WithoutRepeats
	Duplicates  uint64 // events that were seen before; see WithDistinct

	Open     int   // partial matches that are waiting
	Pending  int   // of these, the complete ones that wait for an absence
	Buffered int   // events that are kept back for their turn
	Bytes    int64 // that all this takes with the events in it, about

	Evicted  uint64 // partial matches dropped to stay inside the limits
	Rejected uint64 // partial matches not begun, to stay inside the limits
	Expired  uint64 // partial matches that maxspan has outlived

	// Watermark is how far time has come: an event before it is late. It is
	// zero as long as no event has had a time. If queries have several
	// timestamp fields it is that of the one furthest behind.
	Watermark time.Time
}

// QueryStats is the part of one query in Stats. What says where an event stands
// in time is not divided.
type QueryStats struct {
	Query                      *Query
	Evaluations, Matches       uint64
	Open, Pending              int
	Bytes                      int64 // without events, which queries share
	Evicted, Rejected, Expired uint64
}

// Stats returns the counts so far.
func (s *Stream) Stats() Stats {
	st := s.stats
	for _, r := range s.runs {
		q := r.stats()
		st.Evaluations += q.Evaluations
		st.Open += q.Open
		st.Pending += q.Pending
		st.Evicted += q.Evicted
		st.Rejected += q.Rejected
		st.Expired += q.Expired
	}
	st.Bytes = s.budget.Bytes()
	slowest := int64(noTime)
	for i, c := range s.clocks {
		st.Buffered += len(c.queue) + len(c.doubts)
		if i == 0 || c.now < slowest {
			slowest = c.now
		}
	}
	if slowest != noTime {
		st.Watermark = time.Unix(0, slowest).UTC()
	}
	return st
}

// QueryStats returns the counts of each query, in the order of the engine.
func (s *Stream) QueryStats() []QueryStats {
	out := make([]QueryStats, len(s.runs))
	for i, r := range s.runs {
		out[i] = r.stats()
	}
	return out
}

func (r *run) stats() QueryStats {
	st := QueryStats{Query: r.query, Evaluations: r.evaluations, Matches: r.matches}
	if r.machine != nil {
		a := r.machine.Account()
		st.Open, st.Pending, st.Bytes = a.Open+a.Pending, a.Pending, a.Bytes
		st.Evicted, st.Rejected, st.Expired = a.Evicted, a.Rejected, a.Expired
	}
	return st
}
