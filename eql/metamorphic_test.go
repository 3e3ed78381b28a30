package eql_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

// A telemetryAlert is a match as the rule's id and the events' numbers.
type telemetryAlert struct {
	rule   string
	events string
}

// alertsOf are the alerts of one engine over some events, in order.
func alertsOf(t *testing.T, engine *eql.Engine, events []eql.Event) []telemetryAlert {
	t.Helper()
	matches := run(t, engine, events)
	var out []telemetryAlert
	for i, hit := range ids(t, matches, "event.sequence") {
		out = append(out, telemetryAlert{matches[i].Query.ID(), numbersText(hit)})
	}
	return out
}

func numbersText(ids []int64) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(strconv.FormatInt(id, 10))
		b.WriteByte(' ')
	}
	return b.String()
}

// telling are the events of a capture that take part in alerts, and some of the
// rest: all of them if the variable EQL_TEST_ALL is set.
func telling(t *testing.T, engine *eql.Engine, path string) []eql.Event {
	t.Helper()
	all := capture(t, path)
	if os.Getenv("EQL_TEST_ALL") != "" {
		return all
	}
	involved := make(map[eql.Event]bool)
	for _, m := range run(t, engine, all) {
		for _, ev := range m.Events {
			if ev != nil {
				involved[ev] = true
			}
		}
	}
	const everyNth = 25
	var out []eql.Event
	for i, ev := range all {
		if involved[ev] || i%everyNth == 0 {
			out = append(out, ev)
		}
	}
	return out
}

