package ruletest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/ruletest"
)

const oneCase = "[[case]]\nname = 'one'\nalerts = 1\nevents = [{ event.category = 'file' }]\n"

func TestLoad(t *testing.T) {
	const hunt = "[hunt]\nname = \"H\"\nuuid = \"21111111-1111-4111-8111-111111111111\"\nlanguage = [\"EQL\"]\nquery = [\"file where false\", \"file where true\"]\n"
	fsys := folder(
		"a.toml", ruleFile("01", "file where true"), "a_test.toml", oneCase,
		"b/query.eql", "file where true", "b/query_test.toml", oneCase,
		"c_test.toml", oneCase, // nobody's
		"d.toml", "[rule", "d_test.toml", oneCase,
		"e_test.toml", ruleFile("02", "file where true"), // a rule that is called so
		"f.toml", ruleFile("03", "file where"),
		"hunt.toml", hunt, "hunt_test.toml", oneCase+"query = 2\n",
		"notes.toml", "x = 1\n",
		"other.toml", strings.ReplaceAll(ruleFile("04", "x"), `"eql"`, `"kuery"`),
	)
	suite := ruletest.Load(fsys, ruletest.Options{Base: "base"})
	var names []string
	failed := map[string]string{}
	for _, r := range suite.Rules {
		names = append(names, r.Name)
		_, err := r.Compile()
		if r.Problem != nil {
			err = r.Problem
		}
		if err != nil {
			failed[r.Name] = strings.Split(ruletest.Describe(err), "\n")[0]
			continue
		}
		for _, c := range r.Cases {
			assert.Empty(t, c.Run(false).Failures, r.Name)
			assert.Equal(t, "base/"+strings.TrimSuffix(strings.TrimSuffix(r.Name, "#2"), ".toml")+"_test.toml:1:3", c.Place())
		}
	}
	assert.Equal(t, []string{"a", "b/query", "c_test", "d", "e_test", "f", "hunt", "hunt#2"}, names)
	assert.Equal(t, map[string]string{
		"c_test": "base/c_test.toml:1:1: there is no rule c.toml beside these tests",
		"d":      "base/d.toml:1:5: not TOML: expected ']' to close table name",
		"f":      "base/f.toml:9:1: unexpected end of the query, expected a condition",
	}, failed)
	assert.Empty(t, suite.Rules[6].Cases, "the case is about the second query")
	assert.Len(t, suite.Rules[7].Cases, 1)
}

// What is in a folder without being a file is not opened, links to files are.
func TestLoadNoFiles(t *testing.T) {
	fsys := folder("a.toml", ruleFile("01", "file where true"), "b", "file where true")
	fsys["a_test.toml"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	fsys["b.eql"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("b")}
	fsys["c.eql"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("d.eql")}
	fsys["d.eql"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	got := map[string]string{}
	for _, r := range ruletest.Load(fsys, ruletest.Options{}).Rules {
		got[r.Name] = ""
		if r.Problem != nil {
			got[r.Name] = r.Problem.Error()
		}
	}
	assert.Equal(t, map[string]string{"a": "", "a_test": "a_test.toml:1:1: cannot read: not a file", "b": ""}, got)
}

func TestLoadRoots(t *testing.T) {
	fsys := folder("a/a.toml", ruleFile("01", "file where true"), "b/b.eql", "file where true", "b/b_test.toml", oneCase, "c/c.txt", "")
	name := func(roots ...string) (out []string) {
		for _, r := range ruletest.Load(fsys, ruletest.Options{}, roots...).Rules {
			out = append(out, r.Name)
		}
		return out
	}
	assert.Equal(t, []string{"a/a", "b/b"}, name())
	assert.Equal(t, []string{"a/a"}, name("a"))
	assert.Equal(t, []string{"b/b"}, name("b"))
	assert.Equal(t, []string{"b/b"}, name("b/b.eql"))
	assert.Equal(t, []string{"a/a"}, name("a/a.toml"))
	assert.Equal(t, []string{"c"}, name("c"), "a folder without rules is a problem")
	assert.Equal(t, []string{"gone"}, name("gone"))
}

// TestOptions shows that options reach rules and streams.
func TestOptions(t *testing.T) {
	fsys := folder(
		"a.toml", ruleFile("01", "file where true"),
		"a_test.toml", "[[case]]\nname = 'x'\nalerts = 1\nevents = [{ kind = 'file' }]\n",
		"b.toml", ruleFile("02", `sequence [file where n == 1] [file where n == 2]`),
		"b_test.toml", "[base]\nkind = 'file'\n[[case]]\nname = 'out of order'\nalerts = 1\nevents = [{ n = 2, '@offset' = '+2s' }, { n = 1, '@offset' = '+1s' }]\n",
		"c.toml", ruleFile("03", `any where ts == "2026-01-01T00:00:01Z"`)+"timestamp_field = \"ts\"\n",
		"c_test.toml", "[[case]]\nname = 'own time'\nalerts = [1]\nevents = [{ '@offset' = '+1s' }, {'@offset' = '+2s'}]\n",
	)
	suite := ruletest.Load(fsys, ruletest.Options{
		Compile: []eql.Option{eql.WithCategoryField("kind")},
		Stream:  []eql.StreamOption{eql.WithLateness(10e9)},
	})
	require.Len(t, suite.Rules, 3)
	for _, r := range suite.Rules {
		require.Len(t, r.Cases, 1)
		assert.Empty(t, r.Cases[0].Run(false).Failures, r.Name)
	}
}

func TestSave(t *testing.T) {
	golden := strings.Replace(oneCase, "alerts = 1", "golden = true", 1)
	suite := ruletest.Load(folder("a.toml", ruleFile("01", "file where true"), "a_test.toml", golden), ruletest.Options{})
	suite.Rules[0].Cases[0].Run(true)
	require.ErrorContains(t, suite.Save(), "the rules do not come from a folder")

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.toml"), []byte(ruleFile("01", "file where true")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.toml"), []byte(golden), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.golden"), []byte(`{"case":"gone","events":[1]}`+"\n"), 0o600))
	suite = ruletest.Load(os.DirFS(dir), ruletest.Options{})
	require.Len(t, suite.Rules[0].Cases[0].Run(false).Failures, 1)
	suite.Rules[0].Cases[0].Run(true)
	require.NoError(t, suite.Save())
	text, err := os.ReadFile(filepath.Join(dir, "a_test.golden"))
	require.NoError(t, err)
	assert.Equal(t, `{"case":"one","events":[1]}`+"\n", string(text), "cases that are no more are left out")
}
