package bench

import (
	"context"
	"errors"
	"runtime"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/rule"
)

// DefaultRounds is how often every case is measured.
const DefaultRounds = 5

// A Config says what is measured.
type Config struct {
	// Load reads the rules. It is called often, because loading is measured; what
	// it returns is Run's to change.
	Load func() *rule.Set
	// Events are JSON objects in the order of a stream. They must not change.
	Events [][]byte
	// Rounds is how often every case is measured; 0 means DefaultRounds.
	Rounds int
	// AllSystems runs behaviour rules on the events of every operating system,
	// whatever systems they name: more work for events of one.
	AllSystems bool
	// Options and Stream are how the rules are compiled and run.
	Options []eql.Option
	Stream  []eql.StreamOption
	// Extra are cases that are measured among the others.
	Extra []Case
	// Progress, unless nil, is told what is measured next.
	Progress func(text string)
}

// The names of the cases.
const (
	CaseDecode  = "encoding/json into a map, nothing else"
	CaseFill    = "fields of all rules, nothing else"
	CaseTen     = "to alerts, 10 rules"
	CaseHundred = "to alerts, 100 rules"
	CaseMany    = "to alerts, 1000 rules"
	CaseAll     = "to alerts, all rules"
	CaseWorkers = "to alerts, all rules, 2 workers"
	CasePlain   = "to alerts, all rules, plain loop"
	CaseLoad    = "load all rules"
	CaseParse   = "parse all rules"
)

// few is how many rules figures are compared with.
const few = 10

// Run measures and returns the report. It changes GOMAXPROCS for as long as it runs,
// and nothing else should run beside it. It fails if there are no events or no rule
// that can be used, and with the cause of ctx when that ends.
func Run(ctx context.Context, c Config) (*Report, error) {
	if c.Rounds == 0 {
		c.Rounds = DefaultRounds
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	if len(c.Events) == 0 {
		return nil, errors.New("there are no events")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))

	c.Progress("memory") // first, as nothing is shared yet with engines that stay
	fewHeap, allHeap := c.heap(few), c.heap(0)
	c.Progress("loading") // before there is anything else, as when a program starts
	loading, err := Measure(ctx, c.Rounds, c.loading()...)
	if err != nil {
		return nil, err
	}

	set := c.Load()
	given := len(set.Rules)
	queries := c.compile(set)
	if len(queries) == 0 {
		return nil, errors.New("there is no rule that can be used")
	}
	all := eql.NewEngine(queries...)
	r := &Report{
		Machine: Machine{runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU()},
		Rounds:  c.Rounds,
		Rules:   Rules{Used: len(queries), LeftOut: given - len(queries)},
	}
	c.Progress("events")
	r.Events = c.describe(all)
	r.Latency = c.latency(all)
	c.Progress("rounds")
	if r.Times, err = Measure(ctx, c.Rounds, c.cases(queries, all)...); err != nil {
		return nil, err
	}
	r.Times.add(loading)
	r.cost()
	c.Progress("allocations")
	text, own, quiet := c.quiet(all)

	r.events()
	for _, t := range []struct {
		name   string
		allocs float64
	}{
		{"allocations of an event without a hit, JSON", text},
		{"allocations of an event without a hit, own type", own},
	} {
		if quiet {
			r.Add(t.name, AtMost(0), exactly(t.allocs), "an event")
		} else {
			r.Skip(t.name, AtMost(0), "no event leaves nothing behind")
		}
	}
	r.readiness()
	r.Add("live heap of a ready engine, all rules", AtMost(60), exactly(allHeap), "MB")
	r.Add("live heap of a ready engine, 10 rules", AtMost(5), exactly(fewHeap), "MB")
	r.workers()
	return r, nil
}

