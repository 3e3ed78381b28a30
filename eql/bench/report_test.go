package bench

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// aReport is a report of invented figures.
func aReport() *Report {
	r := &Report{
		Machine: Machine{Go: "go1.26.0", OS: "linux", Arch: "amd64", CPUs: 2},
		Rounds:  5,
		Rules:   Rules{Used: 2033, LeftOut: 1},
		Events: Events{
			Count: 1000, Bytes: 2_000_000, Alerts: 12, Open: 34,
			Mix:  []Share{{"file", 700}, {"process", 299}, {"", 1}},
			Hits: Hits{Sampled: 200, Single: 0.01, First: 1.5, Later: 5.6, Until: 1},
		},
		Latency: Latency{P50: 9300, P99: 82_100, Max: 516_000},
		Cases: []Cost{
			{Case: CaseDecode, Seconds: 0.0367, EventsPerSec: 27_248, NanosPerEvent: 36_700, AllocsPerEvent: 277},
			{Case: CaseLoad, Seconds: 0.3111},
		},
	}
	r.Add("a ratio", AtLeast(3.5), Spread{3.7, 3.4, 3.96}, "x")
	r.Add("a time", AtMost(400), Spread{512.6, 500, 610}, "ms")
	r.Add("allocations", AtMost(0), Spread{}, "an event")
	r.AddRatio("a ratio that there is", AtMost(4), Spread{4, 3, 5}, true, "")
	r.AddRatio("a ratio that there is not", AtLeast(1.8), Spread{}, false, "there is one core")
	return r
}

func TestReport_text(t *testing.T) {
	var b strings.Builder
	require.NoError(t, aReport().WriteText(&b))
	const golden = "testdata/report.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}

func TestReport_json(t *testing.T) {
	var b strings.Builder
	require.NoError(t, aReport().WriteJSON(&b))
	var got Report
	require.NoError(t, json.Unmarshal([]byte(b.String()), &got))
	assert.Equal(t, aReport(), &got, "nothing is lost")
	var raw struct {
		Targets []map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(b.String()), &raw))
	assert.Equal(t, map[string]any{
		"name": "a ratio", "goal": map[string]any{"limit": 3.5, "at_most": false},
		"measured": map[string]any{"median": 3.7, "min": 3.4, "max": 3.96}, "unit": "x", "pass": true,
	}, raw.Targets[0])
}

func TestReport_missed(t *testing.T) {
	r := aReport()
	assert.Equal(t, 1, r.Missed(), "what was not measured is not missed")
	assert.True(t, r.Rows[2].Pass, "no more than nothing")
}

func TestFigure(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "4": 4, "0.012": 0.0123, "0.25": 0.25, "3.70": 3.7, "36.7": 36.71, "513": 512.6, "27248": 27_248.2,
	} {
		assert.Equal(t, want, figure(v))
	}
}
