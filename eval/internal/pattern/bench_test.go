package pattern_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

const (
	executable  = `C:\Windows\System32\svchost.exe`
	commandLine = `"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -Command "Get-WmiObject Win32_Service | Select Name, State"`
)

func regex(tb testing.TB, p string, fold bool) pattern.Matcher {
	tb.Helper()
	m, err := pattern.Regex([]string{p}, fold, pattern.Limits{})
	require.NoError(tb, err)
	return m
}

type workload struct {
	name string
	m    pattern.Matcher
	text string
}

func workloads(tb testing.TB) []workload {
	tb.Helper()
	var names, parts []string
	for i := range 30 {
		names = append(names, fmt.Sprintf("Program%02d.exe", i))
		parts = append(parts, fmt.Sprintf("*Fragment%02d*", i))
	}
	return []workload{
		{"equal", pattern.Wildcard(executable, true), strings.ToUpper(executable)},
		{"suffix", pattern.Wildcard(`*\svchost.exe`, true), executable},
		{"drive", pattern.Wildcard(`?:\Windows\System32\*`, true), executable},
		{"affixes", pattern.Wildcard(`?:\Windows\*.exe`, true), executable},
		{"contains", pattern.Wildcard("*downloadstring*", true), commandLine},
		{"contains/case", pattern.Wildcard("*downloadstring*", false), commandLine},
		{"three stars", pattern.Wildcard("*powershell*command*state*", true), commandLine},
		{"30 names", pattern.Set(names, true), "program29.EXE"},
		{"30 fragments", pattern.Wildcards(parts, true), commandLine},
		{"open segment", pattern.Wildcard("*v?.0*", true), commandLine},
		{"regex/literal", regex(tb, ".*WmiObject.*", false), commandLine},
		{"regex/class", regex(tb, `.*-Command\s+\"[A-Z][a-z]{2}-\w{4,15}.*`, false), commandLine},
		{"regex/fold", regex(tb, `.*(get|set)-wmi[^ ]+.*state.*`, true), commandLine},
		{"regex/not", regex(tb, `.*\.exe.*&~(.*encoded.*)`, true), commandLine},
		{"regex/without", regex(tb, `.*-Encoded[a-z]*\s+[A-Za-z0-9+/=]{20,}.*`, false), commandLine},
		{"regex/fold/without", regex(tb, `.*(download|upload)[a-z]+.*http.*`, true), commandLine},
		{"regex/large", regex(tb, `.*[a-z].{20}[0-9].*`, true), commandLine},
		{"regex/larger", regex(tb, `.*['\"][^$]{1,25}['\"] {0,2}\+ {0,2}['\"][^$]{1,25}['\"]x.*`, true), commandLine},
		{"long", pattern.Wildcard("*downloadstring*", true), strings.ToLower(strings.Repeat(commandLine, 10))},
	}
}

func TestMatchingDoesNotAllocate(t *testing.T) {
	for _, w := range workloads(t) {
		assert.Zero(t, testing.AllocsPerRun(100, func() { w.m.Match(w.text) }), w.name)
	}
	set, err := pattern.ParseCIDRs([]string{"10.0.0.0/8"})
	require.NoError(t, err)
	a := netip.MustParseAddr("10.2.3.4")
	assert.Zero(t, testing.AllocsPerRun(100, func() { set.Contains(a) }))
	assert.Zero(t, testing.AllocsPerRun(100, func() { pattern.IndexFold(commandLine, "wmiobject") }))
}

func BenchmarkMatch(b *testing.B) {
	for _, w := range workloads(b) {
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.m.Match(w.text)
			}
		})
	}
}

func BenchmarkCompileRegex(b *testing.B) {
	for name, p := range map[string]string{
		"literal": ".*WmiObject.*",
		"typical": `.*-Command\s+\"[A-Z][a-z]{2}-\w{4,15}.*`,
		"boolean": `.*\.exe.*&~(.*encoded.*)`,
		"large":   ".*[ab].{8}",
		"larger":  ".*[ab].{20}",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				regex(b, p, true)
			}
		})
	}
}

func BenchmarkIndexFold(b *testing.B) {
	for b.Loop() {
		pattern.IndexFold(commandLine, "downloadstring")
	}
}

func BenchmarkCIDRSet(b *testing.B) {
	var blocks []string
	for i := range 27 {
		blocks = append(blocks, fmt.Sprintf("10.%d.0.0/16", 2*i))
	}
	set, err := pattern.ParseCIDRs(blocks)
	require.NoError(b, err)
	a := netip.MustParseAddr("10.33.1.2")
	for b.Loop() {
		set.Contains(a)
	}
}
