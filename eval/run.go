package eval

import (
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A run is the state of one query.
type run struct {
	*bound
	stream  *Stream
	kind    plan.Kind   // of the query
	index   int         // among the stream's runs
	machine op.Machine  // nil for an event query
	knower  op.Knower   // the machine, if it is one
	limiter *op.Limiter // nil without limits
	emit    func(op.Result)
	due     int64      // of the machine, in clock.dues
	place   int        // there
	print   string     // fingerprint of the query, once it has been asked for
	awake   op.StepSet // of the machine, when it was last asked

	counts
	before counts // what a snapshot has told
	asked  uint64 // of the evaluations, those of until that no index proposed
	held   uint64 // conditions that held

	conditions, state account
}

// counts are those of a query that snapshots have.
type counts struct{ evaluations, matches uint64 }

// newRun returns a run without state.
func (s *Stream) newRun(q *bound, index int) *run {
	r := &run{bound: q, kind: q.Plan.Kind, index: index, stream: s}
	if q.NeedsMachine() {
		env := s.opts.env(s.budget, func(err error) { r.stream.runError(r, err) })
		r.machine = q.NewMachine(s.traced(r, env))
		r.knower, _ = r.machine.(op.Knower)
	}
	if limits := q.Plan.Limits; len(limits) > 0 {
		r.limiter = op.NewLimiter(limits)
	}
	r.emit = r.take
	if r.machine == nil {
		setBits(s.awake, r.bits)
	} else {
		r.watch(&s.opts)
		c := s.clocks[r.clock]
		if q.Plan.Kind == plan.Sequence {
			setBits(c.sequences, r.bits)
		} else {
			setBits(c.machines, r.bits)
		}
		setBits(c.cold, r.cold)
	}
	return r
}

// take takes a result of the machine.
func (r *run) take(res op.Result) {
	if r.limiter != nil {
		res.Pin() // tail may keep it
		r.limiter.Push(res, r.deliver)
	} else {
		r.deliver(res)
	}
}

func (r *run) deliver(res op.Result) { r.stream.deliver(r, res) }

// schedule puts the runs into the queues of their clocks.
func (s *Stream) schedule() {
	for _, c := range s.clocks {
		c.dues = nil
	}
	for _, r := range s.runs {
		if r.machine != nil {
			r.awake = 0 // the bits may be those of another engine
			r.wake()
			r.due = r.machine.Due()
			s.clocks[r.clock].dues.add(r)
		}
	}
}

// setBits adds bits that are no less than 0 to a set.
func setBits(set []uint64, bits []int32) {
	for _, bit := range bits {
		if bit >= 0 {
			set[bit>>6] |= 1 << (bit & 63)
		}
	}
}

// wake notes in the stream which steps can make a difference to the machine now.
func (r *run) wake() {
	awake := r.machine.Awake()
	if awake == r.awake {
		return
	}
	knows := r.knower != nil && r.knower.Knows()
	for step, bit := range r.bits {
		if cold := r.coldBit(step); cold >= 0 {
			r.stream.wake(cold, awake.Has(step) && !knows)
			r.stream.wake(bit, awake.Has(step) && knows)
		} else if bit >= 0 {
			r.stream.wake(bit, awake.Has(step))
		}
	}
	r.awake = awake
}

// coldBit returns the bit of a step while the machine knows no process, or -1 if that
// is no other than else.
func (q *bound) coldBit(step int) int32 {
	if q.cold == nil {
		return -1
	}
	return q.cold[step]
}

// wake notes whether a step, by its bit of the index, can make a difference.
func (s *Stream) wake(bit int32, awake bool) {
	if awake {
		s.awake[bit>>6] |= 1 << (bit & 63)
	} else {
		s.awake[bit>>6] &^= 1 << (bit & 63)
	}
}
