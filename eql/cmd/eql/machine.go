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

// A machine is what events are pushed into.
type machine interface {
	PushFrom(source string, ev eql.Event, yield func(eql.Match) bool) error
	Advance(t time.Time, yield func(eql.Match) bool) error
	EndSource(source string, yield func(eql.Match) bool) error
	Close(yield func(eql.Match) bool)
	Stats() eql.Stats
	QueryStats() []eql.QueryStats
	Snapshot(w io.Writer) error
	Restore(r io.Reader) (eql.Changes, error)
	Swap(e *eql.Engine) (eql.Changes, error)
	SetPosition(source string, position []byte)
	Positions() map[string][]byte
}

// newMachine returns a machine for the rules, without state.
func (s *service) newMachine() machine {
	return eql.NewEngine(s.queries...).NewStream(s.flags.streamOptions(s.feed.sources())...)
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
func (s *service) exchange(queries []*eql.Query) {
	changes, err := s.feed.machine.Swap(eql.NewEngine(queries...))
	if err != nil {
		s.app.warnf("the rules are not exchanged: %v", err)
		return
	}
	for _, q := range slices.Concat(changes.Changed, changes.Added) {
		delete(s.before, keyOf(q)) // it counts from zero
	}
	s.queries = queries
	s.setMachine(s.feed.machine)
	s.app.notef("rules exchanged: %s", describe(changes))
}

// positionKey is what the position of all inputs is called in snapshots.
const positionKey = "inputs"

// restore reads what a run before has saved.
func (s *service) restore(r io.Reader) (savedInput, error) {
	m := s.newMachine()
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
	in, err := readSavedInput(text)
	if err != nil {
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
