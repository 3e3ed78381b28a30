package op

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A Tree is a condition taken apart at and, or and not, for those who want to
// know what each predicate says. It is immutable.
type Tree struct {
	Kind TreeKind
	Xs   []*Tree   // the operands; nil for a leaf
	Expr plan.Expr // what it stands for
	pred Pred      // of a leaf
	wait *waiting  // of a leaf that the event alone does not decide; else nil
	leaf int       // number of a leaf, in source order
}

// A TreeKind is how a Tree comes to its answer.
type TreeKind uint8

// The kinds of trees.
const (
	Leaf TreeKind = iota // by a predicate
	All                  // if all operands hold
	Some                 // if one of the operands holds
	None                 // if its one operand does not hold
)

// A Forest is the trees of the steps of one query.
type Forest struct {
	b      *Builder
	bind   *binding
	Trees  []*Tree
	Leaves [][]*Tree // by step, in the order of the text
}

// NewForest takes the conditions of q apart: those of its steps, until behind
// them. The layout of b must not be in use yet.
func NewForest(b *Builder, q *plan.Query) *Forest {
	f := &Forest{b: b, bind: &binding{b: b, query: &Query{Plan: q}}}
	for _, path := range q.Partition {
		f.bind.hosts = append(f.bind.hosts, b.Slot(b.Layout, &plan.Field{Path: path}))
	}
	steps := slices.Clone(q.Steps)
	if q.Until != nil {
		steps = append(steps, *q.Until)
	}
	for range steps {
		f.bind.kept = append(f.bind.kept, &tuple{})
	}
	for _, s := range steps {
		var leaves []*Tree
		f.Trees = append(f.Trees, f.tree(s.Cond, &leaves))
		f.Leaves = append(f.Leaves, leaves)
	}
	return f
}

// tree takes a condition apart. What is written as one predicate is one leaf,
// such as "x != y" or "not x", whatever the plan has made of it.
func (f *Forest) tree(x plan.Expr, leaves *[]*Tree) *Tree {
	t := &Tree{Expr: x}
	switch x := x.(type) {
	case *plan.Logic:
		if !inside(x, x.Xs...) {
			break
		}
		t.Kind = All
		if x.Or {
			t.Kind = Some
		}
		for _, o := range x.Xs {
			t.Xs = append(t.Xs, f.tree(o, leaves))
		}
		return t
	case *plan.Not:
		if l, ok := x.X.(*plan.Logic); ok && inside(l, l.Xs...) && inside(x, l) {
			t.Kind, t.Xs = None, []*Tree{f.tree(l, leaves)}
			return t
		}
	}
	if plan.IsEventOnly(x) {
		t.pred = f.b.Condition(x)
	} else {
		t.wait = f.waiting(x)
	}
	t.leaf = len(*leaves)
	*leaves = append(*leaves, t)
	return t
}

// inside reports whether the operands stand in the text as parts of x. The test
// of the operating system, which no text stands for, does not count.
func inside(x plan.Expr, operands ...plan.Expr) bool {
	for _, o := range operands {
		if _, ok := o.(*plan.System); !ok && o.Span() == x.Span() && len(operands) == 1 {
			return false
		}
	}
	if _, ok := operands[0].(*plan.System); ok {
		return true
	}
	return !slices.ContainsFunc(operands, func(o plan.Expr) bool { return o.Span() == x.Span() })
}

// Leaf returns the number of a leaf in the order of the text.
func (t *Tree) Leaf() int { return t.leaf }

// Waits reports whether more than the event decides about a leaf.
func (t *Tree) Waits() bool { return t.wait != nil }

// A waiting leaf needs the events of earlier steps, or to know what a process
// descends from.
type waiting struct {
	pred     Pred
	tuple    *tuple
	asks     []ask
	aliases  []int
	lineages *[]*plan.Lineage // of the forest
}

func (f *Forest) waiting(x plan.Expr) *waiting {
	w := &waiting{tuple: &tuple{}, lineages: &f.bind.query.lineages}
	l := &later{bind: f.bind, tuple: w.tuple, asks: &w.asks}
	w.pred = l.build(f.b, x)
	w.aliases = l.aliases
	return w
}

