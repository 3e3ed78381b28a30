package eval

import "github.com/eqlkit/eqlkit/eval/event"

// NewRecord returns an empty record of all fields that the engine's queries read.
// Filling it reads an event as a Stream does, and evaluates nothing. It belongs to
// one goroutine.
func (e *Engine) NewRecord() *event.Record { return event.NewRecord(e.layout) }