// cases returns what is measured of events, in the order of a round.
func (c *Config) cases(queries []*eql.Query, all *eql.Engine) []Case {
	n := len(c.Events)
	cases := []Case{
		{Name: CaseDecode, Events: n, Run: c.decode},
		{Name: CaseFill, Events: n, Run: c.fill(all)},
		{Name: CaseTen, Events: n, Run: c.stream(eql.NewEngine(some(queries, few)...))},
	}
	if len(queries) > 100 {
		cases = append(cases, Case{Name: CaseHundred, Events: n, Run: c.stream(eql.NewEngine(some(queries, 100)...))})
	}
	if len(queries) > 1000 {
		cases = append(cases, Case{Name: CaseMany, Events: n, Run: c.stream(eql.NewEngine(some(queries, 1000)...))})
	}
	cases = append(cases, Case{Name: CaseAll, Events: n, Run: c.stream(all)})
	if runtime.NumCPU() > 1 {
		cases = append(cases, Case{Name: CaseWorkers, Events: n, Procs: 2, Run: c.sharded(all, 2)})
	}
	cases = append(cases, Case{Name: CasePlain, Events: n, Run: c.stream(all, eval.WithoutIndex())})
	return append(cases, c.Extra...)
}

// loading returns what is measured of loading.
func (c *Config) loading() []Case {
	set := c.Load()
	return []Case{
		{Name: CaseLoad, Run: func() error {
			runtime.KeepAlive(eql.NewEngine(c.compile(c.Load())...))
			return nil
		}},
		{Name: CaseParse, Run: func() error {
			c.parse(set)
			return nil
		}},
	}
}

// cost fills in what the cases cost.
func (r *Report) cost() {
	for _, k := range r.Times.cases {
		cpu, _ := r.Times.CPU(k.Name)
		out := Cost{Case: k.Name, Seconds: cpu.Median}
		if k.Events > 0 {
			allocs, _ := r.Times.over(k.Name, func(s Sample) float64 { return s.Allocs })
			out.EventsPerSec = float64(k.Events) / cpu.Median
			out.NanosPerEvent = 1e9 * cpu.Median / float64(k.Events)
			out.AllocsPerEvent = allocs.Median / float64(k.Events)
		}
		r.Cases = append(r.Cases, out)
	}
}

// events adds the targets about the time of an event.
func (r *Report) events() {
	decode, ok := r.Times.Ratio(CaseDecode, CaseAll)
	r.AddRatio("to alerts / encoding/json into a map, events/s", AtLeast(3.5), decode, ok, "")
	growth, ok := r.Times.Ratio(CaseAll, CaseTen)
	r.AddRatio("time of an event, all rules / 10 rules", AtMost(4), growth, ok && r.Rules.Used > few, "there are no more than 10 rules")
	fill, ok := r.Times.Ratio(CaseFill, CaseAll)
	r.AddRatio("to alerts / fields of all rules, events/s", AtLeast(0.25), fill, ok, "")
	loop, ok := r.Times.Ratio(CasePlain, CaseAll)
	r.AddRatio("to alerts / plain loop, events/s", AtLeast(6), loop, ok, "")
}

// readiness adds the targets about the time until the engine is ready.
func (r *Report) readiness() {
	for _, t := range []struct {
		name, of string
		limit    float64
	}{
		{"TOML files to a ready engine", CaseLoad, 400},
		{"of which parsing the queries", CaseParse, 100},
	} {
		ms, _ := r.Times.over(t.of, func(s Sample) float64 { return s.CPU.Seconds() * 1e3 })
		r.Add(t.name, AtMost(t.limit), ms, "ms")
	}
}

// workers adds the target about two cores. It is about time as it passes.
func (r *Report) workers() {
	v, ok := r.Times.WallRatio(CaseAll, CaseWorkers)
	r.AddRatio("2 workers on 2 cores / 1 stream on 1, events/s", AtLeast(1.8), v, ok, "there is one core")
}

// heap returns the megabytes that an engine with n of the rules, 0 for all, and a
// stream of it keep alive.
func (c *Config) heap(n int) float64 {
	before := liveHeap()
	queries := c.compile(c.Load())
	if n > 0 {
		queries = some(queries, n)
	}
	s := eql.NewEngine(queries...).NewStream(c.Stream...)
	after := liveHeap()
	runtime.KeepAlive(s)
	return (float64(after) - float64(before)) / 1e6
}

// liveHeap returns the bytes of the heap that are in use.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools have let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// exactly is the spread of what is measured once.
func exactly(v float64) Spread { return Spread{v, v, v} }
