package eql

import (
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/shard"
)

// The types of streams on several goroutines, by the names of their packages.
type (
	// A ShardedStream is a Stream on several goroutines.
	ShardedStream = shard.Stream
	// A ShardError is what is wrong with an event of a ShardedStream.
	ShardError = shard.Error
	// A PartitionPlan says how the queries of an Engine can be divided.
	PartitionPlan = eval.PartitionPlan
)

// NewShardedStream returns a stream for the engine's queries on n goroutines, the
// caller's included. Its matches are those of engine.NewStream, in the same order; see
// package eval/shard for what is different. It has to be closed or stopped.
func NewShardedStream(e *Engine, n int, opts ...StreamOption) *ShardedStream {
	return shard.New(e, n, opts...)
}
