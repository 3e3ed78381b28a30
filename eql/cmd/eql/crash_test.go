//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// crashRules are rules of every kind that has state.
var crashRules = map[string]string{
	"event":   `file where path == "/etc/shadow"`,
	"runs":    `sequence by user with maxspan=10s [login where ok == false] with runs=3 [login where ok == true]`,
	"silence": `sequence by user with maxspan=2s [process where name == "a"] ![network where true]`,
	"before":  `sequence by user with maxspan=2s ![login where true] [process where name == "b"] [file where true]`,
	"until":   `sequence by user with maxspan=30s [process where name == "b"] [network where port > 60000] until [login where ok == true]`,
	"open":    `sequence by user, host [process where name == "c"] [file where path == "/etc/shadow"]`,
	"sample":  `sample by host [process where name == "a"] [file where path == "/etc/shadow"]`,
}

func crashRuleFolder(t *testing.T) string {
	t.Helper()
	var pairs []string
	for name, query := range crashRules {
		pairs = append(pairs, name+".eql", query)
	}
	return ruleFolder(t, pairs...)
}

// crashLateness is how far the events of a capture are out of order.
const crashLateness = time.Second

// capture returns n events, a line each, that are out of order by less than
// crashLateness.
func capture(seed uint64, n int) string {
	rnd := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	at := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at = at.Add(time.Duration(rnd.IntN(40)) * time.Millisecond)
		shown := at.Add(-time.Duration(rnd.Int64N(int64(crashLateness))))
		rest := ""
		switch category := []string{"process", "network", "file", "login"}[rnd.IntN(4)]; category {
		case "process":
			rest = fmt.Sprintf(`"process"},"name":%q`, string(rune('a'+rnd.IntN(4))))
		case "network":
			rest = fmt.Sprintf(`"network"},"port":%d`, rnd.IntN(1<<16))
		case "file":
			rest = fmt.Sprintf(`"file"},"path":%q`, []string{"/etc/shadow", "/etc/hosts", "/tmp/x"}[rnd.IntN(3)])
		default:
			rest = fmt.Sprintf(`"login"},"ok":%t`, rnd.IntN(3) == 0)
		}
		fmt.Fprintf(&b, `{"@timestamp":%q,"user":"u%d","host":"h%d","n":%d,"event":{"category":%s}`+"\n",
			shown.Format("2006-01-02T15:04:05.000Z"), rnd.IntN(30), rnd.IntN(5), i, rest)
	}
	return b.String()
}

// alertIDs returns the ids in a file of alerts and how often each is there. Only
// the last line before the command was started may be torn; that it is followed
// by whole ones is checked.
func alertIDs(t *testing.T, path string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	ids := make(map[string]int)
	for line := range strings.Lines(string(text)) {
		var a struct{ ID string }
		if err := json.Unmarshal([]byte(line), &a); err == nil {
			ids[a.ID]++
		} else {
			assert.LessOrEqual(t, strings.Count(line, `","rule":{"id":`), 1, "a torn line is one alert's: %q", line)
		}
	}
	return ids
}

// undisturbed returns the alerts of a run without state.
func undisturbed(t *testing.T, args ...string) map[string]int {
	t.Helper()
	out := filepath.Join(t.TempDir(), "alerts")
	c := start(t, out, append([]string{"run"}, args...)...)
	require.Equal(t, exitOK, c.wait(t), c.stderr.String())
	return alertIDs(t, out)
}

// assertSameAlerts checks that two sets of ids are equal.
func assertSameAlerts(t *testing.T, want, got map[string]int) {
	t.Helper()
	require.NotEmpty(t, want)
	missing, extra := 0, 0
	for id := range want {
		if got[id] == 0 {
			missing++
		}
	}
	for id := range got {
		if want[id] == 0 {
			extra++
		}
	}
	assert.Zero(t, missing, "alerts missing of %d", len(want))
	assert.Zero(t, extra, "alerts that the undisturbed run does not have")
}

// kills returns how often the crash tests kill the command: a few times, or as
// often as EQL_CRASH_KILLS says.
func kills(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("EQL_CRASH_KILLS")); err == nil {
		return n
	}
	return 3
}

// killed runs the command again and again, killing it at random moments of its
// work, which begins after a while, and lets it end at last.
func killed(t *testing.T, rnd *rand.Rand, n int, begin, work time.Duration, out string, args ...string) {
	t.Helper()
	done := 0
	for done < n {
		c := start(t, out, drawn(rnd, args)...)
		if c.endedWithin(begin + time.Duration(rnd.Int64N(int64(2*work/time.Duration(n)+50*time.Millisecond)))) {
			require.Equal(t, exitOK, c.wait(t), c.stderr.String())
			break
		}
		c.kill(t)
		done++
	}
	t.Logf("killed %d times", done)
	c := start(t, out, append(drawn(rnd, args), "--close")...)
	require.Equal(t, exitOK, c.wait(t), c.stderr.String())
}

func TestCrash(t *testing.T) {
	n := kills(t)
	input := file(t, "events.ndjson", capture(1, 12000*n))
	testCrash(t, n, []string{input}, "--rules", crashRuleFolder(t), "--lateness", crashLateness.String())
}

