package evaltest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A world is what conditions of the endpoint dialect may name at one place.
type world struct {
	vars  []string // elements of arrays
	names []string // earlier steps
	inner bool     // within "descendant of"
}

// EndpointQuery returns an event query in the endpoint dialect. It goes together
// with EndpointDocs.
func (g *Gen) EndpointQuery() string {
	return g.category() + " where " + g.endpoint(world{}, 3).text
}

// EndpointSequence returns a sequence in the endpoint dialect, often one whose
// steps have names.
func (g *Gen) EndpointSequence() string {
	by := of(g, nil, []string{"k"}, []string{"k"}, []string{"mk"}, []string{"?ok"})
	missing, named, stepKeys := g.oneIn(3), !g.oneIn(4), g.pick(4)/3
	var w world
	var terms []string
	steps, positive := 0, 0
	for steps < 2 || len(terms) < 4 && g.oneIn(2) || positive == 0 {
		bracket := "["
		if missing && g.oneIn(3) && len(terms) < 3 {
			bracket = "!["
		}
		term := g.endpointTerm(bracket, w)
		clauses := []string{g.stepBy(stepKeys)}
		if bracket == "[" {
			positive++
			if named && g.oneIn(2) {
				name := fmt.Sprintf("e%d", len(terms))
				clauses = append(clauses, " as "+name)
				w.names = append(w.names[:len(w.names):len(w.names)], name)
			}
		}
		runs := 1
		if g.oneIn(8) {
			runs = 2
			clauses = append(clauses, " with runs=2")
		}
		steps += runs
		if n := g.pick(len(clauses)); n > 0 { // in any order
			clauses[0], clauses[n] = clauses[n], clauses[0]
		}
		terms = append(terms, term+strings.Join(clauses, ""))
	}
	if g.oneIn(5) {
		terms = append(terms, "until "+g.endpointTerm("[", world{})+g.stepBy(stepKeys))
	}
	head := "sequence"
	if len(by) > 0 {
		head += " by " + strings.Join(by, ", ")
	}
	if missing || g.oneIn(2) {
		head += " with maxspan=" + of(g, "5ms", "3ms", "10 ms", "1s", "2s", "1m")
	}
	return head + " " + strings.Join(terms, " ")
}

// EndpointSample returns a sample in the endpoint dialect.
func (g *Gen) EndpointSample() string {
	terms := several(g, 2, 3, func() string { return g.endpointTerm("[", world{}) })
	return "sample by " + of(g, "k", "mk", "k, ?ok") + " " + strings.Join(terms, " ")
}

func (g *Gen) endpointTerm(bracket string, w world) string {
	letter := func() string { return quote(of(g, "A", "B", "C", "D")) }
	filter := "e in (" + letter() + ", " + letter() + ")"
	switch g.pick(4) {
	case 0:
		filter = "e != " + letter()
	case 1:
		filter = wrap(g.endpoint(w, 1), precNot) + " and " + filter
	}
	if len(w.names) > 0 && !g.oneIn(3) {
		filter += " and " + wrap(g.endpoint(w, 1), precNot)
	}
	return bracket + " any where " + filter + " ]"
}

// endpoint is a condition.
func (g *Gen) endpoint(w world, depth int) fragment {
	if depth > 0 {
		sub := func() fragment { return g.endpoint(w, depth-1) }
		switch g.pick(8) {
		case 0:
			return fragment{wrap(sub(), precAnd) + " and " + wrap(sub(), precNot), precAnd}
		case 1:
			return fragment{wrap(sub(), precOr) + " or " + wrap(sub(), precAnd), precOr}
		case 2, 3:
			return fragment{"not " + wrap(sub(), precNot), precNot}
		case 4:
			return fragment{"(" + sub().text + ") " + of(g, "==", "!=") + of(g, " true", " false"), precComparison}
		}
	}
	switch n := g.pick(12); {
	case n < 3 && len(w.vars) < 2:
		return g.search(w, depth)
	case n == 3 && !w.inner:
		inside := of(g, `e == "A"`, `process.entity_id == "p1"`, `event.type == "start"`, g.endpoint(world{inner: true}, 0).text)
		return primary("descendant of [%s where %s]", of(g, "process", "any", "process"), inside)
	case n == 4:
		return g.idTest()
	case n == 5:
		return fragment{wrap(g.condition(1), precNot), precNot}
	case n < 9 && (len(w.names) > 0 || len(w.vars) > 0):
		return g.relation(w)
	default:
		return g.relation(world{})
	}
}

// search is _arraysearch.
func (g *Gen) search(w world, depth int) fragment {
	name := of(g, "v", "v", "w")
	array := of(g, "st", "st", "st", "o.st", "ss", "objs", "mix")
	if len(w.vars) > 0 && g.oneIn(2) {
		array = "$" + w.vars[0] + of(g, ".sub", ".sub", "")
	}
	inner := w
	inner.vars = append(w.vars[:len(w.vars):len(w.vars)], name)
	return primary("%s(%s, $%s, %s)", g.name("_arraysearch"), array, name, g.endpoint(inner, max(depth-1, 0)).text)
}

