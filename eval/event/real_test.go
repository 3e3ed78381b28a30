package event_test

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
)

// TestRealEvents compares raw with decoded JSON.
func TestRealEvents(t *testing.T) {
	files, err := filepath.Glob("../../../shared/data/real/*.ndjson.gz")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("no events here")
	}
	paths := append([]string{
		"destination.address", "destination.ip", "destination.port", "dll.name", "dll.path",
		"dns.question.name", "dns.resolved_ip", "ecs.version", "event", "event.code", "event.module",
		"event.sequence", "file.extension", "file.name", "file.path", "host.hostname", "host.os",
		"network.direction", "network.protocol", "process.hash.sha256", "process.parent.pid",
		"process.parent.command_line", "registry.path", "registry.data.strings", "registry.value",
		"related.user", "source.ip", "source.port", "user.domain", "user.target.name", "winlog",
		"winlog.event_data", "winlog.event_data.LogonType", "winlog.event_id", "winlog.record_id",
	}, benchPaths...)
	l := event.NewLayout()
	for _, path := range paths {
		l.Add(path)
	}
	raw, decoded := event.NewRecord(l), event.NewRecord(l)
	filled := make(map[string]bool)
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := os.Open(name)
			require.NoError(t, err)
			defer f.Close()
			z, err := gzip.NewReader(f)
			require.NoError(t, err)
			lines := bufio.NewScanner(z)
			lines.Buffer(nil, 16<<20)
			for i := 0; i < 2000 && lines.Scan(); i++ {
				m, err := event.Decode(lines.Bytes())
				require.NoError(t, err)
				require.NoError(t, raw.Fill(event.JSON(lines.Bytes())))
				require.NoError(t, decoded.Fill(event.Map(m)))
				for s, path := range paths {
					got, want := raw.Get(event.Slot(s)), decoded.Get(event.Slot(s))
					if g, w := show(got), show(want); g != w {
						t.Fatalf("event %d: %s: got %s, want %s", i, path, g, w)
					}
					if !got.IsNull() {
						filled[path] = true
					}
				}
			}
			require.NoError(t, lines.Err())
		})
	}
	require.Greater(t, len(filled), 40, "most of the paths should occur")
}
