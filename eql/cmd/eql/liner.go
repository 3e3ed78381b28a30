package main

import (
	"encoding/json"
	"io"

	"github.com/eqlkit/eqlkit/eql"
)

// A liner prints a match a line: an event as it is, other matches as an object
// with join_keys and events.
type liner struct {
	w    io.Writer
	kind string
}

func (l *liner) match(m eql.Match) error {
	if l.kind == kindEvent {
		return writeLine(l.w, sourceOf(m.Events[0]))
	}
	return writeJSON(l.w, struct {
		JoinKeys []json.RawMessage `json:"join_keys,omitempty"`
		Events   []json.RawMessage `json:"events"`
	}{joinKeys(l.kind, m.Keys), sourcesOf(m.Events)})
}

func (l *liner) flush() error { return nil }

func (l *liner) end(*feed) error { return nil }