// captureFiles are the captures by name.
func captureFiles(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(shared(t, telemetry), "*.ndjson.gz"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	out := make(map[string]string)
	for _, path := range paths {
		out[strings.TrimSuffix(filepath.Base(path), ".ndjson.gz")] = path
	}
	return out
}

// A rewriting changes the text of a query without changing what it means; its
// flaw changes what it means, and has to be noticed.
type rewriting struct {
	name        string
	right, flaw func(q *ast.Query) string
	least       int // rules whose text changes, in per cent
}

var rewritings = []rewriting{
	{
		name:  "formatted",
		right: ast.Format,
		flaw:  func(q *ast.Query) string { return strings.ReplaceAll(ast.Format(q), `"*`, `"`) },
		least: 50,
	},
	{
		name:  "operands change places",
		right: edited(commuted),
		flaw: edited(func(x ast.Expr) ast.Expr {
			if b, ok := x.(*ast.Binary); ok && b.Op == ast.Or {
				return &ast.Binary{X: b.Y, Op: ast.And, Y: b.X}
			}
			return x
		}),
		least: 95,
	},
	{
		name: "negated twice",
		right: edited(func(x ast.Expr) ast.Expr {
			if isCondition(x) {
				return not(not(x))
			}
			return x
		}),
		flaw: edited(func(x ast.Expr) ast.Expr {
			if _, ok := x.(*ast.Match); ok {
				return not(x)
			}
			return x
		}),
		least: 99,
	},
	{
		name:  "lists taken apart",
		right: edited(func(x ast.Expr) ast.Expr { return apart(x, ast.Or) }),
		flaw:  edited(func(x ast.Expr) ast.Expr { return apart(x, ast.And) }),
		least: 60,
	},
	{
		name: "in parentheses",
		right: edited(func(x ast.Expr) ast.Expr {
			return &ast.Paren{X: &ast.Paren{X: x}}
		}),
		flaw:  func(q *ast.Query) string { return strings.Replace(ast.Format(q), "not ", "", 1) },
		least: 99,
	},
	{
		name:  "grouped to the right",
		right: edited(func(x ast.Expr) ast.Expr { return grouped(x, false) }),
		flaw:  edited(func(x ast.Expr) ast.Expr { return grouped(x, true) }),
		least: 50,
	},
}

// TestRewrittenRules compares the alerts of the detection rules before and after
// their conditions were rewritten.
func TestRewrittenRules(t *testing.T) {
	set := rule.Load(shared(t, "corpus/detection-rules"))
	engine, _ := detectionRules(t)
	engines := make(map[string][2]*eql.Engine)
	for _, w := range rewritings {
		var pair [2]*eql.Engine
		for i, rewrite := range []func(*ast.Query) string{w.right, w.flaw} {
			changed := 0
			var queries []*eql.Query
			for j, q := range engine.Queries() {
				text := rewrite(q.AST())
				if text != q.AST().File.Text {
					changed++
				}
				r := *set.Rules[j]
				require.Equal(t, q.ID(), r.ID)
				r.Query = &source.File{Name: r.ID, Text: text}
				again, err := eql.CompileRule(&r)
				require.NoError(t, err, text)
				queries = append(queries, again)
			}
			if i == 0 {
				assert.Greater(t, 100*changed, w.least*len(queries), w.name)
			}
			pair[i] = eql.NewEngine(queries...)
		}
		engines[w.name] = pair
	}
	noticed := make(map[string]bool)
	for name, path := range captureFiles(t) {
		t.Run(name, func(t *testing.T) {
			events := telling(t, engine, path)
			want := alertsOf(t, engine, events)
			for _, w := range rewritings {
				assert.Equal(t, want, alertsOf(t, engines[w.name][0], events), w.name)
				if !noticed[w.name] {
					got := alertsOf(t, engines[w.name][1], events)
					noticed[w.name] = !slices.Equal(want, got)
				}
			}
		})
	}
	for _, w := range rewritings {
		assert.True(t, noticed[w.name], "nothing notices the flaw of: %s", w.name)
	}
}

// TestRewrittenQueries does the same for documents that were made to match, or
// just not to.
func TestRewrittenQueries(t *testing.T) {
	const everyNth = 4
	noticed := make(map[string]bool)
	for _, file := range []string{"rules_verified", "derived"} {
		for i, c := range table[geneveCase](t, shared(t, "conformance/geneve/"+file+".jsonl")) {
			if i%everyNth != 0 || c.Needs != nil {
				continue
			}
			docs := append(c.Cases, geneveDocs{events: c.Events})
			q, err := eql.Compile(c.Query)
			require.NoError(t, err)
			all := make(engines)
			want := all.count(t, c.Query, docs...)
			for _, w := range rewritings {
				text := w.right(q.AST())
				assert.Equal(t, want, all.count(t, text, docs...), "%s: %s", w.name, text)
				if !noticed[w.name] {
					noticed[w.name] = want != all.count(t, w.flaw(q.AST()), docs...)
				}
			}
		}
	}
	for _, w := range rewritings {
		assert.True(t, noticed[w.name], "nothing notices the flaw of: %s", w.name)
	}
}

// edited is the rewriting that applies edit to every expression of the
// conditions, operands first. Join keys and arguments of pipes are no conditions.
func edited(edit func(ast.Expr) ast.Expr) func(*ast.Query) string {
	return func(q *ast.Query) string {
		out := *q
		out.Comments = nil
		filter := func(f *ast.EventFilter) *ast.EventFilter {
			g := *f
			g.Where = rewritten(f.Where, edit)
			return &g
		}
		terms := func(list []*ast.Term) []*ast.Term {
			var out []*ast.Term
			for _, term := range list {
				u := *term
				u.Filter = filter(term.Filter)
				out = append(out, &u)
			}
			return out
		}
		switch body := q.Body.(type) {
		case *ast.EventFilter:
			out.Body = filter(body)
		case *ast.Sequence:
			s := *body
			s.Terms = terms(s.Terms)
			if s.Until != nil {
				s.Until = terms([]*ast.Term{s.Until})[0]
			}
			out.Body = &s
		case *ast.Sample:
			s := *body
			s.Terms = terms(s.Terms)
			out.Body = &s
		}
		return ast.Format(&out)
	}
}

// rewritten is a copy of x with edit applied to it and everything below, but for
// the patterns of a Match, which have to be literals.
func rewritten(x ast.Expr, edit func(ast.Expr) ast.Expr) ast.Expr {
	list := func(xs []ast.Expr) []ast.Expr {
		out := make([]ast.Expr, len(xs))
		for i, x := range xs {
			out[i] = rewritten(x, edit)
		}
		return out
	}
	switch n := x.(type) {
	case *ast.Paren:
		return rewritten(n.X, edit) // the formatter sets what is needed
	case *ast.Unary:
		return edit(&ast.Unary{Op: n.Op, X: rewritten(n.X, edit)})
	case *ast.Binary:
		return edit(&ast.Binary{X: rewritten(n.X, edit), Op: n.Op, Y: rewritten(n.Y, edit)})
	case *ast.Call:
		c := *n
		c.Args = list(n.Args)
		return edit(&c)
	case *ast.Match:
		m := *n
		m.X = rewritten(n.X, edit)
		if !n.Op.IsPattern() {
			m.List = list(n.List)
		}
		return edit(&m)
	default:
		return edit(x)
	}
}

func not(x ast.Expr) ast.Expr { return &ast.Unary{Op: ast.Not, X: x} }

func isCondition(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Unary:
		return x.Op == ast.Not
	case *ast.Binary:
		return x.Op.IsLogic() || x.Op.IsComparison()
	case *ast.Match:
		return true
	default:
		return false
	}
}

