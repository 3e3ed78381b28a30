package event_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
)

// benchPaths are fields that rules about processes tend to read.
var benchPaths = []string{
	"@timestamp", "event.category", "event.type", "event.action", "event.dataset",
	"host.id", "host.name", "host.os.type", "process.entity_id", "process.pid",
	"process.name", "process.executable", "process.args", "process.command_line",
	"process.parent.name", "process.parent.executable", "process.parent.entity_id",
	"process.code_signature.trusted", "user.id", "user.name",
}

func BenchmarkJSON(b *testing.B) {
	doc, err := os.ReadFile("testdata/event.json")
	require.NoError(b, err)
	b.Run("fill", func(b *testing.B) {
		l := event.NewLayout()
		for _, path := range benchPaths {
			l.Add(path)
		}
		r := event.NewRecord(l)
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if err := r.Fill(event.JSON(doc)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			if err := json.Unmarshal(doc, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
