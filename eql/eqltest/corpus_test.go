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

// TestCorpus runs go test over whole folders of published rules, which have no
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
	for _, folder := range []string{"detection-rules", "."} {
		cmd := exec.Command(bin, "-test.v")
		cmd.Dir = "testdata/failing"
		cmd.Env = append(os.Environ(), "EQLTEST_PARALLEL=1", "EQLTEST_RULES="+filepath.Join(corpus, folder))
		start := time.Now()
		out, err := cmd.CombinedOutput()
		used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		rules, failed := strings.Count(string(out), "=== RUN   TestRules/"), strings.Count(string(out), "    --- FAIL: ")
		t.Logf("%s: %d rules, %d do not compile; %v, of which %v on a processor", folder, rules, failed, time.Since(start), used)
		assert.Less(t, used, limit)
		assert.Greater(t, rules, 900)
		if folder == "detection-rules" {
			assert.NoError(t, err, string(out[max(0, len(out)-2000):]))
		}
	}
}
