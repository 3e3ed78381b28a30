package evaltest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// A Gen makes up queries and events that go together. Its queries are valid,
// and their results over its events do not depend on what the manual leaves
// open. A Gen is for one goroutine.
type Gen struct {
	pick func(n int) int // a number from 0 to n-1; 0 stands for the simplest choice

	// single keeps to fields with at most one value and one type.
	single bool
	// narrow keeps to strings of one UTF-16 unit for each code point.
	narrow bool
	// used are the names of the fields that documents have; nil for all.
	used map[string]bool
}

// NewGen returns a Gen that draws from r.
func NewGen(r *rand.Rand) *Gen { return &Gen{pick: r.IntN} }

// NewGenBytes returns a Gen for fuzzing that takes its choices from data, one
// byte for each. Once data is used up the choices are random, but always the
// same for the same data: a few bytes are a whole query with its events, and a
// fuzzer that changes one of them changes one early choice.
func NewGenBytes(data []byte) *Gen {
	h := fnv.New64a()
	_, _ = h.Write(data) // a hash never fails
	r := rand.New(rand.NewPCG(h.Sum64(), uint64(len(data))))
	return &Gen{pick: func(n int) int {
		if len(data) == 0 {
			return r.IntN(n)
		}
		b := data[0]
		data = data[1:]
		return int(b) % n
	}}
}

// Choose returns a number from 0 to n-1.
func (g *Gen) Choose(n int) int { return g.pick(n) }

// oneIn is true once in n times.
func (g *Gen) oneIn(n int) bool { return g.pick(n) == n-1 }

// of is one of choices.
func of[T any](g *Gen, choices ...T) T { return choices[g.pick(len(choices))] }

// several is a list of at least low and at most high elements.
func several[T any](g *Gen, low, high int, element func() T) []T {
	out := make([]T, low+g.pick(high-low+1))
	for i := range out {
		out[i] = element()
	}
	return out
}

// EventQuery returns an event query, possibly with pipes.
func (g *Gen) EventQuery() string {
	filter := g.condition(3)
	if g.oneIn(20) {
		filter = g.nullFilter()
	}
	return g.category() + " where " + filter.text + g.pipes()
}

// category is that of a filter.
func (g *Gen) category() string {
	return of(g, "any", "any", "any", "any", "any", "process", "network", `"process"`, `"any"`, `"net-flow"`)
}

func (g *Gen) pipes() string {
	var b strings.Builder
	for g.oneIn(5) && b.Len() < 40 {
		fmt.Fprintf(&b, " | %s %s", of(g, "head", "tail"), of(g, "1", "2", "3", "5", "0", "1 + 1", "100"))
	}
	return b.String()
}

// SequenceQuery returns a sequence, possibly with pipes.
func (g *Gen) SequenceQuery() string {
	by, stepKeys := g.joinKeys(), 0
	if g.oneIn(3) {
		stepKeys = 1 + g.pick(2)
	}
	var (
		terms    []string
		missing  = g.oneIn(2)
		steps    = 0
		positive = false
	)
	for steps < 2 || len(terms) < 4 && g.oneIn(2) {
		bracket := "["
		if missing && g.oneIn(2) && (positive || steps < 4) {
			bracket = "!["
		}
		positive = positive || bracket == "["
		runs := 1
		term := g.term(bracket) + g.stepBy(stepKeys)
		if g.oneIn(6) {
			runs = 1 + g.pick(3)
			term += fmt.Sprintf(" with runs=%d", runs)
		}
		steps += runs
		terms = append(terms, term)
	}
	if !positive {
		terms = append(terms, g.term("[")+g.stepBy(stepKeys))
	}
	if g.oneIn(4) {
		terms = append(terms, "until "+g.term("[")+g.stepBy(stepKeys))
	}
	head := "sequence"
	if len(by) > 0 {
		head += " by " + strings.Join(by, ", ")
	}
	if missing || g.oneIn(2) {
		head += " with maxspan=" + of(g, "2ms", "1ms", "3ms", "5ms", "10 ms", "1s", "2s", "1m")
	}
	sep := of(g, " ", "\n  ", " /* step */ ", " // step\n")
	return head + sep + strings.Join(terms, sep) + g.pipes()
}

// SampleQuery returns a sample.
func (g *Gen) SampleQuery() string {
	by, stepKeys := g.joinKeys(), 0
	if len(by) == 0 {
		stepKeys = 1
	}
	terms := several(g, 2, 5, func() string { return g.term("[") + g.stepBy(stepKeys) })
	head := "sample"
	if len(by) > 0 {
		head += " by " + strings.Join(by, ", ")
	}
	return head + " " + strings.Join(terms, " ")
}

// term is a step without its keys.
func (g *Gen) term(bracket string) string {
	letter := func() string { return quote(of(g, "A", "B", "C", "D")) }
	filter := "true"
	switch g.pick(6) {
	case 0, 1:
		filter = "e == " + letter()
	case 2:
		filter = "e in (" + letter() + ", " + letter() + ")"
	case 3:
		filter = "e : " + letter() + " and " + wrap(g.condition(1), precNot)
	case 4:
		filter = "e != " + letter()
	}
	return bracket + " " + of(g, "any", "any", "any", "any", "any", "process") + " where " + filter + " ]"
}

// joinKeys are the keys of all steps, all different from those of stepBy.
func (g *Gen) joinKeys() []string {
	return of(g, nil, []string{"k"}, []string{"k"}, []string{"k2"}, []string{"?ok"}, []string{"mk"},
		[]string{"k", "k2"}, []string{"?k", "?ok"}, []string{"mk", "?k"}, []string{"o.j"})
}

// stepBy are n keys of a step.
func (g *Gen) stepBy(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " by " + of(g, "src", "dst", "?src", "?dst")
	default:
		return " by " + of(g, "src, dst", "dst, src", "?src, dst", "src, ?dst")
	}
}
