package rule_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/rule"
)

// detection and behavior write rule files that nothing is wrong with.
func detection(id, name, tags string) string {
	return "[rule]\nrule_id = \"" + id + "\"\nname = \"" + name + "\"\nlanguage = \"eql\"\nindex = [\"x\"]\ntags = [" + tags + "]\nquery = \"any where true\"\n"
}

func behavior(id, name, systems string) string {
	return "[rule]\nid = \"" + id + "\"\nname = \"" + name + "\"\nos_list = [" + systems + "]\nquery = \"any where true\"\n"
}

const (
	id1 = "11111111-2222-3333-4444-555555555555"
	id2 = "22222222-2222-3333-4444-555555555555"
)

func memory(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestLoadFS(t *testing.T) {
	fsys := memory(map[string]string{
		"b/two.toml":         detection(id2, "Two", ""),
		"a/one.TOML":         detection(id1, "One", ""),
		"a/README.md":        "# x",
		"a/broken.toml":      "[rule\n",
		"pyproject.toml":     "[tool]\n",
		"other/kuery.toml":   "[rule]\nrule_id = \"k\"\nname = \"K\"\nlanguage = \"kuery\"\ntype = \"query\"\n",
		"other/odd.txt":      behavior(id1, "Odd", `"linux"`),
		"empty/notes.txt":    "",
		"other/deep/no.json": "{}",
	})
	set := rule.LoadFS(fsys)
	assert.Equal(t, `[toml-syntax] a/broken.toml:1:6: not TOML: expected ']' to close table name
    [rule
         ^
skipped k (K): the query language is kuery, not EQL
skipped  (): not a rule file: it has no table [rule] or [hunt]
rule 11111111-2222-3333-4444-555555555555
rule 22222222-2222-3333-4444-555555555555
`, report(set))
	assert.Equal(t, "a/one.TOML", set.Rules[0].Path)
	assert.Equal(t, "pyproject.toml", set.Skipped[1].Path)
	require.Error(t, set.Err())

	set = rule.LoadFS(fsys, "b", "other/odd.txt", "b/two.toml", "./b/")
	require.NoError(t, set.Err())
	require.Len(t, set.Rules, 2)
	assert.Equal(t, []string{"b/two.toml", "other/odd.txt"}, []string{set.Rules[0].Path, set.Rules[1].Path})

	assert.Equal(t, `[folder-empty] empty:1:1: warning: the folder holds no *.toml file
[file-unreadable] missing:1:1: there is no such file or folder
[file-not-a-rule] pyproject.toml:1:1: not a rule file: it has no table [rule] or [hunt]
    [tool]
    ^
`, report(rule.LoadFS(fsys, "missing", "empty", "pyproject.toml")))
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "in", "folder.toml"), 0o755))
	for name, text := range map[string]string{
		"in/one.toml":             detection(id1, "One", ""),
		"in/folder.toml/two.toml": detection(id2, "Two", ""),
		"large.toml":              "#" + strings.Repeat("x", 100),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	set := rule.Load(filepath.Join(dir, "in"), filepath.Join(dir, "in", "one.toml"))
	require.Empty(t, set.Problems)
	require.Len(t, set.Rules, 2)
	assert.Equal(t, filepath.Join(dir, "in", "folder.toml", "two.toml"), set.Rules[0].Path)

	if err := os.Symlink(filepath.Join(dir, "in"), filepath.Join(dir, "link")); err == nil {
		assert.Len(t, rule.Load(filepath.Join(dir, "link")).Rules, 2)
	}

	set = rule.Loader{MaxFileSize: 100}.Load(filepath.Join(dir, "large.toml"), filepath.Join(dir, "none.toml"))
	require.Len(t, set.Problems, 2)
	assert.Equal(t, "file-too-large", set.Problems[0].Code)
	assert.Equal(t, filepath.Join(dir, "none.toml")+":1:1: there is no such file or folder", set.Problems[1].Error())

	set = rule.Loader{MaxFileSize: 101}.Load(filepath.Join(dir, "large.toml"))
	require.Len(t, set.Problems, 1)
	assert.Equal(t, "file-not-a-rule", set.Problems[0].Code)

	set = rule.Loader{MaxFileSize: 3}.Parse("x", []byte("four"))
	assert.Equal(t, "[file-too-large] x:1:1: the file is larger than the limit of 3 bytes\n", report(set))
}

