package lint_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/eval/evaltest"
)

// matches returns the numbers of the events of each match of a query, as text.
func matches(t *testing.T, query string, events []eql.Event) []string {
	t.Helper()
	q, err := eql.Compile(query)
	require.NoError(t, err, query)
	out := []string{}
	add := func(m eql.Match) bool {
		var b strings.Builder
		for _, ev := range m.Events {
			n := "-"
			if ev != nil {
				n = ev.Field("id").String()
			}
			b.WriteString(n + " ")
		}
		out = append(out, b.String())
		return true
	}
	s := eql.NewEngine(q).NewStream()
	for _, ev := range events {
		require.NoError(t, s.Push(ev, add))
	}
	s.Close(add)
	return out
}

// same fails if two queries have different matches.
func same(t *testing.T, want, got []string, about string) {
	t.Helper()
	if !slices.Equal(want, got) {
		only := func(a, b []string) []string {
			return slices.DeleteFunc(slices.Clone(a), func(m string) bool { return slices.Contains(b, m) })
		}
		t.Fatalf("%s\nonly before: %.300q\nonly after: %.300q", about, only(want, got), only(got, want))
	}
}

// small are the events of a small world: a name with one value or none, some
// arguments, a number, and a field with anything.
func small() []eql.Event {
	var out []eql.Event
	add := func(name, args, pid, mixed any) {
		out = append(out, eql.Map{
			"id": len(out), "mixed": mixed, "process": map[string]any{"name": name, "args": args, "pid": pid}, "event": map[string]any{"category": "process"},
		})
	}
	for _, name := range []any{nil, "", "a", "A", "ab", "b", "ba", "k", "\u212a"} {
		for _, args := range []any{nil, "a", "b", "AB", []any{"a", "b"}, []any{"ab", "Ba"}} {
			for _, pid := range []any{nil, 1, 2, 3.5} {
				add(name, args, pid, nil)
			}
		}
		for _, mixed := range []any{1, "a", "1", true, false, "true", []any{1, "a"}, []any{"b", 2, true}} {
			add(name, "a", 1, mixed)
		}
	}
	return out
}

// condition makes up a condition over the small world.
func condition(r *rand.Rand, depth int) string {
	of := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	if depth == 0 || r.IntN(4) == 0 {
		return atom(of)
	}
	switch r.IntN(5) {
	case 0:
		return "not (" + condition(r, depth-1) + ")"
	case 1, 2:
		return "(" + condition(r, depth-1) + " and " + condition(r, depth-1) + ")"
	case 3:
		return "(" + condition(r, depth-1) + " or " + condition(r, depth-1) + " or " + condition(r, depth-1) + ")"
	default:
		return condition(r, depth-1) + " and " + condition(r, depth-1)
	}
}

func atom(of func(...string) string) string {
	text := func() string {
		return `"` + of("a", "A", "ab", "b", "ba", "*", "a*", "*a", "A*", "?", "*b*", "??", "k", "\u212a", "k*") + `"`
	}
	field := of("process.name", "process.name", "process.name", "process.args", "mixed")
	number := func() string { return of("1", "2", "3", "-1", "3.5", "2.0") }
	switch of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9") {
	case "0", "1":
		return field + of(" == ", " != ", " : ", " like ", " like~ ") + text()
	case "2", "3":
		return field + of(" in ", " not in ", " in~ ", " : ", " like ", " like~ ") + "(" + text() + ", " + text() + of("", ", "+text()) + ")"
	case "4":
		return field + of(" == null", " != null")
	case "5":
		return of("mixed", "not mixed", "mixed == true", "mixed != false", "mixed == false", "mixed == 1", "mixed > 1", "mixed in (1, 2)")
	case "6":
		return "process.pid" + of(" == ", " != ", " < ", " <= ", " > ", " >= ") + number()
	case "7":
		return "process.pid in (" + number() + ", " + number() + ")"
	case "8":
		return of("startsWith", "endsWith", "stringContains", "startsWith~", "endsWith~", "stringContains~") + "(" + field + ", " + text() + ")"
	default:
		return "length(process.name)" + of(" > ", " < ", " == ") + number()
	}
}

