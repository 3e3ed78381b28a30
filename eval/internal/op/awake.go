package op

import "github.com/eqlkit/eqlkit/eval/internal/plan"

// A StepSet is a set of steps of a query, by their number in Query.Steps. The
// steps from number 63 on are in it all together or not at all.
type StepSet uint64

// everyStep is the set of all steps.
const everyStep = ^StepSet(0)

func stepSet(step int) StepSet { return 1 << min(step, 63) }

// Has reports whether a step is in the set.
func (s StepSet) Has(step int) bool { return s&stepSet(step) != 0 }

// wakers says which steps of a sequence make a difference, and when.
type wakers struct {
	always   StepSet   // the first, and what must not precede it
	byStage  []StepSet // while something waits at a stage: what goes on, stops or dooms it
	trailing StepSet   // while completed sequences wait for an absence
}

// wakersOf returns those of a sequence; its stages have been numbered.
func wakersOf(s *sequenceSpec) wakers {
	w := wakers{byStage: make([]StepSet, max(s.last, 0))}
	for step := range s.stages {
		for _, stage := range s.stages[step] {
			if stage == 0 {
				w.always |= stepSet(step)
			} else {
				w.byStage[stage-1] |= stepSet(step)
			}
		}
		switch s.absent[step] {
		case leading:
			w.always |= stepSet(step)
		case middle:
			w.byStage[s.after[step]] |= stepSet(step)
		case trailing:
			w.trailing |= stepSet(step)
		}
	}
	if s.until >= 0 {
		for stage := range w.byStage {
			w.byStage[stage] |= stepSet(s.until)
		}
	}
	return w
}

// A watch counts what waits at each stage, and knows the steps which that wakes.
type watch struct {
	wakers  *wakers
	waiting []int
	awake   StepSet
}

func newWatch(w *wakers) watch {
	return watch{wakers: w, waiting: make([]int, len(w.byStage)), awake: w.always}
}

// occupy notes that one thing more waits at a stage.
func (w *watch) occupy(stage int) {
	w.waiting[stage]++
	w.awake |= w.wakers.byStage[stage]
}

// vacate notes that one thing less waits at a stage.
func (w *watch) vacate(stage int) {
	if w.waiting[stage]--; w.waiting[stage] > 0 {
		return
	}
	w.awake = w.wakers.always
	for s, n := range w.waiting {
		if n > 0 {
			w.awake |= w.wakers.byStage[s]
		}
	}
}

// with returns the awake steps of a machine that has such candidates.
func (w *watch) with(c *candidates) StepSet {
	if len(c.byTime) > 0 {
		return w.awake | w.wakers.trailing
	}
	return w.awake
}

// Awake implements Machine.
func (m *sequence) Awake() StepSet { return m.with(&m.waits) }

// Awake implements Machine.
func (m *aliasSequence) Awake() StepSet { return m.with(&m.waits) }

// Awake implements Machine: any event may be one of a sample.
func (m *sample) Awake() StepSet { return everyStep }

// Awake implements Machine: what asks about processes is an event of one, and
// keeps it from being forgotten, and what tells of them always makes a difference.
// As long as nothing is known of any process nothing descends from one: then it
// does not matter which are started, nor what holds of descendants only.
func (m *lineageMachine) Awake() StepSet {
	awake := m.curious
	if m.inner == nil {
		awake = everyStep
	} else {
		awake |= m.inner.Awake()
	}
	if !m.Knows() {
		awake &^= m.idle
	}
	return awake
}

// A Knower is a Machine that remembers processes.
type Knower interface {
	Machine
	// Knows reports whether anything is known of a process. As long as that is not so
	// nothing descends from one, and a hit of a step makes a difference only if the
	// step's Cold holds, too. What is said of Machine.Awake is true of it, and Awake
	// changes with it, by the step that tells of processes which are started.
	Knows() bool
}

// Knows implements Knower. Who wants to know what an event was answered has all asked.
func (m *lineageMachine) Knows() bool { return len(m.table.byKey) > 0 || m.env.Answered != nil }

// curious returns the steps that have to do with processes.
func (q *Query) curious() StepSet {
	var out StepSet
	for i := range q.Steps {
		if i >= q.feed || len(q.Steps[i].asks) > 0 {
			out |= stepSet(i)
		}
	}
	return out
}

// idle returns the steps that make no difference as long as nothing is known of
// processes: those that hold of descendants only, and the last, which tells of
// processes that are started.
func (q *Query) idle() StepSet {
	var out StepSet
	for i := range min(len(q.Steps), 63) {
		if i == len(q.Steps)-1 || plan.NeedsDescent(q.Steps[i].split.Lineage) {
			out |= stepSet(i)
		}
	}
	return out
}