var mirror = map[ast.Op]ast.Op{
	ast.And: ast.And, ast.Or: ast.Or, ast.Add: ast.Add, ast.Mul: ast.Mul, ast.Eq: ast.Eq, ast.Ne: ast.Ne,
	ast.Lt: ast.Gt, ast.Le: ast.Ge, ast.Gt: ast.Lt, ast.Ge: ast.Le,
}

// commuted swaps the operands of x, if that is possible, and reverses lists.
func commuted(x ast.Expr) ast.Expr {
	switch n := x.(type) {
	case *ast.Binary:
		if op, ok := mirror[n.Op]; ok {
			return &ast.Binary{X: n.Y, Op: op, Y: n.X}
		}
	case *ast.Match:
		m := *n
		m.List = slices.Clone(n.List)
		slices.Reverse(m.List)
		return &m
	case *ast.Call:
		if strings.EqualFold(n.Name.Name, "cidrMatch") {
			c := *n
			c.Args = slices.Clone(n.Args)
			slices.Reverse(c.Args[1:])
			return &c
		}
	}
	return x
}

// apart writes a list as single comparisons joined by op.
func apart(x ast.Expr, op ast.Op) ast.Expr {
	m, ok := x.(*ast.Match)
	if !ok {
		return x
	}
	var out ast.Expr
	for _, entry := range m.List {
		var one ast.Expr = &ast.Binary{X: m.X, Op: ast.Eq, Y: entry}
		if m.Op != ast.In {
			one = &ast.Match{X: m.X, Op: m.Op, List: []ast.Expr{entry}, Lparen: m.Lparen, Rparen: m.Rparen}
		}
		if out == nil {
			out = one
		} else {
			out = &ast.Binary{X: out, Op: op, Y: one}
		}
	}
	if m.Not {
		return not(out)
	}
	return out
}

// grouped writes "(a and b) and c" as "a and (b and c)", likewise for or. Careless,
// it writes "(a and b) or c" as "a and (b or c)".
func grouped(x ast.Expr, careless bool) ast.Expr {
	outer, ok := x.(*ast.Binary)
	if !ok || !outer.Op.IsLogic() {
		return x
	}
	inner, ok := outer.X.(*ast.Binary)
	if !ok || !inner.Op.IsLogic() || inner.Op != outer.Op && !careless {
		return x
	}
	return &ast.Binary{X: inner.X, Op: inner.Op, Y: &ast.Paren{X: &ast.Binary{X: inner.Y, Op: outer.Op, Y: outer.Y}}}
}