// TestSound checks what the findings about conditions claim: wherever one says
// that a condition is always or never true, the literal takes its place, and
// wherever one suggests a change that is safe, or about logic, it is made; the
// query must find the same events.
func TestSound(t *testing.T) {
	const rounds = 700
	r := rand.New(rand.NewPCG(1, 2))
	events := small()
	claims := map[string]int{}
	for range rounds {
		text := "process where " + condition(r, 3)
		var want []string
		rule, _ := query(text)
		report := lint.Rule(rule, lint.Options{})
		require.NotNil(t, report.Query, text)
		for _, e := range report.Problems {
			edits := claim(e)
			if edits == nil {
				continue
			}
			claims[e.Code]++
			changed, err := source.Apply(text, edits)
			require.NoError(t, err, text)
			if want == nil {
				want = matches(t, text, events)
			}
			same(t, want, matches(t, changed, events), e.Render()+"\n"+changed)
		}
	}
	for _, code := range []string{
		"never-true", "always-true", "unreachable-branch", "redundant-condition", "redundant-branch", "redundant-null-check",
		"duplicate-condition", "list-duplicate", "list-subsumed", "like-without-wildcard", "mixed-and-or",
	} {
		if code != "mixed-and-or" {
			require.Positive(t, claims[code], code)
		}
	}
}

// claim returns the change that a finding says makes no difference, or nil.
func claim(e *source.Error) []source.Edit {
	put := func(text string) []source.Edit { return []source.Edit{{Span: e.Span, New: text}} }
	switch e.Code {
	case "never-true", "unreachable-branch":
		return put("false")
	case "always-true":
		return put("true")
	case "redundant-condition":
		if len(e.Fixes) == 0 {
			return put("true")
		}
		return e.Fixes[0].Edits
	case "redundant-branch", "redundant-null-check", "duplicate-condition":
		if len(e.Fixes) > 0 {
			return e.Fixes[0].Edits
		}
	}
	if len(e.Fixes) > 0 && e.Fixes[0].Safe {
		return e.Fixes[0].Edits
	}
	return nil
}

// TestFixKeepsMeaning runs queries of all kinds before and after Fix.
func TestFixKeepsMeaning(t *testing.T) {
	const rounds = 300
	r := rand.New(rand.NewPCG(3, 4))
	g := evaltest.NewGen(r)
	fixed := 0
	for range rounds {
		text := g.EventQuery()
		switch r.IntN(3) {
		case 0:
			text = g.SequenceQuery()
		case 1:
			text = "process where " + condition(r, 3) + " or " + condition(r, 2)
		}
		if sameAfterFix(t, g, text) {
			fixed++
		}
	}
	require.Greater(t, fixed, rounds/20)
}

// sameAfterFix reports whether Fix changes a query, and fails if that changes
// what it finds.
func sameAfterFix(t *testing.T, g *evaltest.Gen, text string) bool {
	rule, _ := query(text)
	after, n, err := lint.Fix(rule, lint.Options{})
	require.NoError(t, err, text)
	if n == 0 {
		return false
	}
	events := small()
	if !strings.HasPrefix(text, "process where (") {
		events = nil
	}
	for _, doc := range g.Docs(30) {
		data, err := json.Marshal(doc)
		require.NoError(t, err)
		events = append(events, eql.JSON(data))
	}
	if _, err := eql.Compile(text); err != nil {
		return false
	}
	same(t, matches(t, text, events), matches(t, after, events), text+"\n"+after)
	return true
}

func FuzzFix(f *testing.F) {
	f.Add([]byte("0"))
	f.Add([]byte{5, 3, 8, 1, 1, 2, 0, 4, 4, 9, 7, 1, 1, 1, 0, 0, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		g := evaltest.NewGenBytes(data)
		text := g.EventQuery()
		if len(data)%3 == 0 {
			text = g.SequenceQuery()
		}
		sameAfterFix(t, g, text)
	})
}
