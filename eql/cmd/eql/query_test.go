package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logins are events in order of time, the last two at the same one.
const logins = `{"@timestamp":"2024-05-01T10:00:00Z","event":{"category":"login"},"user":"ann","ok":false,"n":1}
{"@timestamp":"2024-05-01T10:00:05Z","event":{"category":"login"},"user":"bob","ok":false,"n":2}
{"@timestamp":"2024-05-01T10:00:09Z","event":{"category":"login"},"user":"ann","ok":true,"n":3}
{"@timestamp":"2024-05-01T10:01:00Z","event":{"category":"file"},"user":"ann","n":4, "path": "C:\\<a>&\u00e9"}
{"@timestamp":"2024-05-01T10:01:00Z","event":{"category":"file"},"user":"bob","n":5}
`

// took hides the duration of a response.
func took(s string) string {
	return regexp.MustCompile(`"took":\d+`).ReplaceAllString(s, `"took":0`)
}

func TestQuery(t *testing.T) {
	lines := strings.SplitAfter(logins, "\n")
	const pair = `sequence by user [login where ok == false] [login where ok == true]`
	es := func(rest string) string {
		return `{"is_partial":false,"is_running":false,"took":0,"timed_out":false,"hits":` + rest + "}\n"
	}
	source := func(i int) string { return strings.Replace(strings.TrimSpace(lines[i]), `, "path": `, `,"path":`, 1) }
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"events", []string{`file where true`}, lines[3] + lines[4]},
		{"nothing", []string{`file where false`}, ""},
		{"sequence", []string{pair}, `{"join_keys":["ann"],"events":[` + source(0) + `,` + source(2) + "]}\n"},
		{
			"missing event",
			[]string{`sequence with maxspan=1h [file where n == 4] ![login where true]`},
			`{"events":[` + source(3) + ",null]}\n",
		},
		{
			"sample",
			[]string{`sample by user [login where true] [file where true]`},
			`{"join_keys":["ann"],"events":[` + source(0) + `,` + source(3) + "]}\n" +
				`{"join_keys":["bob"],"events":[` + source(1) + `,` + source(4) + "]}\n",
		},
		{"last results", []string{"--size", "1", `login where true`}, lines[2]},
		{"first results", []string{"--size", "1", "--result-position", "head", `login where true`}, lines[0]},
		{"no results", []string{"--size", "0", `login where true`}, ""},
		{"other fields", []string{"--event-category-field", "user", "--timestamp-field", "n", `bob where n > 2`}, lines[4]},
		{"events for es", []string{"--format", "es", `file where n == 5`}, es(
			`{"total":{"value":1,"relation":"eq"},"events":[{"_index":"-","_id":"5","_source":` + source(4) + `}]}`)},
		{"no events for es", []string{"--format", "es", `file where false`}, es(`{"total":{"value":0,"relation":"eq"},"events":[]}`)},
		{"sequence for es", []string{"--format", "es", `sequence by user with maxspan=1h [login where ok == true] ![login where true]`}, es(
			`{"total":{"value":1,"relation":"eq"},"sequences":[{"join_keys":["ann"],"events":[` +
				`{"_index":"-","_id":"3","_source":` + source(2) + `},{"_index":"","_id":"","_source":{},"missing":true}]}]}`)},
		{"sequence without keys for es", []string{"--format", "es", `sequence [file where n == 4] [file where n == 5]`}, es(
			`{"total":{"value":1,"relation":"eq"},"sequences":[{"events":[` +
				`{"_index":"-","_id":"4","_source":` + source(3) + `},{"_index":"-","_id":"5","_source":` + source(4) + `}]}]}`)},
		{"no sequences for es", []string{"--format", "es", `sequence [any where false] [any where true]`}, es(`{"total":{"value":0,"relation":"eq"},"sequences":[]}`)},
		{"table of events", []string{"--format", "table", `login where ok == false and user != "x"`}, "" +
			"@timestamp            ok     user\n" +
			"2024-05-01T10:00:00Z  false  ann\n" +
			"2024-05-01T10:00:05Z  false  bob\n"},
		{"table of sequences", []string{"--format", "table", `sequence by user with maxspan=1h [file where n > 3] ![login where true]`}, "" +
			"#    @timestamp            n  user\n" +
			"1.1  2024-05-01T10:01:00Z  4  ann\n" +
			"1.2  (missing)\n" +
			"2.1  2024-05-01T10:01:00Z  5  bob\n" +
			"2.2  (missing)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := execute(t, logins, append([]string{"query"}, tt.args...)...)
			assert.Equal(t, exitOK, got.code)
			assert.Equal(t, tt.want, took(got.out))
			assert.Empty(t, got.err)
		})
	}
}

