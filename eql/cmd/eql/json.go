package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/value"
)

// writeJSON writes v as one line. Events among it stay byte for byte what they
// were, but for white space between tokens.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeLine writes a document as a line: as it is, unless it has several.
func writeLine(w io.Writer, doc []byte) error {
	if bytes.ContainsAny(doc, "\r\n") {
		return writeJSON(w, json.RawMessage(doc))
	}
	if _, err := w.Write(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// sourceOf returns an event's document; nil (null in JSON) for a missing event.
// Events that come from a state file are no records. Bytes that are not UTF-8 become
// U+FFFD, as conditions have read them: what is printed is JSON.
func sourceOf(ev eql.Event) json.RawMessage {
	doc, ok := ev.(interface{ Bytes() []byte })
	if !ok {
		return nil
	}
	text := doc.Bytes()
	if !utf8.Valid(text) {
		text = []byte(string([]rune(string(text))))
	}
	return text
}

func sourcesOf(evs []eql.Event) []json.RawMessage {
	out := make([]json.RawMessage, len(evs))
	for i, ev := range evs {
		out[i] = sourceOf(ev)
	}
	return out
}

// joinKeys returns keys in JSON; nil if there are none. As in Elasticsearch, a
// date is text: ISO 8601 for a sequence, milliseconds since 1970 for a sample.
func joinKeys(kind string, keys []value.Value) []json.RawMessage {
	if len(keys) == 0 {
		return nil
	}
	out := make([]json.RawMessage, len(keys))
	for i, k := range keys {
		out[i] = keyJSON(kind, k)
	}
	return out
}

func keyJSON(kind string, k value.Value) json.RawMessage {
	v := k.Any()
	if k.Kind() == value.Date && kind == kindSample {
		v = strconv.FormatInt(time.Unix(0, k.Nanos()).UnixMilli(), 10)
	}
	text, _ := json.Marshal(v) // what Any returns always has a form
	return text
}

// The kinds of queries, as Query.Kind names them.
const (
	kindEvent    = "event"
	kindSequence = "sequence"
	kindSample   = "sample"
)
