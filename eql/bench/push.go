package bench

import (
	"encoding/json"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval"
)

// push hands a stream the text of one event.
func push(s *eql.Stream, doc []byte, yield func(eql.Match) bool) error {
	return s.PushJSON(doc, yield)
}

// stream is a case's work: all events through a new stream, which more options may
// change. An event that cannot be read costs as much as it does, and is passed over.
func (c *Config) stream(e *eql.Engine, more ...eql.StreamOption) func() error {
	opts := append(c.Stream[:len(c.Stream):len(c.Stream)], more...)
	return func() error {
		alerts := 0
		count := func(eql.Match) bool {
			alerts++
			return true
		}
		s := e.NewStream(opts...)
		for _, doc := range c.Events {
			_ = push(s, doc, count)
		}
		s.Close(count)
		return nil
	}
}

// sharded is stream with workers, which need not copy the events.
func (c *Config) sharded(e *eql.Engine, workers int) func() error {
	return func() error {
		alerts := 0
		count := func(eql.Match) bool {
			alerts++
			return true
		}
		s := eql.NewShardedStream(e, workers, c.Stream...)
		for _, doc := range c.Events {
			_ = s.Push(eql.JSON(doc), count)
		}
		s.Close(count)
		return nil
	}
}

// fill reads the fields that the engine's queries ask for, and nothing else.
func (c *Config) fill(e *eval.Engine) func() error {
	return func() error {
		r := e.NewRecord()
		for _, doc := range c.Events {
			_ = r.Fill(eql.JSON(doc))
		}
		return nil
	}
}

// decode decodes every event with encoding/json, what most programs begin with.
func (c *Config) decode() error {
	for _, doc := range c.Events {
		var m map[string]any
		_ = json.Unmarshal(doc, &m)
	}
	return nil
}
