//go:build unix

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/statefile"
)

// A run with state goes on where the one before has ended, wherever that was.
func TestState_continues(t *testing.T) {
	rules := goodRules(t)
	require.NoError(t, os.WriteFile(filepath.Join(rules, "silence.eql"), []byte("sequence by user with maxspan=5m [login where ok == false] ![login where ok == true]"), 0o600))
	whole := execute(t, logins, "run", "--rules", rules)
	lines := strings.SplitAfter(strings.TrimSuffix(logins, "\n"), "\n")
	for cut := 0; cut < len(logins); cut += 11 {
		dir := t.TempDir()
		path := filepath.Join(dir, "events.ndjson")
		args := []string{"run", "--rules", rules, "--state", filepath.Join(dir, "state"), path}
		require.NoError(t, os.WriteFile(path, []byte(logins[:cut]), 0o600))
		first := execute(t, "", args...)
		require.Equal(t, exitOK, first.code, first.err)
		require.NoError(t, os.WriteFile(path, []byte(logins), 0o600))
		second := execute(t, "", args...)
		require.Equal(t, exitOK, second.code, second.err)
		assert.NotContains(t, second.out, "silence.eql", "bob's login is waited for still")
		last := execute(t, "", append(args, "--close")...)
		require.Equal(t, exitOK, last.code, last.err)
		assert.Equal(t, whole.out, first.out+second.out+last.out, "cut after %d bytes of %q", cut, lines)
	}
}

func TestState_stdin(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	rules := file(t, "pair.eql", "sequence by user [login where ok == false] [login where ok == true]")
	lines := strings.SplitAfter(logins, "\n")
	args := []string{"run", "--rules", rules, "--state", state}
	assert.Empty(t, execute(t, lines[0]+lines[1], args...).out)
	assert.Equal(t, 1, strings.Count(execute(t, lines[2], args...).out, "\n"))
}

// What a run tells at its end is about itself, not about those before.
func TestState_counts(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	rules := file(t, "pair.eql", "sequence by user [login where ok == false] [login where ok == true]")
	lines := strings.SplitAfter(logins, "\n")
	args := []string{"run", "--rules", rules, "--state", state}
	got := execute(t, lines[1]+lines[0], args...)
	assert.Contains(t, got.err, "1 event came after a later one")
	assert.Contains(t, got.err, "2 events read, ")
	got = execute(t, lines[2], args...)
	assert.NotContains(t, got.err, "came after a later one")
	assert.Contains(t, got.err, "1 events read, ")
}

// stateOf returns the content of a state file of a run over events.
func stateOf(t *testing.T, rules, path string) []byte {
	t.Helper()
	state := filepath.Join(t.TempDir(), "state")
	got := execute(t, "", "run", "--rules", rules, "--lateness", "1s", "--state", state, path)
	require.Equal(t, exitOK, got.code, got.err)
	text, err := os.ReadFile(state)
	require.NoError(t, err)
	return text
}

// A state file that is not what was written is refused and left alone.
func TestState_damaged(t *testing.T) {
	rules, events := crashRuleFolder(t), file(t, "events.ndjson", capture(9, 300))
	good := stateOf(t, rules, events)
	require.True(t, bytes.Equal(good, stateOf(t, rules, events)), "the same run leaves the same state")
	rnd := rand.New(rand.NewPCG(1, 1))
	damaged := map[string][]byte{
		"empty":   {},
		"foreign": []byte(logins),
		"longer":  append(slices.Clone(good), 0),
		"doubled": append(slices.Clone(good), good...),
	}
	for range 40 {
		n := rnd.IntN(len(good))
		damaged[fmt.Sprintf("cut at %d", n)] = good[:n]
		flipped := slices.Clone(good)
		flipped[n] ^= 1 << rnd.IntN(8)
		damaged[fmt.Sprintf("bit of byte %d flipped", n)] = flipped
	}
	for name, text := range damaged {
		t.Run(name, func(t *testing.T) {
			state := file(t, "state", string(text))
			got := execute(t, "", "run", "--rules", rules, "--lateness", "1s", "--state", state, events)
			assert.Equal(t, exitProblems, got.code)
			assert.Empty(t, got.out)
			assert.Contains(t, got.err, "state file "+state+": ")
			assert.Contains(t, got.err, "to begin anew")
			assert.NotContains(t, got.err, "events read")
			assert.True(t, string(text) == read(t, state), "it is evidence")
		})
	}
}

func TestState_inUse(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	f, err := statefile.Open(state)
	require.NoError(t, err)
	defer f.Close()
	got := execute(t, logins, "run", "--rules", goodRules(t), "--state", state)
	assert.Equal(t, exitProblems, got.code)
	assert.Empty(t, got.out)
	assert.Contains(t, got.err, state+": another process is using it")
}

func TestState_cannotBeWritten(t *testing.T) {
	got := execute(t, logins, "run", "--rules", goodRules(t), "--state", filepath.Join(t.TempDir(), "gone", "state"))
	assert.Equal(t, exitProblems, got.code)
	assert.Empty(t, got.out, "it fails before any event is read")
	assert.Contains(t, got.err, "no such file or directory")
}

