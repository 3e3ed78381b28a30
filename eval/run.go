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
	}
	if limits := q.Plan.Limits; len(limits) > 0 {
		r.limiter = op.NewLimiter(limits)
	}
	r.emit = r.take
	if r.machine == nil {
		r.setBits(s.awake)
	} else {
		r.watch(&s.opts)
		c := s.clocks[r.clock]
		if q.Plan.Kind == plan.Sequence {
			r.setBits(c.sequences)
		} else {
			r.setBits(c.machines)
		}
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

// setBits adds the bits of the query's steps.
func (r *run) setBits(bits []uint64) {
	for _, bit := range r.bits {
		if bit >= 0 {
			bits[bit>>6] |= 1 << (bit & 63)
		}
	}
}

// wake notes in the stream which steps can make a difference to the machine now.
func (r *run) wake() {
	awake := r.machine.Awake()
	if awake == r.awake {
		return
	}
	for step, bit := range r.bits {
		switch {
		case bit < 0:
		case awake.Has(step):
			r.stream.awake[bit>>6] |= 1 << (bit & 63)
		default:
			r.stream.awake[bit>>6] &^= 1 << (bit & 63)
		}
	}
	r.awake = awake
}
