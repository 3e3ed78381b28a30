package eqltest_test

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/eqlkit/eqlkit/eql/eqltest" // for its flag
)

func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// build compiles the tests of testdata/failing, once.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "eqltest")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "failing.test")
	out, err := exec.Command("go", "test", "-c", "-o", bin, "./testdata/failing").CombinedOutput()
	_, _ = os.Stderr.Write(out)
	return bin, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// run executes these tests with flags over a folder of rules, "" for their own,
// and returns what they print without times.
func run(t *testing.T, rules string, flags ...string) (out string, passed bool) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	bin, err := build()
	require.NoError(t, err)
	cmd := exec.Command(bin, flags...)
	cmd.Dir = "testdata/failing"
	cmd.Env = append(os.Environ(), "EQLTEST_RULES="+rules)
	text, err := cmd.CombinedOutput()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return regexp.MustCompile(` \(\d+\.\d+s\)`).ReplaceAllString(string(text), ""), err == nil
}

// TestMessages compares what a detection engineer reads when tests fail.
func TestMessages(t *testing.T) {
	got, passed := run(t, "", "-eql.mincoverage=99")
	assert.False(t, passed)
	const golden = "testdata/failing.golden"
	if updating() {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)

	t.Setenv("EQLTEST_PARALLEL", "1")
	parallel, _ := run(t, "", "-eql.mincoverage=99")
	assert.ElementsMatch(t, strings.Split(got, "\n"), strings.Split(parallel, "\n"), "in parallel only the order differs")
}

func TestFlags(t *testing.T) {
	t.Run("run", func(t *testing.T) {
		out, passed := run(t, "", "-test.v", "-test.run=TestRules/pair/too_late$", "-eql.mincoverage=99")
		assert.False(t, passed)
		assert.Contains(t, out, "=== RUN   TestRules/pair/too_late\n")
		assert.NotContains(t, out, "TestRules/single")
		assert.NotContains(t, out, "another_key")
		assert.NotContains(t, out, "the cases try", "some of the cases say nothing of all")
	})
	t.Run("coverage", func(t *testing.T) {
		text, html := filepath.Join(t.TempDir(), "c.txt"), filepath.Join(t.TempDir(), "c.html")
		_, _ = run(t, "", "-eql.coverage="+text)
		_, _ = run(t, "", "-eql.coverage="+html)
		data, err := os.ReadFile(text)
		require.NoError(t, err)
		assert.Contains(t, string(data), "never true: user.id == 7\n")
		data, err = os.ReadFile(html)
		require.NoError(t, err)
		assert.Contains(t, string(data), `<mark class="half" title="never true, false`)
	})
	t.Run("update", func(t *testing.T) {
		rules := t.TempDir()
		for _, name := range []string{"single.toml", "pair.toml"} {
			link(t, filepath.Join("testdata/failing/rules", name), filepath.Join(rules, name))
		}
		write(t, filepath.Join(rules, "single_test.toml"), `
[base]
event = { category = "process", type = "start" }
process.name = "cmd.exe"
[[case]]
name = "one"
golden = true
events = [{ "@id" = "a", user.name = "kim" }, {}]
[[case]]
name = "none"
golden = true
events = [{ process.name = "x" }]
`)
		write(t, filepath.Join(rules, "pair_test.ndjson"), `{"event":{"category":"process"},"host.id":"h","process":{"name":"a","entity_id":1}}
{"@offset":"+1s","@id":"c","event":{"category":"network"},"host.id":"h","destination.port":443,"process.parent.entity_id":1}
`)
		out, passed := run(t, rules)
		assert.False(t, passed)
		assert.Contains(t, out, "run with --update to write it")
		out, passed = run(t, rules, "-update")
		assert.True(t, passed, out)
		data, err := os.ReadFile(filepath.Join(rules, "single_test.golden"))
		require.NoError(t, err)
		assert.Equal(t, `{"case":"one","events":["a"]}`+"\n"+`{"case":"one","events":[2]}`+"\n", string(data))
		data, err = os.ReadFile(filepath.Join(rules, "pair_test.golden"))
		require.NoError(t, err)
		assert.Equal(t, `{"case":"events","events":[1,"c"],"keys":["h",1]}`+"\n", string(data))
		out, passed = run(t, rules, "-test.count=2", "-test.v")
		assert.True(t, passed, out)
		assert.Equal(t, 2, strings.Count(out, "=== RUN   TestRules/single/one\n"))

		write(t, filepath.Join(rules, "pair_test.golden"), `{"case":"events","events":[1,"d"],"keys":["h",1]}`)
		out, _ = run(t, rules)
		assert.Contains(t, out, "the golden file names the event d, which the case does not have")
		write(t, filepath.Join(rules, "pair_test.golden"), `{"case":"events","events":[1,"c"],"keys":["h",2]}`)
		out, _ = run(t, rules)
		assert.Contains(t, out, `the alert has host.id "h", process.entity_id 1, expected were "h", 2`)
		write(t, filepath.Join(rules, "pair_test.golden"), `{"case":`)
		out, _ = run(t, rules)
		assert.Contains(t, out, "the golden file is not usable: ")
		out, passed = run(t, rules, "-update")
		assert.True(t, passed, out)
	})
	t.Run("no rules", func(t *testing.T) {
		out, passed := run(t, t.TempDir())
		assert.False(t, passed)
		assert.Contains(t, out, "the folder holds no *.toml file")
	})
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

func link(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.Create(to)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}
