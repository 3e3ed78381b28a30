package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// fingerprint names what the state of the query depends on: the query, how its
// fields are read, and the options of the stream that change its meaning. The
// functions of an embedder count by name.
func (q *Query) fingerprint(o *streamOptions) string {
	h := sha256.New()
	add := func(format string, args ...any) { part(h, fmt.Appendf(nil, format, args...)) }
	p := q.plan
	add("%s", ast.Format(&ast.Query{File: p.AST.File, Body: p.AST.Body, Pipes: p.AST.Pipes}))
	add("%v %v %v %v %q %q", q.config.Dialect, p.Limits, p.MaxSamples, p.Ordered, p.Partition, q.config.Systems)
	add("%q %q %q", p.CategoryField, p.TimestampField, p.TiebreakerField)
	if q.config.WildcardFunctions {
		add("wildcard functions")
	}
	if p.Kind == plan.Sequence && p.MaxSpan == 0 {
		add("%d", o.span)
	}
	for _, path := range q.Fields() {
		if s := q.config.Schema; s != nil {
			if f, ok := s.Field(path); ok {
				so := q.slotOptions(&plan.Field{Path: path, T: fn.Any})
				add("%q %q %q %q %s", path, f.Type, so.Name, so.Source, plan.FormatValue(so.Null))
			}
		}
	}
	var names []string
	for _, f := range q.config.Functions {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	add("%q", names)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// fingerprint returns that of the query, which takes long to compute: once, not
// for every snapshot.
func (r *run) fingerprint(o *streamOptions) string {
	if r.print == "" {
		r.print = r.query.fingerprint(o)
	}
	return r.print
}

// Changes says what became of the state of queries when a snapshot was restored
// or the engine exchanged.
type Changes struct {
	// Kept are the queries that go on with their state: those whose query and
	// options are what they were.
	Kept []*Query
	// Changed are queries that begin without state because they are not what
	// they were under the same ID.
	Changed []*Query
	// Added are queries that begin without state because they were not there.
	Added []*Query
	// Removed are the IDs of queries whose state was dropped, or their texts if
	// they have none, in order of the old engine. Changed ones are not among them.
	Removed []string
}

// An era matches the queries of an engine with those of an earlier one.
type era struct {
	byPrint  map[string][]int // indices of earlier queries that are not taken yet
	identity []string         // of earlier queries
	taken    []bool
}

// was adds an earlier query.
func (e *era) was(identity, print string) {
	if e.byPrint == nil {
		e.byPrint = make(map[string][]int)
	}
	key := identity + "\x00" + print
	e.byPrint[key] = append(e.byPrint[key], len(e.identity))
	e.identity = append(e.identity, identity)
	e.taken = append(e.taken, false)
}

// match returns, for each run, the index of the earlier query that it goes on
// for, or -1.
func (e *era) match(runs []*run, o *streamOptions) ([]int, Changes) {
	var c Changes
	from := make([]int, len(runs))
	for i, r := range runs {
		from[i] = -1
		key := r.query.identity() + "\x00" + r.fingerprint(o)
		if same := e.byPrint[key]; len(same) > 0 {
			from[i], e.byPrint[key] = same[0], same[1:]
			e.taken[same[0]] = true
			c.Kept = append(c.Kept, r.query)
		}
	}
	for i, r := range runs {
		if from[i] >= 0 {
			continue
		}
		id := r.query.id
		old := slices.IndexFunc(e.identity, func(was string) bool { return id != "" && was == id })
		for old >= 0 && e.taken[old] {
			next := slices.Index(e.identity[old+1:], id)
			if next < 0 {
				old = -1
				break
			}
			old += 1 + next
		}
		if old >= 0 {
			e.taken[old] = true
			c.Changed = append(c.Changed, r.query)
		} else {
			c.Added = append(c.Added, r.query)
		}
	}
	for i, taken := range e.taken {
		if !taken {
			c.Removed = append(c.Removed, e.identity[i])
		}
	}
	return from, c
}