func TestDuplicates(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		rules int
		want  []string // codes
	}{
		"disjoint systems":     {map[string]string{"a/x.toml": behavior(id1, "A", `"linux"`), "b/x.toml": behavior(id1, "A", `"windows", "macos"`)}, 2, nil},
		"overlapping systems":  {map[string]string{"a/x.toml": behavior(id1, "A", `"linux", "macos"`), "b/x.toml": behavior(id1, "A", `"windows", "macos"`)}, 1, []string{"duplicate-id"}},
		"any system":           {map[string]string{"a.toml": detection(id1, "A", ""), "b.toml": detection(id1, "B", `"OS: Linux"`)}, 1, []string{"duplicate-id"}},
		"any system, later":    {map[string]string{"a.toml": detection(id1, "A", `"OS: Linux"`), "b.toml": detection(id1, "B", "")}, 1, []string{"duplicate-id"}},
		"names":                {map[string]string{"a.toml": detection(id1, "A", ""), "b.toml": detection(id2, "A", "")}, 2, []string{"duplicate-name"}},
		"names across layouts": {map[string]string{"a.toml": detection(id1, "A", ""), "b.toml": behavior(id2, "A", `"linux"`)}, 2, nil},
		"files":                {map[string]string{"a/x.toml": detection(id1, "A", ""), "b/x.toml": detection(id2, "B", "")}, 2, []string{"duplicate-file-name"}},
		"a refused rule does not count": {map[string]string{
			"a.toml": detection(id1, "A", "") + "severity = \"none\"\n", "b.toml": detection(id1, "A", ""),
		}, 1, []string{"severity-unknown"}},
		"hunts": {map[string]string{
			"a.toml": "[hunt]\nname = \"A\"\nuuid = \"" + id1 + "\"\nlanguage = [\"EQL\"]\nquery = [\"any where true\", \"any where false\"]\n",
			"b.toml": "[hunt]\nname = \"B\"\nuuid = \"" + id1 + "\"\nlanguage = [\"EQL\"]\nquery = [\"any where true\", \"any where false\"]\n",
		}, 4, []string{"duplicate-hunt-id"}},
	} {
		t.Run(name, func(t *testing.T) {
			set := rule.LoadFS(memory(tt.files))
			var codes []string
			for _, p := range set.Problems {
				if p.Code != "os-unknown" {
					codes = append(codes, p.Code)
				}
			}
			assert.Equal(t, tt.want, codes, report(set))
			assert.Len(t, set.Rules, tt.rules)
		})
	}
}

// Files that try to use time, memory or the stack out of proportion.
func TestHostileFiles(t *testing.T) {
	const n = 20_000
	for name, text := range map[string]string{
		"nested arrays":       "a = " + strings.Repeat("[", n),
		"nested tables":       "a = " + strings.Repeat("{a=", n),
		"dotted key":          strings.Repeat("a.", n) + "a = 1",
		"deep header":         "[" + strings.Repeat("a.", n) + "a]",
		"many tables":         strings.Repeat("[[a]]\n", n),
		"tables in tables":    strings.Repeat("[[a]]\n[a.b]\n", n),
		"long array":          "[rule]\nid = \"x\"\nquery = \"x where y\"\nos_list = [" + strings.Repeat("\"\",", n) + "]",
		"dates":               "a = [" + strings.Repeat("2024-01-31,", n/10) + "]",
		"hunt queries":        "[hunt]\nuuid = \"x\"\nlanguage = [\"EQL\"]\nquery = [" + strings.Repeat("'x',", n) + "]",
		"escapes":             "[rule]\nid = \"x\"\nquery = \"x" + strings.Repeat("\\n", n) + "\"",
		"actions":             "actions = [" + strings.Repeat("{state=1},", n) + "]\n[rule]\nid = \"x\"\nquery = \"x where y\"\n",
		"techniques":          "threat = [" + strings.Repeat("{tactic={id=\"T\"}},", n) + "]\n[rule]\nid = \"x\"\nquery = \"x where y\"\n",
		"placeholders":        "[rule]\nrule_id = \"x\"\nlanguage=\"eql\"\nquery = \"x where y\"\nnote = \"" + strings.Repeat("$osquery_1 ", n) + "\"",
		"huge placeholder":    "[rule]\nrule_id = \"x\"\nlanguage=\"eql\"\nquery = \"x where y\"\nnote = \"$osquery_" + strings.Repeat("9", n) + "\"",
		"ids of a hunt":       "[hunt]\nuuid = \"x\"\nlanguage = [\"EQL\"]\nmitre = [" + distinct(n) + "]\nquery = ['x where y']",
		"systems":             "[rule]\nid = \"x\"\nquery = \"x where y\"\nos_list = [" + distinct(n) + "]",
		"unclosed string":     "[rule]\nquery = \"\"\"" + strings.Repeat("x\n", n),
		"quotes without end":  "[rule]\nquery = '''" + strings.Repeat("''x", n),
		"long unknown key":    "[rule]\nid = \"x\"\nquery = \"x where y\"\n" + strings.Repeat("k", n) + " = 1",
		"long name of action": "[rule]\nid = \"x\"\nquery = \"x where y\"\n[[actions]]\naction = \"" + strings.Repeat("k", n) + "\"",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			set := rule.Parse("x.toml", []byte(text))
			assert.LessOrEqual(t, len(set.Problems), 102)
			for _, p := range set.Problems {
				assert.Less(t, len(p.Render()), 2000)
			}
			if len(set.Rules) > 0 {
				set.Rules[0].Tactics()
				set.Rules[0].Techniques()
			}
			assert.Less(t, time.Since(start), 10*time.Second)
			t.Log(time.Since(start))
		})
	}
}