// Given is what conditions depend on besides the event. The zero Given is
// nothing: leaves that need more do not count.
type Given struct {
	// Kept has what Forest.Keep returned for the event of each earlier step; nil
	// if it is unknown. It is nil if there are no earlier steps.
	Kept [][]value.Value
	// Descends answers "descendant of"; nil if it is unknown.
	Descends func(x *plan.Lineage) bool
}

// Keep returns what later steps read of the event in c as that of a step.
func (f *Forest) Keep(c *Ctx, step int) []value.Value {
	out := make([]value.Value, 0, len(f.bind.kept[step].sources)+1)
	for _, src := range f.bind.kept[step].sources {
		out = append(out, src.take(c, &rowSets{}).Clone())
	}
	return out
}

// test answers a leaf; known is false if g does not suffice.
func (w *waiting) test(c *Ctx, g *Given) (held, known bool) {
	if len(w.asks) > 0 && g.Descends == nil {
		return false, false
	}
	for _, step := range w.aliases {
		if step >= len(g.Kept) || g.Kept[step] == nil {
			return false, false
		}
	}
	vals := make([]value.Value, len(w.tuple.sources))
	for i, src := range w.tuple.sources {
		vals[i] = src.take(c, &rowSets{})
	}
	for _, a := range w.asks {
		vals[a.answer] = value.OfBool(g.Descends((*w.lineages)[a.lineage]))
	}
	c.frames = append(c.frames[:0], frame{vals: vals})
	for _, step := range w.aliases {
		c.frames = append(c.frames, frame{vals: g.Kept[step]})
	}
	return w.pred.Test(c), true
}

// A Question is a condition asked about the event of a Ctx. Leaves for which
// what is given does not suffice are taken for whatever makes the condition hold.
type Question struct {
	Ctx   *Ctx
	Given Given
	// Found, unless it is nil, is called for each leaf that is asked.
	Found func(leaf int, held bool)
}

// Test evaluates t as the engine does, from left to right and no further than
// needed.
func (q *Question) Test(t *Tree) bool { return q.test(t, true) }

func (q *Question) test(t *Tree, wish bool) bool {
	switch t.Kind {
	case All, Some:
		for _, x := range t.Xs {
			if q.test(x, wish) == (t.Kind == Some) {
				return t.Kind == Some
			}
		}
		return t.Kind == All
	case None:
		return !q.test(t.Xs[0], !wish)
	default:
		held, known := q.leaf(t)
		if !known {
			return wish
		}
		if q.Found != nil {
			q.Found(t.leaf, held)
		}
		return held
	}
}

func (q *Question) leaf(t *Tree) (held, known bool) {
	if t.wait != nil {
		return t.wait.test(q.Ctx, &q.Given)
	}
	return t.pred.Test(q.Ctx), true
}

// Reasons calls yield for the leaves that decide the answer, in order: for a
// conjunction that fails the reasons of the first operand that fails, for a
// disjunction that fails those of all operands, and so on.
func (q *Question) Reasons(t *Tree, yield func(leaf int, held bool)) {
	quiet := &Question{Ctx: q.Ctx, Given: q.Given}
	quiet.reasons(t, true, yield)
}

func (q *Question) reasons(t *Tree, wish bool, yield func(leaf int, held bool)) {
	switch t.Kind {
	case All, Some:
		deciding := t.Kind == Some // the answer that one operand suffices for
		for _, x := range t.Xs {
			if q.test(x, wish) == deciding {
				q.reasons(x, wish, yield)
				return
			}
		}
		for _, x := range t.Xs {
			q.reasons(x, wish, yield)
		}
	case None:
		q.reasons(t.Xs[0], !wish, yield)
	default:
		if held, known := q.leaf(t); known {
			yield(t.leaf, held)
		}
	}
}

