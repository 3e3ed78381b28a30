package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/bench"
)

const (
	exampleRules  = "../../../examples/rules"
	exampleEvents = "../../../examples/events.ndjson"
)

func TestBench(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "cpu.pprof")
	got := execute(t, "", "bench", "--rules", exampleRules, "--rounds", "1", "--cpuprofile", profile, exampleEvents)
	require.Equal(t, exitOK, got.code, got.err)
	assert.Contains(t, got.out, "5 rules (0 left out), 21 events of ")
	assert.Contains(t, got.out, "to alerts / encoding/json into a map")
	assert.Contains(t, got.err, "measuring rounds")
	info, err := os.Stat(profile)
	require.NoError(t, err)
	assert.Positive(t, info.Size())
}

// The exit code tells of missed goals only where that is asked for, and events may be
// compressed.
func TestBench_check(t *testing.T) {
	text, err := os.ReadFile(exampleEvents)
	require.NoError(t, err)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err = w.Write(append([]byte("nothing\n"), text...))
	require.NoError(t, err)
	require.NoError(t, w.Close())

	got := execute(t, zipped.String(), "bench", "--rules", exampleRules, "--rounds", "1", "--format", "json", "--sort", "--check", "-")
	var r bench.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &r), got.err)
	assert.Equal(t, 21, r.Events.Count)
	assert.Contains(t, got.err, "1 event could not be read")
	want := exitOK
	if r.Missed() > 0 {
		want = exitProblems
	}
	assert.Equal(t, want, got.code)
}

func TestBench_cannotRun(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"no rounds", []string{"--rounds", "0", exampleEvents}, exitUsage, "--rounds must be above zero"},
		{"no file", []string{"none.ndjson"}, exitProblems, "none.ndjson"},
		{"no events", nil, exitProblems, "there are no events"},
		{"no profile", []string{"--cpuprofile", "none/cpu.pprof", exampleEvents}, exitProblems, "none/cpu.pprof"},
		{"no rule", []string{exampleEvents}, exitProblems, "no rule"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := exampleRules
			if tt.name == "no rule" {
				rules = t.TempDir()
			}
			got := execute(t, "", append([]string{"bench", "--rules", rules}, tt.args...)...)
			assert.Equal(t, tt.code, got.code, got.err)
			assert.Contains(t, got.err, tt.err)
			assert.Empty(t, got.out)
		})
	}
}
