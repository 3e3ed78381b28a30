package eqltest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCorpus runs go test over a folder with all published rules, which have no
// tests: each of them is a subtest that compiles it. The limit is one of
// processor time, because the machine may have other things to do.
func TestCorpus(t *testing.T) {
	const limit = 3 * time.Second
	corpus, err := filepath.Abs("../../../shared/corpus")
	require.NoError(t, err)
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("needs the published rules")
	}
	bin, err := build()
	require.NoError(t, err)
	cmd := exec.Command(bin, "-test.v")
	cmd.Dir = "testdata/failing"
	cmd.Env = append(os.Environ(), "EQLTEST_PARALLEL=1", "EQLTEST_RULES="+corpus)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took, used := time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	require.NoError(t, err, string(out[max(0, len(out)-2000):]))
	rules := strings.Count(string(out), "=== RUN   TestRules/")
	t.Logf("%d rules in %v, of which %v on a processor", rules, took, used)
	assert.Greater(t, rules, 2000)
	assert.Less(t, used, limit)
}
