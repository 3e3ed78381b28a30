package eql_test

import (
	"fmt"
	"testing"

	"github.com/eqlkit/eqlkit/eql"
)

// BenchmarkWorkers measures all rules on a stream (0) and on several workers. An
// iteration is a stream of events. CPU time beyond that of 0 is what dividing the work
// costs; what it brings is in the time of an event, if there are as many idle cores.
func BenchmarkWorkers(b *testing.B) {
	queries, streams := benchRules(b)
	e := eql.NewEngine(queries...)
	docs := streams[len(streams)-1].docs
	drop := func(eql.Match) bool { return true }
	for _, n := range []int{0, 1, 2, 4} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				var s interface {
					Push(ev eql.Event, yield func(eql.Match) bool) error
					Close(yield func(eql.Match) bool)
				} = e.NewStream()
				if n > 0 {
					s = eql.NewShardedStream(e, n)
				}
				for _, doc := range docs {
					if err := s.Push(eql.JSON(doc), drop); err != nil {
						b.Fatal(err)
					}
				}
				s.Close(drop)
			}
			events := float64(b.N * len(docs))
			b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
		})
	}
}
