package metrics_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/metrics"
)

func TestAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"9090":           "127.0.0.1:9090",
		":9090":          "127.0.0.1:9090",
		"0.0.0.0:9090":   "0.0.0.0:9090",
		"[::]:9090":      "[::]:9090",
		"localhost:9090": "localhost:9090",
	} {
		assert.Equal(t, want, metrics.Address(addr))
	}
}

func get(t *testing.T, s *metrics.Server, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + s.Addr() + path)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func TestServer(t *testing.T) {
	s, err := metrics.Serve(metrics.Address("0"))
	require.NoError(t, err)
	defer s.Close()
	code, body := get(t, s, "/metrics")
	assert.Equal(t, http.StatusOK, code)
	assert.Contains(t, body, "go_goroutines ")
	assert.NotContains(t, body, "eql_", "nothing has been published")

	seen := metrics.Counter("eql_seen_total", "What was seen.", "rule")
	open := metrics.Gauge("eql_open", "What is open.")
	s.Publish(metrics.Reading{{seen, 3, []string{"a\"b"}}, {seen, 4, []string{"c"}}, {open, 1.5, nil}})
	_, body = get(t, s, "/metrics")
	assert.Contains(t, body, "# HELP eql_seen_total What was seen.\n# TYPE eql_seen_total counter\n"+
		"eql_seen_total{rule=\"a\\\"b\"} 3\neql_seen_total{rule=\"c\"} 4\n")
	assert.Contains(t, body, "# TYPE eql_open gauge\neql_open 1.5\n")

	s.Publish(metrics.Reading{{seen, 5, []string{"c"}}})
	_, body = get(t, s, "/metrics")
	assert.NotContains(t, body, "eql_open")
	assert.Contains(t, body, "eql_seen_total{rule=\"c\"} 5\n")

	code, _ = get(t, s, "/")
	assert.Equal(t, http.StatusNotFound, code)
}

func TestServe_taken(t *testing.T) {
	s, err := metrics.Serve(metrics.Address("0"))
	require.NoError(t, err)
	defer s.Close()
	_, err = metrics.Serve(s.Addr())
	assert.ErrorContains(t, err, s.Addr())
}
