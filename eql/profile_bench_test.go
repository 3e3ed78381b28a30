package eql_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
)

// BenchmarkProfile tells what measuring where the time goes costs with all rules: how
// many times as long as without events take with it, as the median of turns.
func BenchmarkProfile(b *testing.B) {
	queries, streams := benchRules(b)
	e := eql.NewEngine(queries...)
	for _, stream := range streams {
		b.Run(stream.name, func(b *testing.B) {
			run := func(opts ...eql.StreamOption) time.Duration {
				s := e.NewStream(opts...)
				began := time.Now()
				for _, doc := range stream.docs {
					require.NoError(b, s.PushJSON(doc, nil))
				}
				return time.Since(began)
			}
			const turns = 9
			var ratios []float64
			for b.Loop() {
				for range turns {
					without := run()
					ratios = append(ratios, float64(run(eql.WithProfile()))/float64(without))
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-without")
		})
	}
}
