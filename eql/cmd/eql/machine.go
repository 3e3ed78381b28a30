package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/eql"
)

// A machine is what events are pushed into: a stream, on one goroutine or several. It
// belongs to the goroutine of the feed. Matches may come later than the event that
// completes them, and errors than their event, but no later than Flush; errors are as
// shard.Errors takes them apart.
type machine interface {
	PushFrom(source string, ev eql.Event, yield func(eql.Match) bool) error
	Advance(t time.Time, yield func(eql.Match) bool) error
	EndSource(source string, yield func(eql.Match) bool) error
	Flush(yield func(eql.Match) bool) error
	Close(yield func(eql.Match) bool)
	// Stop ends goroutines without deciding anything.
	Stop()
	SetPosition(source string, position []byte)
	Positions() map[string][]byte
	Restore(r io.Reader) (eql.Changes, error)
	// What follows is about all that has been pushed, and is called after Flush.
	Stats() eql.Stats
	QueryStats() []eql.QueryStats
	Profile() eql.Profile
	Snapshot(w io.Writer) error
	Swap(e *eql.Engine) (eql.Changes, error)
}

// A oneStream is a machine of one stream, whose matches come at once.
type oneStream struct{ *eql.Stream }

// Flush has nothing to do, as has Stop.
func (oneStream) Flush(func(eql.Match) bool) error { return nil }

// Stop implements machine.
func (oneStream) Stop() {}

// A sharded is a machine of several workers. After Flush none of its methods has
// anything to yield.
type sharded struct {
	*eql.ShardedStream
	take func(eql.Match) bool
}

// Stats implements machine, as do the other methods.
func (m sharded) Stats() eql.Stats { return m.ShardedStream.Stats(m.take) }

// QueryStats returns the counts of each rule.
func (m sharded) QueryStats() []eql.QueryStats { return m.ShardedStream.QueryStats(m.take) }

// Profile returns what the time of all workers went into.
func (m sharded) Profile() eql.Profile { return m.ShardedStream.Profile(m.take) }

// Snapshot writes the state.
func (m sharded) Snapshot(w io.Writer) error { return m.ShardedStream.Snapshot(w, m.take) }

// Swap exchanges the rules.
func (m sharded) Swap(e *eql.Engine) (eql.Changes, error) { return m.ShardedStream.Swap(e, m.take) }

// newMachine returns a machine for the rules, without state.
func (s *service) newMachine() machine {
	engine := eql.NewEngine(s.queries...)
	opts := append(s.flags.streamOptions(s.feed.sources()), eql.WithOnError(s.feed.note))
	if s.flags.workers > 1 {
		return sharded{eql.NewShardedStream(engine, s.flags.workers, opts...), s.feed.take}
	}
	return oneStream{engine.NewStream(opts...)}
}

// setMachine lets the feed push into m, which runs the service's rules.
func (s *service) setMachine(m machine) {
	s.feed.machine = m
	s.feed.ordered = isOrdered(s.queries)
}

// isOrdered reports whether a query depends on the order of events.
func isOrdered(queries []*eql.Query) bool {
	return slices.ContainsFunc(queries, func(q *eql.Query) bool { return q.Kind() == kindSequence })
}

// exchange lets other rules run from now on.
func (s *service) exchange(queries []*eql.Query) error {
	changes, err := s.feed.machine.Swap(eql.NewEngine(queries...))
	if err != nil {
		return err
	}
	for _, q := range slices.Concat(changes.Changed, changes.Added) {
		delete(s.before, keyOf(q)) // it counts from zero
	}
	s.queries = queries
	s.setMachine(s.feed.machine)
	s.app.notef("rules exchanged: %s", describe(changes))
	return nil
}

// positionKey is what the position of all inputs is called in snapshots.
const positionKey = "inputs"

// restore reads what a run before has saved.
func (s *service) restore(r io.Reader) (in savedInput, err error) {
	m := s.newMachine()
	defer func() {
		if err != nil {
			m.Stop()
		}
	}()
	changes, err := m.Restore(r)
	if err != nil {
		return savedInput{}, err
	}
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		return savedInput{}, errors.New("something follows the state")
	}
	text, ok := m.Positions()[positionKey]
	if !ok {
		return savedInput{}, errors.New("it does not tell how far inputs have been read")
	}
	if in, err = readSavedInput(text); err != nil {
		return savedInput{}, err
	}
	s.setMachine(m)
	s.feed.before = m.Stats()
	s.before = make(map[ruleKey]eql.QueryStats)
	for _, st := range m.QueryStats() {
		s.before[keyOf(st.Query)] = st
	}
	if len(changes.Changed)+len(changes.Added)+len(changes.Removed) > 0 {
		s.app.notef("rules since the last run: %s", describe(changes))
	}
	return in, nil
}

// describe tells what has become of the state of rules.
func describe(c eql.Changes) string {
	parts := []string{fmt.Sprintf("%d kept with state", len(c.Kept))}
	for _, group := range []struct {
		what  string
		names []string
	}{
		{"changed and without state", ruleNames(c.Changed)},
		{"new", ruleNames(c.Added)},
		{"gone", c.Removed},
	} {
		if n := len(group.names); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s: %s", n, group.what, listed(group.names)))
		}
	}
	return strings.Join(parts, "; ")
}

// shownRules is how many rules are named.
const shownRules = 10

// listed joins the first of names.
func listed(names []string) string {
	text := strings.Join(names[:min(len(names), shownRules)], ", ")
	if n := len(names) - shownRules; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func ruleNames(queries []*eql.Query) []string {
	names := make([]string, len(queries))
	for i, q := range queries {
		names[i] = eql.RuleOf(q).Name
	}
	return names
}
