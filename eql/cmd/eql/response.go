package main

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/eqlkit/eqlkit/eql"
)

// An esResponse is the answer of Elasticsearch's EQL search API.
type esResponse struct {
	IsPartial bool   `json:"is_partial"`
	IsRunning bool   `json:"is_running"`
	Took      int64  `json:"took"` // milliseconds
	TimedOut  bool   `json:"timed_out"`
	Hits      esHits `json:"hits"`
}

// esHits has exactly one of its lists, which may be empty.
type esHits struct {
	Total     esTotal       `json:"total"`
	Events    *[]esEvent    `json:"events,omitempty"`
	Sequences *[]esSequence `json:"sequences,omitempty"`
}

type esTotal struct {
	Value    int    `json:"value"`
	Relation string `json:"relation"`
}

type esSequence struct {
	JoinKeys []json.RawMessage `json:"join_keys,omitempty"`
	Events   []esEvent         `json:"events"`
}

// An esEvent tells by index and id where the event was read: the input's name
// and the line, or the element's number in an array.
type esEvent struct {
	Index   string          `json:"_index"`
	ID      string          `json:"_id"`
	Source  json.RawMessage `json:"_source"`
	Missing bool            `json:"missing,omitempty"`
}

func esEventOf(ev eql.Event) esEvent {
	rec, ok := ev.(*record)
	if !ok {
		return esEvent{Source: json.RawMessage("{}"), Missing: true}
	}
	id := rec.doc.Line
	if rec.doc.Element > 0 {
		id = rec.doc.Element
	}
	return esEvent{Index: rec.doc.File, ID: strconv.Itoa(id), Source: sourceOf(rec)}
}

// A responder collects matches for one esResponse.
type responder struct {
	w       io.Writer
	kind    string
	matches []eql.Match
}

func (r *responder) match(m eql.Match) error {
	r.matches = append(r.matches, m)
	return nil
}

func (r *responder) flush() error { return nil } // there is nothing to show before the end

// end prints the response.
func (r *responder) end(f *feed) error {
	hits := esHits{Total: esTotal{Value: len(r.matches), Relation: "eq"}}
	if r.kind == kindEvent {
		events := make([]esEvent, len(r.matches))
		for i, m := range r.matches {
			events[i] = esEventOf(m.Events[0])
		}
		hits.Events = &events
	} else {
		sequences := make([]esSequence, len(r.matches))
		for i, m := range r.matches {
			sequences[i].JoinKeys = joinKeys(r.kind, m.Keys)
			for _, ev := range m.Events {
				sequences[i].Events = append(sequences[i].Events, esEventOf(ev))
			}
		}
		hits.Sequences = &sequences
	}
	return writeJSON(r.w, esResponse{
		IsPartial: f.interrupted || f.unread > 0,
		Took:      time.Since(f.start).Milliseconds(),
		Hits:      hits,
	})
}
