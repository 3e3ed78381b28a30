package op_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/evaltest"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/op"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/parser"
)

// bind compiles a query and returns it with the builder that bound it.
func bind(t *testing.T, text string, dialect ast.Dialect) (*op.Query, *op.Builder) {
	t.Helper()
	tree, err := parser.Parse(&source.File{Text: text}, parser.Options{Dialect: dialect})
	require.NoError(t, err, text)
	functions := &fn.Registry{}
	for _, f := range builtin.All() {
		require.NoError(t, functions.Add(f))
	}
	o := plan.Options{
		Dialect: dialect, Functions: functions, Memo: &plan.Memo{}, Size: -1,
		CategoryField: "event.category", TimestampField: "@timestamp",
	}
	if dialect == ast.Endpoint {
		o.Partition = []string{"host.id", "agent.id"}
	}
	p, err := plan.New(tree, o)
	require.NoError(t, err, text)
	b := &op.Builder{Layout: event.NewLayout()}
	b.Slot = func(l *event.Layout, f *plan.Field) event.Slot { return l.Add(f.Path) }
	return b.Bind(p), b
}

// A diary is a machine with all that can be observed of it. A lazy one leaves
// out what is said to make no difference.
type diary struct {
	op.Machine
	budget  *op.Budget
	lazy    bool
	until   int   // the step of until, or -1
	asleep  int   // hits left out
	warm    int   // of these, the ones that need a process
	at      int64 // of meet
	entries []string
}

func newDiary(q *op.Query, limits op.Limits, most int, lazy bool) *diary {
	d := &diary{budget: &op.Budget{Limits: limits}, lazy: lazy, until: -1}
	if q.Plan.Until != nil {
		d.until = len(q.Plan.Steps)
	}
	d.Machine = q.NewMachine(&op.Env{
		Budget: d.budget, Most: most, MaxPartials: 3, MaxProcesses: 4, ProcessIdle: 5e6,
		OnError: func(err error) { d.write("error ", err) },
	})
	d.Trace(func(n op.Note) { d.write("note ", n.Kind, n.Keys, seqs(n.Chain), seqs([]*op.Held{n.By})) })
	return d
}

func (d *diary) write(what ...any) { d.entries = append(d.entries, fmt.Sprint(what...)) }

func seqs(events []*op.Held) (out []int) {
	for _, ev := range events {
		if ev == nil {
			out = append(out, -1)
		} else {
			out = append(out, int(ev.Seq))
		}
	}
	return out
}

func (d *diary) result(r op.Result) { d.write("result ", r.Keys, seqs(r.Events), r.Due) }

// push lets time pass and pushes an event with its hits, of which some may make no
// difference as long as no process is known.
func (d *diary) push(ev op.Held, hits *op.Hits, warm op.StepSet) {
	d.pass(ev.Time)
	if d.lazy {
		awake, another := d.Awake(), false
		n := hits.Len()
		if k, ok := d.Machine.(op.Knower); ok && !k.Knows() {
			awake &^= warm
			d.warm += bits.OnesCount64(uint64(warm))
		}
		hits.Keep(func(h op.Hit) bool {
			another = another || h.Step != d.until && awake.Has(h.Step)
			return awake.Has(h.Step) || h.Step == d.until
		})
		if d.until >= 0 && !awake.Has(d.until) && !another {
			hits.Keep(func(h op.Hit) bool { return h.Step != d.until })
		}
		d.asleep += n - hits.Len()
	}
	if hits.Len() > 0 {
		d.Push(&ev, hits, d.result)
	}
	d.state()
}

// meet pushes an event without keys that a step of q hits, 2 ms after the last.
func (d *diary) meet(q *op.Query, step int) {
	var hits op.Hits
	s := q.Steps[step]
	s.Keys = nil
	hits.Add(&op.Ctx{Rec: event.NewRecord(event.NewLayout())}, step, &s)
	d.at += 2e6
	d.push(op.Held{Time: d.at, Seq: uint64(d.at)}, &hits, 0)
}

// pass lets time pass as far as there is anything due.
func (d *diary) pass(w int64) {
	for due := d.Due(); due <= w && due != op.NotDue; due = d.Due() {
		d.Advance(due, d.result)
	}
}

// state writes down what the machine says of itself.
func (d *diary) state() {
	a := d.Account()
	d.write("state ", a.Open, a.Pending, a.Other, a.Bytes, a.Evicted, a.Rejected, a.Expired, d.budget.Bytes(), d.Due())
}

