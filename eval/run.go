package eval

import (
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A run is the state of one query.
type run struct {
	*bound
	stream  *Stream
	index   int         // among the stream's runs
	machine op.Machine  // nil for an event query
	limiter *op.Limiter // nil without limits
	emit    func(op.Result)
	due     int64      // of the machine, in clock.dues
	place   int        // there
	print   string     // fingerprint of the query, once it has been asked for
	awake   op.StepSet // of the machine, when it was last asked

	role  role
	route *op.Route         // of keyedRole
	owns  func(op.Hit) bool // of keyedRole

	counts
	before counts // what a snapshot has told
	asked  uint64 // of the evaluations, those of until that no index proposed
	held   uint64 // conditions that held

	conditions, state account
}

// counts are those of a query that snapshots have.
type counts struct{ evaluations, matches uint64 }

// A role is what a query does in a part of a stream.
type role uint8

const (
	wholeRole role = iota // the stream is not divided
	homeRole              // stateless: answered in one part for each event
	ownedRole             // answered here for all events
	otherRole             // answered in another part
	keyedRole             // answered here for some keys
)

// newRun returns a run without state.
func (s *Stream) newRun(q *bound, index int) *run {
	r := &run{bound: q, index: index, stream: s}
	if s.part != nil {
		r.divide(s.part)
	}
	if q.NeedsMachine() {
		env := s.opts.env(s.budget, func(err error) { r.stream.runError(r, err) })
		if r.role == keyedRole {
			env.Most = share(env.Most, s.part.n)
		}
		r.machine = q.NewMachine(s.traced(r, env))
	}
	if limits := q.Plan.Limits; len(limits) > 0 {
		r.limiter = op.NewLimiter(limits)
	}
	r.emit = r.take
	if r.machine != nil {
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
	res.Pin() // by tail, or by the order of the match
	if r.limiter != nil {
		r.limiter.Push(res, r.deliver)
	} else {
		r.deliver(res)
	}
}

func (r *run) deliver(res op.Result) { r.stream.deliver(r, res) }

// divide decides which part of the query's work is done here.
func (r *run) divide(p *partInfo) {
	if r.Stateless() {
		r.role = homeRole
		return
	}
	if r.route, _ = r.Route(); r.route == nil {
		r.role = otherRole
		if op.PartOfName(r.query.identity(), p.n) == p.index {
			r.role = ownedRole
		}
		return
	}
	r.role = keyedRole
	r.owns = func(h op.Hit) bool { return r.route.Part(h, p.n) == p.index }
}

// idle reports whether the query is not to be evaluated here this time.
func (r *run) idle() bool {
	switch r.role {
	case homeRole:
		return !r.stream.part.home
	case otherRole:
		return true
	default:
		return false
	}
}

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