// distinct returns n different strings.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"T` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune(0x4e00+i%20000)) + `",`)
	}
	return b.String()
}

// What is in a folder without being a file is not opened: a pipe would be waited for.
func TestLoadNoFiles(t *testing.T) {
	set := rule.LoadFS(fstest.MapFS{
		"pipe":       {Mode: fs.ModeNamedPipe},
		"pipe.toml":  {Mode: fs.ModeNamedPipe},
		"one":        {Data: []byte(detection(id1, "One", ""))},
		"folder/one": {},
		"a.toml":     {Mode: fs.ModeSymlink, Data: []byte("pipe")},
		"b.toml":     {Mode: fs.ModeSymlink, Data: []byte("one")},
		"c.toml":     {Mode: fs.ModeSymlink, Data: []byte("none")},
		"d.toml":     {Mode: fs.ModeSymlink, Data: []byte("folder")},
	})
	require.Len(t, set.Rules, 1)
	assert.Equal(t, "b.toml", set.Rules[0].Path)
	assert.Equal(t, "[file-unreadable] a.toml:1:1: cannot read: not a file\n"+
		"[file-unreadable] c.toml:1:1: cannot read: file does not exist\n"+
		"[folder-linked] d.toml:1:1: warning: a link to a folder is not followed; name it to have it read\n"+
		"[file-unreadable] pipe.toml:1:1: cannot read: not a file\nrule "+id1+"\n", report(set))
}

// Editors, version control and volumes of containers keep files of their own beside the
// rules, under names with a dot; a folder that is named is read whatever it is called.
func TestLoadHidden(t *testing.T) {
	fsys := memory(map[string]string{
		"..2026_01/one.toml":    detection(id1, "One", ""),
		"._one.toml":            "Mac OS X",
		".git/one.toml":         detection(id1, "One", ""),
		"team/.#two.toml":       "",
		"team/two.toml":         detection(id2, "Two", ""),
		"team/.two.toml.swp":    "",
		"team/..2026_01/x.toml": detection(id2, "Two", ""),
	})
	fsys["..data"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("..2026_01")}
	fsys["one.toml"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("..data/one.toml")}
	fsys["team/.#three.toml"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("me@host.1:99")}
	assert.Equal(t, "rule "+id1+"\nrule "+id2+"\n", report(rule.LoadFS(fsys)))
	assert.Equal(t, "rule "+id1+"\n", report(rule.LoadFS(fsys, ".git")))
	assert.Equal(t, "rule "+id1+"\n", report(rule.LoadFS(fsys, "..data")))
}

// The tests of a rule stand beside it and are no rules.
func TestLoadPassesOverTests(t *testing.T) {
	tests := "[[case]]\nname = 'x'\n"
	fsys := fstest.MapFS{
		"a.toml":      {Data: []byte(detection(id1, "A", ""))},
		"a_test.toml": {Data: []byte(tests)},
		"b_test.toml": {Data: []byte(detection(id2, "A rule called so", ""))},
		"c.toml":      {Data: []byte(tests)},
	}
	set := rule.LoadFS(fsys)
	require.NoError(t, set.Err())
	require.Len(t, set.Rules, 2)
	assert.Equal(t, "b_test.toml", set.Rules[1].Path)
	require.Len(t, set.Skipped, 1)
	assert.Equal(t, "c.toml", set.Skipped[0].Path)

	// Named, by a pattern of the shell for instance, they are said to be left out.
	set = rule.LoadFS(fsys, "a.toml", "a_test.toml", "b_test.toml")
	require.NoError(t, set.Err())
	require.Len(t, set.Rules, 2)
	assert.Equal(t, []rule.Skipped{{Path: "a_test.toml", Reason: "the file holds tests of a rule"}}, set.Skipped)
	assert.Error(t, rule.LoadFS(fsys, "c.toml").Err())
}