// idTest compares what may be a number in text with numbers.
func (g *Gen) idTest() fragment {
	if g.oneIn(3) {
		return fragment{"uid" + of(g, " in ", " not in ") + of(g, "(5, 6)", `(0, "a", 5)`, "(1.5, 7)"), precPredicate}
	}
	return g.either("uid", of(g, "==", "!=", "<", "<=", ">", ">="), of(g, "5", "0", "-1", "1.5", "18446744073709551615", "4 + 1"))
}

// relation is about two fields of different things, or one.
func (g *Gen) relation(w world) fragment {
	of1 := func(kind string) string {
		own := of(g, kind, kind, map[string]string{"s": "ss", "n": "ns"}[kind])
		switch {
		case len(w.vars) > 0 && g.oneIn(2):
			v := "$" + w.vars[g.pick(len(w.vars))]
			return v + of(g, "."+kind, "."+kind, "."+own, "")
		case len(w.names) > 0 && g.oneIn(2):
			return w.names[g.pick(len(w.names))] + "." + own
		default:
			return own
		}
	}
	switch g.pick(7) {
	case 0, 1:
		return fragment{of1("s") + of(g, " == ", " != ", " < ") + of1("s"), precComparison}
	case 2:
		return fragment{of1("n") + of(g, " == ", " <= ", " > ") + of1("n"), precComparison}
	case 3:
		return primary("%s(%s, %s)", of(g, "startsWith~", "endsWith", "stringContains~"), of1("s"), of1("s"))
	case 4:
		return fragment{of1("s") + of(g, " : ", " like ") + g.pattern(), precPredicate}
	case 5:
		return fragment{of1(of(g, "s", "n")) + of(g, " == ", " != ") + "null", precComparison}
	default:
		return fragment{"concat(" + of1("s") + ", " + of1("n") + ")" + of(g, " == ", " != ") + of(g, `"a1"`, `"a0"`, `"ab2"`), precComparison}
	}
}

// EndpointDocs returns n events in order of "@timestamp", as Docs does, with
// what queries of the endpoint dialect ask for.
func (g *Gen) EndpointDocs(n int) []map[string]any {
	docs := g.Docs(n)
	id := func() any { return of[any](g, "p1", "p2", "p3", "p4", json.Number("5"), "5") }
	for _, doc := range docs {
		g.maybe(doc, "host.id", 5, func() any { return of[any](g, "h1", "h1", "h1", "h2") })
		g.maybe(doc, "agent.id", 3, func() any { return of[any](g, "h1", "a1") })
		g.maybe(doc, "process.entity_id", 10, id)
		g.maybe(doc, "process.parent.entity_id", 5, id)
		g.maybe(doc, "process.Ext.ancestry", 2, func() any { return g.list(id) })
		g.maybe(doc, "event.type", 3, func() any { return of[any](g, "start", "end", []any{"change", "start"}) })
		g.maybe(doc, "event.action", 3, func() any { return of[any](g, "fork", "exec", "end") })
		g.maybe(doc, "uid", 5, func() any {
			return of[any](g, "5", "S-1-5-18", json.Number("5"), "007", "-1", "0", "1.5", json.Number("1.5"),
				"18446744073709551615", "99999999999999999999999", "", "a", []any{"6", "x"})
		})
		g.maybe(doc, "st", 5, func() any { return g.list(g.element) })
		if g.oneIn(4) {
			doc["o.st"] = g.list(g.element)
		}
		small := func() any { return json.Number(of(g, "1", "0", "2")) }
		word := func() any { return of[any](g, "a", "ab", "A", "b") }
		g.maybe(doc, "s", 6, word)
		g.maybe(doc, "n", 6, small)
		if g.oneIn(2) {
			doc["ss"] = g.list(word)
			doc["ns"] = g.list(small)
		}
	}
	return docs
}

// element is an element of an array.
func (g *Gen) element() any {
	if g.oneIn(6) {
		return of[any](g, "a", json.Number("1"), true, []any{"b"})
	}
	x := map[string]any{}
	g.maybe(x, "s", 4, func() any { return of[any](g, "a", "b", "ab", "A") })
	g.maybe(x, "n", 4, func() any { return json.Number(of(g, "1", "0", "2")) })
	if g.oneIn(3) {
		x["ss"] = g.list(func() any { return of[any](g, "a", "b") })
		x["ns"] = g.list(func() any { return json.Number(of(g, "1", "2")) })
	}
	if g.oneIn(3) {
		x["sub"] = g.list(func() any {
			return map[string]any{"s": of[any](g, "a", "b"), "n": json.Number(of(g, "1", "2"))}
		})
	}
	return x
}
