package bench

import (
	"math"
	"runtime"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/value"
)

// How many quiet events are looked for, and among how many.
const (
	enoughQuiet = 1000
	mostLooked  = 5000
)

// Quiet returns up to n of the events that leave nothing behind in a stream that is
// empty: no match, no partial match, nothing that is remembered. They are in order.
func Quiet(e *eql.Engine, events [][]byte, n int) [][]byte {
	var out [][]byte
	s := e.NewStream()
	for _, doc := range events {
		if len(out) == n {
			break
		}
		err := push(s, doc, func(eql.Match) bool { return true })
		if st := s.Stats(); err != nil || st.Matches > 0 || st.Open > 0 || st.Bytes > 0 {
			s = e.NewStream()
			continue
		}
		out = append(out, doc)
	}
	return out
}

// quiet measures the allocations of a quiet event after a warm-up, from its text and
// from an own type. It reports false if there are too few such events.
func (c *Config) quiet(e *eql.Engine) (text, own float64, ok bool) {
	docs := Quiet(e, c.Events[:min(len(c.Events), mostLooked)], enoughQuiet)
	if len(docs) < 2 {
		return 0, 0, false
	}
	text = allocsPerEvent(len(docs), func() func(int) {
		s := e.NewStream()
		return func(i int) { _ = push(s, docs[i], nil) }
	})
	events := make([]eql.Event, len(docs))
	for i, doc := range docs {
		events[i] = flat(e, doc)
	}
	own = allocsPerEvent(len(docs), func() func(int) {
		s := e.NewStream()
		return func(i int) { _ = s.Push(events[i], nil) }
	})
	return text, own, true
}

// repeats is how often allocations are counted: the runtime makes some of its own now
// and then, which are not there each time.
const repeats = 3

// allocsPerEvent measures the second half of n events; the first is the warm-up,
// because the events of a stream must not go back in time. It returns the least of
// several counts, each of a stream that begins anew.
func allocsPerEvent(n int, begin func() func(i int)) float64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	least := math.Inf(1)
	for range repeats {
		do := begin()
		for i := range n / 2 {
			do(i)
		}
		clk := systemClock{}
		before := clk.allocs()
		for i := n / 2; i < n; i++ {
			do(i)
		}
		least = min(least, float64(clk.allocs()-before)/float64(n-n/2))
	}
	return least
}

// A fields is an event of a type that is not the module's, such as an embedder's
// struct: it answers for one field at a time, without an allocation.
type fields map[string]value.Value

func (f fields) Field(path string) value.Value { return f[path] }

// flat makes fields of a document: those that the engine's queries read.
func flat(e *eql.Engine, doc []byte) fields {
	r := e.NewRecord()
	f := fields{}
	if r.Fill(eql.JSON(doc)) != nil {
		return f
	}
	ev := eql.JSON(doc)
	for _, path := range r.Layout().Paths() {
		if v := ev.Field(path); !v.IsNull() {
			f[path] = v
		}
	}
	return f
}