func TestQuery_keys(t *testing.T) {
	const mapping = `{"properties":{"when":{"type":"date"},"up":{"type":"boolean"}}}`
	const events = `{"@timestamp":1,"event":{"category":"a"},"when":"2024-05-01T10:00:00Z","up":true,"n":1.5,"big":18446744073709551615}
{"@timestamp":2,"event":{"category":"b"},"when":"2024-05-01T10:00:00Z","up":true,"n":1.5,"big":18446744073709551615}
`
	m := file(t, "mapping.json", mapping)
	const by = ` by when, up, n, big, ?none [a where true] [b where true]`
	tests := map[string]string{
		"sequence": `"join_keys":["2024-05-01T10:00:00.000Z",true,1.5,18446744073709551615,null]`,
		"sample":   `"join_keys":["1714557600000",true,1.5,18446744073709551615,null]`,
	}
	for kind, want := range tests {
		t.Run(kind, func(t *testing.T) {
			got := execute(t, events, "query", "--mapping", m, kind+by)
			assert.Equal(t, exitOK, got.code, got.err)
			assert.Contains(t, got.out, want)
		})
	}
}

func TestQuery_sort(t *testing.T) {
	const events = `{"@timestamp":3,"event":{"category":"x"},"n":"third"}
{"event":{"category":"x"},"n":"no time"}
{"@timestamp":2,"event":{"category":"x"},"n":"null is last"}
{"@timestamp":2,"event":{"category":"x"},"n":"tie 9","tie":9}
{"@timestamp":[2,7],"event":{"category":"x"},"n":"tie 10","tie":[10]}
{"@timestamp":"1970-01-01T00:00:00.001Z","event":{"category":"x"},"n":"first"}
`
	order := func(out string) []string {
		var names []string
		for _, m := range regexp.MustCompile(`"n":"([^"]*)"`).FindAllStringSubmatch(out, -1) {
			names = append(names, m[1])
		}
		return names
	}
	got := execute(t, events, "query", "--sort", "--tiebreaker-field", "tie", "any where true")
	assert.Equal(t, []string{"first", "tie 9", "tie 10", "null is last", "third", "no time"}, order(got.out))

	got = execute(t, events, "query", "--sort", "any where true")
	assert.Equal(t, []string{"first", "null is last", "tie 9", "tie 10", "third", "no time"}, order(got.out))

	const two = `sequence [any where n == "first"] [any where n == "third"]`
	got = execute(t, events, "query", two)
	assert.Empty(t, got.out)
	assert.Contains(t, got.err, "see --sort")
	assert.Contains(t, got.err, "1 event had no time")
	got = execute(t, events, "query", "--sort", two)
	assert.Equal(t, []string{"first", "third"}, order(got.out))
}

func TestQuery_badInput(t *testing.T) {
	t.Run("broken line", func(t *testing.T) {
		lines := strings.SplitAfter(logins, "\n")
		got := execute(t, lines[0]+"{\"broken\":\n"+`{"broken":nope}`+"\n"+lines[1], "query", "login where true")
		assert.Equal(t, exitOK, got.code)
		assert.Equal(t, lines[0]+lines[1], got.out)
		assert.Contains(t, got.err, "event refused: <stdin>:2: not a JSON object: it has no end on this line")
		assert.Contains(t, got.err, "event refused: <stdin>:3:11: expected a value, found 'n'")
		assert.Contains(t, got.err, "2 events could not be read")
	})
	t.Run("many broken lines", func(t *testing.T) {
		got := execute(t, strings.Repeat("x\n", 50), "query", "any where true")
		assert.Equal(t, exitOK, got.code)
		assert.Equal(t, shownRefusals, strings.Count(got.err, "event refused"))
		assert.Contains(t, got.err, "50 events could not be read")

		sample := file(t, "sample.ndjson", strings.Repeat("x\n", 50)+`{"event":{"category":"a"}}`)
		got = execute(t, "", "check", "--events", sample, "-q", "a where true")
		assert.Equal(t, exitOK, got.code)
		assert.Equal(t, shownRefusals, strings.Count(got.err, "event refused"))
		assert.Contains(t, got.err, "50 events could not be read")
	})
	t.Run("text that is no UTF-8", func(t *testing.T) {
		const doc = `{"event":{"category":"a"},"k":"x%sy"}` + "\n"
		broken, whole := strings.ReplaceAll(doc, "%s", "\xff\xfe"), strings.ReplaceAll(doc, "%s", "\uFFFD\uFFFD")
		query := `any where k == "x\u{fffd}\u{fffd}y"`
		got := execute(t, broken, "query", query)
		assert.Equal(t, whole, got.out)
		for _, args := range [][]string{{"query", "--format", "es", query}, {"run", "--rules", file(t, "rule.eql", query)}} {
			got = execute(t, broken, args...)
			assert.Contains(t, got.out, strings.TrimSpace(whole))
			assert.True(t, utf8.ValidString(got.out))
		}
	})
	t.Run("byte order marks", func(t *testing.T) {
		const mark = "\uFEFF"
		doc := `{"event":{"category":"a"},"k":1}` + "\n"
		query, mapping := file(t, "rule.eql", mark+"any where k == 1"), file(t, "m.json", mark+`{"properties":{"k":{"type":"long"}}}`)
		got := execute(t, mark+doc, "run", "--rules", query)
		assert.Contains(t, got.out, strings.TrimSpace(doc))
		got = execute(t, mark+doc, "query", "--mapping", mapping, "any where k == 1")
		assert.Equal(t, result{code: exitOK, out: doc}, got)
		got = execute(t, "", "check", "--config", file(t, ".eqllint.toml", mark+`disable = ["deprecated"]`), query)
		assert.Equal(t, exitOK, got.code, got.err)
		got = execute(t, mark+"any where  k==1", "fmt")
		assert.Equal(t, result{code: exitOK, out: "any where k == 1\n"}, got)
	})
	t.Run("missing file among others", func(t *testing.T) {
		there := file(t, "there.ndjson", logins)
		gone := filepath.Join(t.TempDir(), "gone.ndjson")
		got := execute(t, "", "query", "--format", "es", `file where n == 5`, gone, there)
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.err, gone+": no such file")
		assert.Contains(t, got.out, `"is_partial":true`)
		assert.Contains(t, got.out, `"value":1`)
	})
	t.Run("empty input", func(t *testing.T) {
		got := execute(t, "", "query", "any where true")
		assert.Equal(t, result{code: exitOK}, got)
	})
	t.Run("mapping that does not exist", func(t *testing.T) {
		got := execute(t, "", "query", "--mapping", "gone.json", "any where true")
		assert.Equal(t, exitProblems, got.code)
		assert.Contains(t, got.err, "gone.json")
	})
}