// Each run takes up the state with another number of workers.
func TestCrash_workers(t *testing.T) {
	n := kills(t)
	input := file(t, "events.ndjson", capture(2, 12000*n))
	testCrash(t, n, []string{input}, "--rules", crashRuleFolder(t), "--lateness", crashLateness.String(), anyWorkers)
}

// anyWorkers stands for a number of workers that is drawn for each run.
const anyWorkers = "--workers=any"

// drawn returns args for one run.
func drawn(rnd *rand.Rand, args []string) []string {
	out := slices.Clone(args)
	if i := slices.Index(out, anyWorkers); i >= 0 {
		out[i] = fmt.Sprintf("--workers=%d", 1+rnd.IntN(4))
	}
	return out
}

// The alerts of several workers are those of one, in the same order.
func TestRun_workers(t *testing.T) {
	args := []string{"run", "--rules", crashRuleFolder(t), "--lateness", crashLateness.String(), file(t, "events.ndjson", capture(8, 4000))}
	one := execute(t, "", args...)
	require.Equal(t, exitOK, one.code, one.err)
	for _, n := range []string{"2", "3", "8"} {
		got := execute(t, "", append(args, "--workers", n)...)
		require.Equal(t, exitOK, got.code, got.err)
		assert.True(t, one.out == got.out, "%s workers", n)
	}
}

// testCrash kills runs over the inputs until they are done.
func testCrash(t *testing.T, n int, inputs []string, args ...string) {
	t.Helper()
	dir := t.TempDir()
	alone := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == anyWorkers })
	began := time.Now()
	undisturbed(t, append(alone, os.DevNull)...)
	begin := time.Since(began)
	began = time.Now()
	want := undisturbed(t, append(alone, inputs...)...)
	work := time.Since(began) - begin
	t.Logf("undisturbed: %d alerts in %v, after %v", len(want), work.Round(time.Millisecond), begin.Round(time.Millisecond))

	out := filepath.Join(dir, "alerts")
	args = append([]string{"run", "--state", filepath.Join(dir, "state"), "--checkpoint-interval", "10ms"}, append(args, inputs...)...)
	killed(t, rand.New(rand.NewPCG(uint64(n), 3)), n, begin, max(work, 0), out, args...)
	got := alertIDs(t, out)
	assertSameAlerts(t, want, got)
	repeats := 0
	for _, k := range got {
		repeats += k - 1
	}
	t.Logf("%d alerts were given again", repeats)
}

// Real captures, compressed, one after the other, and many rules.
func TestCrash_real(t *testing.T) {
	if testing.Short() {
		t.Skip("the rules take their time to compile")
	}
	shared := filepath.Join("..", "..", "..", "..", "shared")
	rules := filepath.Join(shared, "corpus", "detection-rules", "rules")
	var inputs []string
	for _, name := range []string{"aptsimulator_cobaltstrike", "schtask_modification", "empire_mimikatz_opth"} {
		inputs = append(inputs, filepath.Join(shared, "data", "real", name+".ndjson.gz"))
	}
	for _, path := range append(inputs, rules) {
		if _, err := os.Stat(path); err != nil {
			t.Skip("needs the shared test data")
		}
	}
	testCrash(t, kills(t), inputs, "--rules", rules, "--lateness", "1m")
}

// The input is rotated while the command is killed and started again.
func TestCrash_rotated(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	n := kills(t)
	text := capture(3, 3000*n)
	rules := crashRuleFolder(t)
	want := undisturbed(t, "--rules", rules, "--lateness", crashLateness.String(), file(t, "events.ndjson", text))

	dir := t.TempDir()
	input, out := filepath.Join(dir, "events.ndjson"), filepath.Join(dir, "alerts")
	args := []string{"run", "--rules", rules, "--lateness", crashLateness.String(), "--state", filepath.Join(dir, "state"), "--checkpoint-interval", "10ms", input}
	require.NoError(t, os.WriteFile(input, nil, 0o600)) // what is rotated away before the first run is nobody's
	c := start(t, out, args...)
	require.Equal(t, exitOK, c.wait(t), c.stderr.String())
	written := make(chan struct{})
	go func() {
		defer close(written)
		rnd := rand.New(rand.NewPCG(6, 6))
		lines := slices.Collect(strings.Lines(text))
		for rotations := 0; len(lines) > 0; time.Sleep(time.Duration(rnd.IntN(8)) * time.Millisecond) {
			k := min(1+rnd.IntN(400), len(lines))
			f, err := os.OpenFile(input, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if !assert.NoError(t, err) {
				return
			}
			_, _ = io.WriteString(f, strings.Join(lines[:k], ""))
			_ = f.Close()
			lines = lines[k:]
			if rnd.IntN(6) == 0 {
				rotations++
				assert.NoError(t, os.Rename(input, fmt.Sprintf("%s-20240501%06d", input, rotations)))
			}
		}
	}()
	for range n {
		c := start(t, out, append(args, "--follow")...)
		require.False(t, c.endedWithin(time.Duration(rnd.IntN(300))*time.Millisecond), c.stderr.String())
		c.kill(t)
	}
	<-written
	if _, err := os.Stat(input); err != nil { // the last thing was to rename it
		require.NoError(t, os.WriteFile(input, nil, 0o600))
	}
	c = start(t, out, append(args, "--close")...)
	require.Equal(t, exitOK, c.wait(t), c.stderr.String())
	assertSameAlerts(t, want, alertIDs(t, out))
}
