package op

import "github.com/eqlkit/eqlkit/eval/internal/plan"

// answer tells those who want to know what an event was answered.
func (e *Env) answer(ev *Held, x *plan.Lineage, yes bool) {
	if e.Answered != nil {
		e.Answered(ev, x, yes)
	}
}
