package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A result is what an execution of the command left behind.
type result struct {
	code     int
	out, err string
}

// execute runs the command over stdin.
func execute(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := run(args, strings.NewReader(stdin), &out, &err)
	return result{code, out.String(), err.String()}
}

// file writes a file into a folder of the test and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestUsage(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		out  string // part of standard output
		err  string // part of standard error
	}{
		{"no command", nil, 2, "", "a command is missing"},
		{"help", []string{"--help"}, 0, "Examples:", ""},
		{"help of a command", []string{"query", "--help"}, 0, "Examples:", ""},
		{"version", []string{"--version"}, 0, "eql version ", ""},
		{"unknown command", []string{"qery"}, 2, "", "Did you mean this?"},
		{"unknown flag", []string{"query", "--nope", "any where true"}, 2, "", "unknown flag: --nope"},
		{"query without a query", []string{"query"}, 2, "", "a query is missing"},
		{"unknown format", []string{"query", "--format", "xml", "any where true"}, 2, "", "must be one of auto, table, ndjson, es"},
		{"size below zero", []string{"query", "--size", "-1", "any where true"}, 2, "", "--size must not be negative"},
		{"run without rules", []string{"run"}, 2, "", `"rules" not set`},
		{"run sorted and following", []string{"run", "--rules", "x", "--sort", "--follow"}, 2, "", "see --lateness"},
		{"run sorted with state", []string{"run", "--rules", "x", "--sort", "--state", "x"}, 2, "", "see --lateness"},
		{"run closed without state", []string{"run", "--rules", "x", "--close"}, 2, "", "--close needs --state"},
		{"run closed and following", []string{"run", "--rules", "x", "--close", "--state", "x", "--follow"}, 2, "", "never sees"},
		{"run without time between checkpoints", []string{"run", "--rules", "x", "--state", "x", "--checkpoint-interval", "0s"}, 2, "", "above zero"},
		{"run without workers", []string{"run", "--rules", "x", "--workers", "0"}, 2, "", "--workers must be from 1 to "},
		{"lateness below zero", []string{"run", "--rules", "x", "--lateness", "-5s"}, 2, "", "--lateness must not be negative"},
		{"jump below zero", []string{"run", "--rules", "x", "--max-jump", "-5s"}, 2, "", "--max-jump must not be negative"},
		{"silence below zero", []string{"run", "--rules", "x", "--silence", "-1s"}, 2, "", "--silence must not be negative"},
		{"idle time below zero", []string{"run", "--rules", "x", "--idle-timeout", "-1s"}, 2, "", "--idle-timeout must not be negative"},
		{"depth below zero", []string{"check", "--max-query-depth", "-1", "x"}, 2, "", "--max-query-depth must not be negative"},
		{"size of what is formatted below zero", []string{"fmt", "--max-query-size", "-1", "x"}, 2, "", "--max-query-size must not be negative"},
		{"coverage that there cannot be", []string{"test", "--min-coverage", "101", "x"}, 2, "", "--min-coverage must be from 0 to 100"},
		{"coverage below zero", []string{"test", "--min-coverage", "-1", "x"}, 2, "", "--min-coverage must be from 0 to 100"},
		{"run with a profile below zero", []string{"run", "--rules", "x", "--profile-rules=-1"}, 2, "", "must not be negative"},
		{"run with a size of nothing", []string{"run", "--rules", "x", "--max-state", "lots"}, 2, "", "such as 500000, 512MiB or 2GB"},
		{"check of a path and a query", []string{"check", "-q", "any where true", "x"}, 2, "", "not both"},
		{"fmt -w of a query", []string{"fmt", "-w", "-q", "any where true"}, 2, "", "-q takes neither"},
		{"fmt -w of standard input", []string{"fmt", "-w"}, 2, "", "-w needs files"},
		{"explain without a query", []string{"explain"}, 2, "", "give one query"},
		{"explain of rules and a query", []string{"explain", "--rules", "x", "any where true"}, 2, "", "give one query"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := execute(t, "", tt.args...)
			assert.Equal(t, tt.code, got.code, got.err)
			assert.Contains(t, got.out, tt.out)
			assert.Contains(t, got.err, tt.err)
			if tt.code == exitUsage {
				assert.Empty(t, got.out, "standard output is for data")
				assert.Contains(t, got.err, "--help'")
			}
		})
	}
}

// A brokenPipe is an output whose reader is gone after some bytes.
type brokenPipe struct{ left int }

func (p *brokenPipe) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, syscall.EPIPE
	}
	return len(b), nil
}

func TestBrokenPipe(t *testing.T) {
	// An endless input: only the broken pipe ends the run.
	in := io.MultiReader(strings.NewReader(logins), endless(`{"event":{"category":"login"},"@timestamp":9}`+"\n"))
	var err bytes.Buffer
	code := run([]string{"query", "any where true"}, in, &brokenPipe{left: 100_000}, &err)
	assert.Equal(t, exitOK, code)
	assert.Empty(t, err.String())
}

type endless string

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n+len(e) <= len(p) {
		n += copy(p[n:], e)
	}
	return n, nil
}

func TestPrintable(t *testing.T) {
	assert.Equal(t, "a\tb\n\uFFFD[2Jc", printable("a\tb\n\x1b[2Jc"))
	assert.Equal(t, "\uFFFD", printable("\u009b"))
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	tab := table{w: &b, head: []string{"A", "LONG NAME"}}
	require.NoError(t, tab.flush())
	assert.Empty(t, b.String())
	tab.add([]string{"1", "x"})
	tab.add([]string{"two\nlines\x1b", strings.Repeat("ä", 70)})
	require.NoError(t, tab.flush())
	tab.add([]string{"3", ""})
	require.NoError(t, tab.flush())
	assert.Equal(t, "A           LONG NAME\n"+
		"1           x\n"+
		"two lines\uFFFD  "+strings.Repeat("ä", 59)+"…\n"+
		"3\n", b.String())
}
