//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = io.WriteString(f, text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// A run that follows a file prints each alert when its event is there, and shows
// its metrics meanwhile.
func TestRun_follow(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "events.ndjson"), filepath.Join(dir, "alerts")
	c := start(t, out, "run", "--rules", goodRules(t), "--follow", "--metrics", "0", path)
	lines := strings.SplitAfter(logins, "\n")
	alerts := func(n int) {
		t.Helper()
		eventually(t, func() bool { return strings.Count(read(t, out), "\n") == n },
			func() string { return read(t, out) + c.stderr.String() })
	}
	eventually(t, func() bool { return strings.Contains(c.stderr.String(), path+": is not there yet; waiting for it") }, c.stderr.String)
	appendTo(t, path, lines[0]+lines[1]+lines[2][:20])
	alerts(2)
	appendTo(t, path, lines[2][20:])
	alerts(3)
	require.NoError(t, os.Rename(path, path+".1"))
	appendTo(t, path, lines[3]+lines[4])
	alerts(4)

	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/metrics`).FindString(c.stderr.String())
	require.NotEmpty(t, address, c.stderr.String())
	var page string
	eventually(t, func() bool {
		resp, err := http.Get(address)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		page = string(body)
		return strings.Contains(page, "\neql_events_total 5\n")
	}, func() string { return page })
	for _, want := range []string{
		`eql_rule_alerts_total{name="Failed login",rule="` + idFailed + `"} 2`,
		`eql_rule_alerts_total{name="Failed, then not",rule="` + idPair + `"} 1`,
		`eql_rule_open_partials{name="Failed, then not",rule="` + idPair + `"} 1`,
		`eql_events_late_total 0`,
		`eql_rules 3`,
		`eql_watermark_timestamp_seconds 1.71455766e+09`,
	} {
		assert.Contains(t, page, "\n"+want+"\n")
	}
	assert.NotContains(t, page, "eql_rule_evictions_total")
	assert.Equal(t, exitOK, c.interrupt(t))
	assert.Contains(t, c.stderr.String(), "5 events read, 0 refused, 4 alerts, ")
}

// When no events come at all, --silence lets an absence be noticed.
func TestRun_silence(t *testing.T) {
	rules := file(t, "silence.eql", "sequence by user with maxspan=300ms [login where n == 1] ![login where ok == true]")
	for _, flags := range [][]string{nil, {"--silence", "100ms"}} {
		dir := t.TempDir()
		path, out := filepath.Join(dir, "events.ndjson"), filepath.Join(dir, "alerts")
		c := start(t, out, append([]string{"run", "--rules", rules, "--follow", "--state", filepath.Join(dir, "state"), path}, flags...)...)
		appendTo(t, path, logins[:strings.Index(logins, "\n")+1])
		if flags != nil {
			eventually(t, func() bool { return read(t, out) != "" }, c.stderr.String)
		} else {
			time.Sleep(time.Second)
		}
		assert.Equal(t, exitOK, c.interrupt(t))
		assert.Equal(t, len(flags)/2, strings.Count(read(t, out), "\n"))
	}
}

// Files that are followed are sources of their own: what one of them is behind
// the other is not late.
func TestRun_followSeveral(t *testing.T) {
	dir := t.TempDir()
	a, b, out := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "alerts")
	lines := strings.SplitAfter(logins, "\n")
	appendTo(t, a, lines[2]+lines[3])
	appendTo(t, b, "")
	rules := file(t, "pair.eql", "sequence by user [login where ok == false] [login where ok == true]")
	c := start(t, out, "run", "--rules", rules, "--follow", "--metrics", "0", a, b)
	eventually(t, func() bool { return strings.Contains(c.stderr.String(), "metrics") }, c.stderr.String)
	appendTo(t, b, lines[0]+lines[4])
	eventually(t, func() bool { return strings.Count(read(t, out), "\n") == 1 }, c.stderr.String)
	assert.Equal(t, exitOK, c.interrupt(t))
	assert.NotContains(t, c.stderr.String(), "older than")
}

// A file that was followed and is not read any more does not hold back time.
func TestRun_sourceGone(t *testing.T) {
	dir := t.TempDir()
	a, b, out := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "alerts")
	lines := strings.SplitAfter(logins, "\n")
	appendTo(t, a, lines[0])
	appendTo(t, b, "")
	rules := file(t, "pair.eql", "sequence by user [login where ok == false] [login where ok == true]")
	args := []string{"run", "--rules", rules, "--state", filepath.Join(dir, "state"), a}
	c := start(t, out, append(args, b, "--follow", "--metrics", "0")...)
	eventually(t, func() bool { return strings.Contains(c.stderr.String(), "metrics") }, c.stderr.String)
	time.Sleep(100 * time.Millisecond)
	require.Equal(t, exitOK, c.interrupt(t))
	assert.Contains(t, c.stderr.String(), "1 events read, ")
	appendTo(t, a, lines[2])
	got := execute(t, "", args...)
	assert.Equal(t, exitOK, got.code)
	assert.Equal(t, 1, strings.Count(got.out, "\n"), got.err)
}

func TestRun_metricsTaken(t *testing.T) {
	got := execute(t, logins, "run", "--rules", goodRules(t), "--metrics", "no.such.host.invalid:1")
	assert.Equal(t, exitProblems, got.code)
	assert.Contains(t, got.err, "no.such.host.invalid")
}

func TestSize(t *testing.T) {
	for text, want := range map[string]size{
		"1": 1, "500000": 500000, "64k": 64 << 10, "1.5GiB": 3 << 29, "2GB": 2e9, "512 MiB": 512 << 20,
	} {
		var s size
		require.NoError(t, s.Set(text), text)
		assert.Equal(t, want, s, text)
	}
	for _, text := range []string{"", "0", "x", "-1", "1XB", "1e30", "9999999999999GB", "0.1"} {
		assert.Error(t, new(size).Set(text), text)
	}
}
