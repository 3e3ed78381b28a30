package bench

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A fakeClock stands still but for what cases add.
type fakeClock struct {
	c, w time.Duration
	a    uint64
}

func (f *fakeClock) cpu() time.Duration  { return f.c }
func (f *fakeClock) wall() time.Duration { return f.w }
func (f *fakeClock) allocs() uint64      { return f.a }

// taking returns a case whose runs take the given CPU times, and twice as long by the
// clock on the wall.
func (f *fakeClock) taking(name string, order *[]string, times ...time.Duration) Case {
	i := 0
	return Case{Name: name, Run: func() error {
		*order = append(*order, name)
		f.c += times[i]
		f.w += 2 * times[i]
		f.a += 7
		i++
		return nil
	}}
}

func TestMeasure(t *testing.T) {
	const ms = time.Millisecond
	clk := &fakeClock{}
	var order []string
	times, err := measure(t.Context(), 3, []Case{
		clk.taking("a", &order, 900*ms, 10*ms, 40*ms, 30*ms),
		clk.taking("b", &order, 900*ms, 20*ms, 10*ms, 10*ms),
	}, clk)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "a", "b", "a", "b", "a", "b"}, order, "cases take turns")

	ratio, ok := times.Ratio("a", "b")
	assert.True(t, ok)
	assert.Equal(t, Spread{Median: 3, Min: 0.5, Max: 4}, ratio, "of the rounds' ratios, without the warm-up")
	wall, ok := times.WallRatio("b", "a")
	assert.True(t, ok)
	assert.InDelta(t, 1.0/3, wall.Median, 1e-9)
	cpu, ok := times.CPU("a")
	assert.True(t, ok)
	assert.Equal(t, Spread{Median: 0.03, Min: 0.01, Max: 0.04}, cpu)
	assert.Equal(t, []Sample{{10 * ms, 20 * ms, 7}, {40 * ms, 80 * ms, 7}, {30 * ms, 60 * ms, 7}}, times.Samples("a"))

	_, ok = times.Ratio("a", "c")
	assert.False(t, ok)
	_, ok = times.CPU("c")
	assert.False(t, ok)
	assert.Nil(t, times.Samples("c"))
}

// What is short is repeated, because clocks are coarse, and counts as one run.
func TestMeasure_short(t *testing.T) {
	clk := &fakeClock{}
	var order []string
	runs := make([]time.Duration, 16)
	for i := range runs {
		runs[i] = shortest / 16 // of the wall's time an eighth
	}
	times, err := measure(t.Context(), 1, []Case{clk.taking("a", &order, runs...)}, clk)
	require.NoError(t, err)
	assert.Len(t, order, 16)
	assert.Equal(t, []Sample{{shortest / 16, shortest / 8, 7}}, times.Samples("a"))
}

func TestMeasure_ends(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	broken := errors.New("broken")
	_, err := Measure(t.Context(), 2, Case{Name: "a", Run: func() error { return broken }})
	require.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "a: ")

	ctx, cancel := context.WithCancelCause(t.Context())
	runs := 0
	_, err = Measure(ctx, 2, Case{Name: "a", Procs: 2, Run: func() error {
		runs++
		assert.Equal(t, 2, runtime.GOMAXPROCS(0))
		time.Sleep(shortest)
		cancel(broken)
		return nil
	}}, Case{Name: "b", Run: func() error { return errors.New("not reached") }})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, 1, runs)

	_, err = Measure(t.Context(), 0)
	require.ErrorContains(t, err, "at least one round")
	assert.Equal(t, procs, runtime.GOMAXPROCS(0))
}

func TestSpreadOf(t *testing.T) {
	values := []float64{4, 1, 3}
	assert.Equal(t, Spread{3, 1, 4}, SpreadOf(values))
	assert.Equal(t, []float64{4, 1, 3}, values, "the argument stays as it was")
	assert.Equal(t, Spread{2.5, 1, 4}, SpreadOf([]float64{4, 1, 3, 2}))
	assert.Equal(t, Spread{5, 5, 5}, SpreadOf([]float64{5}))
}