func TestQuery_packing(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err := w.Write([]byte("[\n" + strings.ReplaceAll(strings.TrimSpace(logins), "\n", ",\n") + "]"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "no-extension")
	require.NoError(t, os.WriteFile(path, z.Bytes(), 0o600))
	got := execute(t, "", "query", "--format", "es", "file where n == 5", path)
	assert.Equal(t, exitOK, got.code, got.err)
	assert.Contains(t, got.out, `"_id":"5"`)
}

func TestQuery_mistake(t *testing.T) {
	got := execute(t, "", "query", "process where\n  proces.name = 1")
	assert.Equal(t, exitProblems, got.code)
	assert.Empty(t, got.out)
	assert.Regexp(t, `(?m)^<query>:2:\d+: \S`, got.err)
	assert.Contains(t, got.err, "^")
}

func TestQuery_dateFormat(t *testing.T) {
	const events = `{"when":"31.05.2024 12:00:01","event":{"category":"b"},"n":2}
{"when":"31.05.2024 12:00:00","event":{"category":"a"},"n":1}
{"when":"1717156803","event":{"category":"b"},"n":3}
`
	mapping := file(t, "mapping.json", `{"properties":{
		"when":{"type":"date","format":"dd.MM.yyyy HH:mm:ss||epoch_second"},
		"at":{"type":"alias","path":"when"}}}`)
	for _, field := range []string{"when", "at"} {
		flags := []string{"query", "--mapping", mapping, "--timestamp-field", field}
		got := execute(t, events, append(flags, "--sort", `sequence with maxspan=1s [a where true] [b where true]`)...)
		assert.Equal(t, result{exitOK, `{"events":[` + lineOf(events, 1) + "," + lineOf(events, 0) + "]}\n", ""}, got)

		got = execute(t, events, append(flags, "any where "+field+` > "31.05.2024 12:00:01"`)...)
		assert.Equal(t, result{exitOK, lineOf(events, 2) + "\n", ""}, got)
	}

	got := execute(t, events, "query", "--mapping", mapping, `any where when > "2024/05/31"`)
	assert.Equal(t, exitProblems, got.code)
	assert.Contains(t, got.err, `<query>:1:18: when is compared with "2024/05/31", which is no date`)
	assert.Contains(t, got.err, "hint: the field's format is dd.MM.yyyy HH:mm:ss||epoch_second")
}

func lineOf(text string, i int) string { return strings.Split(text, "\n")[i] }

func TestQuery_cutOff(t *testing.T) {
	got := execute(t, `[{"event":{"category":"a"}},{"event":{"category":"b"}}`, "query", "any where true")
	assert.Equal(t, result{
		exitProblems, "{\"event\":{\"category\":\"a\"}}\n{\"event\":{\"category\":\"b\"}}\n",
		"eql: <stdin>: the array that begins in line 1 has no end\n",
	}, got)
}

func TestQuery_brokenMapping(t *testing.T) {
	tests := []struct{ mapping, want string }{
		{"{\"properties\": {\n  \"a\": {\"type\": keyword}}}", "mapping.json:2:17: expected a value, found 'k'\n"},
		{"{\"properties\": {", "mapping.json:1:17: expected a key, found the end\n"},
		{`{"properties": {"a": {"type": 5}}}`, "mapping.json: mapping: field a: type must be a string, found a number\n"},
	}
	for _, tt := range tests {
		got := execute(t, "", "query", "--mapping", file(t, "mapping.json", tt.mapping), "any where true")
		assert.Equal(t, exitProblems, got.code)
		assert.True(t, strings.HasSuffix(got.err, tt.want), got.err)
	}
}
