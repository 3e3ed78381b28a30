package eql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

// shared returns a path below the folder with test data beside the repository,
// and skips the test if it is not there.
func shared(t testing.TB, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "shared", path)
	if _, err := os.Stat(full); err != nil {
		t.Skip("needs the shared test data")
	}
	return full
}

// entrypointRules are the rules for a connection out of a container's entry
// point: the one of the examples, which is always there, and the published one.
func entrypointRules(t *testing.T) map[string]*rule.Rule {
	t.Helper()
	out := map[string]*rule.Rule{}
	for name, path := range map[string]string{
		"example":   "../examples/rules/egress_from_container_entrypoint.toml",
		"published": "../../shared/seed/execution_egress_connection_from_entrypoint_in_container.toml",
	} {
		if _, err := os.Stat(path); name == "published" && err != nil {
			continue
		}
		set := rule.Load(path)
		require.NoError(t, set.Err())
		require.Len(t, set.Rules, 1)
		out[name] = set.Rules[0]
	}
	return out
}

func TestEgressFromContainerEntrypoint(t *testing.T) {
	const exec = `{"@timestamp": 1700000000000, "host": {"id": "h1", "os": {"type": "linux"}},
		"event": {"category": ["process"], "type": ["start"], "action": "exec"},
		"process": {"name": "entrypoint.sh", "entity_id": "p1", "entry_leader": {"entry_meta": {"type": "container"}}}}`
	connect := func(at int64, host, parent, ip string) string {
		return fmt.Sprintf(`{"@timestamp": %d, "host": {"id": %q, "os": {"type": "linux"}},
			"event": {"category": ["network"], "type": ["start"], "action": "connection_attempted"},
			"process": {"entity_id": "p2", "parent": {"entity_id": %q}}, "destination": {"ip": %q}}`, at, host, parent, ip)
	}
	const start = 1700000000000
	tests := []struct {
		name string
		doc  string
		want int
	}{
		{"public address", connect(start+1000, "h1", "p1", "8.8.8.8"), 1},
		{"public IPv6 address", connect(start+1000, "h1", "p1", "2001:4860:4860::8888"), 1},
		{"exactly maxspan later", connect(start+3000, "h1", "p1", "8.8.8.8"), 1},
		{"a millisecond after maxspan", connect(start+3001, "h1", "p1", "8.8.8.8"), 0},
		{"another host", connect(start+1000, "h2", "p1", "8.8.8.8"), 0},
		{"another parent process", connect(start+1000, "h1", "p9", "8.8.8.8"), 0},
		{"private address", connect(start+1000, "h1", "p1", "10.1.2.3"), 0},
		{"loopback", connect(start+1000, "h1", "p1", "127.0.0.1"), 0},
		{"IPv6 loopback", connect(start+1000, "h1", "p1", "::1"), 0},
		{"IPv6 link-local", connect(start+1000, "h1", "p1", "fe80::1"), 0},
	}
	for name, r := range entrypointRules(t) {
		q, err := eql.CompileRule(r)
		require.NoError(t, err)
		engine := eql.NewEngine(q)
		for _, tt := range tests {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				s := engine.NewStream()
				var got []eql.Match
				collect := func(m eql.Match) bool {
					got = append(got, m)
					return true
				}
				require.NoError(t, s.Push(eql.JSON([]byte(exec)), collect))
				require.NoError(t, s.Push(eql.JSON([]byte(tt.doc)), collect))
				s.Close(collect)
				require.Len(t, got, tt.want)
				for _, m := range got {
					require.Len(t, m.Events, 2)
					require.Equal(t, "h1", m.Keys[0].Str())
					require.Equal(t, "p1", m.Keys[1].Str())
					require.Equal(t, r, eql.RuleOf(m.Query))
				}
			})
		}
	}
}
