package eql_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/rule"
)

// TestSameAlertsOfOneBuffer pushes captures out of one buffer that is spoiled after
// each event, with all rules. The alerts have to be those of events that last.
// With EQL_TEST_ALL it takes all captures.
func TestSameAlertsOfOneBuffer(t *testing.T) {
	var queries []*eql.Query
	for _, set := range []string{"corpus/detection-rules", "corpus/protections-artifacts"} {
		compiled, _ := eql.CompileRules(rule.Load(shared(t, set)).Rules) // other tests want them all
		queries = append(queries, compiled...)
	}
	engine := eql.NewEngine(queries...)
	found := 0
	for name, file := range captureFiles(t) {
		info, err := os.Stat(file)
		require.NoError(t, err)
		if os.Getenv("EQL_TEST_ALL") == "" && info.Size() > smallCapture/2 {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			events := capture(t, file)
			for _, opts := range [][]eql.StreamOption{nil, {eql.WithLateness(1e9)}} {
				s := engine.NewStream(opts...)
				want := matchIDs(t, events, s.Push, s.Close)
				found += len(want)
				s = engine.NewStream(opts...)
				var buf []byte
				push := func(ev eql.Event, yield func(eql.Match) bool) error {
					buf = append(buf[:0], ev.(*event.Document).Bytes()...)
					err := s.PushJSON(buf, yield)
					for i := range buf {
						buf[i] = '#'
					}
					return err
				}
				require.Equal(t, want, matchIDs(t, events, push, s.Close))
			}
		})
	}
	require.NotZero(t, found)
}
