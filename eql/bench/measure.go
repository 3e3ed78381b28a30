package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A Case is one of several things that are measured against each other.
type Case struct {
	// Name tells the case from the others.
	Name string
	// Run does the work once. It is called at least once a round.
	Run func() error
	// Events is the number of events that Run goes over; 0 if it is about none.
	Events int
	// Procs is GOMAXPROCS while Run runs; 0 means 1.
	Procs int
}

// A Sample is what one Run of a case took, on average if a round had several.
type Sample struct {
	CPU    time.Duration // of all threads; Wall where the system does not tell it
	Wall   time.Duration
	Allocs float64 // number of allocations
}

// Times are the samples of cases by round. They are immutable, once Measure or Run has
// returned them, and safe for concurrent use.
type Times struct {
	cases   []Case
	samples [][]Sample // by case and round
}

// shortest is how long a case runs in a round: the shorter ones repeat, because
// clocks are coarse.
const shortest = 20 * time.Millisecond

// Measure runs the cases in turn, once as a warm-up and then rounds times. It changes
// GOMAXPROCS for as long as it runs, so that nothing else should run beside it. It
// ends with the error of a Run, or the cause of ctx between two of them.
func Measure(ctx context.Context, rounds int, cases ...Case) (*Times, error) {
	return measure(ctx, rounds, cases, systemClock{})
}

// A clock tells what has been used up since an arbitrary moment.
type clock interface {
	cpu() time.Duration
	wall() time.Duration
	allocs() uint64
}

func measure(ctx context.Context, rounds int, cases []Case, c clock) (*Times, error) {
	if rounds < 1 {
		return nil, errors.New("there must be at least one round")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	t := &Times{cases: slices.Clone(cases), samples: make([][]Sample, len(cases))}
	for round := range rounds + 1 {
		for i := range cases {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			s, err := sample(&cases[i], c)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", cases[i].Name, err)
			}
			if round > 0 { // the first is the warm-up
				t.samples[i] = append(t.samples[i], s)
			}
		}
	}
	return t, nil
}

func sample(c *Case, clk clock) (Sample, error) {
	runtime.GOMAXPROCS(max(c.Procs, 1))
	runtime.GC()
	allocs, cpu, wall := clk.allocs(), clk.cpu(), clk.wall()
	runs := 0
	var spent time.Duration
	for spent < shortest {
		if err := c.Run(); err != nil {
			return Sample{}, err
		}
		runs++
		spent = clk.wall() - wall
	}
	cpu = clk.cpu() - cpu
	n := time.Duration(runs)
	return Sample{CPU: cpu / n, Wall: spent / n, Allocs: float64(clk.allocs()-allocs) / float64(runs)}, nil
}

// systemClock is the clock of the process.
type systemClock struct{}

var start = time.Now()

func (systemClock) wall() time.Duration { return time.Since(start) }

func (c systemClock) cpu() time.Duration {
	if d, ok := cpuTime(); ok {
		return d
	}
	return c.wall()
}

func (systemClock) allocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// A Spread is the median of the rounds with the smallest and the largest of them.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// SpreadOf returns the spread of values, of which there must be one.
func SpreadOf(values []float64) Spread {
	v := slices.Sorted(slices.Values(values))
	m := len(v) / 2
	median := v[m]
	if len(v)%2 == 0 {
		median = (v[m-1] + v[m]) / 2
	}
	return Spread{Median: median, Min: v[0], Max: v[len(v)-1]}
}

// over returns the spread of f over the samples of a case, and false if there is no
// case of that name.
func (t *Times) over(name string, f func(Sample) float64) (Spread, bool) {
	i := t.index(name)
	if i < 0 {
		return Spread{}, false
	}
	values := make([]float64, len(t.samples[i]))
	for round, s := range t.samples[i] {
		values[round] = f(s)
	}
	return SpreadOf(values), true
}

// add adds the cases of o, of as many rounds.
func (t *Times) add(o *Times) {
	t.cases = append(t.cases, o.cases...)
	t.samples = append(t.samples, o.samples...)
}

func (t *Times) index(name string) int {
	return slices.IndexFunc(t.cases, func(c Case) bool { return c.Name == name })
}

// Samples returns the samples of a case by round; nil if there is no such case. The
// slice is the caller's.
func (t *Times) Samples(name string) []Sample {
	if i := t.index(name); i >= 0 {
		return slices.Clone(t.samples[i])
	}
	return nil
}

// CPU returns the CPU time of a case in seconds, and false if there is no such case.
func (t *Times) CPU(name string) (Spread, bool) {
	return t.over(name, func(s Sample) float64 { return s.CPU.Seconds() })
}

// Ratio returns how many times as long as case b case a takes, by CPU time: the
// ratio of each round is taken first. It reports false if a case is missing.
func (t *Times) Ratio(a, b string) (Spread, bool) {
	return t.ratio(a, b, func(s Sample) time.Duration { return s.CPU })
}

// WallRatio is Ratio by the clock on the wall.
func (t *Times) WallRatio(a, b string) (Spread, bool) {
	return t.ratio(a, b, func(s Sample) time.Duration { return s.Wall })
}

func (t *Times) ratio(a, b string, of func(Sample) time.Duration) (Spread, bool) {
	i, j := t.index(a), t.index(b)
	if i < 0 || j < 0 {
		return Spread{}, false
	}
	ratios := make([]float64, len(t.samples[i]))
	for round := range ratios {
		x, y := of(t.samples[i][round]), of(t.samples[j][round])
		ratios[round] = float64(x) / float64(max(y, 1)) // a clock may stand still
	}
	return SpreadOf(ratios), true
}