// Rules that have changed begin anew, the others keep what they wait for.
func TestState_changedRules(t *testing.T) {
	const query = "sequence by user [login where ok == false] [login where ok == true]"
	rules := ruleFolder(t, "same.eql", query, "changed.eql", query, "gone.eql", query)
	state := filepath.Join(t.TempDir(), "state")
	lines := strings.SplitAfter(logins, "\n")
	args := []string{"run", "--rules", rules, "--state", state}
	require.Equal(t, exitOK, execute(t, lines[0]+lines[1], args...).code)

	require.NoError(t, os.WriteFile(filepath.Join(rules, "changed.eql"), []byte(strings.Replace(query, "[login", "with maxspan=1h [login", 1)), 0o600))
	require.NoError(t, os.Rename(filepath.Join(rules, "gone.eql"), filepath.Join(rules, "new.eql")))
	got := execute(t, lines[2], args...)
	require.Equal(t, exitOK, got.code, got.err)
	alerts := decode(t, got.out)
	require.Len(t, alerts, 1)
	assert.Equal(t, "same", alerts[0]["rule"].(map[string]any)["id"])
	assert.Contains(t, got.err, "rules since the last run: 1 kept with state; 1 changed and without state: changed; 1 new: new; 1 gone: gone")
}

// Alerts that could not be written are not covered by a checkpoint.
func TestState_outputFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	events := file(t, "events.ndjson", logins)
	args := []string{"run", "--rules", goodRules(t), "--state", filepath.Join(t.TempDir(), "state"), events}
	var stderr bytes.Buffer
	assert.Equal(t, exitProblems, run(args, strings.NewReader(""), full, &stderr))
	assert.Contains(t, stderr.String(), "no space left")
	got := execute(t, "", args...)
	assert.Equal(t, exitOK, got.code)
	assert.Equal(t, 4, strings.Count(got.out, "\n"), "they are given when there is room")
}

// A line that a killed run has left torn does not spoil the one behind it.
func TestState_tornOutput(t *testing.T) {
	events := file(t, "events.ndjson", logins)
	dir := t.TempDir()
	args := []string{"run", "--rules", goodRules(t), "--state", filepath.Join(dir, "state")}
	out := filepath.Join(dir, "alerts")
	require.Equal(t, exitOK, start(t, out, append(args, file(t, "none", ""))...).wait(t))
	require.NoError(t, os.WriteFile(out, []byte(`{"id":"whole"}`+"\n"+`{"id":"to`), 0o600))
	require.Equal(t, exitOK, start(t, out, append(args, events)...).wait(t))
	assert.True(t, strings.HasPrefix(read(t, out), `{"id":"whole"}`+"\n"+`{"id":"to`+"\n"+`{"id":`), read(t, out))
	assert.Len(t, alertIDs(t, out), 5)
	before := read(t, out)
	require.Equal(t, exitOK, start(t, out, append(args, events)...).wait(t))
	assert.Equal(t, before, read(t, out))
}

// On SIGHUP the rules are exchanged between two events.
func TestRun_reload(t *testing.T) {
	const query = "sequence by user [login where ok == false] [login where ok == true]"
	rules := ruleFolder(t, "pair.eql", query, "files.eql", "file where n == 4")
	dir := t.TempDir()
	events, out := filepath.Join(dir, "events.ndjson"), filepath.Join(dir, "alerts")
	lines := strings.SplitAfter(logins, "\n")
	require.NoError(t, os.WriteFile(events, []byte(lines[0]), 0o600))
	c := start(t, out, "run", "--rules", rules, "--follow", "--reload", "--metrics", "0", "--state", filepath.Join(dir, "state"), "--checkpoint-interval", "1ms", events)
	told := func(text string, n int) {
		t.Helper()
		eventually(t, func() bool { return strings.Count(c.stderr.String(), text) == n }, c.stderr.String)
	}
	told("metrics at", 1)
	time.Sleep(100 * time.Millisecond) // the first event is behind it

	broken := filepath.Join(rules, "broken.eql")
	require.NoError(t, os.WriteFile(broken, []byte("login where ("), 0o600))
	require.NoError(t, c.Process.Signal(syscall.SIGHUP))
	told("the old ones go on", 1)
	assert.Contains(t, c.stderr.String(), "broken.eql:1:")

	require.NoError(t, os.WriteFile(broken, []byte("login where n == 3"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(rules, "files.eql"), []byte("file where n == 5"), 0o600))
	require.NoError(t, c.Process.Signal(syscall.SIGHUP))
	told("rules exchanged: 1 kept with state; 1 changed and without state: files; 1 new: broken", 1)
	appendTo(t, events, strings.Join(lines[1:], ""))
	eventually(t, func() bool { return strings.Count(read(t, out), "\n") == 3 }, func() string { return read(t, out) + c.stderr.String() })
	assert.Equal(t, exitOK, c.interrupt(t))
	var ids []string
	for _, a := range decode(t, read(t, out)) {
		ids = append(ids, a["rule"].(map[string]any)["id"].(string))
	}
	assert.ElementsMatch(t, []string{"pair", "broken", "files"}, ids)
}