// Nearness says how much of t holds, from 0 to 1; it is 1 exactly if t holds.
// Operands of a conjunction count alike, a disjunction is as near as its
// nearest operand.
func (q *Question) Nearness(t *Tree) float64 {
	switch t.Kind {
	case All:
		sum := 0.0
		for _, x := range t.Xs {
			sum += q.Nearness(x)
		}
		return sum / float64(len(t.Xs))
	case Some:
		best := 0.0
		for _, x := range t.Xs {
			best = max(best, q.Nearness(x))
		}
		return best
	}
	quiet := &Question{Ctx: q.Ctx, Given: q.Given}
	if quiet.Test(t) {
		return 1
	}
	return 0
}

// Refers reports whether a step depends on the events of earlier ones.
func (f *Forest) Refers(step int) bool {
	return slices.ContainsFunc(f.Leaves[step], func(t *Tree) bool { return t.wait != nil && len(t.wait.aliases) > 0 })
}

// Host returns the host of the event in c, and whether hosts are told apart.
func (f *Forest) Host(c *Ctx) (host value.Value, apart bool) {
	return hostOf(c, f.bind.hosts).Clone(), f.bind.hosts != nil
}

// KeyTuples returns the tuples of join keys of the record in c, in the order of
// Hits.Add and as many; none if a key without value is not optional.
func KeyTuples(c *Ctx, keys []Key) [][]value.Value {
	out := [][]value.Value{nil}
	for _, k := range keys {
		v := c.Rec.Get(k.Slot)
		if v.IsNull() && !k.Optional {
			return nil
		}
		var longer [][]value.Value
		for _, t := range out {
			for _, x := range keyValues(v) {
				if len(longer) < maxTuples {
					longer = append(longer, append(slices.Clone(t), x.Clone()))
				}
			}
		}
		out = longer
	}
	return out
}

// PathOf names a field as the query writes it.
func PathOf(f *plan.Field) string {
	switch {
	case f.Alias != nil:
		return f.Alias.Name + "." + f.Path
	case f.Var != nil && f.Path == "":
		return "$" + f.Var.Name
	case f.Var != nil:
		return "$" + f.Var.Name + "." + f.Path
	default:
		return f.Path
	}
}

// slotOf returns the slot of a field of the event.
func (f *Forest) slotOf(x *plan.Field) event.Slot { return f.b.Slot(f.b.Layout, x) }

// A Reader gives the value of a field that a leaf reads.
type Reader struct {
	Path  string
	field *plan.Field
	slot  event.Slot // of a field of the event
}

// Readers returns the fields that a leaf reads, each once.
func (f *Forest) Readers(t *Tree) []Reader {
	var out []Reader
	add := func(x *plan.Field) {
		r := Reader{Path: PathOf(x), field: x}
		if slices.ContainsFunc(out, func(o Reader) bool { return o.Path == r.Path }) {
			return
		}
		if x.Alias == nil && x.Var == nil {
			r.slot = f.slotOf(x)
		}
		out = append(out, r)
	}
	x := t.Expr
	if n, ok := x.(*plan.Not); ok {
		x = n.X
	}
	if l, ok := x.(*plan.Lineage); ok { // its condition is about other events
		for _, f := range l.Reads {
			add(f)
		}
		return out
	}
	var arrays []*plan.Field // of searches: their elements are read, not they
	plan.Fields(x, func(y *plan.Field) {
		if y.Var != nil {
			arrays = append(arrays, y.Var.Array)
		}
	})
	plan.Fields(x, func(y *plan.Field) {
		if !slices.Contains(arrays, y) {
			add(y)
		}
	})
	return out
}

// Read returns the value of a field for the event in c, which is ev; prior has
// the events of earlier steps, nil where they are unknown. For a field of the
// elements of an array it is that of all elements.
func (r *Reader) Read(c *Ctx, ev event.Event, prior []event.Event) value.Value {
	switch {
	case r.field.Alias != nil:
		if i := r.field.Alias.Step; i < len(prior) && prior[i] != nil {
			return prior[i].Field(r.field.Path)
		}
		return value.Value{}
	case r.field.Var != nil:
		return ev.Field(r.field.FullPath())
	default:
		return c.Rec.Get(r.slot)
	}
}
