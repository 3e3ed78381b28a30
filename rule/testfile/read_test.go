package testfile_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule/testfile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// folder is a file system with one test file and others by name.
func folder(text string, pairs ...string) fstest.MapFS {
	out := fstest.MapFS{"rules/x_test.toml": {Data: []byte(text)}}
	for i := 0; i < len(pairs); i += 2 {
		out["rules/"+pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return out
}

func TestRead(t *testing.T) {
	fsys := folder(`

start = 2026-05-01T12:00:00Z

[base]
event.category = "process"
host = { id = "h1", os.type = "linux" }
process.args = ["a", "b"]

[bases.network]
"@base" = "base"
"@unset" = ["process", "host.os.type"]
event.category = "network"

[[case]]
name = "all forms"
alerts = [{ events = ["first", 2, "@null"], keys = ["h1", 7, "@null"] }, 4]
close = false
events = [
  { "@id" = "first", process.args = ["c"] },
  { "@base" = "network", "@offset" = "+1d2s" },
  { "@advance" = "+2d" },
  { "@base" = "", a.b = 1 },
  "events.ndjson",
  { "@file" = "one.json", "@unset" = "n.m", host.id = "h2" },
]

[[case]]
name = "golden"
golden = true
query = 2
start = "2026-06-01T00:00:00Z"
[[case.events]]
"@timestamp" = 2026-06-01T01:00:00Z
[[case.events]]
host.name = "n"
`, "events.ndjson", "{\"@timestamp\": 5, \"a.b\": 1, \"@version\": \"1\"}\n\n  {\"@id\": \"json\", \"@base\": \"network\", \"@offset\": \"+3s\", \"host.id\": \"h3\"}\n",
		"one.json", `[{"n": {"m": 1, "o": 18446744073709551615}}]`)
	f, err := testfile.Read(fsys, "rules/x_test.toml")
	require.NoError(t, err)
	require.Len(t, f.Cases, 2)

	c := f.Cases[0]
	assert.Equal(t, "all forms", c.Name)
	assert.True(t, c.Open)
	assert.Equal(t, 2, c.Alerts.Count)
	assert.Equal(t, []int{0, 1, -1}, c.Alerts.List[0].Events)
	assert.Equal(t, []any{"h1", int64(7), nil}, c.Alerts.List[0].Keys)
	assert.Equal(t, []int{3}, c.Alerts.List[1].Events)
	assert.Nil(t, c.Alerts.List[1].Keys)
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	var got []string
	for _, h := range c.Happenings {
		at := "own"
		if !h.Time.IsZero() {
			at = h.Time.Sub(start).String()
		}
		got = append(got, fmt.Sprint(at, " ", h.ID, " ", h.Place, " ", h.Event))
	}
	assert.Equal(t, []string{
		"0s first rules/x_test.toml:20:5 map[event:map[category:process] host:map[id:h1 os:map[type:linux]] process:map[args:[c]]]",
		"24h0m2s  rules/x_test.toml:21:5 map[event:map[category:network] host:map[id:h1]]",
		"48h0m0s  rules/x_test.toml:22:5 map[]",
		"48h0m0s  rules/x_test.toml:23:5 map[a:map[b:1]]",
		"own  rules/events.ndjson:1:1 map[@timestamp:5 @version:1 a.b:1]",
		"3s json rules/events.ndjson:3:3 map[event:map[category:network] host:map[id:h3]]",
		"3s  rules/one.json:1:2 map[host:map[id:h2] n:map[o:18446744073709551615]]",
	}, got)

	c = f.Cases[1]
	assert.True(t, c.Golden)
	assert.Nil(t, c.Alerts)
	assert.Equal(t, 1, c.Query)
	require.Len(t, c.Events(), 2)
	assert.True(t, c.Happenings[0].Time.IsZero())
	assert.Equal(t, "2026-06-01T01:00:00Z", c.Happenings[1].Time.Format(time.RFC3339), "the time of the event before")
}

// TestProblems compares what is said about bad files.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := testfile.Read(os.DirFS("testdata/problems"), filepath.Base(name))
			require.Nil(t, f)
			var list source.List
			require.ErrorAs(t, err, &list)
			golden := strings.TrimSuffix(name, ".toml") + ".golden"
			got := list.Render() + "\n"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

func TestParseOffset(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"+3s": 3 * time.Second, "3s": 3 * time.Second, "-1m30s": -90 * time.Second, "+2d": 48 * time.Hour,
		"1d1ms": 24*time.Hour + time.Millisecond, "+0s": 0, "-1d1h": -25 * time.Hour, "0": 0,
	} {
		got, err := testfile.ParseOffset(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "+", "3", "d", "xd", "--3s", "+-3s", "++3s", "1d-3s", "9999999d", "3s1d", "999999999h"} {
		_, err := testfile.ParseOffset(text)
		assert.Error(t, err, text)
	}
}

func TestReadEvents(t *testing.T) {
	fsys := folder("", "x_test.ndjson", "{\"a\":1}\n{\"@offset\":\"+5s\",\"a\":2}\n")
	c, err := testfile.ReadEvents(fsys, "rules/x_test.ndjson", "shown/x_test.ndjson")
	require.NoError(t, err)
	assert.True(t, c.Golden)
	require.Len(t, c.Happenings, 2)
	assert.Equal(t, "shown/x_test.ndjson:2:1", c.Happenings[1].Place.String())
	assert.Equal(t, testfile.DefaultStart.Add(5*time.Second), c.Happenings[1].Time)
	_, err = testfile.ReadEvents(fsys, "rules/gone_test.ndjson", "gone_test.ndjson")
	require.ErrorContains(t, err, "cannot read gone_test.ndjson")
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/problems/*.toml")
	require.NoError(f, err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(data), `{"@offset":"+1s"}`)
	}
	f.Add("[base]\na.b=1\n[[case]]\nname='x'\nalerts=[1]\n[[case.events]]\n'@offset'='+1s'\n'@id'='y'\n", `[{"a.b":1,"@base":"base","@unset":"a.b"}]`)
	f.Add("[[case]]\nname='x'\ngolden=true\nevents=['e.json',{'@file'='e.json',a=1}]", `{"a":{"b":1}}`)
	f.Fuzz(func(t *testing.T, text, events string) {
		file, err := testfile.Read(folder(text, "e.json", events), "rules/x_test.toml")
		if err != nil {
			var list source.List
			require.ErrorAs(t, err, &list)
			require.Nil(t, file)
			for _, e := range list {
				require.NotEmpty(t, e.Msg)
				require.NotEmpty(t, e.Render())
			}
			return
		}
		for _, c := range file.Cases {
			require.NotEmpty(t, c.Name)
			require.True(t, c.Golden != (c.Alerts != nil))
			if c.Alerts == nil {
				continue
			}
			for _, a := range c.Alerts.List {
				for _, i := range a.Events {
					require.Less(t, i, len(c.Events()))
				}
			}
		}
	})
}
