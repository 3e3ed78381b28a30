package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// While the disk of the state file is full the run goes on, and the last
// checkpoint stays good.
func TestState_diskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	defer func() { assert.NoError(t, syscall.Unmount(dir, 0)) }()
	text := capture(4, 6000)
	rules := crashRuleFolder(t)
	want := undisturbed(t, "--rules", rules, "--lateness", crashLateness.String(), file(t, "events.ndjson", text))

	work := t.TempDir()
	events, out := filepath.Join(work, "events.ndjson"), filepath.Join(work, "alerts")
	args := []string{"run", "--rules", rules, "--lateness", crashLateness.String(), "--checkpoint-interval", "1ms", "--state", filepath.Join(dir, "state"), events}
	lines := slices.Collect(strings.Lines(text))
	require.NoError(t, os.WriteFile(events, []byte(strings.Join(lines[:100], "")), 0o600))
	c := start(t, out, args...)
	require.Equal(t, exitOK, c.wait(t), c.stderr.String())

	ballast := filepath.Join(dir, "ballast")
	require.Error(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600), "the disk is to be full")
	appendTo(t, events, strings.Join(lines[100:4000], ""))
	c = start(t, out, args...)
	assert.Equal(t, exitProblems, c.wait(t))
	assert.Equal(t, 1, strings.Count(c.stderr.String(), "no checkpoint: state file "), c.stderr.String())
	assert.Contains(t, c.stderr.String(), "no space left")

	require.NoError(t, os.Remove(ballast))
	appendTo(t, events, strings.Join(lines[4000:], ""))
	c = start(t, out, append(args, "--close")...)
	assert.Equal(t, exitOK, c.wait(t), c.stderr.String())
	assertSameAlerts(t, want, alertIDs(t, out))
}
