package eval

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"time"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/value"
)

// An Event is what queries are run over; see package event.
type Event = event.Event

// A Match is one result of a query. It is the receiver's to keep; its slices
// are not shared with the Stream.
type Match struct {
	// Query is what matched.
	Query *Query
	// Time is that of the latest event. It is zero if no event has a time.
	Time time.Time
	// Keys are the join keys, those of the whole query before those of the
	// steps; nil if there are none. A key may be null if it is optional.
	Keys []value.Value
	// Events are in the order of the steps, with runs repeated: one for an
	// event query. An entry is nil where an event had to be missing.
	Events []Event
}

// An Identifier is an Event that knows its own id, such as the one of the
// database it comes from. The id takes the place of the event's content in
// Match.ID.
type Identifier interface{ EventID() string }

// A documented event can show its source document.
type documented interface{ Bytes() []byte }

// ID returns a name for the match: 32 hexadecimal digits that are the same
// whenever the same query matches the same events by the same keys, on any
// machine and in any run. Events count by their id if they are Identifiers, else by their JSON
// document, else by the fields that the query reads.
func (m Match) ID() string {
	id := m.id()
	return hex.EncodeToString(id[:])
}

// A matchID is the bytes of Match.ID.
type matchID [16]byte

func (m Match) id() matchID {
	h := sha256.New()
	part(h, []byte(m.Query.identity()))
	for _, k := range m.Keys {
		part(h, []byte(plan.FormatValue(k)))
	}
	for _, ev := range m.Events {
		if ev == nil {
			part(h, nil)
			continue
		}
		part(h, m.digest(ev))
	}
	return matchID(h.Sum(nil)[:16])
}

// part adds b to h such that no two lists of parts look alike.
func part(h hash.Hash, b []byte) {
	_, _ = fmt.Fprintf(h, "%d:", len(b)) // a hash never fails
	_, _ = h.Write(b)
}

func (m Match) digest(ev Event) []byte {
	if d, ok := digestOf(ev); ok {
		return d
	}
	var b []byte
	for _, path := range m.Query.Fields() {
		b = append(b, path...)
		b = append(b, '=')
		b = append(b, plan.FormatValue(ev.Field(path))...)
		b = append(b, '\n')
	}
	return b
}

// digestOf returns what an event counts by in ids, whatever the query. It
// reports false if that is its fields.
func digestOf(ev Event) ([]byte, bool) {
	var doc map[string]any
	switch ev := ev.(type) {
	case *Excerpt:
		return []byte(ev.digest), ev.digest != ""
	case Identifier:
		return []byte(ev.EventID()), true
	case event.Map:
		doc = ev
	case documented:
		m, err := event.Decode(ev.Bytes())
		if err != nil {
			return nil, false
		}
		doc = m
	default:
		return nil, false
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, false
	}
	// Text that is not UTF-8 comes back from a snapshot as U+FFFD, which Marshal
	// writes as it is, but this way where it takes the place of wrong bytes.
	b = bytes.ReplaceAll(b, []byte(`\ufffd`), []byte("\uFFFD"))
	sum := sha256.Sum256(b)
	return sum[:], true
}
