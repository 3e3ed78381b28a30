package parser_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// shared returns the path of conformance data beside the repository and skips
// the test if there is none.
func shared(t testing.TB, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "shared", filepath.FromSlash(path))
	if _, err := os.Stat(full); err != nil {
		t.Skipf("no conformance data: %v", err)
	}
	return full
}

// sharedLines decodes a file of JSON lines.
func sharedLines[T any](t testing.TB, path string) []T {
	t.Helper()
	f, err := os.Open(shared(t, path))
	require.NoError(t, err)
	defer f.Close()
	var out []T
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var v T
		require.NoError(t, json.Unmarshal(in.Bytes(), &v), in.Text())
		out = append(out, v)
	}
	require.NoError(t, in.Err())
	return out
}