// TestAwake wants a machine that is only told of the steps that are awake to do
// the same as one that is told of all.
func TestAwake(t *testing.T) {
	rounds := 500
	if os.Getenv("EQL_TEST_ALL") != "" {
		rounds *= 90
	}
	asleep, warm := 0, 0
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 17))
		g := evaltest.NewGen(r)
		text, dialect := g.SequenceQuery(), ast.Elasticsearch
		docs := g.Docs(40)
		if n := r.IntN(4); n < 2 {
			text, dialect = g.EndpointSequence(), ast.Endpoint
			if n == 0 {
				text = descentQuery(r)
			}
			docs = g.EndpointDocs(40)
		}
		q, b := bind(t, text, dialect)
		limits := op.Limits{Policy: op.Policy(r.IntN(3))}
		switch r.IntN(4) {
		case 0:
			limits.Total = 1 + r.IntN(4)
		case 1:
			limits.Bytes = 500 + r.Int64N(2000)
		}
		most := max(r.IntN(8)-4, 0)
		all, lazy := newDiary(q, limits, most, false), newDiary(q, limits, most, true)
		cold := make([]op.Pred, len(q.Steps))
		for i := range q.Steps {
			if xs := q.Steps[i].Cold; xs != nil {
				cold[i] = b.All(slices.Clone(xs))
			}
		}
		rec := event.NewRecord(b.Layout)
		ctx := op.Ctx{Rec: rec}
		for i, doc := range docs {
			ev := event.Map(doc)
			require.NoError(t, rec.Fill(ev))
			at, ok := event.ParseTime(ev.Field("@timestamp"))
			require.True(t, ok)
			var hits op.Hits
			var needing op.StepSet
			for step := range q.Steps {
				if s := &q.Steps[step]; s.Cond.Test(&ctx) {
					hits.Add(&ctx, step, s)
					if cold[step] != nil && !cold[step].Test(&ctx) {
						needing |= 1 << step
					}
				}
			}
			held := op.Held{Event: ev, Time: at, Seq: uint64(i), Size: 100}
			all.push(held, hits.Clone(), needing)
			lazy.push(held, &hits, needing)
		}
		all.Close(all.result)
		lazy.Close(lazy.result)
		require.Equal(t, all.entries, lazy.entries, "seed %d: %s", seed, text)
		asleep += lazy.asleep
		warm += lazy.warm
	}
	require.Greater(t, asleep, rounds, "hits that were left out")
	require.Greater(t, warm, rounds/4, "hits that were left out because no process was known")
}

// descentQuery makes up a query of which steps hold of descendants, among others.
func descentQuery(r *rand.Rand) string {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	letter := func() string { return pick(`"A"`, `"B"`, `"C"`) }
	step := func() string {
		above := fmt.Sprintf(`descendant of [any where e == %s]`, letter())
		return fmt.Sprintf(pick(
			`any where e == %s and %s`, `any where e == %s or %s`, `any where e == %s and not %s`, `any where e == %s or not %s`,
			`any where not (e == %s and %s)`, `any where not (e != %s and not %s)`,
		), letter(), above)
	}
	if r.IntN(2) == 0 {
		return step()
	}
	return fmt.Sprintf("sequence with maxspan=%s [%s] [%s]", pick("10ms", "1h"), step(), step())
}

// TestAwakeSteps shows which steps are awake when.
func TestAwakeSteps(t *testing.T) {
	q, _ := bind(t, `sequence by k with maxspan=1s
		![any where 0 == n] [any where 1 == n] [any where 2 == n] with runs=2 ![any where 3 == n]
		[any where 4 == n] ![any where 5 == n] until [any where 6 == n]`, ast.Elasticsearch)
	d := newDiary(q, op.Limits{}, 0, false)
	for _, stage := range []struct {
		step int
		want []int
	}{
		{0, []int{0, 1}},
		{1, []int{0, 1, 2, 6}},
		{2, []int{0, 1, 2, 6}},
		{2, []int{0, 1, 3, 4, 6}},
		{1, []int{0, 1, 2, 3, 4, 6}},
		{6, []int{0, 1}},
		{1, []int{0, 1, 2, 6}},
		{2, []int{0, 1, 2, 6}},
		{2, []int{0, 1, 3, 4, 6}},
	} {
		d.meet(q, stage.step)
		require.Equal(t, stage.want, steps(d.Awake(), len(q.Steps)), "after a hit of step %d", stage.step)
	}
	d.Advance(d.at+2e9, d.result)
	require.Equal(t, []int{0, 1}, steps(d.Awake(), len(q.Steps)))
}

// steps lists the first n steps that are in a set.
func steps(s op.StepSet, n int) (out []int) {
	for step := range n {
		if s.Has(step) {
			out = append(out, step)
		}
	}
	return out
}

// TestManySteps wants the steps from 63 on to be awake together.
func TestManySteps(t *testing.T) {
	text := "sequence by k with maxspan=1s"
	for i := range 70 {
		text += fmt.Sprintf(" [any where n == %d]", i)
	}
	q, _ := bind(t, text, ast.Elasticsearch)
	d := newDiary(q, op.Limits{}, 0, false)
	for step := range 62 {
		require.True(t, d.Awake().Has(step))
		d.meet(q, step)
	}
	require.Equal(t, []int{0, 62}, steps(d.Awake(), 70))
	d.meet(q, 62)
	require.Equal(t, []int{0, 63, 64, 65, 66, 67, 68, 69}, steps(d.Awake(), 70))
}
